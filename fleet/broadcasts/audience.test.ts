import { expect, test } from 'vitest';
import { type BroadcastKind, WHOLE_STAFF } from '#contract/broadcast.ts';
import { groupsIn, isOfAudience, isOfRoomsAudience, watcherBy } from './audience.ts';

const [FLOOR, SITE, OTHER] = ['floor', 'site', 'other'] as const;
const watched = (audience: Partial<typeof WHOLE_STAFF> = {}, kind: BroadcastKind = 'broadcast') => ({
  meetingId: 'meeting',
  kind,
  audience: { ...WHOLE_STAFF, ...audience },
});
const mina = watcherBy([FLOOR, SITE], ['board', 'steel']);

test.each([
  ['the whole staff', {}, true],
  ['a place above hers', { placeIds: [SITE] }, true],
  ['another place', { placeIds: [OTHER] }, false],
  ['one of her groups', { groups: ['board'] }, true],
  ['another group', { groups: ['others'] }, false],
  ['another place, or her group', { placeIds: [OTHER], groups: ['steel'] }, true],
  ['neither', { placeIds: [OTHER], groups: ['others'] }, false],
])('a broadcast for %s', (_, audience, isOf) => {
  expect(isOfAudience(watched(audience), mina)).toBe(isOf);
});

test('who hosts the meeting, or manages broadcasts, sees one that is for others', () => {
  const others = watched({ groups: ['others'] });
  expect(isOfAudience(others, { ...mina, hosts: new Set(['meeting']) })).toBe(true);
  expect(isOfAudience(others, { ...mina, managesAll: true })).toBe(true);
  expect(isOfAudience(others, { ...mina, attends: new Set(['meeting']) })).toBe(false);
});

test('a recording is for the people of its meeting, whatever its audience', () => {
  const recording = watched({}, 'recording');
  expect(isOfAudience(recording, mina)).toBe(false);
  expect(isOfAudience(recording, { ...mina, attends: new Set(['meeting']) })).toBe(true);
});

test.each([
  ['for the whole staff', {}, 'broadcast', true],
  ['for its site', { placeIds: [SITE] }, 'broadcast', true],
  ['for another place', { placeIds: [OTHER] }, 'broadcast', false],
  ['for a group: a TV is of none', { groups: ['board'] }, 'broadcast', false],
  ['that is a recording', {}, 'recording', false],
] as const)('a room’s TV shows one %s: %s', (_, audience, kind, isOf) => {
  expect(isOfRoomsAudience(watched(audience as object, kind), [FLOOR, SITE])).toBe(isOf);
});

test('groups that cannot be read are none', () => {
  expect(groupsIn('["a"]')).toEqual(['a']);
  expect(groupsIn('{}')).toEqual([]);
});
