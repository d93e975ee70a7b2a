/** The kiosk's own server over real TLS: the page and its headers, codes, links, and all that it refuses. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { v7 } from 'uuid';
import { WebSocket } from 'ws';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { MAX_ROOM_LINK_MESSAGE_BYTES } from '#contract/limits.ts';
import type { ProjectionContent } from '#contract/relayed-projections.ts';
import { RoomLinkToController } from '#contract/room-link.ts';
import { OfficeCa, writeCertificate } from '#edge/office-ca-under-test.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { PairingCodes } from '../pairing-codes.ts';
import type { LanCommand, Reply } from '../room-authority.ts';
import { RoomStore } from '../store/room-store.ts';
import { Projections } from '../projections.ts';
import { LanServer } from './lan-server.ts';
import { LanSettings } from './lan-settings.ts';

// biome-ignore lint/suspicious/noExplicitAny: what a test expects of an answer, the test says
type Json = any;
const HOST = 'room-a.office.example';
const folder = mkdtempSync(join(tmpdir(), 'maru-lan-'));
const pageDir = join(folder, 'dist');
const logged: string[] = [];
const logger = pino({}, { write: (line: string) => logged.push(line) });
const clock = new WallClock();
const codes: PairingCodes = new PairingCodes({ roomId: v7(), onChange: () => codes.show(codes.offer), clock });
const store = new RoomStore({ path: join(folder, 'room.sqlite'), logger, onStorage: () => {}, onDamaged: () => {} });
const urls: (string | null)[] = [];
const links: Link[] = [];
const orders: LanCommand[] = [];
let answer: (order: LanCommand, reply: Reply) => void = ({ id }, reply) => reply({ ok: true, id });
let ca: OfficeCa;
let port: number;
let files: { certFile: string; keyFile: string };
let server: LanServer;
let state: ProjectionContent<'state'>;
const projections = new Projections({ roomId: v7(), epoch: 1 });

beforeAll(async () => {
  mkdirSync(join(pageDir, 'assets'), { recursive: true });
  writeFileSync(join(pageDir, 'control.html'), '<!doctype html><title>Maru</title>');
  writeFileSync(join(pageDir, 'assets/control-abc.js'), 'x');
  ca = await OfficeCa.create();
  files = writeCertificate(folder, await ca.issue(HOST));
  port = await freePort();
  state = {
    roomName: 'Room A',
    phase: { name: 'idle' },
    meeting: null,
    microphone: 'on',
    camera: 'on',
    volumePercent: 50,
    layout: 'auto',
    stagePage: 0,
    stagePageCount: 1,
    notices: [],
  };
  store.start();
  codes.start();
  projections.publish('state', state);
  server = new LanServer({
    settings: LanSettings.parse({ host: HOST, port, ...files }),
    pageDir,
    store,
    codes,
    projections,
    onCommand: (order, reply) => {
      orders.push(order);
      answer(order, reply);
    },
    onPaired: () => {},
    onLanUrl: (lanUrl) => urls.push(lanUrl),
    clock,
    logger,
    lookEveryMs: 50,
  });
  server.start();
  await vi.waitFor(() => expect(server.lanUrl).toBe(`https://${HOST}:${port}/control`));
});
afterEach(() => {
  for (const link of links.splice(0)) link.socket.terminate();
  answer = ({ id }, reply) => reply({ ok: true, id });
});
afterAll(async () => {
  await server?.stop();
  codes.stop();
  store.stop();
  rmSync(folder, { recursive: true });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0);
  await once(probe, 'listening');
  const { port: free } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return free;
}
type Answer = { status: number; headers: IncomingHttpHeaders; text: string; body: Json };
function ask(method: string, path: string, body?: unknown, more: RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        servername: HOST,
        ca: ca.pem,
        agent: false,
        ...more,
        headers: {
          host: `${HOST}:${port}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...more.headers,
        } as RequestOptions['headers'] & object,
      },
      (response) => {
        let text = '';
        response.on('data', (part: Buffer) => {
          text += part;
        });
        response.on('end', () => {
          const isJson = response.headers['content-type']?.includes('json');
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            text,
            body: isJson ? JSON.parse(text) : null,
          });
        });
      },
    );
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
const pair = (code: string, more?: RequestOptions) => ask('POST', '/api/v1/pairings', { code }, more);

class Link {
  readonly heard: Json[] = [];
  readonly socket: WebSocket;
  closeCode: number | null = null;
  constructor(headers: Record<string, string> = {}, path = '/room-link') {
    this.socket = new WebSocket(`wss://127.0.0.1:${port}${path}`, {
      servername: HOST,
      ca: ca.pem,
      headers: { host: `${HOST}:${port}`, ...headers },
    } as object);
    this.socket.on('message', (data) => this.heard.push(RoomLinkToController.parse(JSON.parse(String(data)))));
    this.socket.on('close', (code) => {
      this.closeCode = code;
    });
    this.socket.on('error', () => {});
    links.push(this);
  }
  async open(token: string, protocol = PROTOCOL_VERSION): Promise<this> {
    if (this.socket.readyState !== WebSocket.OPEN) await once(this.socket, 'open');
    this.send({ type: 'hello', protocol, token });
    return this;
  }
  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }
  command(command: object, id = v7()): string {
    this.send({ type: 'command', id, command });
    return id;
  }
  of(type: string): Json[] {
    return this.heard.filter((message) => message.type === type);
  }
}
async function token(): Promise<string> {
  return (await pair(codes.shown)).body.controllerToken;
}
async function paired(): Promise<Link> {
  const link = await new Link().open(await token());
  await expect.poll(() => link.of('welcome')).toHaveLength(1);
  return link;
}

test('the page is the controller’s, under the same paths, and held to its own scripts', async () => {
  const page = await ask('GET', '/control');
  expect([page.status, page.headers['content-type'], page.text]).toEqual([
    200,
    'text/html; charset=utf-8',
    '<!doctype html><title>Maru</title>',
  ]);
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none';script-src 'self';/);
  expect(page.headers['content-security-policy']).not.toMatch(/unsafe|https?:|wss?:/);
  expect(page.headers['permissions-policy']).toContain('microphone=()');
  expect(page.headers['strict-transport-security']).toBeTruthy();
  expect(page.headers['cross-origin-opener-policy']).toBe('same-origin');
  const asset = await ask('GET', '/assets/control-abc.js');
  expect([asset.status, asset.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
  expect(asset.headers['x-content-type-options']).toBe('nosniff');
  expect((await ask('GET', '/')).headers.location).toBe('/control');
  for (const path of ['/join', '/api/v1/rooms', '/control.html', '/metrics'])
    expect([path, (await ask('GET', path)).body?.error.code]).toEqual([path, 'not-found']);
});

test('who does not know the office’s CA, or comes by another name, does not come in', async () => {
  await expect(ask('GET', '/control', undefined, { ca: [] })).rejects.toThrow(/certificate/);
  await expect(ask('GET', '/control', undefined, { servername: 'elsewhere.example' })).rejects.toThrow(/altnames/);
  expect((await ask('GET', '/control', undefined, { headers: { host: 'evil.example' } })).status).toBe(404);
  expect((await ask('GET', '/control', undefined, { headers: { host: `${HOST}:1` } })).status).toBe(404);
});

test('a code of the TV is exchanged once, however it is typed', async () => {
  const code = codes.shown;
  const typed = ` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)}`;
  const { status, body } = await pair(typed);
  expect([status, body.roomName, body.kind, body.lanUrl]).toEqual([200, 'Room A', 'phone', server.lanUrl]);
  expect((await pair(code)).body.error.code).toBe('pairing-code-invalid');
  expect((await pair('12')).body.error.code).toBe('bad-message');
  expect((await ask('POST', '/api/v1/pairings', { code, extra: 1 })).body.error.code).toBe('bad-message');
});

test('a page of another origin exchanges nothing and opens no link', async () => {
  const origin = 'https://evil.example';
  expect((await pair(codes.shown, { headers: { origin } })).body.error.code).toBe('forbidden');
  const own = await pair(codes.shown, { headers: { origin: `https://${HOST}:${port}` } });
  expect(own.status).toBe(200);
  for (const [headers, path, status] of [
    [{ origin }, '/room-link', 403],
    [{ host: 'evil.example' }, '/room-link', 403],
    [{}, '/elsewhere', 404],
  ] as const) {
    const link = new Link(headers, path);
    const [, response] = await once(link.socket, 'unexpected-response');
    expect((response as { statusCode: number }).statusCode).toBe(status);
  }
});

test('a body that is too large is refused before it is read', async () => {
  const { status, body } = await ask('POST', '/api/v1/pairings', { code: 'x'.repeat(10_000) });
  expect([status, body.error.code]).toEqual([413, 'too-large']);
});

test('a phone is told the room at once, each change after, and everyone the same', async () => {
  const [one, two] = [await paired(), await paired()];
  expect(one.of('welcome')[0]).toMatchObject({
    roomName: 'Room A',
    online: true,
    projections: { state: { ...state, revision: 0 } },
  });
  projections.publish('state', { ...state, volumePercent: 77 });
  server.publishRoster({ kind: 'snapshot', callId: v7(), revision: 1, participants: [] });
  for (const link of [one, two]) {
    await expect.poll(() => link.of('projection').at(-1)?.value.volumePercent).toBe(77);
    expect(link.of('roster')).toHaveLength(1);
  }
  expect((await paired()).of('welcome')[0].projections.state.volumePercent).toBe(77);
});

test('a command is the room’s to obey; the answer comes to the one who asked', async () => {
  const [asking, other] = [await paired(), await paired()];
  answer = ({ id, command }, reply) =>
    command.name === 'set-microphone'
      ? reply({ ok: true, id })
      : reply({ ok: false, id, error: { code: 'not-possible-now', message: '' } });
  const id = asking.command({ name: 'set-microphone', on: true });
  await expect.poll(() => asking.of('command-reply')).toEqual([{ type: 'command-reply', id, error: null }]);
  expect(orders.at(-1)).toMatchObject({ id, command: { name: 'set-microphone', on: true } });
  asking.command({ name: 'leave-call' });
  await expect.poll(() => asking.of('command-reply').at(-1)?.error?.code).toBe('not-possible-now');
  expect(other.of('command-reply')).toEqual([]);
});

test('what breaks the contract is answered by name, and the link stays', async () => {
  const link = await paired();
  const unknown = link.command({ name: 'self-destruct' });
  const extra = link.command({ name: 'mute-all', really: true });
  link.send('not json');
  link.send({ type: 'hello', protocol: PROTOCOL_VERSION, token: 'again' });
  await expect.poll(() => link.of('error').map(({ error }) => error.code)).toEqual(['bad-message', 'bad-message']);
  expect(link.of('command-reply').map(({ id, error }) => [id, error.code])).toEqual([
    [unknown, 'unknown-command'],
    [extra, 'bad-message'],
  ]);
  link.send({ type: 'ping' });
  await expect.poll(() => link.of('pong')).toHaveLength(1);
});

test.each([
  ['a made-up token', 'token-invalid', PROTOCOL_VERSION, 4413],
  ['a protocol of tomorrow', 'server-too-old', 99, 4427],
])('%s is refused as %s and closed', async (_what, code, protocol, closeCode) => {
  const link = await new Link().open('made up', protocol);
  await expect.poll(() => link.closeCode).toBe(closeCode);
  expect(link.of('error')[0].error.code).toBe(code);
});

test.each([
  ['a ping', { type: 'ping' }, 4402],
  ['what is no JSON', '{', 4400],
  ['a hello of another shape', { type: 'hello', protocol: PROTOCOL_VERSION }, 4400],
])('%s before the hello ends the link', async (_what, message, closeCode) => {
  const link = new Link();
  await once(link.socket, 'open');
  link.send(message);
  await expect.poll(() => link.closeCode).toBe(closeCode);
});

test('a message of 10 MB is refused by its header, and a flood ends its own link', async () => {
  const large = await paired();
  large.send('x'.repeat(MAX_ROOM_LINK_MESSAGE_BYTES + 1));
  await expect.poll(() => large.closeCode).toBe(1009);
  const [flooder, other] = [await paired(), await paired()];
  for (let n = 0; n < 200; n += 1) flooder.send({ type: 'ping' });
  await expect.poll(() => flooder.closeCode).toBe(4429);
  other.send({ type: 'ping' });
  await expect.poll(() => other.of('pong')).toHaveLength(1);
});

test('a phone may end its own pairing; its other links end with it, and the token says so after', async () => {
  const value = await token();
  const [one, two] = [await new Link().open(value), await new Link().open(value)];
  await expect.poll(() => two.of('welcome')).toHaveLength(1);
  one.send({ type: 'unpair' });
  await expect.poll(() => [one.closeCode, two.closeCode]).toEqual([4421, 4421]);
  const again = await new Link().open(value);
  await expect.poll(() => again.of('error')[0]?.error.code).toBe('pairing-revoked');
});

test('a tablet that the fleet names comes in without a code; taken back, it is out within two seconds', async () => {
  const [kept, taken] = ['kept tablet', 'taken tablet'].map((value) => ({
    pairingId: v7(),
    tokenSha256: createHash('sha256').update(value).digest('hex'),
  }));
  server.onDesired({ tablets: [kept!, taken!] });
  const [one, two] = [await new Link().open('kept tablet'), await new Link().open('taken tablet')];
  await expect.poll(() => [one.of('welcome').length, two.of('welcome').length]).toEqual([1, 1]);
  one.send({ type: 'unpair' });
  await expect.poll(() => one.of('error')[0]?.error.code).toBe('not-possible-now');
  const fromMs = Date.now();
  // a fleet of an older release says nothing of tablets
  server.onDesired({});
  server.onDesired({ tablets: [kept!] });
  await expect.poll(() => two.closeCode).toBe(4421);
  expect(Date.now() - fromMs).toBeLessThan(2_000);
  one.send({ type: 'ping' });
  await expect.poll(() => one.of('pong')).toHaveLength(1);
});

test('guessing tokens runs dry, and a right one of the same network is let in', async () => {
  const answers: string[] = [];
  for (let n = 0; n < 22; n += 1) {
    const link = await new Link().open(`guess ${n}`);
    await expect.poll(() => link.closeCode).not.toBeNull();
    answers.push(link.of('error')[0].error.code);
  }
  expect([answers[0], answers.at(-1)]).toEqual(['token-invalid', 'too-many-attempts']);
  const right = await new Link().open('kept tablet');
  await expect.poll(() => right.of('welcome')).toHaveLength(1);
});

test('links that say nothing lock out nobody of their network', async () => {
  const silent = Array.from({ length: 55 }, () => new Link());
  await Promise.all(silent.map(({ socket }) => once(socket, 'open')));
  const right = await new Link().open('kept tablet');
  await expect.poll(() => right.of('welcome')).toHaveLength(1);
  expect(silent.filter(({ closeCode }) => closeCode === 4429).length).toBeGreaterThanOrEqual(5);
});

test('no secret is in the log', async () => {
  const text = logged.join('');
  expect(text).toContain('room link open');
  expect(text).not.toContain('kept tablet');
  expect(text).not.toMatch(
    /"(controllerToken|token|code)":"(?!too-|bad-|not-|token-|pairing-|hello-|server-|unknown-|forbidden|internal)/,
  );
});

test('a renewed certificate is served at once; one for another name ends it all, said in the log', async () => {
  const replaced = (issued: { certPem: string; keyPem: string }, stamp: number) => {
    writeCertificate(folder, issued);
    for (const file of Object.values(files)) utimesSync(file, stamp, stamp);
  };
  const served = async () => {
    const call = request({ host: '127.0.0.1', port, servername: HOST, ca: ca.pem, agent: false, path: '/control' });
    call.on('error', () => {});
    call.end();
    const [socket] = await once(call, 'socket');
    await once(socket, 'secureConnect');
    const { fingerprint256 } = socket.getPeerCertificate();
    call.destroy();
    return fingerprint256 as string;
  };
  const before = await served();
  replaced(await ca.issue(HOST), 1_000);
  await expect.poll(served).not.toBe(before);
  const told = urls.length;
  replaced(await ca.issue('elsewhere.example'), 2_000);
  await expect.poll(() => server.lanUrl).toBeNull();
  expect(urls.slice(told)).toEqual([null]);
  await expect.poll(() => ask('GET', '/control').catch(({ code }) => code)).toBe('ECONNREFUSED');
  expect(logged.join('')).toContain('"problem":"other-name"');
  replaced(await ca.issue(HOST), 3_000);
  await expect.poll(() => server.lanUrl).not.toBeNull();
  expect((await ask('GET', '/control')).status).toBe(200);
});
