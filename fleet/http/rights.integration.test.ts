/** Every route with every identity: who gets in is told by the declaration, and by the table of roles that stands here. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enrolmentRoutes } from '#contract/enrolment.ts';
import { DEFAULT_DOCUMENT_POLICY } from '#contract/document-policy.ts';
import type { DocumentRight } from '#contract/grants.ts';
import { allRoutes, type RouteName } from '#contract/http/all-routes.ts';
import { type Permission, Permission as Permissions, type Role, type Scope } from '#contract/http/permissions.ts';
import { pathOf, type Route } from '#contract/http/route.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { Accounts, Sessions } from '../people/index.ts';
import { authorityStore, newId } from '../store/index.ts';

const rolesWith: Record<Permission, readonly Role[]> = {
  'rooms.view': ['operator', 'admin'],
  'rooms.create': ['admin'],
  'rooms.manage': ['admin'],
  'kiosks.manage': ['admin'],
  'settings.manage': ['admin'],
  'controllers.manage': ['operator', 'admin'],
  'invites.manage': ['operator', 'admin'],
  'documents.manage': ['operator', 'admin'],
  'calls.give-up': ['operator', 'admin'],
  'metrics.view': ['admin'],
};
/** where the room of the requests is */
type Where = 'organisation' | 'here' | 'elsewhere';
type Identity = { name: string; granted: [Role, Where] | null; isNew?: boolean; documents?: readonly DocumentRight[] };
const identities: Identity[] = [
  ...['nobody', 'a kiosk', 'a media node', 'a phone', 'a guest'].map((name) => ({ name, granted: null })),
  ...(['member', 'operator', 'admin'] as const).flatMap((role) =>
    (['organisation', 'here', 'elsewhere'] as const).map(
      (where): Identity => ({ name: `${role}, ${where}`, granted: [role, where] }),
    ),
  ),
  { name: 'a bearer who may present', granted: null, documents: ['present', 'view'] },
  { name: 'a bearer who may look', granted: null, documents: ['view'] },
  { name: 'an admin before the password is changed', granted: ['admin', 'organisation'], isNew: true },
];

type Presented = { cookie?: string; authorization?: string; key?: string; cert?: string };
const presented = new Map<string, () => Promise<Presented>>();
const kept = new Map<string, Presented>();
/** Signing out ends the session that it came by. */
async function presentedBy(identity: string, isEnding = false): Promise<Presented> {
  const found = (!isEnding && kept.get(identity)) || (await presented.get(identity)!());
  if (!isEnding) kept.set(identity, found);
  return found;
}
const here = {
  roomId: '',
  meetingId: '',
  inviteId: newId(),
  pairingId: newId(),
  section: 'tv',
  documentId: newId(),
  page: '1',
  size: 'tv',
};
let fleet: FleetUnderTest;
let ca: Buffer;
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  fleet = new FleetUnderTest('--lan', '--host', 'localhost');
  await fleet.startServer();
  ca = readFileSync(fleet.ready.caCertificatePath);
  const store = authorityStore({
    dataDir: fleet.dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  const accounts = new Accounts({ store });
  const sessions = new Sessions({ store, clock: new WallClock() });
  const signedIn = async (role: Role, scope: Scope, isNew = false): Promise<() => Promise<Presented>> => {
    const grants = [{ role, scope }];
    const name = `${role} ${newId()}`;
    const account = await accounts.create({ userName: name, password: newId(), grants, mustChangePassword: isNew });
    return async () => ({ cookie: `__Host-maru-session=${await sessions.open(account.accountId)}` });
  };
  const admin = await (await signedIn('admin', { kind: 'organisation' }))();
  const roomOf = async (roomId: string) => (await ask('GET', `/api/v1/rooms/${roomId}`, null, admin)).body;
  const make = async (roomName: string) => (await ask('POST', '/api/v1/rooms', { roomName }, admin)).body;
  const [{ roomId }, elsewhere, kiosk] = [await make('Here'), await make('Elsewhere'), await make('Kiosk')];
  Object.assign(here, { roomId, meetingId: (await roomOf(roomId)).meetingId });
  const scopes = {
    organisation: { kind: 'organisation' },
    here: { kind: 'room', roomId },
    elsewhere: { kind: 'room', roomId: elsewhere.roomId },
  } satisfies Record<Where, Scope>;
  for (const { name, granted, isNew } of identities)
    if (granted) presented.set(name, await signedIn(granted[0], scopes[granted[1]], isNew));
  const nodeDir = join(fleet.dataDir, 'nodes', 'local');
  const [node, box] = [
    { key: readFileSync(join(nodeDir, 'key.pem'), 'utf8'), cert: readFileSync(join(nodeDir, 'cert.pem'), 'utf8') },
    await fleet.enrol(kiosk.claimCode, kiosk.roomId),
  ];
  const tablet = await ask('POST', `/api/v1/rooms/${roomId}/tablet-codes`, { tabletName: 'One' }, admin);
  const paired = await ask('POST', '/api/v1/pairings', { code: tablet.body.code }, {});
  const path = `/api/v1/meetings/${here.meetingId}/invites`;
  const invited = await ask('POST', path, { displayName: null, expiresInMinutes: 60 }, admin);
  // wherever a secret of another kind could be put
  const asBoth = (token: string) => async () => ({
    authorization: `Bearer ${token}`,
    cookie: `__Host-maru-session=${token}`,
  });
  const guests = new URL(invited.body.joinUrl).hash.slice(1);
  const tokenIn = async (meetingId: string): Promise<string> => {
    const body = { displayName: null, expiresInMinutes: 60 };
    const other = await ask('POST', `/api/v1/meetings/${meetingId}/invites`, body, admin);
    const invite = new URL(other.body.joinUrl).hash.slice(1);
    return (await ask('POST', '/api/v1/guest-entries', { invite }, {})).body.grant.documents.token;
  };
  // in rooms that no case removes
  presented.set('a bearer who may present', asBoth(await tokenIn((await roomOf(elsewhere.roomId)).meetingId)));
  const quiet = (await roomOf((await make('Where guests look')).roomId)).meetingId;
  const policy = { ...DEFAULT_DOCUMENT_POLICY, sharedBy: 'room-only' };
  await ask('PUT', `/api/v1/meetings/${quiet}/document-policy`, policy, admin);
  presented.set('a bearer who may look', asBoth(await tokenIn(quiet)));
  presented.set('nobody', async () => ({}));
  presented.set('a kiosk', async () => ({ key: box.key, cert: box.cert }));
  presented.set('a media node', async () => node);
  presented.set('a phone', asBoth(paired.body.controllerToken));
  presented.set('a guest', asBoth(guests));
});
afterAll(async () => {
  agent.destroy();
  await fleet.stop();
});

