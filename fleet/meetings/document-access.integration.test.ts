/** Whose token opens a meeting's documents, at the real fleet server: not those of who was revoked, removed or let in elsewhere. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { topicOf } from '#contract/topics.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { newId } from '../store/index.ts';

let fleet: FleetUnderTest;
let meetingId: string;
let roomId: string;
let names = 0;

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
});
beforeEach(async () => {
  names += 1;
  ({ meetingId, roomId } = await fleet.enrolRoom(`Room ${names}`));
});
afterAll(() => fleet.stop());

const admin = (method: string, path: string, body?: object) => fleet.api(method, path, body, fleet.admin.cookie);
async function invited(): Promise<{ inviteId: string; grant: Json }> {
  const body = { displayName: null, expiresInMinutes: 60 };
  const { invite, joinUrl } = (await admin('POST', `/api/v1/meetings/${meetingId}/invites`, body)).body;
  const entry = await fleet.api('POST', '/api/v1/guest-entries', { invite: joinUrl.split('#')[1] });
  return { inviteId: invite.inviteId, grant: entry.body.grant };
}
/** As a browser of another origin asks. */
async function list(authorization: string | null): Promise<[number, string | undefined]> {
  const answer = await fetch(new URL('/api/v1/documents', fleet.ready.fleetUrl), {
    headers: { origin: 'http://127.0.0.1:1', ...(authorization === null ? {} : { authorization }) },
  });
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  return [answer.status, ((await answer.json()) as Json).error?.code];
}
const bearer = (grant: Json): string => `Bearer ${grant.documents.token}`;

test('a guest’s grant brings it; without one, with another token or a made-up one nothing is answered', async () => {
  const { grant } = await invited();
  expect(grant.documents).toMatchObject({ meetingId, documents: ['present', 'view'] });
  expect(await list(bearer(grant))).toEqual([200, undefined]);
  const [header, claims, signature] = grant.documents.token.split('.');
  const other = btoa(JSON.stringify({ ...JSON.parse(atob(claims)), meetingId: newId() })).replaceAll('=', '');
  for (const wrong of [
    null,
    'Bearer',
    `Basic ${grant.documents.token}`,
    `Bearer ${grant.joinToken}`,
    `Bearer ${[header, other, signature].join('.')}`,
  ])
    expect(await list(wrong)).toEqual([401, 'token-invalid']);
});

test('it is void once the invite is revoked', async () => {
  const { inviteId, grant } = await invited();
  await admin('DELETE', `/api/v1/meetings/${meetingId}/invites/${inviteId}`);
  expect(await list(bearer(grant))).toEqual([401, 'token-invalid']);
});

test('it is void for a guest who was removed, and good for the others', async () => {
  const [gone, stays] = [await invited(), await invited()];
  const event = { name: 'participant-removed', peerId: gone.grant.peerId, byPeerId: newId() };
  const events = [{ eventId: newId(), callId: gone.grant.callId, meetingId, atMs: Date.now(), ...event }];
  await fleet.node.publishAsync(topicOf('callEvents', fleet.nodeId), JSON.stringify({ events }), { qos: 1 });
  await expect.poll(() => list(bearer(gone.grant))).toEqual([401, 'token-invalid']);
  expect(await list(bearer(stays.grant))).toEqual([200, undefined]);
});

test('it is void once the room is removed', async () => {
  const { grant } = await invited();
  await admin('DELETE', `/api/v1/rooms/${roomId}`);
  expect(await list(bearer(grant))).toEqual([401, 'token-invalid']);
});
