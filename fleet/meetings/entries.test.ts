/** Who is in a meeting's call, as its rows have it: on a real store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AuthorityStore, type AuthorityTables, authorityStore } from '../store/index.ts';
import { Entries, personOfProgram, recordJoin, recordLeave } from './entries.ts';

let dataDir: string;
let store: AuthorityStore;
let entries: Entries;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-entries-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  entries = new Entries({ store });
  const meeting = { meetingId: 'm', roomId: null, title: 'Meeting', createdAtMs: 1 };
  await store.write((trx) => trx.insertInto('meeting').values(meeting).execute());
  await call('now', null);
});
afterEach(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

const call = (callId: string, endedAtMs: number | null) =>
  store.write((trx) =>
    trx
      .insertInto('call')
      .values({
        callId,
        meetingId: 'm',
        nodeId: 'n',
        nodeInstanceId: 'i',
        state: endedAtMs === null ? 'open' : 'ended',
        participantCount: 0,
        createdAtMs: 1,
        openedAtMs: 1,
        endedAtMs,
        endReason: null,
        callOrder: null,
      })
      .execute(),
  );
const entry = (peerId: string, changes: Partial<AuthorityTables['entry']> = {}) =>
  store.write((trx) =>
    trx
      .insertInto('entry')
      .values({
        peerId,
        callId: 'now',
        inviteId: null,
        accountId: null,
        ticketId: null,
        atMs: 1,
        person: peerId,
        role: 'member',
        roleChangeId: null,
        joinedAtMs: 10,
        leftAtMs: null,
        removedAtMs: null,
        displayName: peerId.toUpperCase(),
        ...changes,
      })
      .execute(),
  );
const inCall = async (most = 10) => (await entries.inCall('m', most)).map(({ displayName }) => displayName);

test('who is in the call is named in the order in which they came, nobody else is', async () => {
  await call('before', 5);
  await entry('earlier', { callId: 'before' });
  await entry('invited', { joinedAtMs: null });
  await entry('left', { leftAtMs: 11 });
  await entry('removed', { removedAtMs: 11 });
  await entry('watch', { person: personOfProgram('x') });
  await entry('b', { joinedAtMs: 20 });
  await entry('c', { joinedAtMs: 20 });
  await entry('a', { joinedAtMs: 30 });
  expect(await inCall()).toEqual(['B', 'C', 'A']);
  expect(await inCall(2)).toEqual(['B', 'C']);
});

test('one that joined before names were kept has an empty name', async () => {
  await entry('old', { displayName: null });
  expect(await inCall()).toEqual(['']);
});

test('who left and joins again is in the call, in the place of the first time', async () => {
  const join = (peerId: string, peerKind: 'person' | 'room') =>
    store.write((trx) => recordJoin(trx, { callId: 'now', peerId, peerKind }, 'Again'));
  await entry('a', { joinedAtMs: 20 });
  await entry('b', { joinedAtMs: 30 });
  await store.write((trx) => recordLeave(trx, 'a'));
  expect(await inCall()).toEqual(['B']);
  await join('a', 'person');
  expect(await inCall()).toEqual(['Again', 'B']);
  // a room of the meeting needs no entry before, a person does
  await join('made-up', 'person');
  expect(await inCall()).toHaveLength(2);
  await join('room', 'room');
  expect(await inCall()).toHaveLength(3);
});
