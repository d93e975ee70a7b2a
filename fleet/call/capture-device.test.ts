/** A microphone that is pulled out, comes back without a word, is held by another program, or silenced by the system. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CaptureDevice, type Plan } from './capture-device.ts';

class Track extends EventTarget {
  muted = false;
  enabled = true;
  stopped = false;
  readonly label: string;
  constructor(label: string) {
    super();
    this.label = label;
  }
  stop = (): void => {
    this.stopped = true;
  };
  getSettings = () => ({ deviceId: this.label });
  /** as the browser does it: not by `stop` */
  end(): void {
    this.stopped = true;
    this.dispatchEvent(new Event('ended'));
  }
  silence(muted: boolean): void {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
  }
}

let present: string[];
let held: boolean;
let opened: Track[];
let tracks: (string | null)[];
let plan: Plan;
let needed: boolean;
let unusable: number;
/** when a device that is there opens */
let opening: Promise<void>;
let device: CaptureDevice;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  [present, held, opened, tracks, plan] = [['headset'], false, [], [], 'any'];
  [needed, unusable, opening] = [true, 0, Promise.resolve()];
  device = new CaptureDevice({
    name: 'microphone',
    openTrack: async (asked) => {
      if (held) throw new DOMException('', 'NotReadableError');
      const found = typeof asked === 'object' ? present.find((id) => id === asked.exact) : present[0];
      if (found === undefined) throw new DOMException('', 'NotFoundError');
      const track = new Track(found);
      opened.push(track);
      await opening;
      return track as unknown as MediaStreamTrack;
    },
    isNeeded: () => needed,
    plan: () => plan,
    fallback: () => 'any',
    keyOf: (asked) => (typeof asked === 'object' ? asked.exact : asked),
    onTrack: (track) => tracks.push(track?.label ?? null),
    onChange: () => {},
    onUnusable: () => {
      unusable += 1;
    },
    onOpened: () => {},
  });
});
afterEach(() => {
  device.drop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('a mute', () => {
  it('holds for the open track and for each that replaces it, and its owner gets the track again', async () => {
    device.setMuted(true);
    await device.settle();
    expect([opened[0]!.enabled, tracks]).toEqual([false, ['headset']]);
    device.setMuted(false);
    device.setMuted(false);
    expect([opened[0]!.enabled, tracks]).toEqual([true, ['headset', 'headset']]);
    device.setMuted(true);
    await device.reopen();
    expect(opened.map(({ enabled }) => enabled)).toEqual([false, false]);
    device.drop();
    expect(device.muted).toBe(true);
  });
});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a device that is pulled out', () => {
  it('is opened again when it is back, though nobody says so', async () => {
    await device.settle();
    present = [];
    opened[0]!.end();
    await pass(0);
    expect(device).toMatchObject({ track: null, problem: 'missing' });
    await pass(20_000);
    expect(device.track).toBeNull();
    present = ['headset'];
    await pass(2_000);
    expect(device).toMatchObject({ problem: null, openId: 'headset' });
    // pulled out, and nothing in its place: what is looked for after that is no news
    expect(tracks).toEqual(['headset', null, null, 'headset']);
  });

  it('gives way to another at once', async () => {
    present = ['headset', 'built-in'];
    plan = { exact: 'headset' };
    await device.settle();
    present = ['built-in'];
    opened[0]!.end();
    await pass(0);
    expect(device).toMatchObject({ problem: null, openId: 'built-in' });
  });

  it('is not looked for by who never had one, nor when it is not wanted any more', async () => {
    present = [];
    await device.settle();
    expect(vi.getTimerCount()).toBe(0);
    present = ['headset'];
    await device.tryAll();
    present = [];
    opened[0]!.end();
    await pass(0);
    device.drop();
    present = ['headset'];
    await pass(20_000);
    expect(opened).toHaveLength(1);
  });
});

it('is tried again while another program holds it, and by hand', async () => {
  held = true;
  await device.settle();
  expect(device.problem).toBe('busy');
  await pass(10_000);
  expect(device.problem).toBe('busy');
  held = false;
  await device.tryAll();
  expect(device).toMatchObject({ problem: null, openId: 'headset' });
  await pass(10_000);
  expect(opened).toHaveLength(1);
});

