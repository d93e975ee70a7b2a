/** People over HTTP: what a browser and a program get, with the real server. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FRESH_SIGN_IN_MS } from '#contract/http/route.ts';
import { topicOf } from '#contract/topics.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { type AuthorityStore, authorityStore } from '../store/index.ts';

let fleet: FleetUnderTest;
let store: AuthorityStore;
beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  store = authorityStore({
    dataDir: fleet.dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
});
afterAll(async () => {
  await store.stop();
  await fleet.stop();
});

const PASSWORD = 'a long one for this';
const ORGANISATION = { kind: 'organisation' };
const ask = (method: string, path: string, body?: object, cookie = fleet.admin.cookie) =>
  fleet.api(method, path, body, cookie);
const byToken = (method: string, path: string, secret: string, body?: object) =>
  fleet.api(method, path, body, undefined, { authorization: `Bearer ${secret}` });
const codeOf = ({ status, body }: { status: number; body: Json }): [number, unknown] => [status, body.error?.code];
const draft = (userName: string, ...grants: object[]) => ({
  userName,
  displayName: userName,
  email: null,
  placeId: null,
  grants,
});

/** An account as its person gets it: made by an administrator, with a password chosen by the link. */
async function join(userName: string, ...grants: object[]): Promise<{ accountId: string; cookie: string }> {
  const made = await ask('POST', '/api/v1/accounts', draft(userName, ...grants));
  const code = new URL(made.body.inviteUrl).hash.replace('#invite=', '');
  const used = await fleet.api('POST', '/api/v1/account-invites', { code, newPassword: PASSWORD });
  return { accountId: made.body.account.accountId, cookie: used.headers.get('set-cookie')!.split(';')[0]! };
}
const place = async (placeName: string): Promise<string> =>
  (await ask('POST', '/api/v1/places', { placeName, kind: 'site', parentId: null })).body.placeId;
const change = (accountId: string, more: object) =>
  ask('PUT', `/api/v1/accounts/${accountId}`, {
    displayName: 'Changed',
    email: null,
    placeId: null,
    grants: [],
    isDisabled: false,
    ...more,
  });

test('an administrator of a while ago proves again who they are; a wrong password proves nothing', async () => {
  const { cookie } = await fleet.signIn(fleet.admin.userName, fleet.admin.password);
  const age = (byMs: number) =>
    store.write((trx) =>
      trx
        .updateTable('session')
        .set({ authenticatedAtMs: Date.now() - byMs })
        .execute(),
    );
  const act = async () => codeOf(await ask('POST', '/api/v1/accounts', draft(`user${Date.now()}`), cookie));
  await age(FRESH_SIGN_IN_MS - 60_000);
  expect(await act()).toEqual([200, undefined]);
  await age(FRESH_SIGN_IN_MS);
  expect(await act()).toEqual([401, 'sign-in-not-fresh']);
  // looking is not acting
  expect((await ask('GET', '/api/v1/accounts', undefined, cookie)).status).toBe(200);
  const confirm = async (password: string) =>
    codeOf(await ask('POST', '/api/v1/sessions/current/confirmations', { password }, cookie));
  expect(await confirm('wrong')).toEqual([401, 'credentials-invalid']);
  expect(await act()).toEqual([401, 'sign-in-not-fresh']);
  expect(await confirm(fleet.admin.password)).toEqual([200, undefined]);
  expect(await act()).toEqual([200, undefined]);
  await age(0);
});

