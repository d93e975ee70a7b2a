/** Every route with every identity: who gets in follows from the declaration, and from the table of roles that stands here. */
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
import { pathOf, type Route, type RouteScope } from '#contract/http/route.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { Accounts, Sessions } from '../people/index.ts';
import { type AuthorityStore, type AuthorityWrite, authorityStore, hashOf, newId, newToken } from '../store/index.ts';

const rolesWith: Record<Permission, readonly Role[]> = {
  'rooms.view': ['viewer', 'installer', 'operator', 'administrator'],
  'rooms.create': ['installer', 'administrator'],
  'rooms.manage': ['administrator'],
  'kiosks.manage': ['installer', 'administrator'],
  'settings.manage': ['administrator'],
  'updates.manage': ['administrator'],
  'controllers.manage': ['operator', 'administrator'],
  'documents.manage': ['operator', 'administrator'],
  'rooms.help': ['operator', 'administrator'],
  'alerts.manage': ['operator', 'administrator'],
  'alerts.configure': ['administrator'],
  'calls.give-up': ['operator', 'administrator'],
  'metrics.view': ['administrator'],
  'meetings.create': ['member', 'broadcaster', 'operator', 'administrator'],
  'meetings.manage': ['operator', 'administrator'],
  'broadcasts.start': ['broadcaster', 'operator', 'administrator'],
  'broadcasts.manage': ['operator', 'administrator'],
  'people.view': ['operator', 'administrator'],
  'people.manage': ['administrator'],
  'places.manage': ['administrator'],
  'audit.view': ['administrator'],
};
/** where the room of the requests is: itself, a place above it, another room, a place without it */
type Where = 'organisation' | 'here' | 'around' | 'elsewhere' | 'away';
type InMeeting = 'host' | 'co-host' | 'member';
type Identity = {
  name: string;
  granted: [Role, Where] | null;
  /** before the one-time password is changed */
  isNew?: boolean;
  /** signed in long ago */
  isStale?: boolean;
  inMeeting?: InMeeting;
  documents?: readonly DocumentRight[];
  waits?: boolean;
  /** by an API token: of these permissions, there */
  token?: [readonly Permission[], Where];
};
const everywhere: Where[] = ['around', 'organisation', 'here', 'elsewhere', 'away'];
const identities: Identity[] = [
  ...['nobody', 'a kiosk', 'a media node', 'a phone', 'a guest'].map((name): Identity => ({ name, granted: null })),
  ...(['viewer', 'member', 'installer', 'operator', 'administrator'] as const).flatMap((role) =>
    everywhere.map((where): Identity => ({ name: `${role}, ${where}`, granted: [role, where] })),
  ),
  ...(['host', 'co-host', 'member'] as const).map(
    (inMeeting): Identity => ({ name: `${inMeeting} of the meeting`, granted: ['member', 'organisation'], inMeeting }),
  ),
  { name: 'a bearer who may present', granted: null, documents: ['present', 'view'] },
  { name: 'a bearer who may look', granted: null, documents: ['view'] },
  { name: 'somebody who waits', granted: null, waits: true },
  { name: 'a new administrator', granted: ['administrator', 'organisation'], isNew: true },
  { name: 'a new host', granted: ['member', 'organisation'], inMeeting: 'host', isNew: true },
  { name: 'an administrator of hours ago', granted: ['administrator', 'organisation'], isStale: true },
  { name: 'a token for all', granted: ['administrator', 'organisation'], token: [Permissions.options, 'organisation'] },
  { name: 'a token for here', granted: ['administrator', 'organisation'], token: [Permissions.options, 'here'] },
  {
    name: 'a token for one thing',
    granted: ['administrator', 'organisation'],
    token: [['rooms.view'], 'organisation'],
  },
  { name: 'a token beyond its maker', granted: ['operator', 'here'], token: [Permissions.options, 'organisation'] },
  {
    name: 'a token of the host',
    granted: ['member', 'organisation'],
    inMeeting: 'host',
    token: [Permissions.options, 'organisation'],
  },
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
  signageKey: '0'.repeat(64),
  documentId: newId(),
  broadcastId: newId(),
  preparedPollId: newId(),
  page: '1',
  size: 'tv',
  accountId: newId(),
  sessionId: newId(),
  tokenId: newId(),
  placeId: newId(),
  personId: newId(),
  alertId: newId(),
  targetId: newId(),
  callId: newId(),
  messageId: newId(),
  actionId: newId(),
  helpId: newId(),
  rolloutId: newId(),
  minutesId: newId(),
  taskId: '1-1',
  segmentId: newId(),
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
  const accountOf = async ({ name, granted, isNew = false }: Identity, scope: Scope) => {
    const userName = `${name} ${newId()}`;
    const grants = [{ role: granted![0], scope }];
    return accounts.create({ userName, password: newId(), grants, mustChangePassword: isNew });
  };
  const signedIn =
    (accountId: string, isStale = false) =>
    async (): Promise<Presented> => {
      const token = await sessions.open(accountId, { method: 'password', browser: 'a browser', network: 'test' });
      if (isStale)
        await store.write((trx) =>
          trx.updateTable('session').set({ authenticatedAtMs: 1 }).where('accountId', '=', accountId).execute(),
        );
      return { cookie: `__Host-maru-session=${token}` };
    };
  const organisation: Scope = { kind: 'organisation' };
  const first: Identity = { name: 'first', granted: ['administrator', 'organisation'] };
  const admin = await signedIn((await accountOf(first, organisation)).accountId)();
  const roomOf = async (roomId: string) => (await ask('GET', `/api/v1/rooms/${roomId}`, null, admin)).body;
  const make = async (roomName: string, placeId: string | null = null) =>
    (await ask('POST', '/api/v1/rooms', { roomName, placeId }, admin)).body;
  const place = async (placeName: string, kind: string, parentId: string | null) =>
    (await ask('POST', '/api/v1/places', { placeName, kind, parentId }, admin)).body.placeId;
  const [around, away] = [await place('Around', 'site', null), await place('Away', 'site', null)];
  const floor = await place('Floor', 'floor', around);
  const [{ roomId }, elsewhere, kiosk] = [
    await make('Here', floor),
    await make('Elsewhere'),
    await make('Kiosk', away),
  ];
  Object.assign(here, { roomId, placeId: around, meetingId: (await roomOf(roomId)).meetingId });
  const scopes: Record<Where, Scope> = {
    organisation,
    here: { kind: 'room', roomId },
    around: { kind: 'place', placeId: around },
    elsewhere: { kind: 'room', roomId: elsewhere.roomId },
    away: { kind: 'place', placeId: away },
  };
  for (const who of identities) {
    if (!who.granted) continue;
    const { accountId } = await accountOf(who, scopes[who.granted[1]]);
    if (who.inMeeting) await store.write((trx) => joins(trx, accountId, who.inMeeting!));
    presented.set(
      who.name,
      who.token ? await tokenOf(store, accountId, who.token, scopes) : signedIn(accountId, who.isStale),
    );
  }
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
    // by name, so that they come in at once
    const body = { displayName: 'Somebody', expiresInMinutes: 60 };
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
  const ticket = newToken();
  await store.write((trx) =>
    trx
      .insertInto('ticket')
      .values({
        ticketId: newId(),
        ticketHash: hashOf(ticket),
        meetingId: here.meetingId,
        inviteId: null,
        accountId: null,
        person: 'somebody',
        displayName: 'Somebody',
        organisation: null,
        network: 'test',
        state: 'waiting',
        createdAtMs: Date.now(),
        seenAtMs: Date.now(),
        decidedBy: null,
        decidedAtMs: null,
      })
      .execute(),
  );
  presented.set('somebody who waits', asBoth(ticket));
});
afterAll(async () => {
  agent.destroy();
  await fleet.stop();
});

