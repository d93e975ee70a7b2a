import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CecClientBus } from './cec-client-bus.ts';
import { type CecFrame, EVERYONE, OPCODE, order, TV } from './cec-frame.ts';
import { FAKE_CEC_CLIENT, FakeTools } from './testing/fake-tools.ts';

let tools: FakeTools;
let bus: CecClientBus;
let frames: CecFrame[];
let gone: string[];
beforeEach(() => {
  tools = new FakeTools();
  bus = new CecClientBus({ port: tools.node, program: FAKE_CEC_CLIENT, readyWithinMs: 1_500 });
  frames = [];
  gone = [];
});
afterEach(async () => {
  await bus.stop();
  tools.remove();
});

const start = () => bus.start({ onFrame: (frame) => frames.push(frame), onGone: (why) => gone.push(why) });
const soon = async (isSo: () => boolean) => {
  for (let look = 0; look < 400 && !isSo(); look += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(isSo()).toBe(true);
};

describe('libcec', () => {
  it('comes to work, and tells where it sits', async () => {
    await start();
    expect(bus.physicalAddress).toBe(0x1000);
    expect(tools.calls).toEqual([`-t p -o Maru -d 15 ${tools.node}`]);
  });

  it('sends from the address that it was given', async () => {
    await start();
    await bus.send([order(TV, OPCODE.imageViewOn), order(EVERYONE, OPCODE.activeSource, 0x10, 0x00)]);
    await soon(() => tools.calls.length === 3);
    expect(tools.calls.slice(1)).toEqual(['tx 40:04', 'tx 4f:82:10:00']);
  });

  it('asks one question after another, and hands on what is no answer', async () => {
    await start();
    const [power, vendor] = await Promise.all([
      bus.ask(order(TV, OPCODE.giveDevicePowerStatus), OPCODE.reportPowerStatus),
      bus.ask(order(TV, OPCODE.giveDeviceVendorId), OPCODE.deviceVendorId),
    ]);
    expect(power.operands).toEqual([1]);
    expect(vendor.operands).toEqual([0x00, 0xe0, 0x91]);
    const heard = frames.length;
    tools.say('TRAFFIC: [  1]\t>> 04:44:72\nTRAFFIC: [  2]\t<< 40:8f\nnonsense\nTRAFFIC: [  3]\t>> 04:90:00\n');
    await soon(() => frames.length === heard + 2);
    expect(frames.slice(heard).map(({ opcode }) => opcode)).toEqual([OPCODE.keyPressed, OPCODE.reportPowerStatus]);
  });

  it('says what the TV refuses, and when it does not answer', async () => {
    await start();
    const name = bus.ask(order(TV, OPCODE.giveOsdName), OPCODE.setOsdName);
    await expect(name).rejects.toMatchObject({ code: 'device-unsupported' });
    const audio = bus.ask(order(TV, OPCODE.giveAudioStatus), OPCODE.reportAudioStatus);
    await expect(audio).rejects.toMatchObject({ code: 'tv-not-answering' });
  });

  it.each(['dies', 'hopeless', 'hangs', 'unplaced'])(
    'that %s does not start, and leaves nothing behind',
    async (mode) => {
      tools.set('mode', mode);
      await expect(start()).rejects.toMatchObject({ code: 'device-gone' });
    },
  );

  it('that prints garbage does not answer', async () => {
    tools.set('mode', 'garbage');
    await start();
    const power = bus.ask(order(TV, OPCODE.giveDevicePowerStatus), OPCODE.reportPowerStatus);
    await expect(power).rejects.toMatchObject({ code: 'tv-not-answering' });
  });

  it('tells once that it ended, and is not spoken to any longer', async () => {
    await start();
    await bus.send([order(TV, OPCODE.standby)]);
    await soon(() => gone.length === 1);
    await expect(bus.send([order(TV, OPCODE.standby)])).rejects.toMatchObject({ code: 'device-gone' });
  });

  it('tells that its adapter was unplugged', async () => {
    await start();
    tools.unplug();
    await soon(() => gone.length === 1);
    expect(gone).toEqual([`${tools.node} is gone`]);
  });
});
