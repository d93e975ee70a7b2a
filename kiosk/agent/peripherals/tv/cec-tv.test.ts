import { beforeEach, describe, expect, it } from 'vitest';
import { OperationalError, UserError } from '#contract/error-codes.ts';
import type { BusEvents, CecBus } from './cec-bus.ts';
import { type CecFrame, type CecOrder, OPCODE } from './cec-frame.ts';
import { CecTv } from './cec-tv.ts';

/** A bus on which a test has the TV's words. */
class FakeBus implements CecBus {
  physicalAddress: number | null = 0x1000;
  sent: string[] = [];
  /** by question and to whom; 'refused' or nothing at all */
  answers: Record<string, number[] | 'refused'> = {};
  events: BusEvents | null = null;
  async start(events: BusEvents): Promise<void> {
    this.events = events;
  }
  async stop(): Promise<void> {}
  async send(orders: CecOrder[]): Promise<void> {
    for (const { to, opcode, operands } of orders) this.sent.push([to, opcode, ...operands].join(' '));
    // a TV that tells its volume after a key
    for (const { to, opcode, operands } of orders) {
      if (opcode === OPCODE.keyPressed && this.volume !== null) {
        this.volume += operands[0] === 0x41 ? 1 : -1;
        this.hear(to, 4, OPCODE.reportAudioStatus, this.volume);
      }
    }
  }
  async answer(each: CecOrder): Promise<void> {
    await this.send([each]);
  }
  volume: number | null = null;
  async ask({ to, opcode }: CecOrder, answer: number): Promise<CecFrame> {
    const operands = this.answers[`${to} ${opcode}`];
    if (operands === undefined) throw new OperationalError('tv-not-answering');
    if (operands === 'refused') throw new UserError('device-unsupported');
    return { from: to, to: 4, opcode: answer, operands };
  }
  hear(from: number, to: number, opcode: number, ...operands: number[]): void {
    this.events?.onFrame({ from, to, opcode, operands });
  }
}

let bus: FakeBus;
let tv: CecTv;
let happened: unknown[];
beforeEach(async () => {
  bus = new FakeBus();
  tv = new CecTv(bus);
  happened = [];
  await tv.start({
    onKeyPressed: (key) => happened.push(key),
    onPower: (power) => happened.push(power),
    onActiveSource: (whose) => happened.push(whose),
    onGone: (why) => happened.push(why),
  });
});

describe('what a TV is told', () => {
  it('is a frame each', async () => {
    await tv.turnOn();
    await tv.makeActiveSource();
    await tv.standby();
    await tv.mute(true);
    await tv.mute(false);
    await tv.volumeUp(2);
    expect(bus.sent).toEqual([
      ...['0 4', '15 130 16 0', '0 54', '0 68 101', '0 69', '0 68 102', '0 69'],
      ...['0 68 65', '0 69', '0 68 65', '0 69'],
    ]);
  });

  it('is not told whose picture to show while none is plugged in', async () => {
    bus.physicalAddress = null;
    await expect(tv.makeActiveSource()).rejects.toMatchObject({ code: 'tv-not-answering' });
  });
});

