/** Since when a room is as it is: over our restart, over rooms that return late, and over what the disk refuses. */
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { HealthState } from '#contract/http/rooms-api.ts';
import { ROOM_ONLINE_MS } from '#contract/timing.ts';
import { newId, type TelemetryStore } from '../store/index.ts';
import { HealthAges } from './health-ages.ts';
import { type Opened, openTelemetry } from './store-under-test.ts';

const roomId = newId();
const RETURNED_MS = ROOM_ONLINE_MS + 15_000;
const SAVED_EACH_MS = 2_000;
const FORMERLY_MS = 1_000;
let opened: Opened<TelemetryStore>;
let ages: HealthAges;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setInterval', 'clearInterval'] });
  opened = await openTelemetry();
  await opened.store.write((trx) =>
    trx.insertInto('roomHealth').values({ roomId, health: 'ready', sinceMs: FORMERLY_MS }).execute(),
  );
  const clock = { nowMs: () => Date.now() };
  ages = new HealthAges({ telemetry: opened.store, clock, logger: pino({ level: 'silent' }) });
  await ages.start();
});
afterEach(async () => {
  ages.stop();
  vi.useRealTimers();
  await opened.end();
});

async function saved(): Promise<{ health: HealthState; sinceMs: number } | undefined> {
  await opened.store.write(async () => {});
  return opened.store.read
    .selectFrom('roomHealth')
    .select(['health', 'sinceMs'])
    .where('roomId', '=', roomId)
    .executeTakeFirst();
}

test('a room that returns to us within half a minute is as old as before, though it looked gone meanwhile', async () => {
  const startedAtMs = Date.now();
  expect(ages.sinceMs(roomId, 'trouble')).toBe(startedAtMs);
  vi.advanceTimersByTime(RETURNED_MS - 1);
  expect(await saved()).toEqual({ health: 'ready', sinceMs: FORMERLY_MS });
  expect(ages.sinceMs(roomId, 'ready')).toBe(FORMERLY_MS);
  vi.advanceTimersByTime(1);
  expect(await saved()).toEqual({ health: 'ready', sinceMs: FORMERLY_MS });
});

test('a room that returns later is as young as its return, and so is one that changes after that', async () => {
  const startedAtMs = Date.now();
  ages.sinceMs(roomId, 'trouble');
  vi.advanceTimersByTime(RETURNED_MS);
  expect(await saved()).toEqual({ health: 'trouble', sinceMs: startedAtMs });
  expect(ages.sinceMs(roomId, 'ready')).toBe(startedAtMs + RETURNED_MS);
  vi.advanceTimersByTime(SAVED_EACH_MS);
  expect(await saved()).toEqual({ health: 'ready', sinceMs: startedAtMs + RETURNED_MS });
});

test('what the disk refused is saved two seconds later, and nothing after our stop', async () => {
  ages.sinceMs(roomId, 'limited');
  const write = vi.spyOn(opened.store, 'write').mockRejectedValueOnce(new Error('disk'));
  vi.advanceTimersByTime(RETURNED_MS);
  expect((await saved())?.health).toBe('ready');
  vi.advanceTimersByTime(SAVED_EACH_MS);
  expect((await saved())?.health).toBe('limited');
  ages.sinceMs(roomId, 'ready');
  ages.stop();
  write.mockClear();
  vi.advanceTimersByTime(10 * SAVED_EACH_MS);
  expect(write).not.toHaveBeenCalled();
});

test('of a room that is removed no age is kept, not even the one of before our start', async () => {
  ages.forget(roomId);
  expect(ages.sinceMs(newId(), 'ready')).toBe(Date.now());
  expect(ages.sinceMs(roomId, 'ready')).toBe(Date.now());
  ages.forget(roomId);
  vi.advanceTimersByTime(RETURNED_MS);
  expect(await saved()).toBeUndefined();
});