test('who is disabled is out within two seconds: session, open stream, token', async () => {
  const { accountId, cookie } = await join('gone', { role: 'operator', scope: ORGANISATION });
  const token = { tokenName: 'Script', permissions: ['rooms.view'], scope: ORGANISATION, expiresInDays: 1 };
  const { secret } = (await ask('POST', '/api/v1/accounts/current/tokens', token, cookie)).body;
  expect((await byToken('GET', '/api/v1/rooms', secret)).status).toBe(200);
  const stream = await fetch(new URL('/api/v1/room-changes', fleet.ready.fleetUrl), { headers: { cookie } });
  const startMs = performance.now();
  expect((await change(accountId, { isDisabled: true })).status).toBe(200);
  expect(await stream.text()).toContain('event: refused\ndata: {"error":{"code":"not-signed-in"');
  expect(performance.now() - startMs).toBeLessThan(2_000);
  expect(codeOf(await ask('GET', '/api/v1/sessions/current', undefined, cookie))).toEqual([401, 'not-signed-in']);
  expect(codeOf(await byToken('GET', '/api/v1/rooms', secret))).toEqual([401, 'token-invalid']);
  const signIn = await fleet.signIn('gone', PASSWORD);
  expect(codeOf(signIn)).toEqual(codeOf(await fleet.signIn('nobody at all', PASSWORD)));
});

test('who is disabled, or signed out everywhere, is put out of the call within two seconds', async () => {
  const commands: Json[] = [];
  await fleet.node.subscribeAsync(topicOf('nodeCommand', fleet.nodeId), { qos: 1 });
  fleet.node.on('message', (_topic, payload) => commands.push(JSON.parse(payload.toString())));
  const { accountId, cookie } = await join('caller', { role: 'member', scope: ORGANISATION });
  const meeting = { title: 'Weekly', startsAtMs: null, durationMinutes: 30, people: [], roomIds: [] };
  const { meetingId } = (await ask('POST', '/api/v1/meetings', meeting, cookie)).body.meeting;
  const enter = async (as: string) =>
    (await ask('POST', `/api/v1/meetings/${meetingId}/entries`, {}, as)).body.grant as {
      callId: string;
      peerId: string;
    };
  const isOut = async ({ callId, peerId }: { callId: string; peerId: string }) =>
    expect.poll(() => commands, { timeout: 2_000 }).toContainEqual({ name: 'remove-participant', callId, peerId });
  const first = await enter(cookie);
  await ask('DELETE', `/api/v1/accounts/${accountId}/sessions`);
  await isOut(first);
  const second = await enter((await fleet.signIn('caller', PASSWORD)).cookie);
  await change(accountId, { isDisabled: true });
  await isOut(second);
});

test('people see where they are signed in and end one of it; so does an administrator', async () => {
  const { accountId, cookie } = await join('mina');
  const other = await fleet.signIn('mina', PASSWORD);
  const list = async () => (await ask('GET', '/api/v1/accounts/current/sessions', undefined, cookie)).body.sessions;
  const [current, second] = [true, false].map(
    (isCurrent) => async () => (await list()).find((session: Json) => session.isCurrent === isCurrent),
  );
  expect(await list()).toHaveLength(2);
  expect(await current!()).toMatchObject({ method: 'link', browser: expect.stringContaining('node') });
  const { sessionId } = await second!();
  // of another account: as if there were none
  expect(codeOf(await ask('DELETE', `/api/v1/accounts/current/sessions/${sessionId}`))).toEqual([404, 'not-found']);
  expect((await ask('DELETE', `/api/v1/accounts/current/sessions/${sessionId}`, undefined, cookie)).status).toBe(200);
  expect((await ask('GET', '/api/v1/sessions/current', undefined, other.cookie)).status).toBe(401);
  const path = `/api/v1/accounts/${accountId}/sessions`;
  const [left] = (await ask('GET', path)).body.sessions;
  expect(left.isCurrent).toBe(false);
  expect((await ask('DELETE', `${path}/${left.sessionId}`)).status).toBe(200);
  expect((await ask('GET', '/api/v1/sessions/current', undefined, cookie)).status).toBe(401);
  await fleet.signIn('mina', PASSWORD);
  expect((await ask('DELETE', path)).body).toEqual({ endedCount: 1 });
});