describe('what a TV answers', () => {
  it.each([
    [0, 'on'],
    [1, 'standby'],
    [2, 'turning-on'],
    [3, 'turning-off'],
  ])('power %i is %s', async (operand, power) => {
    bus.answers['0 143'] = [operand];
    expect(await tv.powerStatus()).toBe(power);
  });

  it.each([[[9]], [[]]])('power %o is malformed', async (operands) => {
    bus.answers['0 143'] = operands;
    await expect(tv.powerStatus()).rejects.toMatchObject({ code: 'device-malformed' });
  });

  it('is its name, or else its maker, or nothing', async () => {
    expect(await tv.osdName()).toBeNull();
    bus.answers['0 140'] = [0x00, 0xe0, 0x91];
    expect(await tv.osdName()).toBe('LG');
    bus.answers['0 140'] = [0x12, 0x34, 0x56];
    expect(await tv.osdName()).toBe('0x123456');
    bus.answers['0 70'] = [...Buffer.from(' Room\u0007 TV')];
    expect(await tv.osdName()).toBe('Room TV');
    bus.answers['0 70'] = 'refused';
    expect(await tv.osdName()).toBe('0x123456');
  });

  it('is the volume of its amplifier, where there is one', async () => {
    bus.answers['0 113'] = [0x80 + 12];
    expect(await tv.audioStatus()).toEqual({ volumePercent: 12, muted: true });
    await tv.volumeDown(1);
    bus.answers['5 113'] = [40];
    // it was asked once: what hangs at a bus seldom changes
    expect(await tv.audioStatus()).toMatchObject({ volumePercent: 12 });
    const anew = new CecTv(bus);
    expect(await anew.audioStatus()).toEqual({ volumePercent: 40, muted: false });
    await anew.volumeDown(1);
    expect(bus.sent).toEqual(['0 68 66', '0 69', '5 68 66', '5 69']);
    bus.answers['5 113'] = [0x7f];
    await expect(anew.audioStatus()).rejects.toMatchObject({ code: 'device-malformed' });
  });

  it('after a key is its volume too', async () => {
    bus.volume = 50;
    await tv.setVolume(50);
    expect(bus.sent).toEqual([]);
    await tv.setVolume(53);
    expect(bus.volume).toBe(53);
    bus.answers['0 113'] = [53];
    await tv.setVolume(41);
    expect(bus.volume).toBe(41);
  });
});

describe('what a TV tells', () => {
  it('is a key, its power, whose picture it shows', () => {
    bus.hear(0, 4, OPCODE.keyPressed, 0x72);
    bus.hear(0, 4, OPCODE.keyReleased);
    bus.hear(0, 15, OPCODE.reportPowerStatus, 2);
    bus.hear(0, 15, OPCODE.standby);
    bus.hear(8, 15, OPCODE.activeSource, 0x20, 0x00);
    bus.hear(0, 15, OPCODE.routingChange, 0x20, 0x00, 0x10, 0x00);
    bus.hear(0, 15, OPCODE.setStreamPath, 0x00, 0x00);
    expect(happened).toEqual([
      { action: 'pressed', key: 0x72 },
      { action: 'released' },
      'turning-on',
      'standby',
      'other',
      'ours',
      'other',
    ]);
  });

  it('is nothing where it is malformed, another’s, or only for us', () => {
    bus.hear(0, 4, OPCODE.keyPressed);
    bus.hear(0, 15, OPCODE.reportPowerStatus);
    bus.hear(0, 15, OPCODE.reportPowerStatus, 7);
    bus.hear(8, 15, OPCODE.reportPowerStatus, 1);
    bus.hear(8, 15, OPCODE.standby);
    bus.hear(0, 4, OPCODE.standby);
    bus.hear(0, 15, OPCODE.activeSource, 0x10);
    bus.hear(0, 15, OPCODE.activeSource, 0xff, 0xff);
    bus.hear(0, 4, 0xa7, 1, 2, 3);
    expect(happened).toEqual([]);
  });

  it('may be a question, which is answered: without that some hand no keys on', async () => {
    bus.hear(0, 4, OPCODE.giveDevicePowerStatus);
    bus.hear(0, 4, OPCODE.menuRequest, 0);
    bus.hear(0, 15, OPCODE.setStreamPath, 0x10, 0x00);
    expect(bus.sent).toEqual(['0 144 0', '0 142 0', '15 130 16 0']);
    await Promise.resolve();
    bus.hear(0, 15, OPCODE.requestActiveSource);
    expect(bus.sent).toHaveLength(4);
    bus.physicalAddress = null;
    bus.hear(0, 15, OPCODE.requestActiveSource);
    bus.physicalAddress = 0x1000;
    bus.hear(8, 15, OPCODE.activeSource, 0x20, 0x00);
    bus.hear(0, 15, OPCODE.requestActiveSource);
    expect(bus.sent).toHaveLength(4);
  });

  it('is not heard any longer after a stop', async () => {
    await tv.stop();
    bus.hear(0, 4, OPCODE.keyPressed, 0x72);
    bus.events?.onGone('gone');
    expect(happened).toEqual([]);
  });
});
