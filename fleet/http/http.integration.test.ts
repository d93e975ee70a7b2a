import { once } from 'node:events';
import { connect } from 'node:net';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRoutes } from '#contract/http/all-routes.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { authorityStore, hashOf } from '../store/index.ts';
import { Accounts, Sessions } from '../people/index.ts';
import { accessInWords } from './openapi.ts';

let fleet: FleetUnderTest;
let operatorCookie: string;

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  // no route makes accounts yet, so that one of a weaker role is put in from beside
  const store = authorityStore({
    dataDir: fleet.dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  const account = await new Accounts({ store }).create({
    userName: 'operator one',
    password: 'a long enough one',
    grants: [{ role: 'operator', scope: { kind: 'organisation' } }],
    mustChangePassword: false,
  });
  operatorCookie = `maru-session=${await new Sessions({ store, clock: new WallClock() }).open(account.accountId, { method: 'password', browser: '', network: '' })}`;
  await store.stop();
});
afterAll(() => fleet.stop());

test('a body that breaks its schema is named, an unknown field refused, an unknown path not found', async () => {
  const answer = await fleet.api('POST', '/api/v1/rooms', { roomName: 'x', extra: 1 }, fleet.admin.cookie);
  expect([answer.status, answer.body.error.code]).toEqual([400, 'bad-message']);
  expect((await fleet.api('POST', '/api/v1/pairings', { code: '12' })).body.error.code).toBe('bad-message');
  expect((await fleet.api('GET', '/api/v1/nothing')).body.error.code).toBe('not-found');
  const text = await fetch(new URL('/api/v1/pairings', fleet.ready.fleetUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{nope',
  });
  expect(((await text.json()) as Json).error.code).toBe('bad-message');
});

test.each([
  ['announced', 'Content-Length: 10000000\r\n'],
  ['in chunks', 'Transfer-Encoding: chunked\r\n'],
])('a body of 10 MB %s is refused before it is buffered', async (how, header) => {
  const { hostname, port, host } = new URL(fleet.ready.fleetUrl);
  const socket = connect({ host: hostname, port: Number(port) });
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString();
  });
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(`POST /api/v1/pairings HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n${header}\r\n`);
  let sentBytes = 0;
  if (how === 'in chunks') {
    const chunk = Buffer.concat([Buffer.from('4000\r\n'), Buffer.alloc(0x4000, 0x20), Buffer.from('\r\n')]);
    while (!answer && sentBytes < 10_000_000) {
      socket.write(chunk);
      sentBytes += 0x4000;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
  await expect.poll(() => answer).toMatch(/^HTTP\/1.1 413/);
  expect(answer).toContain('"too-large"');
  expect(sentBytes).toBeLessThan(1_000_000);
  socket.destroy();
});

test('the one-time password opens nothing but its own change; the change ends other sessions', async () => {
  const fresh = new FleetUnderTest();
  await fresh.startServer();
  const { userName, oneTimePassword } = fresh.ready.firstAdmin!;
  const [one, other] = [await fresh.signIn(userName, oneTimePassword), await fresh.signIn(userName, oneTimePassword)];
  expect(one.body.account.mustChangePassword).toBe(true);
  expect((await fresh.api('GET', '/api/v1/rooms', undefined, one.cookie)).body.error.code).toBe('forbidden');
  const change = (newPassword: string, currentPassword = oneTimePassword) =>
    fresh.api('PUT', '/api/v1/accounts/current/password', { currentPassword, newPassword }, one.cookie);
  expect((await change('aaaaaaaaaaaa')).body.error.code).toBe('password-too-weak');
  expect((await change('the-admin-himself')).body.error.code).toBe('password-too-weak');
  expect((await change(oneTimePassword)).body.error.code).toBe('password-too-weak');
  expect((await change('a good enough one', 'wrong')).body.error.code).toBe('credentials-invalid');
  expect((await change('a good enough one')).status).toBe(200);
  expect((await fresh.api('GET', '/api/v1/rooms', undefined, one.cookie)).status).toBe(200);
  expect((await fresh.api('GET', '/api/v1/rooms', undefined, other.cookie)).body.error.code).toBe('not-signed-in');
  await fresh.kill();
  await fresh.startServer();
  expect(fresh.ready.firstAdmin).toBeNull();
  await fresh.stop();
});

test("the session's cookie is for our server alone, and is gone after signing out", async () => {
  const { headers } = await fleet.api('POST', '/api/v1/sessions', {
    userName: 'admin',
    password: fleet.admin.password,
  });
  expect(headers.get('set-cookie')).toMatch(/^maru-session=[\w-]{43}; .*HttpOnly; SameSite=Strict/);
  const { cookie } = await fleet.signIn('ADMIN', fleet.admin.password);
  expect((await fleet.api('DELETE', '/api/v1/sessions/current', undefined, cookie)).status).toBe(200);
  expect((await fleet.api('GET', '/api/v1/sessions/current', undefined, cookie)).status).toBe(401);
});

test('guessing one account from one network runs dry there, and says the same for accounts that do not exist', async () => {
  const guess = (userName: string) => fleet.api('POST', '/api/v1/sessions', { userName, password: 'wrong' });
  expect((await guess('nobody')).body).toEqual((await guess('operator one')).body);
  const answers = [];
  for (let i = 0; i < 7; i += 1) answers.push((await guess('operator one')).body.error.code);
  expect(answers.at(-1)).toBe('too-many-attempts');
  // the others of the same office get in
  expect((await fleet.signIn(fleet.admin.userName, fleet.admin.password)).status).toBe(200);
});

test("a page of another origin changes nothing, and another host's name gets nothing", async () => {
  const body = { roomName: 'From elsewhere' };
  const foreign = await fleet.api('POST', '/api/v1/rooms', body, fleet.admin.cookie, {
    origin: 'https://evil.example',
  });
  expect(foreign.body.error.code).toBe('forbidden');
  expect((await fleet.api('POST', '/api/v1/rooms', body, fleet.admin.cookie, { origin: 'null' })).status).toBe(403);
  expect(
    (await fleet.api('POST', '/api/v1/rooms', body, fleet.admin.cookie, { origin: fleet.ready.fleetUrl })).status,
  ).toBe(200);
  const { hostname, port } = new URL(fleet.ready.fleetUrl);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write('GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
  expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 404/);
});

test('the OpenAPI description is valid and tells every route with its access', async () => {
  const { body } = await fleet.api('GET', '/api/openapi.json');
  expect(await new Validator().validate(structuredClone(body))).toMatchObject({ valid: true });
  for (const [name, { method, path, access }] of Object.entries(allRoutes)) {
    const operation = body.paths[path.replace(/:(\w+)/g, '{$1}')][method.toLowerCase()];
    expect(operation).toMatchObject({ operationId: name, 'x-access': accessInWords(access) });
  }
  const docs = await fleet.api('GET', '/api/docs');
  for (const name of Object.keys(allRoutes)) expect(docs.body).toContain(`id="${name}"`);
  expect(docs.body).not.toMatch(/<script|https?:/);
});

test('pages are held to their own scripts; the guest page may ask for camera and microphone, the laptop’s for a screen alone', async () => {
  const { headers } = await fleet.api('GET', '/api/docs');
  const policy = headers.get('content-security-policy')!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).toMatch(
    /connect-src 'self' ws:\/\/127\.0\.0\.1:7403 http:\/\/127\.0\.0\.1:7403 http:\/\/127\.0\.0\.1:\d+;/,
  );
  expect(policy).not.toContain('unsafe-eval');
  expect(headers.get('permissions-policy')).toContain('camera=()');
  expect((await fleet.api('GET', '/join')).headers.get('permissions-policy')).toContain(
    'camera=(self), microphone=(self)',
  );
  expect((await fleet.api('GET', '/share')).headers.get('permissions-policy')).toContain(
    'camera=(), microphone=(), display-capture=(self)',
  );
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('health and metrics answer, and there is no CA to trust on loopback', async () => {
  expect((await fleet.api('GET', '/healthz')).body).toEqual({ status: 'ok' });
  expect((await fleet.api('GET', '/metrics')).status).toBe(401);
  const metrics = (await fleet.api('GET', '/metrics', undefined, fleet.admin.cookie)).body as string;
  expect(metrics).toContain('maru_media_nodes_online 1');
  expect(metrics).toMatch(/maru_http_request_seconds_count\{method="POST",route="\/api\/v1\/rooms"/);
  expect((await fleet.api('GET', '/ca.crt')).status).toBe(404);
});

test('no session token is stored as it is', async () => {
  const token = operatorCookie.split('=')[1]!;
  const store = authorityStore({
    dataDir: fleet.dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  const rows = await store.read.selectFrom('session').select('tokenHash').execute();
  await store.stop();
  expect(rows.map((row) => row.tokenHash)).toContain(hashOf(token));
  expect(JSON.stringify(rows)).not.toContain(token);
});
