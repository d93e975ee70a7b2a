/** When a calendar is read, over failures, writes and an end in the middle. */
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ErrorCode, OperationalError } from '#contract/error-codes.ts';
import type { CalendarHealth } from '#contract/room-agenda.ts';
import type { Reading } from './calendar-source.ts';
import type { Clock } from './clock.ts';
import { Refresh } from './refresh.ts';

const REFRESH_MS = 60_000;
const GOOD: Reading = { occurrences: [], leftOut: 0, unknownZones: 0 };
type Timer = { delayMs: number; then: () => void };

let timers: Set<Timer>;
let reads: (PromiseWithResolvers<Reading> & { signal: AbortSignal })[];
let readings: Reading[];
let healths: CalendarHealth[];
let refresh: Refresh;
let nowMs: number;

const clock: Clock = {
  now: () => ({ nowMs, steadyMs: nowMs }),
  after: (delayMs, then) => {
    const timer = { delayMs, then };
    timers.add(timer);
    return () => void timers.delete(timer);
  },
};

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  [timers, reads, readings, healths, nowMs] = [new Set(), [], [], [], 1_000];
  refresh = new Refresh({
    source: {
      writes: null,
      read: (_window, signal) => {
        const read = { ...Promise.withResolvers<Reading>(), signal };
        reads.push(read);
        return read.promise;
      },
    },
    clock,
    logger: pino({ level: 'silent' }),
    refreshMs: REFRESH_MS,
    window: () => ({ fromMs: 0, toMs: 1 }),
    onReading: (reading) => readings.push(reading),
    onHealth: (health) => healths.push(health),
  });
});
afterEach(() => vi.restoreAllMocks());

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
async function readGood(reading = GOOD): Promise<void> {
  reads.at(-1)!.resolve(reading);
  await settle();
}
async function readFails(code: ErrorCode): Promise<void> {
  reads.at(-1)!.reject(new OperationalError(code));
  await settle();
}
/** The one timer that waits, in milliseconds; it is due then. */
function due(): number {
  const [timer, ...others] = [...timers];
  expect(others).toEqual([]);
  timers.clear();
  timer!.then();
  return timer!.delayMs;
}

describe('a calendar', () => {
  it('is read at once, and again after its time', async () => {
    refresh.start();
    await readGood();
    expect(due()).toBe(REFRESH_MS);
    expect(reads).toHaveLength(2);
  });

  it('is read at most a tenth sooner or later, so that rooms do not ask in step', async () => {
    refresh.start();
    vi.mocked(Math.random).mockReturnValue(0);
    await readGood();
    expect(due()).toBe(REFRESH_MS * 0.9);
    vi.mocked(Math.random).mockReturnValue(1);
    await readGood();
    expect(due()).toBeCloseTo(REFRESH_MS * 1.1);
  });

  it('that is not reached is asked soon, then later and later up to its usual time', async () => {
    vi.mocked(Math.random).mockReturnValue(1);
    refresh.start();
    const delays: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      await readFails('calendar-unreachable');
      delays.push(due());
    }
    expect(delays).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
  });

  it('that refuses is left alone for up to a quarter of an hour', async () => {
    vi.mocked(Math.random).mockReturnValue(1);
    refresh.start();
    const delays: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      await readFails('calendar-refused');
      delays.push(due() / 60_000);
    }
    expect(delays).toEqual([1, 2, 4, 8, 15, 15, 15]);
  });

  it('that is read after failures begins from the first pause at the next one', async () => {
    vi.mocked(Math.random).mockReturnValue(1);
    refresh.start();
    for (let n = 0; n < 3; n += 1) {
      await readFails('calendar-unreachable');
      due();
    }
    await readGood();
    due();
    await readFails('calendar-unreachable');
    expect(due()).toBe(5_000);
  });

  it('keeps the time of its last good reading, and what was unread in it', async () => {
    refresh.start();
    await readFails('calendar-unreachable');
    expect(refresh.health).toEqual({
      state: 'faulty',
      code: 'calendar-unreachable',
      freshAsOfMs: null,
      unreadCount: 0,
    });
    due();
    nowMs = 5_000;
    await readGood({ ...GOOD, leftOut: 1, unknownZones: 2 });
    expect(refresh.health).toEqual({ state: 'fresh', code: 'calendar-malformed', freshAsOfMs: 5_000, unreadCount: 3 });
    due();
    nowMs = 9_000;
    await readFails('calendar-refused');
    expect(refresh.health).toEqual({ state: 'stale', code: 'calendar-refused', freshAsOfMs: 5_000, unreadCount: 3 });
    due();
    await readGood();
    expect(refresh.health).toEqual({ state: 'fresh', code: null, freshAsOfMs: 9_000, unreadCount: 0 });
    expect(healths).toHaveLength(4);
  });
});

describe('asked for at once', () => {
  it('takes the place of the reading that was due', async () => {
    refresh.start();
    await readGood();
    refresh.now();
    expect([reads.length, timers.size]).toEqual([2, 0]);
  });

  it('during a reading it is read once more after it, however often it was asked', async () => {
    refresh.start();
    for (let n = 0; n < 3; n += 1) refresh.now();
    expect(reads).toHaveLength(1);
    await readGood();
    expect([reads.length, timers.size]).toEqual([2, 0]);
    await readGood();
    expect([reads.length, timers.size]).toEqual([2, 1]);
  });
});

describe('stopped', () => {
  it('between two readings, none follows', async () => {
    refresh.start();
    await readGood();
    await refresh.stop();
    refresh.now();
    expect([reads.length, timers.size]).toEqual([1, 0]);
  });

  it.each([
    ['that comes all the same', (read: PromiseWithResolvers<Reading>) => read.resolve(GOOD)],
    ['that breaks off', (read: PromiseWithResolvers<Reading>) => read.reject(new Error('aborted'))],
  ])('during a reading %s, it waits for its end and reports nothing', async (_, end) => {
    refresh.start();
    refresh.now();
    const stopped = refresh.stop();
    expect(reads[0]!.signal.aborted).toBe(true);
    end(reads[0]!);
    await stopped;
    await settle();
    expect([readings, healths, reads.length, timers.size]).toEqual([[], [], 1, 0]);
  });
});
