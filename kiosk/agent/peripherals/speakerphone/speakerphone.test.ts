import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RoomCommand } from '#contract/room-command.ts';
import type { RoomState } from '#contract/room-state.ts';
import {
  constantFlags,
  jabraLike,
  polyLike,
  type SpeakerphoneUnderTest,
  stateAsButton,
} from './descriptors-under-test.ts';
import { Speakerphone } from './speakerphone.ts';
import type { DeviceIdentity, FoundDevice, HidHandlers, HidTransport } from './transport.ts';

type Model = Pick<SpeakerphoneUnderTest, 'name' | 'vendorId' | 'productId' | 'descriptor'>;

/** A bus in memory: what is plugged in, what was written to it, and what goes wrong. */
class Bus implements HidTransport {
  readonly plugged = new Map<string, Plugged>();
  changed = () => {};
  opens = 0;
  #instances = 0;

  plug(model: Model, more: Partial<FoundDevice> = {}): Plugged {
    this.#instances += 1;
    const path = more.path ?? '/dev/hidraw0';
    const plugged = new Plugged({
      path,
      instance: `${this.#instances}`,
      vendorId: model.vendorId,
      productId: model.productId,
      serialNumber: 'S1',
      port: 'usb-1/input3',
      name: model.name,
      descriptor: model.descriptor,
      problem: null,
      ...more,
    });
    this.plugged.set(path, plugged);
    this.changed();
    return plugged;
  }
  pull(path = '/dev/hidraw0'): void {
    const plugged = this.plugged.get(path);
    this.plugged.delete(path);
    plugged?.handlers?.gone('could not read from HID device: No such device');
  }
  async list() {
    return [...this.plugged.values()].map(({ device }) => device);
  }
  async open(device: FoundDevice, handlers: HidHandlers) {
    this.opens += 1;
    const plugged = this.plugged.get(device.path);
    if (plugged === undefined || plugged.refusesOpen) throw new Error(`cannot open device with path ${device.path}`);
    plugged.handlers = handlers;
    return {
      write: async (report: Uint8Array) => {
        if (plugged.hangs) await new Promise(() => {});
        if (this.plugged.get(device.path) !== plugged) throw new TypeError('Cannot write to hid device');
        plugged.written.push([...report]);
      },
      close: async () => {
        if (plugged.hangs) await new Promise(() => {});
        plugged.closed += 1;
      },
    };
  }
  watch(onChange: () => void) {
    this.changed = onChange;
    return () => {
      this.changed = () => {};
    };
  }
}
class Plugged {
  readonly device: FoundDevice;
  handlers: HidHandlers | null = null;
  written: number[][] = [];
  closed = 0;
  refusesOpen = false;
  hangs = false;
  constructor(device: FoundDevice) {
    this.device = device;
  }
  report(bytes: readonly number[]): void {
    this.handlers?.report(Uint8Array.from(bytes));
  }
  get lamps(): number[] | undefined {
    return this.written.at(-1);
  }
}

const state = (change: Partial<RoomState> = {}): RoomState =>
  ({ phase: { name: 'idle' }, microphone: 'on', meeting: null, volumePercent: 60, ...change }) as RoomState;
const calling = { phase: { name: 'in-call' } } as Partial<RoomState>;

