import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULT_MEETING_POLICY } from '#contract/meeting-policy.ts';
import { newId } from '../store/index.ts';
import { ADMINISTRATOR, PeopleUnderTest, refusalOf } from './people-under-test.ts';

let fleet: PeopleUnderTest;
beforeEach(async () => {
  fleet = new PeopleUnderTest();
  await fleet.start();
});
afterEach(() => fleet.stop());

const make = (kind: 'site' | 'building' | 'floor', placeName: string, parentId: string | null = null) =>
  fleet.people.placeChanges.create({ kind, placeName, parentId }, 'test');

test('rooms of a place are those in it and below it, and follow a move at once', async () => {
  const { places, placeChanges } = fleet.people;
  const [seoul, busan] = [await make('site', 'Seoul'), await make('site', 'Busan')];
  const tower = await make('building', 'Tower', seoul);
  const third = await make('floor', '3', tower);
  const [maple, oak] = [await fleet.room('Maple', third), await fleet.room('Oak', seoul)];
  await fleet.room('Nowhere');
  expect([seoul, tower, third, busan].map((place) => [...places.roomsUnder(place)].sort())).toEqual([
    [maple, oak].sort(),
    [maple],
    [maple],
    [],
  ]);
  expect(places.pathOfRoom(maple)).toEqual([third, tower, seoul]);
  await placeChanges.change(tower, { parentId: busan, placeName: 'Tower' }, 'test');
  expect([seoul, busan].map(places.roomsUnder)).toEqual([[oak], [maple]]);
  expect(places.roomsUnder(newId())).toEqual([]);
});

test('a place stands in one of a wider kind alone, and beside none of its own name', async () => {
  const { placeChanges } = fleet.people;
  const seoul = await make('site', 'Seoul');
  const tower = await make('building', 'Tower', seoul);
  const third = await make('floor', '3', tower);
  for (const [kind, parentId] of [
    ['site', seoul],
    ['building', tower],
    ['building', third],
    ['floor', third],
  ] as const)
    expect(await refusalOf(make(kind, 'Other', parentId))).toBe('bad-message');
  expect(await refusalOf(placeChanges.change(seoul, { parentId: third, placeName: 'Seoul' }, 'test'))).toBe(
    'bad-message',
  );
  expect(await refusalOf(placeChanges.change(tower, { parentId: tower, placeName: 'Tower' }, 'test'))).toBe(
    'bad-message',
  );
  expect(await refusalOf(make('building', 'TOWER', seoul))).toBe('place-name-taken');
  expect(await refusalOf(make('building', 'Tower', newId()))).toBe('not-found');
  await make('floor', '3', await make('building', 'Annexe', seoul));
  await placeChanges.change(tower, { parentId: seoul, placeName: 'TOWER' }, 'test');
});

test('a place is removed once nothing is in it: no place, room or account, no role and no token', async () => {
  const { placeChanges, changes, apiTokens } = fleet.people;
  const admin = await fleet.account('admin', ADMINISTRATOR);
  const placeId = await make('site', 'Seoul');
  const refused = async () => expect(await refusalOf(placeChanges.remove(placeId, 'test'))).toBe('place-not-empty');
  const below = await make('floor', '3', placeId);
  await refused();
  await placeChanges.remove(below, 'test');
  const roomId = await fleet.room('Maple', placeId);
  await refused();
  // the row of a room that was removed stays
  await fleet.store.write((trx) =>
    trx.updateTable('room').set({ removedAtMs: 1 }).where('roomId', '=', roomId).execute(),
  );
  const { accountId } = await changes.create({ userName: 'mina', placeId, grants: [] }, 'test');
  const of = { displayName: 'Mina', email: null, isDisabled: false };
  await refused();
  await changes.change(
    accountId,
    { ...of, placeId: null, grants: [{ role: 'operator', scope: { kind: 'place', placeId } }] },
    'test',
  );
  await refused();
  await changes.change(accountId, { ...of, placeId: null, grants: [] }, 'test');
  const scope = { kind: 'place', placeId } as const;
  const { token } = await apiTokens.create(admin, {
    tokenName: 'x',
    permissions: ['rooms.view'],
    scope,
    expiresInDays: 1,
  });
  await refused();
  await apiTokens.revoke(admin.accountId, token.tokenId, 'test');
  await placeChanges.remove(placeId, 'test');
  expect((await placeChanges.list()).places).toEqual([]);
  expect(await refusalOf(placeChanges.remove(placeId, 'test'))).toBe('not-found');
});

test('places are listed from the top with what is in them, and what they and the organisation set', async () => {
  const { placeChanges } = fleet.people;
  const seoul = await make('site', 'Seoul');
  const tower = await make('building', 'Tower', seoul);
  await make('site', 'Busan');
  await fleet.room('Maple', tower);
  const none = { meetingPolicy: null, allowedRanges: [] };
  expect(await placeChanges.list()).toMatchObject({
    places: [
      { placeName: 'Busan', roomCount: 0 },
      { placeName: 'Seoul', roomCount: 0 },
      { placeName: 'Tower', parentId: seoul, roomCount: 1, accountCount: 0 },
    ],
    organisation: none,
  });
  const strict = {
    meetingPolicy: { ...DEFAULT_MEETING_POLICY, admission: 'all-wait' as const },
    allowedRanges: ['203.0.113.0/24', '2001:db8::/32'],
  };
  await placeChanges.setDefaults(tower, strict, 'test');
  await placeChanges.setDefaults(null, strict, 'test');
  const { places, organisation } = await placeChanges.list();
  expect(places.map(({ defaults }) => defaults)).toEqual([none, none, strict]);
  expect(organisation).toEqual(strict);
  await placeChanges.setDefaults(null, none, 'test');
  expect((await placeChanges.list()).organisation).toEqual(none);
  for (const range of ['300.0.0.1', '10.0.0.0/33', '::/129', 'abc'])
    expect(await refusalOf(placeChanges.setDefaults(null, { ...none, allowedRanges: [range] }, 'test'))).toBe(
      'bad-message',
    );
});