test('an installer of a place adds rooms there and claims their boxes, and nothing else', async () => {
  const [ours, theirs] = [await place('Ours'), await place('Theirs')];
  const { cookie } = await join('installer', { role: 'installer', scope: { kind: 'place', placeId: ours } });
  const make = (placeId: string | null) => ask('POST', '/api/v1/rooms', { roomName: 'Maple', placeId }, cookie);
  const { roomId } = (await make(ours)).body;
  expect((await ask('POST', `/api/v1/rooms/${roomId}/claims`, undefined, cookie)).status).toBe(200);
  const room = (await ask('GET', `/api/v1/rooms/${roomId}`, undefined, cookie)).body;
  expect(room.placeIds).toEqual([ours]);
  for (const placeId of [theirs, null]) expect(codeOf(await make(placeId))).toEqual([403, 'forbidden']);
  const refused = async (method: string, path: string, body?: object) =>
    expect(codeOf(await ask(method, path, body, cookie))).toEqual([403, 'forbidden']);
  await refused('PUT', `/api/v1/rooms/${roomId}`, { roomName: 'Oak' });
  await refused('DELETE', `/api/v1/rooms/${roomId}`);
  await refused('POST', '/api/v1/places', { placeName: 'New', kind: 'site', parentId: null });
  await refused('GET', '/api/v1/accounts');
  // the room moves away, and with it the right
  expect((await ask('PUT', `/api/v1/rooms/${roomId}/place`, { placeId: theirs })).status).toBe(200);
  await refused('GET', `/api/v1/rooms/${roomId}`);
  expect((await ask('GET', '/api/v1/rooms', undefined, cookie)).body.total).toBe(0);
});

test('who manages the rooms of a place moves none of them to where they manage none', async () => {
  const [ours, theirs] = [await place('North'), await place('South')];
  const { cookie } = await join('manager', { role: 'administrator', scope: { kind: 'place', placeId: ours } });
  const { roomId } = (await ask('POST', '/api/v1/rooms', { roomName: 'Elm', placeId: ours })).body;
  const move = async (placeId: string | null) =>
    codeOf(await ask('PUT', `/api/v1/rooms/${roomId}/place`, { placeId }, cookie));
  expect(await move(theirs)).toEqual([403, 'forbidden']);
  expect(await move(null)).toEqual([403, 'forbidden']);
  expect(await move(ours)).toEqual([200, undefined]);
});

test('a token does what it was given and its maker still may: in its place, no fresh acts, no sign-in', async () => {
  const placeId = await place('West');
  const { accountId, cookie } = await join('maker', { role: 'operator', scope: ORGANISATION });
  const inside = (await ask('POST', '/api/v1/rooms', { roomName: 'Inside', placeId })).body.roomId;
  const scope = { kind: 'place', placeId };
  const asked = { tokenName: 'Script', permissions: ['rooms.view', 'controllers.manage'], scope, expiresInDays: 7 };
  const made = await ask('POST', '/api/v1/accounts/current/tokens', asked, cookie);
  const { secret, token } = made.body;
  const names = async () => (await byToken('GET', '/api/v1/rooms', secret)).body.rows?.map((row: Json) => row.roomName);
  expect(await names()).toEqual(['Inside']);
  const code = { tabletName: 'By a script' };
  expect((await byToken('POST', `/api/v1/rooms/${inside}/tablet-codes`, secret, code)).status).toBe(200);
  const audited = await store.read.selectFrom('audit').select('actor').where('kind', '=', 'tablet-code-made').execute();
  expect(audited).toEqual([{ actor: `api-token:${token.tokenId}` }]);
  for (const [method, path] of [
    ['GET', '/api/v1/sessions/current'],
    ['GET', '/api/v1/accounts'],
    ['GET', '/api/v1/accounts/current/tokens'],
  ] as const)
    expect(codeOf(await byToken(method, path, secret))).toEqual([403, 'forbidden']);
  const tooMuch = { ...asked, permissions: ['rooms.manage'] };
  expect(codeOf(await ask('POST', '/api/v1/accounts/current/tokens', tooMuch, cookie))).toEqual([403, 'forbidden']);
  // what its maker loses it loses
  await change(accountId, { grants: [{ role: 'viewer', scope: ORGANISATION }] });
  expect(await names()).toEqual(['Inside']);
  expect((await byToken('POST', `/api/v1/rooms/${inside}/tablet-codes`, secret, code)).status).toBe(403);
  await change(accountId, { grants: [] });
  expect(codeOf(await byToken('GET', '/api/v1/rooms', secret))).toEqual([403, 'forbidden']);
  await change(accountId, { grants: [{ role: 'viewer', scope: ORGANISATION }] });
  expect((await ask('DELETE', `/api/v1/accounts/${accountId}/tokens/${token.tokenId}`)).status).toBe(200);
  expect(codeOf(await byToken('GET', '/api/v1/rooms', secret))).toEqual([401, 'token-invalid']);
});

