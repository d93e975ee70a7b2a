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
let device: CaptureDevice;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  [present, held, opened, tracks, plan] = [['headset'], false, [], [], 'any'];
  device = new CaptureDevice({
    name: 'microphone',
    openTrack: async (asked) => {
      if (held) throw new DOMException('', 'NotReadableError');
      const found = typeof asked === 'object' ? present.find((id) => id === asked.exact) : present[0];
      if (found === undefined) throw new DOMException('', 'NotFoundError');
      const track = new Track(found);
      opened.push(track);
      return track as unknown as MediaStreamTrack;
    },
    isNeeded: () => true,
    plan: () => plan,
    fallback: () => 'any',
    keyOf: (asked) => (typeof asked === 'object' ? asked.exact : asked),
    onTrack: (track) => tracks.push(track?.label ?? null),
    onChange: () => {},
    onUnusable: () => {},
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
