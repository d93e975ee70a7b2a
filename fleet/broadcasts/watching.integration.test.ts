/** Who gets at a broadcast's media, and who does not: with the real fleet server and a scripted packager. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Audience, WHOLE_STAFF } from '#contract/broadcast.ts';
import type { RoleGrant } from '#contract/http/permissions.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { WATCH_AUDIENCE, type WatchTokenClaims } from '#contract/live-delivery.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { EventsUnderTest } from '../events-under-test.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { Accounts, Sessions } from '../people/index.ts';
import { RoomUnderTest } from '../room-under-test.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { NodeInTest, ScriptedPackager, ScriptedProgram } from './broadcasts-under-test.ts';

const fleet = new FleetUnderTest('--trusted-proxy', '127.0.0.1');
let packager: ScriptedPackager;
let program: ScriptedProgram;
let node: NodeInTest;
let store: AuthorityStore;
let accounts: Accounts;
let sessions: Sessions;
let site: string;
let floor: string;
type Staff = { accountId: string; cookie: string };

beforeAll(async () => {
  packager = await new ScriptedPackager(fleet.dataDir).start();
  program = await new ScriptedProgram(fleet.dataDir).start();
  await fleet.start();
  node = await new NodeInTest(fleet).start();
  store = authorityStore({
    dataDir: fleet.dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  accounts = new Accounts({ store });
  sessions = new Sessions({ store, clock: new WallClock() });
  const place = async (placeName: string, kind: string, parentId: string | null): Promise<string> =>
    (await fleet.api('POST', '/api/v1/places', { placeName, kind, parentId }, fleet.admin.cookie)).body.placeId;
  site = await place('Site', 'site', null);
  floor = await place('Floor', 'floor', site);
});
afterAll(async () => {
  packager.stop();
  program.stop();
  await store.stop();
  await fleet.stop();
});

async function staff(about: { placeId?: string; groups?: string[]; grants?: RoleGrant[] } = {}): Promise<Staff> {
  const { accountId } = await accounts.create({
    userName: `person ${newId()}`,
    password: newId(),
    placeId: about.placeId ?? null,
    grants: about.grants ?? [{ role: 'member', scope: { kind: 'organisation' } }],
    mustChangePassword: false,
  });
  if (about.groups)
    await store.write((trx) =>
      trx
        .updateTable('account')
        .set({ groups: JSON.stringify(about.groups) })
        .where('accountId', '=', accountId)
        .execute(),
    );
  return { accountId, cookie: await signIn(accountId) };
}
async function signIn(accountId: string): Promise<string> {
  const token = await sessions.open(accountId, { method: 'password', browser: 'a browser', network: 'test' });
  return `maru-session=${token}`;
}
/** A planned broadcast of a room's meeting. */
async function planned(audience: Partial<Audience> = {}, more: object = {}): Promise<Json> {
  const { meetingId } = await fleet.enrolRoom(`Room ${newId()}`);
  const body = { audience: { ...WHOLE_STAFF, ...audience }, ...more };
  const made = await fleet.api('POST', `/api/v1/meetings/${meetingId}/broadcasts`, body, fleet.admin.cookie);
  expect(made.status, JSON.stringify(made.body)).toBe(200);
  return { ...made.body.broadcast, meetingId };
}
const livePort = (): number => JSON.parse(readFileSync(join(fleet.dataDir, 'ports.json'), 'utf8')).live;
const watch = (broadcastId: string, cookie?: string, headers: Record<string, string> = {}) =>
  fleet.api('POST', `/api/v1/broadcasts/${broadcastId}/viewings`, undefined, cookie, headers);
const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });
type Answer = Awaited<ReturnType<typeof watch>>;
const tokenIn = ({ headers }: Answer): WatchTokenClaims =>
  decodeJwt(/^maru-watch=([^;]+);/.exec(headers.get('set-cookie')!)![1]!);
const revoked = (): string[] =>
  packager.asked.flatMap((message) => (message.name === 'revoke' ? message.viewingIds : []));

