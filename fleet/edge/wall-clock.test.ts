import { describe, expect, test, vi } from 'vitest';
import { WallClock } from './wall-clock.ts';

const HOUR_MS = 3_600_000;

function clockUnderTest() {
  const at = { wallMs: 1_700_000_000_000, steadyMs: 5_000 };
  const clock = new WallClock({ wallNowMs: () => at.wallMs, steadyNowMs: () => at.steadyMs });
  const jumps: number[] = [];
  clock.onJump((byMs) => {
    jumps.push(byMs);
  });
  const pass = (ms: number, wallMs = ms): void => {
    at.wallMs += wallMs;
    at.steadyMs += ms;
  };
  return { at, clock, jumps, pass };
}

test('time that passes is no jump, however long nobody asks', () => {
  const { clock, jumps, pass } = clockUnderTest();
  pass(30 * 24 * HOUR_MS);
  expect(clock.nowMs()).toBe(1_700_000_000_000 + 30 * 24 * HOUR_MS);
  expect(jumps).toEqual([]);
});

test.each([-HOUR_MS, 20 * 60_000, -5_000, 365 * 24 * HOUR_MS])('a jump of %d ms is told once', (byMs) => {
  const { clock, jumps, pass } = clockUnderTest();
  pass(4_000, 4_000 + byMs);
  expect(clock.nowMs()).toBe(1_700_000_004_000 + byMs);
  pass(1_000);
  clock.nowMs();
  expect(jumps).toEqual([byMs]);
});

test('a clock that is slewed is followed in silence', () => {
  const { clock, jumps, pass } = clockUnderTest();
  for (let seconds = 0; seconds < 10_000; seconds += 1) {
    pass(1_000, 1_000.5);
    clock.nowMs();
  }
  expect(jumps).toEqual([]);
});

test('who was stopped between two readings reads again, and sees no jump', () => {
  const at = { wallMs: 1_700_000_000_000, steadyMs: 0 };
  let stopAtReading = -1;
  let readings = 0;
  const read = (value: 'wallMs' | 'steadyMs') => () => {
    const said = at[value];
    readings += 1;
    if (readings === stopAtReading) {
      at.wallMs += HOUR_MS;
      at.steadyMs += HOUR_MS;
    }
    return said;
  };
  for (const stop of [4, 5]) {
    readings = 0;
    stopAtReading = stop;
    const clock = new WallClock({ wallNowMs: read('wallMs'), steadyNowMs: read('steadyMs') });
    const jumps: number[] = [];
    clock.onJump((byMs) => {
      jumps.push(byMs);
    });
    clock.nowMs();
    clock.nowMs();
    expect(jumps).toEqual([]);
  }
});

test('handlers run before the new time is seen, and what they write is waited for', async () => {
  const { clock, jumps, pass } = clockUnderTest();
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.onJump(() => promise);
  pass(1_000, HOUR_MS);
  let settled = false;
  const now = clock.settledNowMs().then((nowMs) => {
    settled = true;
    return nowMs;
  });
  expect(jumps).toEqual([HOUR_MS - 1_000]);
  await Promise.resolve();
  expect(settled).toBe(false);
  resolve();
  expect(await now).toBe(1_700_000_000_000 + HOUR_MS);
});

describe('beside a cheap clock', () => {
  function cheapClockUnderTest() {
    const at = { wallMs: 1_700_000_000_000, steadyMs: 5_000, tickingMs: 0 };
    const steadyNowMs = vi.fn(() => at.steadyMs);
    const clock = new WallClock({ wallNowMs: () => at.wallMs, steadyNowMs, tickingNowMs: () => at.tickingMs });
    const jumps: number[] = [];
    clock.onJump((byMs) => {
      jumps.push(byMs);
    });
    clock.nowMs();
    steadyNowMs.mockClear();
    const pass = (ms: number, { wallMs = ms, tickingMs = ms } = {}): void => {
      at.steadyMs += ms;
      at.wallMs += wallMs;
      at.tickingMs += tickingMs;
    };
    return { at, clock, jumps, pass, steadyNowMs };
  }

  test('the uptime is not read as long as the clocks go on together', () => {
    const { at, clock, jumps, pass, steadyNowMs } = cheapClockUnderTest();
    for (let i = 0; i < 1_000; i += 1) {
      pass(100);
      expect(clock.nowMs()).toBe(at.wallMs);
    }
    expect(steadyNowMs).not.toHaveBeenCalled();
    expect(jumps).toEqual([]);
  });

  test.each([-HOUR_MS, -1_000, 1_000, HOUR_MS])('a jump of %d ms is noticed by the next who asks, once', (byMs) => {
    const { clock, jumps, pass } = cheapClockUnderTest();
    pass(4_000, { wallMs: 4_000 + byMs });
    clock.nowMs();
    expect(jumps).toEqual([byMs]);
    pass(1_000);
    clock.nowMs();
    expect(jumps).toEqual([byMs]);
  });

  test('a sleep of the machine is no jump', () => {
    const { clock, jumps, pass, steadyNowMs } = cheapClockUnderTest();
    pass(8 * HOUR_MS, { tickingMs: 10 });
    clock.nowMs();
    expect(steadyNowMs).toHaveBeenCalled();
    expect(jumps).toEqual([]);
  });

  test('steps that are each too small for a jump are followed, and a large one after them is noticed', () => {
    const { clock, jumps, pass } = cheapClockUnderTest();
    for (let i = 0; i < 10; i += 1) {
      pass(1_000, { wallMs: 1_200 });
      clock.nowMs();
    }
    // each less than a jump: the clock is slewed, however fast
    expect(jumps).toEqual([]);
    pass(1_000, { wallMs: 2_600 });
    clock.nowMs();
    expect(jumps).toHaveLength(1);
  });

  test('stored times are moved before the time is read that they are compared with', async () => {
    const { at, clock, pass } = cheapClockUnderTest();
    let isMoved = false;
    clock.onJump(async () => {
      await Promise.resolve();
      isMoved = true;
    });
    pass(1_000, { wallMs: HOUR_MS });
    expect(await clock.settledNowMs()).toBe(at.wallMs);
    expect(isMoved).toBe(true);
  });
});
