/** What an idle TV says of its update. */
import { expect, it } from 'vitest';
import type { RoomUpdate } from '#contract/room-update.ts';
import { updateNews } from './update-news.ts';

const NOW = Date.UTC(2026, 10, 29, 3);
const MINUTE_MS = 60_000;
const [OLD, NEW] = [`1.0.0-${'0'.repeat(16)}`, `2.0.0-${'1'.repeat(16)}`];
const failed = (failure: NonNullable<RoomUpdate['failed']>['failure'], ago = 0): RoomUpdate['failed'] => ({
  releaseId: NEW,
  attempt: 0,
  failure,
  refusal: null,
  check: null,
  detail: '',
  atMs: NOW - ago,
  isHeld: true,
});

it.each<[string, Partial<RoomUpdate>, ReturnType<typeof updateNews>]>([
  ['waits', {}, null],
  ['fetches', { step: 'fetch' }, null],
  ['counts down', { restartsAtMs: NOW + MINUTE_MS }, 'countdown'],
  ['proves itself', { step: 'prove' }, 'checks'],
  ['is about to be confirmed', { step: 'confirm' }, 'checks'],
  ['was confirmed just now', { confirmed: { releaseId: OLD, atMs: NOW - MINUTE_MS } }, 'updated'],
  ['was confirmed, by a clock that is ahead a little', { confirmed: { releaseId: OLD, atMs: NOW + 1_000 } }, 'updated'],
  ['was confirmed long ago', { confirmed: { releaseId: OLD, atMs: NOW - 3 * MINUTE_MS } }, null],
  ['was confirmed before another one ran', { confirmed: { releaseId: NEW, atMs: NOW } }, null],
  ['went back', { failed: failed('proof-failed') }, 'wentBack'],
  ['went back long ago', { failed: failed('not-proven-in-time', 3 * MINUTE_MS) }, null],
  ['was refused, and never dark', { failed: failed('refused') }, null],
  ['was not placed, and never dark', { failed: failed('not-placed') }, null],
])('a room that %s', (_, over, news) => {
  const quiet = { step: 'none', restartsAtMs: null, failed: null, confirmed: null, running: { releaseId: OLD } };
  expect(updateNews({ ...quiet, ...over } as RoomUpdate, NOW)).toBe(news);
});