test('a viewer gets a cookie that opens this broadcast, and the next one besides', async () => {
  const [first, second] = [await planned(), await planned({ allowedRanges: ['127.0.0.0/8'] })];
  const { cookie } = await staff();
  const answer = await watch(first.broadcastId, cookie);
  expect(answer.body.viewing).toMatchObject({
    broadcastId: first.broadcastId,
    liveUrl: `http://127.0.0.1:${livePort()}`,
  });
  expect(answer.body.viewing.token).toBeUndefined();
  const setCookie = answer.headers.get('set-cookie')!;
  for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/', 'Max-Age=3600'])
    expect(setCookie).toContain(attribute);
  const claims = tokenIn(answer);
  expect(claims).toMatchObject({ aud: WATCH_AUDIENCE, broadcasts: [{ broadcastId: first.broadcastId }] });
  expect(claims.exp - claims.iat).toBe(3_600);
  const both = tokenIn(await watch(second.broadcastId, cookie));
  expect(both.sub).toBe(claims.sub);
  expect(both.broadcasts).toEqual([
    { broadcastId: second.broadcastId, allowedRanges: [['127.0.0.0/8']] },
    { broadcastId: first.broadcastId, allowedRanges: [] },
  ]);
  const other = await staff();
  expect(tokenIn(await watch(first.broadcastId, other.cookie)).sub).not.toBe(claims.sub);
});

test('nobody without a session, and a stranger learns nothing of a broadcast that there is', async () => {
  const { broadcastId } = await planned({ groups: ['board'] });
  expect((await watch(broadcastId)).status).toBe(401);
  expect((await watch(broadcastId, 'maru-session=made-up')).status).toBe(401);
  const { cookie } = await staff({ groups: ['others'] });
  const [there, madeUp] = [await watch(broadcastId, cookie), await watch(newId(), cookie)];
  expect([there.status, there.body]).toEqual([404, madeUp.body]);
  expect(there.headers.get('set-cookie')).toBeNull();
  const detail = (id: string) => fleet.api('GET', `/api/v1/broadcasts/${id}`, undefined, cookie);
  expect((await detail(broadcastId)).body).toEqual((await detail(newId())).body);
});

test.each([
  ['of its group', () => ({ groups: ['board', 'others'] }), 200],
  ['of its place', () => ({ placeId: site }), 200],
  ['of a place below it', () => ({ placeId: floor }), 200],
  ['of neither', () => ({ groups: ['others'] }), 404],
] as const)('somebody %s', async (_, about, status) => {
  const { broadcastId } = await planned({ groups: ['board'], placeIds: [site] });
  const { cookie } = await staff(about() as Parameters<typeof staff>[0]);
  expect((await watch(broadcastId, cookie)).status).toBe(status);
});

test('an address out of the ranges is refused in words, and one within gets in', async () => {
  const { broadcastId } = await planned({ allowedRanges: ['203.0.113.0/24'] });
  const { cookie } = await staff();
  const outside = await watch(broadcastId, cookie, from('198.51.100.7'));
  expect([outside.status, outside.body.error.code]).toEqual([403, 'address-not-allowed']);
  const inside = await watch(broadcastId, cookie, from('203.0.113.9'));
  expect(inside.status).toBe(200);
  expect(tokenIn(inside).broadcasts[0]!.allowedRanges).toEqual([['203.0.113.0/24']]);
  const path = `/api/v1/broadcasts/${broadcastId}`;
  const seen = await fleet.api('GET', path, undefined, cookie, from('198.51.100.7'));
  expect(seen.body.error.code).toBe('address-not-allowed');
});

const asEnded: [string, (who: Staff, broadcast: Json) => Promise<unknown>][] = [
  ['signs out', ({ cookie }) => fleet.api('DELETE', '/api/v1/sessions/current', undefined, cookie)],
  [
    'is disabled',
    async ({ accountId }) => {
      const path = `/api/v1/accounts/${accountId}`;
      const { account } = (await fleet.api('GET', path, undefined, fleet.admin.cookie)).body;
      const { displayName, email, placeId, grants } = account;
      const body = { displayName, email, placeId, grants, isDisabled: true };
      expect((await fleet.api('PUT', path, body, fleet.admin.cookie)).status).toBe(200);
    },
  ],
  [
    'is of the audience no more',
    (_, { meetingId, broadcastId }) =>
      fleet.api(
        'PUT',
        `/api/v1/meetings/${meetingId}/broadcasts/${broadcastId}`,
        { audience: { ...WHOLE_STAFF, groups: ['board'] } },
        fleet.admin.cookie,
      ),
  ],
  [
    'leaves the group',
    ({ accountId }) =>
      store.write((trx) =>
        trx.updateTable('account').set({ groups: '[]' }).where('accountId', '=', accountId).execute(),
      ),
  ],
];
test.each(asEnded)('a viewer who %s is out within two seconds', async (what, end) => {
  const broadcast = await planned(what === 'leaves the group' ? { groups: ['watchers'] } : {});
  const who = await staff({ groups: ['watchers'] });
  const { sub } = tokenIn(await watch(broadcast.broadcastId, who.cookie));
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(revoked()).not.toContain(sub);
  const endedAtMs = performance.now();
  await end(who, broadcast);
  await expect.poll(revoked, { interval: 20 }).toContain(sub);
  expect(performance.now() - endedAtMs).toBeLessThan(2_000);
});

