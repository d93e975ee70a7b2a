import { expect, it } from 'vitest';
import { TrackTimeline } from './track-timeline.ts';

/** 20 ms at 16 kHz, and in ticks of RTP. */
const SAMPLES = 320;
const TICKS = 960;
const BEGAN_MS = 1_800_000_000_000;

/** @returns its gap in samples */
function place(timeline: TrackTimeline, timestamp: number, atMs: number): number | null {
  const gap = timeline.gapBefore(timestamp >>> 0, atMs);
  if (gap === null) return null;
  timeline.skip(gap);
  timeline.place(timestamp >>> 0, SAMPLES, atMs);
  return gap;
}

it('has no gap between packets that follow each other, also where the timestamp wraps round', () => {
  const timeline = new TrackTimeline();
  for (let index = 0; index < 200; index += 1)
    expect(place(timeline, 2 ** 32 - 100 * TICKS + index * TICKS, BEGAN_MS + index * 20)).toBe(0);
  expect(timeline.position).toBe(200 * SAMPLES);
});

it.each([
  ['that was lost', 1],
  ['of silence that Opus does not send', 100],
])('has the length of what is missing: a packet %s', (_, packets) => {
  const timeline = new TrackTimeline();
  place(timeline, 0, BEGAN_MS);
  expect(place(timeline, (packets + 1) * TICKS, BEGAN_MS + (packets + 1) * 20)).toBe(packets * SAMPLES);
});

it('leaves out what comes late or twice', () => {
  const timeline = new TrackTimeline();
  place(timeline, 10 * TICKS, BEGAN_MS);
  expect(place(timeline, 10 * TICKS, BEGAN_MS + 5)).toBeNull();
  expect(place(timeline, 8 * TICKS, BEGAN_MS + 20)).toBeNull();
  expect(place(timeline, 11 * TICKS, BEGAN_MS + 30)).toBe(0);
});

it('goes on by the clock where timestamps jump or begin anew', () => {
  const timeline = new TrackTimeline();
  place(timeline, 0, BEGAN_MS);
  // an hour, a second later
  expect(place(timeline, 3_600 * 48_000, BEGAN_MS + 1_000)).toBe(16_000);
  // far back
  expect(place(timeline, 5, BEGAN_MS + 2_000)).toBe(16_000);
  // a little back: it is believed in the end
  const back = Array.from({ length: 12 }, (_, index) =>
    place(timeline, -48_000 + index * TICKS, BEGAN_MS + 2_020 + index * 20),
  );
  expect(back.slice(0, 9)).toEqual(Array(9).fill(null));
  expect(back[9]).not.toBeNull();
  expect(back.slice(10)).toEqual([0, 0]);
});

it('states when a sample was spoken by the packet that came quickest', () => {
  const timeline = new TrackTimeline();
  // the first one waited in the network
  place(timeline, 0, BEGAN_MS + 300);
  for (let index = 1; index < 50; index += 1) place(timeline, index * TICKS, BEGAN_MS + index * 20 + 20);
  expect(timeline.timeOf(0)).toBeGreaterThanOrEqual(BEGAN_MS);
  expect(timeline.timeOf(0)).toBeLessThan(BEGAN_MS + 5);
  expect(timeline.timeOf(16_000) - timeline.timeOf(0)).toBe(1_000);
});

it('follows a clock that drifts, and one that was set', () => {
  const timeline = new TrackTimeline();
  const drift = 1.000_2;
  for (let index = 0; index < 50_000; index += 1)
    place(timeline, index * TICKS, Math.round(BEGAN_MS + (index + 1) * 20 * drift));
  expect(Math.abs(timeline.timeOf(timeline.position) - (BEGAN_MS + 1_000_000 * drift))).toBeLessThan(20);
  place(timeline, 50_000 * TICKS, BEGAN_MS + 2_000_000);
  expect(Math.abs(timeline.timeOf(timeline.position) - (BEGAN_MS + 2_000_000))).toBeLessThan(20);
});
