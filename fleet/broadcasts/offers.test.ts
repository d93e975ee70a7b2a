/** What a room's TV is offered: by phase, time, place, and in which order. */
import { describe, expect, it } from 'vitest';
import { type BroadcastKind, type BroadcastPhase, WHOLE_STAFF } from '#contract/broadcast.ts';
import { OFFERED_BEFORE_MS, offersFor } from './offers.ts';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
type Row = Parameters<typeof offersFor>[0][number];
const row = (broadcastId: string, phase: BroadcastPhase, over: Partial<Row> = {}): Row => ({
  broadcastId,
  meetingId: 'm',
  kind: 'broadcast',
  title: 'Town hall',
  phase,
  startsAtMs: null,
  audience: WHOLE_STAFF,
  ...over,
});
const idsOf = (rows: readonly Row[], placePath: readonly string[] = []): string[] =>
  offersFor(rows, placePath, NOW).map(({ broadcastId }) => broadcastId);

describe('a broadcast', () => {
  it.each<[BroadcastPhase, number | null, boolean]>([
    ['planned', null, false],
    ['planned', OFFERED_BEFORE_MS, true],
    ['planned', OFFERED_BEFORE_MS + 1, false],
    ['planned', -15 * MINUTE - 1, false],
    ['green-room', null, false],
    ['green-room', 5 * MINUTE, true],
    ['countdown', null, true],
    ['live', null, true],
    ['live', -5 * 60 * MINUTE, true],
    ['hold', null, true],
    ['ended', 0, false],
    ['cancelled', MINUTE, false],
  ])('%s, planned in %s ms: %s', (phase, inMs, isOffered) => {
    expect(idsOf([row('a', phase, { startsAtMs: inMs === null ? null : NOW + inMs })])).toEqual(isOffered ? ['a'] : []);
  });

  it.each<[string, Partial<Row>, readonly string[], boolean]>([
    ['of the whole staff', {}, [], true],
    ['of a place above the room’s', { audience: { ...WHOLE_STAFF, placeIds: ['site'] } }, ['floor', 'site'], true],
    ['of another place', { audience: { ...WHOLE_STAFF, placeIds: ['site'] } }, ['elsewhere'], false],
    ['of a group alone', { audience: { ...WHOLE_STAFF, groups: ['board'] } }, ['floor', 'site'], false],
    ['that is a recording', { kind: 'recording' satisfies BroadcastKind }, [], false],
  ])('%s: %s %s %s', (_, over, placePath, isOffered) => {
    expect(idsOf([row('a', 'live', over)], placePath)).toEqual(isOffered ? ['a'] : []);
  });
});

it('what is on comes first, then what begins first; no more than a room may have', () => {
  const rows = [
    row('later', 'planned', { startsAtMs: NOW + 9 * MINUTE }),
    row('sooner', 'planned', { startsAtMs: NOW + 3 * MINUTE }),
    row('counts', 'countdown'),
    row('held', 'hold'),
  ];
  expect(idsOf(rows)).toEqual(['held', 'counts', 'sooner', 'later']);
  expect(idsOf([...'abcdefgh'].map((each) => row(each, 'live')))).toHaveLength(5);
});