test('what was revoked is in the hello to a packager that comes later', async () => {
  const { broadcastId } = await planned();
  const { cookie } = await staff();
  const { sub } = tokenIn(await watch(broadcastId, cookie));
  await fleet.api('DELETE', '/api/v1/sessions/current', undefined, cookie);
  await expect.poll(revoked).toContain(sub);
  packager.stop();
  packager = await new ScriptedPackager(fleet.dataDir).start();
  await expect.poll(() => packager.hellos).toHaveLength(1);
  expect(packager.hellos[0]!.revokedViewingIds).toContain(sub);
  expect(packager.hellos[0]!.keys).toHaveLength(1);
});

test('a session that was revoked and comes back has another viewing', async () => {
  const { broadcastId, meetingId } = await planned();
  const { cookie } = await staff({ groups: ['watchers'] });
  const { sub } = tokenIn(await watch(broadcastId, cookie));
  const path = `/api/v1/meetings/${meetingId}/broadcasts/${broadcastId}`;
  const only = (groups: string[]) =>
    fleet.api('PUT', path, { audience: { ...WHOLE_STAFF, groups } }, fleet.admin.cookie);
  await only(['board']);
  await expect.poll(revoked).toContain(sub);
  await only([]);
  const again = await watch(broadcastId, cookie);
  expect(again.status).toBe(200);
  expect(tokenIn(again).sub).not.toBe(sub);
});

