/** Opus through ffmpeg: each frame that comes out has the time of its sound. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AacEncoder } from './aac-encoder.ts';
import { OPUS_SILENCE } from './ogg-opus.ts';

let encoder: AacEncoder;
const times: number[] = [];
beforeEach(() => {
  times.length = 0;
  encoder = new AacEncoder({ onFrame: (_, atMs) => times.push(atMs), log: () => {} });
  encoder.start();
});
afterEach(() => encoder.stop());

/** A second of packets from that time on. */
function feed(fromMs: number, count = 50): void {
  for (let index = 0; index < count; index += 1) encoder.add(OPUS_SILENCE, fromMs + index * 20, performance.now());
}

test('frames follow each other by 21.3 ms from the first packet on', async () => {
  feed(5_000, 100);
  await expect.poll(() => times.length).toBeGreaterThan(80);
  expect(times[0]).toBe(5_000);
  for (const [index, atMs] of times.entries()) expect(atMs).toBeCloseTo(5_000 + (index * 1_024) / 48, 3);
});

test('what is missing for less than a second is silence', async () => {
  feed(0);
  feed(1_500);
  await expect.poll(() => times.at(-1) ?? 0).toBeGreaterThan(2_300);
  for (const [index, atMs] of times.entries()) expect(atMs).toBeCloseTo((index * 1_024) / 48, 3);
});

test('after a minute without sound it goes on at once, at its new time', async () => {
  feed(0);
  feed(60_000);
  await expect.poll(() => times.at(-1) ?? 0).toBeGreaterThan(60_700);
  expect(times.length).toBeLessThan(100);
});

test('packets of the past are left out', async () => {
  feed(0);
  feed(200, 20);
  feed(1_000);
  await expect.poll(() => times.at(-1) ?? 0).toBeGreaterThan(1_800);
  await sleep(200);
  expect(times.at(-1)).toBeLessThan(2_000);
});

test('what is no packet is left out', async () => {
  encoder.add(Buffer.alloc(0), 0, performance.now());
  encoder.add(Buffer.alloc(70_000, 0xfc), 0, performance.now());
  feed(100);
  await expect.poll(() => times.length).toBeGreaterThan(30);
  expect(times[0]).toBeGreaterThanOrEqual(80);
});