const joins = (trx: AuthorityWrite, accountId: string, role: InMeeting) =>
  trx
    .insertInto('meetingPerson')
    .values({
      personId: newId(),
      meetingId: here.meetingId,
      accountId,
      displayName: role,
      email: null,
      role,
      inviteId: null,
      addedAtMs: Date.now(),
    })
    .execute();

/** As its maker had more rights when it was made. */
async function tokenOf(
  store: AuthorityStore,
  accountId: string,
  [permissions, where]: NonNullable<Identity['token']>,
  scopes: Record<Where, Scope>,
): Promise<() => Promise<Presented>> {
  const secret = `maru_${newToken()}`;
  const scope = scopes[where];
  await store.write((trx) =>
    trx
      .insertInto('apiToken')
      .values({
        tokenId: newId(),
        tokenHash: hashOf(secret),
        accountId,
        tokenName: 'a token',
        permissions: JSON.stringify(permissions),
        scopeKind: scope.kind,
        scopeId: scope.kind === 'place' ? scope.placeId : scope.kind === 'room' ? scope.roomId : '',
        createdAtMs: 1,
        expiresAtMs: Date.now() + 3_600_000,
        lastUsedAtMs: null,
        revokedAtMs: null,
      })
      .execute(),
  );
  return async () => ({ authorization: `Bearer ${secret}` });
}

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
  const answer = await text(response);
  const isFile = response.headers['content-disposition'] !== undefined;
  return { status, body: isFile ? {} : JSON.parse(answer) };
}

