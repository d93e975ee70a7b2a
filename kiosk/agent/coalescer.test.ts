import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Coalescer } from './coalescer.ts';

const PER_SECOND = 5;
const INTERVAL_MS = 1000 / PER_SECOND;
const seed = process.env.MARU_SEED === undefined ? undefined : Number(process.env.MARU_SEED);

describe('a coalescer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Says what the value is at that moment. */
  function said() {
    const made = { value: 0, at: [] as number[], last: 0, coalescer: null as unknown as Coalescer };
    made.coalescer = new Coalescer(PER_SECOND, () => {
      made.at.push(Date.now());
      made.last = made.value;
    });
    return made;
  }

  it('says the first change at once, and a second one after a while at once too', () => {
    const made = said();
    made.coalescer.changed();
    expect(made.at).toHaveLength(1);
    vi.advanceTimersByTime(INTERVAL_MS);
    made.coalescer.changed();
    expect(made.at).toHaveLength(2);
  });

  it('says ten changes in one moment as two: the first and the last', () => {
    const made = said();
    for (made.value = 1; made.value < 10; made.value += 1) made.coalescer.changed();
    expect([made.at.length, made.last]).toEqual([1, 1]);
    vi.advanceTimersByTime(INTERVAL_MS);
    expect([made.at.length, made.last]).toEqual([2, 10]);
    vi.advanceTimersByTime(10 * INTERVAL_MS);
    expect(made.at).toHaveLength(2);
  });

  it('keeps to its rate and never swallows the last change, whenever changes come', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(500), { maxLength: 60, size: 'max' }), (pausesMs) => {
        const made = said();
        for (const pauseMs of pausesMs) {
          vi.advanceTimersByTime(pauseMs);
          made.value += 1;
          made.coalescer.changed();
        }
        vi.advanceTimersByTime(INTERVAL_MS);
        expect(made.last).toBe(made.value);
        const gapsMs = made.at.slice(1).map((atMs, index) => atMs - made.at[index]!);
        expect(Math.min(INTERVAL_MS, ...gapsMs)).toBe(INTERVAL_MS);
        vi.advanceTimersByTime(INTERVAL_MS);
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 300, seed },
    );
  });

  it('is silent once stopped', () => {
    const made = said();
    made.coalescer.changed();
    made.coalescer.changed();
    made.coalescer.stop();
    made.coalescer.changed();
    vi.advanceTimersByTime(10 * INTERVAL_MS);
    expect(made.at).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