async function ask(
  method: string,
  path: string,
  body: object | null,
  { key, cert, ...headers }: Presented,
  base = fleet.ready.fleetUrl,
): Promise<{ status: number; body: Json }> {
  const call = request(new URL(path, base), {
    method,
    ca,
    agent,
    ...(key && { key, cert }),
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
  });
  call.end(body && JSON.stringify(body));
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const status = response.statusCode!;
  if (response.headers['content-type']?.startsWith('text/event-stream')) {
    response.destroy();
    return { status, body: {} };
  }
  return { status, body: JSON.parse(await text(response)) };
}

type Outcome = 'in' | 'not-signed-in' | 'token-invalid' | 'forbidden';
function expected({ access }: Route, { granted, isNew, documents }: Identity): Outcome {
  if (access.to === 'anyone') return 'in';
  if (access.to === 'meeting') {
    if (!documents) return 'token-invalid';
    return documents.includes(access.documents) ? 'in' : 'forbidden';
  }
  if (!granted) return 'not-signed-in';
  if (access.to === 'signed-in') return 'in';
  const [role, where] = granted;
  const reached: Record<typeof access.scope, readonly Where[]> = {
    organisation: ['organisation'],
    room: ['organisation', 'here'],
    'each-room': ['organisation', 'here', 'elsewhere'],
  };
  const isReached = rolesWith[access.permission].includes(role) && reached[access.scope].includes(where);
  return isReached && !isNew ? 'in' : 'forbidden';
}

const routes = Object.entries(allRoutes) as [RouteName, Route][];
const cases = routes.flatMap(([name, route]) => identities.map((who) => [name, who.name, route, who] as const));

test.each(cases)('%s asked by %s', async (name, identity, route, who) => {
  const body = route.kind === 'json' && route.body ? {} : null;
  const answer = await ask(
    route.method,
    pathOf(route.path, here),
    body,
    await presentedBy(identity, name === 'signOut'),
  );
  const code = answer.body.error?.code;
  const outcome = expected(route, who);
  if (outcome === 'in') {
    expect(['not-signed-in', 'token-invalid', 'forbidden']).not.toContain(code);
    expect([200, 400, 404, 409]).toContain(answer.status);
  } else {
    expect([answer.status, code]).toEqual([outcome === 'forbidden' ? 403 : 401, outcome]);
  }
});

test('what is served is what is declared, and each permission has its roles here', async () => {
  const { body } = await ask('GET', '/api/openapi.json', null, {});
  const served = Object.values(body.paths as Record<string, Record<string, Json>>).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId as string),
  );
  expect(served.sort()).toEqual(Object.keys(allRoutes).sort());
  expect(Object.keys(rolesWith).sort()).toEqual([...Permissions.options].sort());
});

test('who is granted one room lists that one alone', async () => {
  const admin = await presentedBy('admin, organisation');
  const names = async (who: string): Promise<string[]> => {
    const { body } = await ask('GET', '/api/v1/rooms', null, await presentedBy(who));
    expect(Object.values(body.counts as Record<string, number>).reduce((sum, n) => sum + n, 0)).toBe(body.total);
    return body.rows.map((row: Json) => row.roomName);
  };
  expect(await names('operator, elsewhere')).toEqual(['Elsewhere']);
  expect((await ask('GET', '/api/v1/rooms', null, admin)).body.total).toBeGreaterThan(1);
});

test.each([
  ['enrol', { nobody: 'in', 'a kiosk': 'in', 'a media node': 'in' }],
  ['renew', { nobody: 'forbidden', 'a kiosk': 'in', 'a media node': 'in' }],
  ['current', { nobody: 'forbidden', 'a kiosk': 'in', 'a media node': 'in' }],
] as const)('the device API: %s', async (name, outcomes) => {
  const { method, path } = enrolmentRoutes[name];
  for (const [identity, outcome] of Object.entries(outcomes)) {
    const as = await presentedBy(identity);
    const answer = await ask(method, path, method === 'POST' ? {} : null, as, fleet.ready.deviceApiUrl);
    if (outcome === 'in') expect([200, 400]).toContain(answer.status);
    else expect([answer.status, answer.body.error.code]).toEqual([403, outcome]);
  }
});
