/** Documents at the real fleet server in a meeting's course: its call ends, its room is removed, another meeting takes one along. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import sharp from 'sharp';
import { DEFAULT_DOCUMENT_POLICY, type DocumentPolicy } from '#contract/document-policy.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { WHOLE_PAGE } from '#contract/shared-document.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { PhoneUnderTest, type RoomUnderTest } from '../room-under-test.ts';
import { newId } from '../store/index.ts';
import { DocumentClient, grantOf, report, roomWithTv } from './documents-under-test.ts';
import { ScriptedConverter } from './scripted-converter-under-test.ts';

let fleet: FleetUnderTest;
let room: RoomUnderTest;
let grant: Json;
let tv: DocumentClient;

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  await new ScriptedConverter(fleet.dataDir).start();
});
beforeEach(async () => {
  ({ room, grant, tv } = await roomWithTv(fleet));
});
afterEach(() => room.stop());
afterAll(() => fleet.stop());

const callEvent = (name: string, about: object = {}): Promise<void> =>
  report(fleet, name, { callId: grant.callId, meetingId: grant.meetingId, ...about });
async function shared(fileName = 'plan.pdf'): Promise<string> {
  const documentId = await tv.upload(fileName);
  await expect.poll(() => tv.state(documentId)).toBe('ready');
  return documentId;
}
const isOnDisk = (documentId: string): boolean => existsSync(join(fleet.dataDir, 'documents', documentId));
const setPolicy = (policy: Partial<DocumentPolicy>) =>
  fleet.api(
    'PUT',
    `/api/v1/meetings/${room.room.meetingId}/document-policy`,
    { ...DEFAULT_DOCUMENT_POLICY, ...policy },
    fleet.admin.cookie,
  );
/** With the token that a phone's room link brings it. */
async function phoneClient(): Promise<DocumentClient> {
  await room.offer('BCDFGH23');
  const { body } = await fleet.api('POST', '/api/v1/pairings', { code: 'BCDFGH23' });
  const phone = await new PhoneUnderTest(fleet.ready.fleetUrl).open(body.controllerToken);
  await expect.poll(() => phone.of('document-access')).toHaveLength(1);
  phone.close();
  return new DocumentClient(fleet, phone.of('document-access')[0].access.token);
}
/** @param again of an earlier one: as its page asks for a newer token */
async function guest(again?: { invite: string; entryId: string }): Promise<Json> {
  const path = `/api/v1/meetings/${room.room.meetingId}/invites`;
  const made = { displayName: null, expiresInMinutes: 60 };
  const { joinUrl } = (await fleet.api('POST', path, made, fleet.admin.cookie)).body;
  const by = again ?? { invite: joinUrl.split('#')[1], entryId: newId() };
  return { ...(await fleet.api('POST', '/api/v1/guest-entries', by)).body.grant, by };
}

test('with the end of its call a document is gone, and the guest’s token with it', async () => {
  await callEvent('call-opened');
  const documentId = await shared();
  const theirs = new DocumentClient(fleet, (await guest()).documents.token);
  expect((await theirs.page(documentId, 1, 'tv')).status).toBe(200);
  await callEvent('call-ended', { reason: 'ended-by-room' });
  await expect.poll(() => isOnDisk(documentId)).toBe(false);
  expect(await tv.list()).toEqual([]);
  expect(await theirs.page(documentId, 1, 'tv')).toMatchObject({ status: 401, code: 'token-invalid' });
});

test('kept by policy it stays after the call', async () => {
  expect((await setPolicy({ isKept: true })).status).toBe(200);
  await callEvent('call-opened');
  const documentId = await shared();
  await callEvent('call-ended', { reason: 'ended-by-room' });
  // another room's end is looked at after it
  const { room: other, grant: otherGrant, tv: theirs } = await roomWithTv(fleet);
  const [callId, meetingId] = [otherGrant.callId, otherGrant.meetingId];
  await report(fleet, 'call-opened', { callId, meetingId });
  const gone = await theirs.upload('gone.pdf');
  await report(fleet, 'call-ended', { callId, meetingId, reason: 'ended-by-room' });
  await expect.poll(() => isOnDisk(gone)).toBe(false);
  other.stop();
  expect((await tv.page(documentId, 1, 'tv')).status).toBe(200);
});

test('with its room all is gone', async () => {
  const documentId = await shared();
  await fleet.api('DELETE', `/api/v1/rooms/${room.room.roomId}`, undefined, fleet.admin.cookie);
  await expect.poll(() => isOnDisk(documentId), { timeout: 5_000 }).toBe(false);
  expect(await tv.one(documentId)).toMatchObject({ status: 401, code: 'token-invalid' });
});

