import { beforeEach, expect, it } from 'vitest';
import {
  FIRST_FRAME_WITHIN_MS,
  HUNG_AFTER_MS,
  HUNG_BEFORE_MS,
  PageHealth,
  SETTLED_AFTER_MS,
  STARVING_AFTER_MS,
} from './health.ts';

const call = { callId: 'call', peerId: 'peer' };
let health: PageHealth;
let nowMs: number;
beforeEach(() => {
  nowMs = 1_000;
  health = new PageHealth(nowMs);
});
/** Reports four times a second. @returns the first complaint */
function reports(forMs: number, framesAt: (atMs: number) => number, isIn = true, patience = 1): string | null {
  for (const untilMs = nowMs + forMs; nowMs < untilMs; ) {
    nowMs += 250;
    health.follow(
      { name: 'report', framesCaptured: 0, framesEncoded: framesAt(nowMs), keyFrames: 0, call: isIn ? call : null },
      nowMs,
    );
    const complaint = health.complaint(nowMs, patience);
    if (complaint) return complaint;
  }
  return null;
}

/** No report for so long. @returns the complaint at its end, looked for ten times a second */
function silence(forMs: number, patience = 1): string | null {
  for (let atMs = nowMs; atMs < nowMs + forMs; atMs += 100) health.complaint(atMs, patience);
  return health.complaint(nowMs + forMs, patience);
}

it('is content with one that sends', () => {
  expect(reports(60_000, (atMs) => atMs / 40)).toBeNull();
  expect(health.hasSent).toBe(true);
});
it('finds one that reports no more, after its first report at once, before it later', () => {
  expect(silence(FIRST_FRAME_WITHIN_MS)).toBeNull();
  expect(silence(FIRST_FRAME_WITHIN_MS + 1)).toBe('the page hangs');
  reports(1_000, (atMs) => atMs);
  // it has just begun
  expect(silence(HUNG_BEFORE_MS)).toBeNull();
  expect(silence(HUNG_BEFORE_MS + 1)).toBe('the page hangs');
  reports(SETTLED_AFTER_MS, (atMs) => atMs);
  expect(silence(HUNG_AFTER_MS)).toBeNull();
  expect(silence(HUNG_AFTER_MS + 1)).toBe('the page hangs');
});
it('blames no page for the time that this process itself stood still', () => {
  reports(SETTLED_AFTER_MS + 250, (atMs) => atMs);
  nowMs += 10_000;
  // before the reports that wait are read
  expect(health.complaint(nowMs)).toBeNull();
  expect(silence(HUNG_AFTER_MS - 100)).toBeNull();
  expect(reports(2_000, (atMs) => atMs)).toBeNull();
  expect(silence(HUNG_AFTER_MS + 1)).toBe('the page hangs');
});
it('waits longer where the machine is busy', () => {
  reports(SETTLED_AFTER_MS + 250, (atMs) => atMs);
  expect(silence(2 * HUNG_AFTER_MS, 2)).toBeNull();
  expect(silence(2 * HUNG_AFTER_MS + 1, 2)).toBe('the page hangs');
  const sinceMs = nowMs;
  expect(reports(10_000, () => sinceMs, true, 2)).toBe('the page sends no picture');
  expect(nowMs - sinceMs).toBeGreaterThanOrEqual(2 * STARVING_AFTER_MS);
});
it('finds one that reports but encodes nothing', () => {
  reports(SETTLED_AFTER_MS + 250, (atMs) => atMs);
  const sinceMs = nowMs;
  expect(reports(10_000, () => sinceMs)).toBe('the page sends no picture');
  expect(nowMs - sinceMs).toBeLessThanOrEqual(STARVING_AFTER_MS + 250);
});
it('counts no key frames that are asked of a picture that stands still', () => {
  reports(SETTLED_AFTER_MS + 250, (atMs) => atMs);
  const frames = nowMs;
  expect(reports(10_000, (atMs) => frames + Math.floor(atMs / 1_000))).toBe('the page sends no picture');
});
it('is content with two frames a second, where the machine has no more', () => {
  expect(reports(20_000, (atMs) => Math.floor(atMs / 500))).toBeNull();
});
it('gives the first frame more time, and expects none without a call', () => {
  expect(reports(FIRST_FRAME_WITHIN_MS - 250, () => 0)).toBeNull();
  expect(reports(2_000, () => 0)).toBe('the page sends no picture');
  health = new PageHealth(nowMs);
  expect(reports(60_000, () => 0, false)).toBeNull();
});
it('follows a sender that counts from zero again', () => {
  expect(reports(5_000, (atMs) => atMs)).toBeNull();
  expect(reports(1_000, () => 0)).toBeNull();
  expect(reports(5_000, (atMs) => atMs / 50)).toBeNull();
});
