import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AuthorityStore, authorityStore } from '../store/index.ts';
import { MeetingPeople, rolesFrom } from './meeting-people.ts';

let dataDir: string;
let store: AuthorityStore;
let people: MeetingPeople;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-people-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  people = new MeetingPeople({ store });
});
afterEach(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

const account = (accountId: string, disabledAtMs: number | null = null) =>
  store.write((trx) =>
    trx
      .insertInto('account')
      .values({
        accountId,
        issuer: 'local',
        subject: accountId,
        userName: accountId,
        displayName: accountId,
        email: null,
        placeId: null,
        createdAtMs: 1,
        disabledAtMs,
        lastSignedInAtMs: null,
        checkedAtMs: null,
      })
      .execute(),
  );
const room = (roomId: string, removedAtMs: number | null = null) =>
  store.write((trx) =>
    trx.insertInto('room').values({ roomId, roomName: roomId, createdAtMs: 1, removedAtMs, placeId: null }).execute(),
  );
const meeting = (meetingId: string, more: { roomId?: string; hostAccountId?: string } = {}) =>
  store.write((trx) =>
    trx
      .insertInto('meeting')
      .values({ meetingId, roomId: null, title: meetingId, createdAtMs: 1, ...more })
      .execute(),
  );
const person = (meetingId: string, accountId: string, role: 'co-host' | 'member') =>
  store.write((trx) =>
    trx
      .insertInto('meetingPerson')
      .values({
        personId: `${meetingId}-${accountId}`,
        meetingId,
        accountId,
        displayName: accountId,
        email: null,
        role,
        inviteId: null,
        addedAtMs: 1,
      })
      .execute(),
  );

test('the host, its people by their roles, and nobody else has a role in a meeting', async () => {
  for (const name of ['mina', 'joon', 'sora', 'hana']) await account(name);
  await account('gone', 5);
  await meeting('m', { hostAccountId: 'mina' });
  await meeting('other', { hostAccountId: 'hana' });
  await person('m', 'joon', 'co-host');
  await person('m', 'sora', 'member');
  await person('m', 'gone', 'member');
  await meeting('left', { hostAccountId: 'gone' });
  const roles = ['mina', 'joon', 'sora', 'hana', 'gone', 'made-up'].map((name) => people.roleOf('m', name));
  expect(await Promise.all(roles)).toEqual(['host', 'co-host', 'member', null, null, null]);
  expect(await people.roleOf('left', 'gone')).toBeNull();
  expect(await people.roleOf('made-up', 'mina')).toBeNull();
});

test('the rooms of a meeting are its own, its booking’s, and those that its host asked for, but no removed one', async () => {
  await room('a');
  await room('b');
  await room('gone', 5);
  await meeting('standing', { roomId: 'a' });
  await meeting('booked');
  await meeting('made', { hostAccountId: 'mina' });
  await meeting('alone', { hostAccountId: 'mina' });
  await store.write(async (trx) => {
    await trx.insertInto('bookingMeeting').values({ roomId: 'b', bookingId: 'x', meetingId: 'booked' }).execute();
    await trx
      .insertInto('meetingRoom')
      .values(['a', 'b', 'gone'].map((roomId) => ({ meetingId: 'made', roomId })))
      .execute();
  });
  const rooms = ['standing', 'booked', 'made', 'alone', 'made-up'].map((meetingId) => people.roomsOf(meetingId));
  expect(await Promise.all(rooms)).toEqual([['a'], ['b'], ['a', 'b'], [], []]);
});

test('of many meetings the earliest that are not over are listed, with as many without a time as may be, the newest', async () => {
  const HOUR_MS = 3_600_000;
  const made = (meetingId: string, more: { startsAtMs?: number; createdAtMs?: number }) =>
    store.write((trx) =>
      trx
        .insertInto('meeting')
        .values({
          meetingId,
          roomId: null,
          title: meetingId,
          createdAtMs: 1,
          hostAccountId: 'mina',
          ...more,
          endsAtMs: more.startsAtMs === undefined ? null : more.startsAtMs + HOUR_MS,
        })
        .execute(),
    );
  await account('mina');
  for (let hour = 5; hour >= 0; hour -= 1) await made(`at-${hour}`, { startsAtMs: hour * HOUR_MS });
  for (let index = 0; index < 3; index += 1) await made(`untimed-${index}`, { createdAtMs: index + 1 });
  const listed = async (fromMs: number, most: number, mostUntimed: number) => [
    ...(await rolesFrom(store.read, 'mina', fromMs, { most, mostUntimed })).keys(),
  ];
  // one that ends at that instant is over
  expect(await listed(HOUR_MS, 4, 2)).toEqual(['at-1', 'at-2', 'untimed-2', 'untimed-1']);
  expect(await listed(HOUR_MS - 1, 5, 2)).toEqual(['at-0', 'at-1', 'at-2', 'untimed-2', 'untimed-1']);
  expect(await listed(HOUR_MS, 20, 5)).toHaveLength(8);
});