test('five hundred who come in one second all get in', async () => {
  const { broadcastId } = await planned();
  const { accountId } = await staff();
  const cookies = await Promise.all(Array.from({ length: 500 }, () => signIn(accountId)));
  const answers = await Promise.all(cookies.map((cookie) => watch(broadcastId, cookie)));
  expect(answers.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
  expect(new Set(answers.map((answer) => tokenIn(answer).sub)).size).toBe(500);
});

test('the watch page shows what is of the caller, and follows it', async () => {
  const startsAtMs = Date.now() + 3_600_000;
  const mine = await planned({ groups: ['board'] }, { title: 'For the board', startsAtMs });
  await planned({ groups: ['others'] }, { title: 'For others', startsAtMs });
  const { cookie } = await staff({ groups: ['board'] });
  const home = new EventsUnderTest(new URL('/api/v1/watch-home', fleet.ready.fleetUrl).href, { cookie });
  const coming = (): string[] => (home.last('home')?.coming ?? []).map(({ title }: Json) => title);
  await expect.poll(coming).toContain('For the board');
  expect(coming()).not.toContain('For others');
  const path = `/api/v1/meetings/${mine.meetingId}/broadcasts/${mine.broadcastId}`;
  await fleet.api('PUT', path, { title: 'Renamed' }, fleet.admin.cookie);
  await expect.poll(coming).toContain('Renamed');
  await fleet.api('DELETE', path, undefined, fleet.admin.cookie);
  await expect.poll(coming).not.toContain('Renamed');
  home.close();
});

test('a room’s TV gets a token by its place; one of another place learns nothing', async () => {
  const { broadcastId } = await planned({ placeIds: [site] });
  const rooms = [await fleet.enrolRoom(`Here ${newId()}`), await fleet.enrolRoom(`Away ${newId()}`)];
  const { roomId } = rooms[0]!;
  const placed = await fleet.api('PUT', `/api/v1/rooms/${roomId}/place`, { placeId: floor }, fleet.admin.cookie);
  expect(placed.status, JSON.stringify(placed.body)).toBe(200);
  const replies: Json[] = [];
  for (const each of rooms) {
    const room = new RoomUnderTest(each);
    await room.start(fleet);
    const id = newId();
    await room.say('request', { name: 'request-viewing', id, broadcastId }, false);
    await expect.poll(() => room.last('requestReply')?.id).toBe(id);
    replies.push(room.last('requestReply'));
    room.stop();
  }
  expect(replies[0]).toMatchObject({ name: 'viewing', viewing: { broadcastId } });
  expect(decodeJwt(replies[0].viewing.token)).toMatchObject({ aud: WATCH_AUDIENCE });
  expect(replies[1]).toMatchObject({ name: 'refused', error: { code: 'not-found' } });
});

test('a room’s TV is offered what is near or live and for its place, from its first line on and as it changes', async () => {
  const soon = { startsAtMs: Date.now() + 60_000 };
  const [here, away] = [
    new RoomUnderTest(await fleet.enrolRoom(`Here ${newId()}`)),
    new RoomUnderTest(await fleet.enrolRoom(`Away ${newId()}`)),
  ];
  const { roomId } = here.room;
  await fleet.api('PUT', `/api/v1/rooms/${roomId}/place`, { placeId: floor }, fleet.admin.cookie);
  const offered = (room: RoomUnderTest): string[] | undefined =>
    room.last('offeredBroadcasts')?.broadcasts.map(({ broadcastId }: Json) => broadcastId);
  const { broadcastId, meetingId } = await planned({ placeIds: [site] }, soon);
  const later = await planned({ placeIds: [site] }, { startsAtMs: Date.now() + 3_600_000 });
  await Promise.all([here, away].map((each) => each.start(fleet, PROTOCOL_VERSION, ['offeredBroadcasts'])));
  await expect.poll(() => offered(here)).toContain(broadcastId);
  expect(offered(here)).not.toContain(later.broadcastId);
  await expect.poll(() => offered(away)).toBeDefined();
  expect(offered(away)).not.toContain(broadcastId);
  const path = `/api/v1/meetings/${meetingId}/broadcasts/${broadcastId}`;
  await fleet.api('DELETE', path, undefined, fleet.admin.cookie);
  await expect.poll(() => offered(here)).not.toContain(broadcastId);
  here.stop();
  away.stop();
});

test('who hosts a meeting needs the permission besides', async () => {
  const { meetingId } = await fleet.enrolRoom(`Room ${newId()}`);
  const hostBy = async (role: 'member' | 'broadcaster'): Promise<Answer> => {
    const { accountId, cookie } = await staff({ grants: [{ role, scope: { kind: 'organisation' } }] });
    const person = { personId: newId(), meetingId, accountId, displayName: role, role: 'co-host' as const };
    await store.write((trx) =>
      trx
        .insertInto('meetingPerson')
        .values({ ...person, email: null, inviteId: null, addedAtMs: Date.now() })
        .execute(),
    );
    return fleet.api('POST', `/api/v1/meetings/${meetingId}/broadcasts`, {}, cookie);
  };
  const member = await hostBy('member');
  expect([member.status, member.body.error.code]).toEqual([403, 'broadcasting-not-allowed']);
  expect((await hostBy('broadcaster')).status).toBe(200);
  const second = await hostBy('broadcaster');
  expect([second.status, second.body.error.code]).toEqual([409, 'not-possible-now']);
});

test('a planned broadcast opens its green room before its time, where the call runs, and goes live', async () => {
  const { broadcastId, meetingId } = await planned({}, { startsAtMs: Date.now() + 12_000 });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(packager.lifeOf(broadcastId)).toEqual([]);
  const made = await fleet.api(
    'POST',
    `/api/v1/meetings/${meetingId}/invites`,
    { displayName: null, expiresInMinutes: 60 },
    fleet.admin.cookie,
  );
  const invite = made.body.joinUrl.split('#')[1];
  const { grant } = (await fleet.api('POST', '/api/v1/guest-entries', { invite })).body;
  await node.joins(meetingId, grant.callId);
  await expect.poll(() => packager.lifeOf(broadcastId)).toEqual(['open']);
  await expect.poll(() => node.airOf(meetingId)?.phase).toBe('green-room');
  await expect.poll(() => packager.lifeOf(broadcastId)).toEqual(['open', 'go-live']);
  expect(node.airOf(meetingId)?.phase).toBe('live');
});