test('a booking that starts takes along what the idle TV shows, what is with it, and what is on its way', async () => {
  const guests = new DocumentClient(fleet, (await guest()).documents.token);
  const stays = await guests.upload('guest.pdf');
  await expect.poll(() => guests.state(stays)).toBe('ready');
  const [shown, other] = [await shared('shown.pdf'), await shared('other.pdf')];
  const { documentId: theirs } = (await guests.announce('theirs.pdf', 10)).body.document;
  await room.sayState();
  const phone = await phoneClient();
  const { documentId: half } = (await phone.announce('half.pdf', 10)).body.document;
  const show = (revision: number, documentId: string | null) =>
    room.say('document', {
      protocol: PROTOCOL_VERSION,
      roomId: room.room.roomId,
      epoch: 1,
      revision,
      asOfMs: Date.now(),
      document: documentId && { documentId, title: 'a', pageCount: 3, page: 1, region: WHOLE_PAGE, presenter: null },
      isPresenter: documentId !== null,
    });
  await show(1, shown);
  const start = (bookingId: string) =>
    grantOf(room, { booking: { bookingId: bookingId.repeat(64), title: 'Budget', invite: null } });
  const booked = await start('a');
  expect(booked.meetingId).not.toBe(grant.meetingId);
  const there = new DocumentClient(fleet, booked.documents.token);
  expect((await there.list()).map(({ documentId }) => documentId)).toEqual([half, other, shown]);
  expect((await there.page(shown, 1, 'tv')).status).toBe(200);
  expect((await tv.list()).map(({ documentId }) => documentId)).toEqual([theirs, stays]);
  // the phone goes on by the access that it has, until it has the meeting's
  expect((await phone.put(half, 0, Buffer.from('0123456789'))).status).toBe(200);
  await expect.poll(() => phone.state(half)).toBe('ready');
  // its own meeting's again takes nothing anywhere, nor does one for which the TV shows nothing
  await grantOf(room);
  await show(2, null);
  await start('b');
  expect((await there.list()).map(({ documentId }) => documentId)).toEqual([half, other, shown]);
  expect((await tv.list()).map(({ documentId }) => documentId)).toEqual([theirs, stays]);
});

test('while a room is in a call, its own meeting’s documents stay there', async () => {
  await callEvent('call-opened');
  await callEvent('participant-joined', {
    peerId: grant.peerId,
    peerKind: 'room',
    displayName: 'Room',
    participantCount: 1,
  });
  const documentId = await shared();
  await room.say('document', {
    protocol: PROTOCOL_VERSION,
    roomId: room.room.roomId,
    epoch: 1,
    revision: 1,
    asOfMs: Date.now(),
    document: { documentId, title: 'a', pageCount: 3, page: 1, region: WHOLE_PAGE, presenter: null },
    isPresenter: true,
  });
  await grantOf(room, { booking: { bookingId: 'c'.repeat(64), title: 'Budget', invite: null } });
  expect((await tv.list()).map((each) => each.documentId)).toEqual([documentId]);
});

test('what guests may do follows the policy at once, and each new grant', async () => {
  const documentId = await shared();
  const before = await guest();
  const theirs = new DocumentClient(fleet, before.documents.token);
  expect(before.documents.documents).toEqual(['present', 'view', 'view-unmarked']);
  await setPolicy({ sharedBy: 'room-only' });
  expect(await theirs.announce('a.pdf', 1)).toMatchObject({ status: 403, code: 'forbidden' });
  expect((await theirs.page(documentId, 1, 'tv')).status).toBe(200);
  expect((await guest()).documents.documents).toEqual(['view', 'view-unmarked']);
  await setPolicy({ guestsView: false });
  expect(await theirs.page(documentId, 1, 'tv')).toMatchObject({ status: 403, code: 'forbidden' });
  const excluded = await guest();
  expect(excluded.documents).toBeNull();
  expect(claimsOf(excluded.joinToken).documents).toEqual([]);
  expect((await tv.page(documentId, 1, 'tv')).status).toBe(200);
  expect(claimsOf(grant.joinToken).documents).toEqual(['present', 'view', 'view-unmarked']);
  const read = await fleet.api(
    'GET',
    `/api/v1/meetings/${room.room.meetingId}/document-policy`,
    undefined,
    fleet.admin.cookie,
  );
  expect(read.body.policy).toEqual({ ...DEFAULT_DOCUMENT_POLICY, guestsView: false });
});

test('with a watermark each viewer gets a picture of its own, under the name by which it joined', async () => {
  const paper = await sharp({ create: { width: 400, height: 300, channels: 3, background: 'white' } })
    .webp()
    .toBuffer();
  const documentId = await shared();
  writeFileSync(join(fleet.dataDir, 'documents', documentId, 'pages', '1-tv.webp'), paper);
  await setPolicy({ hasWatermark: true });
  const [ada, grace] = [await guest(), await guest()];
  const page = async ({ documents }: Json): Promise<[number, string, string | null]> => {
    const { url, token } = documents;
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${url}/api/v1/documents/${documentId}/pages/1/tv`, { headers });
    const body = Buffer.from(await answer.arrayBuffer()).toString('base64');
    return [answer.status, body, answer.headers.get('cache-control')];
  };
  // not in the call yet: nobody knows the name
  expect((await page(ada))[0]).toBe(202);
  await callEvent('call-opened');
  for (const [peer, displayName] of [
    [ada, 'Ada'],
    [grace, 'Grace'],
  ] as const)
    await callEvent('participant-joined', {
      peerId: peer.peerId,
      peerKind: 'person',
      displayName,
      participantCount: 2,
    });
  await expect.poll(async () => (await page(grace))[0]).toBe(200);
  const [one, other, own] = [await page(ada), await page(grace), await page(grant)];
  expect(new Set([one[1], other[1], own[1], paper.toString('base64')]).size).toBe(4);
  expect(one[2]).toBe('no-store');
  expect((await page(ada))[1]).toBe(one[1]);
  expect((await page(await guest(ada.by)))[1]).toBe(one[1]);
});

test('folders that nobody knows are removed when the server starts, documents stay', async () => {
  const documentId = await shared();
  const orphan = newId();
  await fleet.kill();
  mkdirSync(join(fleet.dataDir, 'documents', orphan, 'pages'), { recursive: true });
  writeFileSync(join(fleet.dataDir, 'documents', documentId, 'original'), 'left behind');
  await fleet.startServer();
  await expect.poll(() => isOnDisk(orphan)).toBe(false);
  expect(existsSync(join(fleet.dataDir, 'documents', documentId, 'original'))).toBe(false);
  expect((await tv.page(documentId, 1, 'tv')).status).toBe(200);
});

const claimsOf = (token: string): Json => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