type Outcome = 'in' | 'not-signed-in' | 'token-invalid' | 'forbidden' | 'sign-in-not-fresh';
const REFUSED: unknown[] = ['not-signed-in', 'token-invalid', 'forbidden', 'sign-in-not-fresh'] satisfies Outcome[];
const STATUS: Record<Exclude<Outcome, 'in'>, number> = {
  'not-signed-in': 401,
  'token-invalid': 401,
  'sign-in-not-fresh': 401,
  forbidden: 403,
};
const ofTheRoom: readonly Where[] = ['organisation', 'around', 'here'];
const reached: Record<RouteScope | 'place-of-path', readonly Where[]> = {
  organisation: ['organisation'],
  // these requests name no place
  place: ['organisation'],
  'place-of-path': ['organisation', 'around'],
  room: ofTheRoom,
  'each-room': everywhere,
};

/** Has the permission in the scope, by its role and, where it came by one, by its token. */
function holds({ granted, token }: Identity, permission: Permission, scope: keyof typeof reached): boolean {
  const [role, where] = granted!;
  if (!rolesWith[permission].includes(role) || !reached[scope].includes(where)) return false;
  return !token || (token[0].includes(permission) && reached[scope].includes(token[1]));
}

const scopeOf = (path: string, scope: RouteScope): keyof typeof reached =>
  scope === 'place' && path.includes(':placeId') ? 'place-of-path' : scope;

function expected({ access, path }: Route, who: Identity): Outcome {
  const { granted, isNew, isStale, inMeeting, documents, waits, token } = who;
  if (access.to === 'anyone') return 'in';
  if (access.to === 'waiting') return waits ? 'in' : 'token-invalid';
  if (access.to === 'meeting') {
    if (!documents) return 'token-invalid';
    return documents.includes(access.documents) ? 'in' : 'forbidden';
  }
  if (!granted) return 'not-signed-in';
  const isFresh = !isStale && !token;
  const ifFresh = (): Outcome => ('isFresh' in access && access.isFresh && !isFresh ? 'sign-in-not-fresh' : 'in');
  if (access.to === 'signed-in') return token || (isNew && access.isSettled) ? 'forbidden' : ifFresh();
  if (isNew) return 'forbidden';
  if (access.to === 'permitted')
    return holds(who, access.permission, scopeOf(path, access.scope)) ? ifFresh() : 'forbidden';
  const isOne = inMeeting !== undefined && !token && (access.to === 'invited' || inMeeting !== 'member');
  const isRefused = 'bySession' in access && token !== undefined;
  const isManaged = !('peopleOnly' in access) && !isRefused && holds(who, 'meetings.manage', 'room');
  return isOne || isManaged ? 'in' : 'forbidden';
}

/** What others need is asked for last. */
const LAST: readonly string[] = ['stopWaiting', 'cancelMeeting', 'removeRoom'];
const routes = (Object.entries(allRoutes) as [RouteName, Route][]).sort(
  ([a], [b]) => LAST.indexOf(a) - LAST.indexOf(b),
);
const cases = routes.flatMap(([name, route]) => identities.map((who) => [name, who.name, route, who] as const));