describe('the speakerphone', () => {
  let bus: Bus;
  let asked: RoomCommand[];
  let chosen: DeviceIdentity[];
  let mended: string[];
  let statuses: unknown[];
  let speakerphone: Speakerphone;

  const begin = (remembered: DeviceIdentity | null = null) => {
    speakerphone = new Speakerphone({
      logger: pino({ level: 'silent' }),
      ask: (command) => asked.push(command),
      onStatus: () => statuses.push(speakerphone.status),
      onMuteMended: (lamp) => mended.push(lamp),
      memory: { load: () => remembered, save: (device) => chosen.push(device) },
      transport: bus,
    });
    speakerphone.start();
  };
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
    bus = new Bus();
    [asked, chosen, mended, statuses] = [[], [], [], []];
  });
  afterEach(async () => {
    const stopped = speakerphone.stop();
    await pass(3_000);
    await stopped;
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('is nothing where there is none', async () => {
    begin();
    await pass(5_000);
    expect(speakerphone.status).toBeNull();
    expect(statuses).toEqual([null]);
  });

  it('is found when it is plugged in, shows the room, and is told of', async () => {
    begin();
    speakerphone.follow(state({ ...calling, microphone: 'muted' }));
    await pass(100);
    const plugged = bus.plug(jabraLike);
    await pass(10);
    expect(speakerphone.status).toEqual({ name: 'Speaker J', state: 'ready', code: null });
    expect(plugged.written).toEqual(jabraLike.lamps({ offHook: true, mute: true }));
    expect(chosen).toEqual([expect.objectContaining({ vendorId: 0x0b0e, serialNumber: 'S1', port: 'usb-1/input3' })]);
    expect(statuses.at(-1)).toEqual(speakerphone.status);
  });

  it('is found by looking where the watch has missed it', async () => {
    begin();
    await pass(100);
    bus.changed = () => {};
    bus.plug(jabraLike);
    await pass(1_100);
    expect(speakerphone.status?.state).toBe('ready');
  });

  it('asks for what a person presses, and writes what the room does, in as many reports as the device has', async () => {
    const plugged = bus.plug(polyLike);
    begin();
    speakerphone.follow(state());
    await pass(2_000);
    plugged.report(polyLike.reports.offHook);
    expect(asked).toEqual([{ name: 'join-call' }]);
    plugged.written = [];
    speakerphone.follow(state(calling));
    await pass(10);
    expect(plugged.written).toEqual(polyLike.lamps({ offHook: true }));
    await pass(2_000);
    plugged.report(polyLike.reports.mutePressed);
    plugged.report(polyLike.reports.volumeUp);
    expect(asked.slice(1)).toEqual([
      { name: 'set-microphone', on: false },
      { name: 'set-microphone', on: true },
      { name: 'set-volume', percent: 65 },
    ]);
  });

  it('follows hook and mute where their flags call them constant', async () => {
    const plugged = bus.plug(constantFlags);
    begin();
    speakerphone.follow(state());
    await pass(2_000);
    plugged.report(constantFlags.reports.offHook);
    speakerphone.follow(state(calling));
    await pass(2_000);
    plugged.report(constantFlags.reports.mutePressed);
    plugged.report(constantFlags.reports.muteReleased);
    expect(asked).toEqual([{ name: 'join-call' }, { name: 'set-microphone', on: false }]);
  });

  it('agrees with a device that sends its mute state under the flags of a button', async () => {
    const plugged = bus.plug(stateAsButton);
    begin();
    speakerphone.follow(state(calling));
    await pass(2_000);
    for (const name of ['muted', 'open', 'muted', 'open'] as const) {
      asked = [];
      plugged.report(stateAsButton.reports[name]);
      expect(asked).toEqual([{ name: 'set-microphone', on: name !== 'muted' }]);
      speakerphone.follow(state({ ...calling, microphone: name === 'muted' ? 'muted' : 'on' }));
      await pass(3_000);
      expect([plugged.lamps]).toEqual(stateAsButton.lamps({ offHook: true, mute: name === 'muted' }));
    }
    expect(mended).toEqual([]);
  });

  it('tells of a mute that was put right', async () => {
    const plugged = bus.plug(jabraLike);
    begin();
    speakerphone.follow(state(calling));
    await pass(2_000);
    plugged.report(jabraLike.reports.mutePressed);
    await pass(2_000);
    expect(mended).toEqual(['open']);
    expect(plugged.lamps).toEqual(jabraLike.lamps({ offHook: true })[0]);
  });

  it('puts its lamps out and lets it go at the end', async () => {
    const plugged = bus.plug(jabraLike);
    begin();
    speakerphone.follow(state({ microphone: 'muted' }));
    await pass(100);
    await Promise.all([speakerphone.stop(), pass(10)]);
    expect(plugged.lamps).toEqual(jabraLike.lamps({})[0]);
    expect(plugged.closed).toBe(1);
  });

  describe('pulled and plugged in again', () => {
    it('is back at once under another path, by vendor, product and serial number, and nothing was asked', async () => {
      bus.plug(jabraLike);
      begin();
      speakerphone.follow(state(calling));
      await pass(3_000);
      bus.pull();
      await pass(10);
      expect(speakerphone.status).toEqual({ name: 'Speaker J', state: 'faulty', code: 'device-gone' });
      const again = bus.plug(jabraLike, { path: '/dev/hidraw7', port: 'usb-2/input3' });
      await pass(10);
      expect(speakerphone.status?.state).toBe('ready');
      expect(again.written).toEqual(jabraLike.lamps({ offHook: true }));
      expect(asked).toEqual([]);
    });

    it('is noticed though path and number are the same and nobody has told of the end', async () => {
      bus.plug(jabraLike);
      begin();
      await pass(100);
      const again = bus.plug(jabraLike);
      await pass(10);
      expect(again.handlers).not.toBeNull();
    });

    it('is preferred to another, which is taken when the former stays away', async () => {
      bus.plug(jabraLike);
      begin();
      await pass(100);
      bus.plug(polyLike, { path: '/dev/hidraw1', serialNumber: 'S2', port: 'usb-9' });
      bus.pull();
      await pass(1_500);
      expect(speakerphone.status?.code).toBe('device-gone');
      await pass(1_600);
      expect(speakerphone.status?.name).toBe('Speaker P');
    });

    it('is told from its twin by its serial number, then by its port', async () => {
      const remembered = { vendorId: 0x0b0e, productId: 0x0422, name: 'Speaker J', serialNumber: 'S2', port: 'usb-5' };
      bus.plug(jabraLike, { path: '/dev/hidraw0', serialNumber: 'S1', port: 'usb-5' });
      const same = bus.plug(jabraLike, { path: '/dev/hidraw1', serialNumber: 'S2', port: 'usb-6' });
      begin(remembered);
      await pass(100);
      expect(same.handlers).not.toBeNull();
      bus.pull('/dev/hidraw1');
      await pass(100);
      // the socket is now usb-6; the twin sits in usb-5: it is waited for the former
      expect(speakerphone.status?.code).toBe('device-gone');
      await pass(3_000);
      expect(speakerphone.status?.state).toBe('ready');
      expect(chosen.at(-1)?.serialNumber).toBe('S1');
    });
  });

  describe('that fails', () => {
    it('with a descriptor cut short is faulty, and tried again ever later', async () => {
      bus.plug(jabraLike, { descriptor: jabraLike.descriptor.slice(0, 40) });
      begin();
      await pass(100);
      expect(speakerphone.status).toEqual({ name: 'Speaker J', state: 'faulty', code: 'device-malformed' });
      expect(bus.opens).toBe(0);
      await pass(300_000);
      expect(speakerphone.status?.code).toBe('device-malformed');
      // mended by its owner, in the same socket
      bus.pull();
      bus.plug(jabraLike);
      await pass(1_100);
      expect(speakerphone.status?.state).toBe('ready');
    });

    it('and is taken away leaves nothing behind', async () => {
      bus.plug(jabraLike, { descriptor: Uint8Array.of(0x05) });
      begin();
      await pass(100);
      expect(speakerphone.status?.code).toBe('device-malformed');
      bus.pull();
      await pass(1_100);
      expect(speakerphone.status).toBeNull();
    });

    it('with a report that is too short is closed, and opened again a second later', async () => {
      const plugged = bus.plug(jabraLike);
      begin();
      await pass(100);
      plugged.report(jabraLike.reports.tooShort);
      plugged.report(jabraLike.reports.offHook);
      await pass(10);
      expect(plugged.closed).toBe(1);
      expect(speakerphone.status).toEqual({ name: 'Speaker J', state: 'faulty', code: 'device-malformed' });
      expect(asked).toEqual([]);
      await pass(1_100);
      expect(speakerphone.status?.state).toBe('ready');
    });

    it('again and again is opened ever more seldom', async () => {
      const plugged = bus.plug(jabraLike);
      begin();
      const openedIn = async (ms: number) => {
        const before = bus.opens;
        for (let passed = 0; passed < ms; passed += 100) {
          await pass(100);
          plugged.report([2]);
        }
        return bus.opens - before;
      };
      expect(await openedIn(10_000)).toBeGreaterThan(2);
      await openedIn(200_000);
      // the longest wait is 60 s, and half of it at the least
      expect(await openedIn(200_000)).toBeLessThanOrEqual(200 / 30 + 1);
    });

    it('that asks for more than a person can is closed', async () => {
      const plugged = bus.plug(jabraLike);
      begin();
      await pass(100);
      for (let i = 0; i < 200; i += 1) {
        plugged.report(i % 2 ? jabraLike.reports.volumeUp : jabraLike.reports.volumeDown);
        plugged.report(jabraLike.reports.volumeReleased);
      }
      await pass(10);
      expect(speakerphone.status?.code).toBe('device-malformed');
      expect(asked.length).toBeLessThanOrEqual(40);
    });

    it('in the middle of a write is lost, not the agent', async () => {
      const plugged = bus.plug(jabraLike);
      begin();
      speakerphone.follow(state());
      await pass(1_100);
      bus.plugged.delete('/dev/hidraw0');
      speakerphone.follow(state({ microphone: 'muted' }));
      await pass(10);
      expect(speakerphone.status?.code).toBe('device-gone');
      expect(plugged.closed).toBe(1);
      bus.plug(jabraLike);
      await pass(10);
      expect(speakerphone.status?.state).toBe('ready');
    });

    it('by taking no report at all is let go, and nobody waits for it', async () => {
      const plugged = bus.plug(jabraLike);
      plugged.hangs = true;
      begin();
      speakerphone.follow(state(calling));
      await pass(3_100);
      expect(speakerphone.status?.state).not.toBe('ready');
      plugged.hangs = false;
      await pass(70_000);
      expect(speakerphone.status?.state).toBe('ready');
    });

    it('to open is tried again quickly at first: its node may not be ours yet', async () => {
      const plugged = bus.plug(jabraLike);
      plugged.refusesOpen = true;
      begin();
      await pass(50);
      expect(speakerphone.status).toEqual({ name: 'Speaker J', state: 'faulty', code: 'device-gone' });
      plugged.refusesOpen = false;
      await pass(250);
      expect(speakerphone.status?.state).toBe('ready');
    });

    it('because the kernel refuses it is told of by its code', async () => {
      const problem = { code: 'device-unsupported', why: 'old firmware' } as const;
      bus.plug(jabraLike, { problem, descriptor: new Uint8Array() });
      begin();
      await pass(100);
      expect(speakerphone.status?.code).toBe('device-unsupported');
    });

    it('does not keep another from being used', async () => {
      bus.plug(jabraLike, { descriptor: Uint8Array.of(0x05) });
      bus.plug(polyLike, { path: '/dev/hidraw1' });
      begin();
      await pass(100);
      expect(speakerphone.status).toEqual({ name: 'Speaker P', state: 'ready', code: null });
    });

    it('while nobody listens any more changes nothing', async () => {
      const plugged = bus.plug(jabraLike);
      begin();
      await pass(100);
      await Promise.all([speakerphone.stop(), pass(10)]);
      plugged.report(jabraLike.reports.offHook);
      plugged.handlers?.gone('late');
      await pass(5_000);
      expect(asked).toEqual([]);
      expect(bus.opens).toBe(1);
    });
  });
});