it('is tried again a second and a half after each try that found it held, until it is not wanted', async () => {
  held = true;
  const triedAtMs: number[] = [];
  const sinceMs = performance.now();
  vi.mocked(console.warn).mockClear();
  const { settle } = device;
  device.settle = () => {
    triedAtMs.push(performance.now() - sinceMs);
    return settle.call(device);
  };
  await device.settle();
  await pass(4_500);
  expect(triedAtMs).toEqual([0, 1_500, 3_000, 4_500]);
  // one problem is one line in the log
  expect(console.warn).toHaveBeenCalledOnce();
  device.drop();
  await pass(60_000);
  expect(triedAtMs).toHaveLength(4);
});

describe('while a device opens', () => {
  let openNow: () => void;
  beforeEach(() => {
    opening = new Promise((resolve) => {
      openNow = resolve;
    });
  });

  it('and is needed no longer, it is let go as it comes, and nobody gets it', async () => {
    const settling = device.settle();
    needed = false;
    openNow();
    await settling;
    expect([opened[0]!.stopped, device.track, tracks]).toEqual([true, null, []]);
    opened[0]!.end();
    await pass(10_000);
    expect(opened).toHaveLength(1);
  });

  it('another that is wanted is opened after it, and the first is stopped then', async () => {
    present = ['headset', 'built-in'];
    plan = { exact: 'headset' };
    const settling = device.settle();
    plan = { exact: 'built-in' };
    const again = device.settle();
    expect(opened.map(({ label }) => label)).toEqual(['headset']);
    openNow();
    await Promise.all([settling, again]);
    expect(opened.map(({ label, stopped }) => [label, stopped])).toEqual([
      ['headset', true],
      ['built-in', false],
    ]);
    expect([device.openId, tracks]).toEqual(['built-in', ['headset', 'built-in']]);
  });

  it('a mute counts for it', async () => {
    const settling = device.settle();
    device.setMuted(true);
    openNow();
    await settling;
    expect(opened[0]!.enabled).toBe(false);
  });
});

describe('a device that was replaced', () => {
  it('takes nothing along as it ends', async () => {
    present = ['headset', 'built-in'];
    plan = { exact: 'headset' };
    await device.settle();
    plan = { exact: 'built-in' };
    await device.settle();
    opened[0]!.end();
    await pass(0);
    expect(device).toMatchObject({ openId: 'built-in', problem: null });
    expect(tracks).toEqual(['headset', 'built-in']);
  });
});

describe('a wanted device that does not open', () => {
  it('is replaced by another, said once, and opened as soon as something changes', async () => {
    present = ['built-in'];
    plan = { exact: 'headset' };
    await device.settle();
    await device.settle();
    await device.tryAll();
    expect([device.track === null, tracks, unusable]).toEqual([false, [null, 'built-in'], 1]);
    present = ['headset', 'built-in'];
    await device.settle();
    expect(tracks).toEqual([null, 'built-in']);
    await device.tryAll();
    expect([device.openId, tracks]).toEqual(['headset', [null, 'built-in', 'headset']]);
    // gone again, it is said again
    present = ['built-in'];
    opened.at(-1)!.end();
    await pass(0);
    expect(unusable).toBe(2);
  });
});

describe('a device that the system has silenced', () => {
  it('is known to be, until the system gives it back', async () => {
    await device.settle();
    opened[0]!.silence(true);
    expect(device.interrupted).toBe(true);
    opened[0]!.silence(false);
    expect(device.interrupted).toBe(false);
  });

  it('is opened anew beside the silent track, which goes when the new one is there', async () => {
    await device.settle();
    opened[0]!.silence(true);
    held = true;
    await device.reopen();
    expect(device).toMatchObject({ interrupted: true });
    expect(opened[0]!.stopped).toBe(false);
    held = false;
    await device.reopen();
    expect(device).toMatchObject({ interrupted: false });
    expect(opened.map(({ stopped }) => stopped)).toEqual([true, false]);
    // what the former one says does not count any more
    opened[0]!.silence(true);
    expect(device.interrupted).toBe(false);
  });
});
