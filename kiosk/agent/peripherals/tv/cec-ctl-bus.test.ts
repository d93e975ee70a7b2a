import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CecCtlBus } from './cec-ctl-bus.ts';
import { type CecFrame, EVERYONE, OPCODE, order, TV } from './cec-frame.ts';
import { captured } from './testing/captured.ts';
import { FAKE_CEC_CTL, FakeTools } from './testing/fake-tools.ts';

let tools: FakeTools;
let bus: CecCtlBus;
let frames: CecFrame[];
let gone: string[];
/** by the display */
let given: number | null;
beforeEach(() => {
  tools = new FakeTools();
  given = null;
  bus = busOf(8_000);
  frames = [];
  gone = [];
});
afterEach(async () => {
  await bus.stop();
  tools.remove();
});

/** @param deadlineMs longer than a busy machine takes to start a tool, shorter where the tool never answers */
const busOf = (deadlineMs: number) =>
  new CecCtlBus({ node: tools.node, program: FAKE_CEC_CTL, deadlineMs, displayAddress: () => given });
const start = () => bus.start({ onFrame: (frame) => frames.push(frame), onGone: (why) => gone.push(why) });
const soon = async (isSo: () => boolean) => {
  for (let look = 0; look < 400 && !isSo(); look += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(isSo()).toBe(true);
};
const powerAsked = () => bus.ask(order(TV, OPCODE.giveDevicePowerStatus), OPCODE.reportPowerStatus);

describe('the kernel’s CEC', () => {
  it('takes a place on the bus, and listens', async () => {
    await start();
    expect(bus.physicalAddress).toBe(0x1000);
    expect(tools.calls[0]).toBe(`-d ${tools.node} --playback --osd-name Maru --no-rc-passthrough`);
    tools.say(captured('cec-ctl-1.22')('follow'));
    await soon(() => frames.length > 10);
    expect(frames[2]).toEqual({ from: TV, to: 4, opcode: OPCODE.keyPressed, operands: [0] });
  });

  it('sends in order, in one run', async () => {
    await start();
    await bus.send([order(TV, OPCODE.keyPressed, 0x41), order(TV, OPCODE.keyReleased)]);
    await bus.send([order(EVERYONE, OPCODE.activeSource, 0x10, 0x00)]);
    expect(tools.calls.filter((call) => call.includes('custom'))).toEqual([
      `-d ${tools.node} --skip-info --show-raw --to 0 --custom-command cmd=0x44,payload=0x41 --to 0 --custom-command cmd=0x45`,
      `-d ${tools.node} --skip-info --show-raw --to 15 --custom-command cmd=0x82,payload=0x10:0x00`,
    ]);
  });

  it('answers past what waits', async () => {
    bus = busOf(3_000);
    await start();
    tools.set('mode', 'hangs');
    const hung = bus.send([order(TV, OPCODE.standby)]).catch((error: unknown) => error);
    await soon(() => tools.calls.some((call) => call.includes('cmd=0x36')));
    tools.set('mode', 'well');
    await bus.answer(order(TV, OPCODE.reportPowerStatus, 0));
    expect(tools.calls.at(-1)).toContain('--to 0 --custom-command cmd=0x90,payload=0x00');
    expect(await Promise.race([hung, 'still under way'])).toBe('still under way');
    await hung;
  });

  it('asks, and gives the frame that answers', async () => {
    await start();
    expect((await powerAsked()).operands).toEqual([0]);
    tools.set('power', 'power-to-standby');
    expect((await powerAsked()).operands).toEqual([3]);
  });

  it.each([
    ['feature-abort', 'device-unsupported'],
    ['not-acknowledged', 'tv-not-answering'],
    ['not-connected', 'tv-not-answering'],
    ['no-answer', 'tv-not-answering'],
    ['osd-name', 'device-malformed'],
    ['unconfigured-send', 'device-malformed'],
  ])('%s is %s', async (section, code) => {
    await start();
    tools.set('power', section);
    await expect(powerAsked()).rejects.toMatchObject({ code });
  });

  it('says when nobody took a message', async () => {
    await start();
    tools.set('send', 'not-acknowledged');
    await expect(bus.send([order(TV, OPCODE.standby)])).rejects.toMatchObject({ code: 'tv-not-answering' });
  });

  it.each([
    ['dies', 'device-malformed'],
    ['garbage', 'device-malformed'],
    ['floods', 'device-malformed'],
    ['quiet', 'device-malformed'],
    ['gone', 'device-gone'],
    ['hangs', 'tv-not-answering'],
  ])('a tool that %s is %s, and works again afterwards', async (mode, code) => {
    if (mode === 'hangs') bus = busOf(3_000);
    await start();
    tools.set('mode', mode);
    await expect(powerAsked()).rejects.toMatchObject({ code });
    await expect(bus.send([order(TV, OPCODE.standby)])).rejects.toMatchObject({ code });
    tools.set('mode', 'well');
    await expect(powerAsked()).resolves.toMatchObject({ operands: [0] });
  });

  it.each(['dies', 'garbage', 'quiet', 'gone'])('does not start with a tool that %s', async (mode) => {
    tools.set('mode', mode);
    await expect(start()).rejects.toMatchObject({ code: 'device-gone' });
  });

  it('starts without a TV plugged in, and learns where it sits when there is one', async () => {
    tools.set('claim', 'not-connected-info');
    await start();
    expect(bus.physicalAddress).toBeNull();
    tools.say('Event: State Change: PA: 2.0.0.0, LA mask: 0x0010, Conn Info: no\n');
    await soon(() => bus.physicalAddress === 0x2000);
  });

  describe('at an adapter that can not read its display', () => {
    const placed = () => tools.calls.flatMap((call) => /--phys-addr (\S+)/.exec(call)?.[1] ?? []);
    beforeEach(() => tools.set('claim', 'usb-configured'));

    it('has the place that the display gives, also where that changes', async () => {
      given = 0x2100;
      await start();
      expect(placed()).toEqual(['2.1.0.0']);
      given = 0x3000;
      await soon(() => placed().length === 2);
      expect(placed()[1]).toBe('3.0.0.0');
    });

    it('has that of the first input while no display gives one, and keeps its place when the display goes dark', async () => {
      await start();
      expect(placed()).toEqual(['1.0.0.0']);
      expect(bus.physicalAddress).toBe(0x1000);
      given = 0x1000;
      await new Promise((resolve) => setTimeout(resolve, 2_200));
      given = null;
      await new Promise((resolve) => setTimeout(resolve, 2_200));
      expect(placed()).toHaveLength(1);
    });

    it('asks no display any longer once it is stopped', async () => {
      await start();
      await bus.stop();
      given = 0x3000;
      await new Promise((resolve) => setTimeout(resolve, 2_200));
      expect(placed()).toEqual(['1.0.0.0']);
    });
  });

  it('leaves its place to an adapter that reads it', async () => {
    given = 0x3000;
    await start();
    expect(tools.calls.some((call) => call.includes('--phys-addr'))).toBe(false);
  });

  it('hears frames through garbage', async () => {
    tools.set('follower', 'garbage');
    await start();
    tools.say(`\n${captured('cec-ctl-1.22')('follow')}`);
    await soon(() => frames.length > 10);
  });

  it('tells once that its adapter was unplugged, which the tool does not', async () => {
    await start();
    tools.unplug();
    await soon(() => gone.length > 0);
    process.kill(tools.pidOf('follower-pid'), 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(gone).toEqual([`${tools.node} is gone`]);
  });

  it('tells once that its follower has ended', async () => {
    tools.set('follower', 'dies');
    await start();
    await soon(() => gone.length > 0);
    tools.unplug();
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(gone).toHaveLength(1);
  });
});