test('a token for a place takes its maker’s meetings into no room elsewhere', async () => {
  const placeId = await place('East');
  const { cookie } = await join('planner', { role: 'operator', scope: ORGANISATION });
  const [inside, outside] = [
    (await ask('POST', '/api/v1/rooms', { roomName: 'Within', placeId })).body.roomId,
    (await ask('POST', '/api/v1/rooms', { roomName: 'Without', placeId: null })).body.roomId,
  ];
  const permissions = ['meetings.create', 'meetings.manage'];
  const asked = { tokenName: 'Planner', permissions, scope: { kind: 'place', placeId }, expiresInDays: 1 };
  const { secret } = (await ask('POST', '/api/v1/accounts/current/tokens', asked, cookie)).body;
  const draftOf = (...roomIds: string[]) => ({
    title: 'Weekly',
    startsAtMs: null,
    durationMinutes: 30,
    people: [],
    roomIds,
  });
  const made = await byToken('POST', '/api/v1/meetings', secret, draftOf(inside));
  expect(made.status).toBe(200);
  expect((await byToken('POST', '/api/v1/meetings', secret, draftOf(outside))).status).toBe(404);
  const { meetingId, sequence } = made.body.meeting;
  const path = `/api/v1/meetings/${meetingId}`;
  const changed = await byToken('PUT', path, secret, { ...draftOf(inside, outside), sequence });
  expect(codeOf(changed)).toEqual([404, 'not-found']);
  // its maker may
  expect((await ask('PUT', path, { ...draftOf(inside, outside), sequence }, cookie)).status).toBe(200);
});

test('an administrator’s token acts on no account: that wants a person who has just signed in', async () => {
  const permissions = ['people.view', 'people.manage'];
  const asked = { tokenName: 'Script', permissions, scope: ORGANISATION, expiresInDays: 1 };
  const { secret } = (await ask('POST', '/api/v1/accounts/current/tokens', asked)).body;
  expect((await byToken('GET', '/api/v1/accounts', secret)).status).toBe(200);
  expect(codeOf(await byToken('POST', '/api/v1/accounts', secret, draft('made-by-script')))).toEqual([
    401,
    'sign-in-not-fresh',
  ]);
});

test('a list is looked at before it is imported', async () => {
  const upload = async (path: string, list: string) => {
    const answer = await fetch(new URL(path, fleet.ready.fleetUrl), {
      method: 'POST',
      headers: { 'content-type': 'text/csv', cookie: fleet.admin.cookie },
      body: list,
    });
    return { status: answer.status, body: (await answer.json()) as Json };
  };
  const list = '\ufeff아이디,이름\r\nimported,김민아\r\nx,박준\r\n';
  const bad = [{ line: 3, userName: 'x', problems: ['user-name-invalid'] }];
  expect((await upload('/api/v1/account-imports/previews', list)).body).toEqual({
    created: 1,
    changed: 0,
    unchanged: 0,
    bad,
  });
  const done = (await upload('/api/v1/account-imports', list)).body;
  expect(done).toMatchObject({ created: 1, bad, invites: [{ userName: 'imported', displayName: '김민아' }] });
  expect((await upload('/api/v1/account-imports', list)).body).toMatchObject({ created: 0, unchanged: 1, invites: [] });
  expect(codeOf(await upload('/api/v1/account-imports/previews', 'nothing of use'))).toEqual([422, 'list-unreadable']);
});

test('the last administrator cannot give the role up', async () => {
  const [admin] = (await ask('GET', '/api/v1/accounts?text=admin')).body.rows;
  expect(codeOf(await change(admin.accountId, {}))).toEqual([409, 'last-administrator']);
});