/** What a meeting left behind is its people's. */
const ofItsPeople: [RouteName, readonly string[]][] = [
  ...(['chatPosts', 'postChat', 'recallChat', 'markChatRead', 'chatReaders', 'notesFile'] as const).map(
    (name): [RouteName, string[]] => [name, ['host', 'co-host', 'member']],
  ),
  ...(
    [
      ...(['attendance', 'attendanceFile', 'minutes', 'minutesFile', 'minutesPdf', 'markedMessages'] as const),
      ...(['meetingPolls', 'recordKeeping', 'transcript', 'transcriptFile', 'transcriptCaptions'] as const),
    ] as const
  ).map((name): [RouteName, string[]] => [name, ['host', 'co-host', 'member']]),
  ...(
    [
      ...(['markMessage', 'unmarkMessage', 'correctMinutes', 'sendMinutes', 'recordFile'] as const),
      ...(['deleteSpoken', 'setRecordKeeping', 'preparedPolls', 'preparePoll', 'removePreparedPoll'] as const),
    ] as const
  ).map((name): [RouteName, string[]] => [name, ['host', 'co-host']]),
];
test.each(ofItsPeople)('%s is for its people alone, neither for IT nor for tokens', (name, people) => {
  const allowed = identities.filter((who) => expected(allRoutes[name], who) === 'in').map((who) => who.name);
  expect(allowed).toEqual(people.map((role) => `${role} of the meeting`));
});
test.each([
  ['meetingSeries', ['host', 'co-host', 'member']],
  ['earlierMeetings', ['host', 'co-host', 'member']],
  ['markTask', ['host', 'co-host', 'member']],
  ['planNextMeeting', ['host', 'co-host']],
  ['changeFollowing', ['host', 'co-host']],
  ['cancelFollowing', ['host', 'co-host']],
] as const)('%s is for the people of the meeting alone', (name, people) => {
  const allowed = identities.filter((who) => expected(allRoutes[name], who) === 'in').map((who) => who.name);
  expect(allowed).toEqual(people.map((role) => `${role} of the meeting`));
});
test.each(['directBroadcast', 'meetingAir', 'meetingWaiting', 'decideWaiting'] as const)(
  '%s is also for who manages the meeting',
  (name) => {
    const allowed = identities.filter((who) => expected(allRoutes[name], who) === 'in').map((who) => who.name);
    expect(allowed).toEqual(expect.arrayContaining(['host of the meeting', 'operator, organisation']));
  },
);
test('deleteRecord is for hosts and, by their session, for IT', () => {
  const allowed = identities.filter((who) => expected(allRoutes.deleteRecord, who) === 'in');
  expect(allowed.filter(({ token }) => token)).toEqual([]);
  expect(allowed.map(({ name }) => name)).toContain('operator, organisation');
});

test('keptRecords, with the titles of all meetings, is for administrators of the organisation', () => {
  const allowed = identities.filter((who) => expected(allRoutes.keptRecords, who) === 'in');
  // also by a token of theirs, and some time after their sign-in
  const grants = new Set(allowed.map(({ granted }) => granted!.join()));
  expect([...grants]).toEqual(['administrator,organisation']);
});

test.each(['exportPerson', 'forgetPerson'] as const)(
  '%s is for administrators of the organisation, freshly',
  (name) => {
    const allowed = identities.filter((who) => expected(allRoutes[name], who) === 'in').map((who) => who.name);
    expect(allowed).toEqual(['administrator, organisation']);
  },
);

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
    expect(REFUSED).not.toContain(code);
    expect([200, 400, 403, 404, 409]).toContain(answer.status);
  } else {
    expect([answer.status, code]).toEqual([STATUS[outcome], outcome]);
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
  const admin = await presentedBy('administrator, organisation');
  const names = async (who: string): Promise<string[]> => {
    const { body } = await ask('GET', '/api/v1/rooms', null, await presentedBy(who));
    expect(Object.values(body.counts as Record<string, number>).reduce((sum, n) => sum + n, 0)).toBe(body.total);
    return body.rows.map((row: Json) => row.roomName);
  };
  expect(await names('operator, elsewhere')).toEqual(['Elsewhere']);
  expect(await names('viewer, away')).toEqual(['Kiosk']);
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
