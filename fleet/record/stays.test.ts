/** Stays of which nobody reported the end, on a real store: they last as long as their call gave signs of life. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { KnownCallEvent } from '#contract/node-link.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { attendanceOf } from './meeting-attendance.ts';
import { recordPage } from './pages-shown.ts';
import { recordSigns, recordStay } from './stays.ts';

let [meetingId, callId, nodeId] = ['', '', ''];
let dataDir: string;
let store: AuthorityStore;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-stays-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
});
beforeEach(async () => {
  [meetingId, callId, nodeId] = [newId(), newId(), newId()];
  const call = {
    callId,
    meetingId,
    nodeId,
    nodeInstanceId: newId(),
    state: 'open' as const,
    participantCount: 1,
    createdAtMs: 0,
    openedAtMs: 0,
    endedAtMs: null,
    endReason: null,
    callOrder: null,
  };
  await store.write(async (trx) => {
    await trx.insertInto('meeting').values({ meetingId, title: 'Plans', createdAtMs: 0 }).execute();
    await trx.insertInto('call').values(call).execute();
  });
});
afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

const [peerId, roomId] = [newId(), newId()];
const joins = (atMs: number, more: object = {}): KnownCallEvent => ({
  name: 'participant-joined',
  eventId: newId(),
  callId,
  meetingId,
  atMs,
  peerId,
  peerKind: 'person',
  displayName: 'Mina',
  participantCount: 1,
  person: 'account:mina',
  ...more,
});
const record = (...events: KnownCallEvent[]) =>
  store.write(async (trx) => {
    for (const event of events) await recordStay(trx, event);
  });
const endCall = (endedAtMs: number | null) =>
  store.write((trx) => trx.updateTable('call').set({ endedAtMs }).where('callId', '=', callId).execute());
const attendees = async (nowMs: number) => (await attendanceOf(store.read, meetingId, nowMs))[0]!.attendees;

test('what a node sends again long after, when its id is forgotten, changes nothing', async () => {
  const joined = joins(1_000);
  const about = { callId, meetingId, documentId: newId(), title: 'Prices', page: 1, fromMs: 1_000, atMs: 2_000 };
  const shown: KnownCallEvent = { name: 'page-shown', eventId: newId(), ...about };
  await record(joined, joined);
  await store.write(async (trx) => {
    for (const event of [shown, shown]) await recordPage(trx, event);
  });
  expect(await attendees(2_000)).toHaveLength(1);
  const pages = store.read.selectFrom('pageShown').select('shownId').where('meetingId', '=', meetingId);
  expect(await pages.execute()).toHaveLength(1);
});

test('of a call whose node died, the time until its last sign of life counts', async () => {
  await record(joins(1_000));
  await store.write((trx) => recordSigns(trx, [newId()], 5_000));
  await store.write((trx) => recordSigns(trx, [nodeId], 61_000));
  expect(await attendees(70_000)).toMatchObject([{ leftAtMs: null, presentMs: 69_000 }]);
  await endCall(400_000);
  expect(await attendees(900_000)).toMatchObject([{ leftAtMs: 61_000, presentMs: 60_000 }]);
  // after its end it gives none
  await store.write((trx) => recordSigns(trx, [nodeId], 500_000));
  expect(await attendees(900_000)).toMatchObject([{ presentMs: 60_000 }]);
  // it was only out of reach, and is the meeting’s again
  await endCall(null);
  expect(await attendees(900_000)).toMatchObject([{ leftAtMs: null, presentMs: 899_000 }]);
});

test('a peer that comes again without having gone is in the call once', async () => {
  await record(joins(0), joins(50), { ...joins(80), name: 'participant-left' } as KnownCallEvent);
  expect(await attendees(500)).toMatchObject([{ joinedAtMs: 0, leftAtMs: 80, presentMs: 80 }]);
});

test('a room and a laptop that it let in are one, by the room’s name', async () => {
  await store.write((trx) => trx.insertInto('room').values({ roomId, roomName: '한라', createdAtMs: 0 }).execute());
  const laptop = { peerId: newId(), displayName: 'Joon’s laptop', roomId, person: undefined };
  await record(
    joins(10, { peerId: newId(), peerKind: 'room', displayName: '한라', roomId, person: undefined }),
    joins(20, laptop),
  );
  expect(await attendees(30)).toMatchObject([{ displayName: '한라', kind: 'room', presentMs: 20 }]);
});
