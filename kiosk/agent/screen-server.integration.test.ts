/** The screen's door, over real loopback sockets: who gets in, who is the active one, and what is refused how. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { ErrorCode } from '#contract/error-codes.ts';
import { MAX_SCREEN_LINK_MESSAGE_BYTES } from '#contract/limits.ts';
import { ACTION_FILES } from '#contract/room-action.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import {
  AgentToScreen,
  isAgentThere,
  pictureProof,
  SCREEN_LINK_PATH,
  SCREEN_PICTURE_PATH,
  SCREEN_PICTURE_PROOF_HEADER,
  SCREEN_PROOF_PATH,
  type ScreenToAgent,
} from '#contract/screen-link.ts';
import { callOf, id, roomIn, ticketOf } from '../room/room-under-test.ts';
import { roomStateOf } from '../room/room-state-of.ts';
import { Projections } from './projections.ts';
import { ScreenServer, type ScreenServerOptions } from './screen-server.ts';

let projections: Projections;
const FRAME = { language: 'ko', pairing: null, waiting: null } as const;
const KEY = 'k'.repeat(43);
let pageDir: string;
let server: ScreenServer;
let pageUrl: string;
/** what the authority heard */
let heard: string[];
let reports: ScreenToAgent[];
let onReport: ScreenServerOptions['onReport'];
const screens: Screen[] = [];

function optionsOf(port: number): ScreenServerOptions {
  // a server that ends still hears its last screens go
  const told = heard;
  return {
    port,
    pageDir,
    key: KEY,
    logger: pino({ level: 'silent' }),
    projections,
    frame: () => FRAME,
    resume: () => ticketOf('A'),
    onConnected: (inCall) => told.push(`connected ${inCall?.ticket.resumeSecret ?? 'without a call'}`),
    onGone: () => told.push('gone'),
    onReport: (report) => onReport(report),
  };
}
const newServer = (port = 0): ScreenServer => new ScreenServer(optionsOf(port));

type Door = { origin?: string | null; host?: string; path?: string };

class Screen {
  readonly heard: AgentToScreen[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  constructor({ origin = pageUrl.slice(0, -1), host, path = SCREEN_LINK_PATH }: Door = {}) {
    const { port } = new URL(pageUrl);
    this.socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
      ...(origin !== null && { origin }),
      headers: { ...(host && { host }) },
    });
    this.socket.on('message', (data) =>
      this.heard.push(AgentToScreen.parse(JSON.parse(String(data))) as AgentToScreen),
    );
    this.closed = new Promise((resolve, reject) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
      this.socket.on('error', reject);
    });
    this.closed.catch(() => {});
    screens.push(this);
  }
  static async greeted(over: object = {}): Promise<Screen> {
    const screen = new Screen();
    await screen.open();
    const welcome = once(screen.socket, 'message');
    screen.say({ type: 'hello', key: KEY, protocol: PROTOCOL_VERSION, screenId: id(50), inCall: null, ...over });
    await welcome;
    expect(screen.types[0]).toBe('welcome');
    return screen;
  }
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.on('open', resolve);
      this.socket.on('error', reject);
    });
  }
  /** What the server has said by now has come. */
  async hasHeard(): Promise<void> {
    const pong = once(this.socket, 'pong');
    this.socket.ping();
    await pong;
  }
  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }
  get types(): string[] {
    return this.heard.map(({ type }) => type);
  }
}
/** The typed error is said, and the close says the same. */
async function isRefused(screen: Screen, code: ErrorCode, closeCode: number): Promise<void> {
  expect(await screen.closed).toEqual({ code: closeCode, reason: code });
  expect(screen.heard.at(-1)).toEqual({ type: 'error', code });
}
const alive = { type: 'alive' } as const;
const stage = { type: 'stage', pageCount: 2 } as const;

beforeEach(async () => {
  pageDir = mkdtempSync(join(tmpdir(), 'maru-page-'));
  writeFileSync(join(pageDir, 'index.html'), '<title>TV</title>');
  heard = [];
  reports = [];
  onReport = (report) => void reports.push(report);
  projections = new Projections({ roomId: id(30), epoch: 1 });
  projections.publish('state', roomStateOf(roomIn('in-call'), 'Maple'));
  server = newServer();
  pageUrl = await server.start();
});
afterEach(async () => {
  vi.useRealTimers();
  for (const { socket } of screens.splice(0)) socket.terminate();
  await server.stop();
  rmSync(pageDir, { recursive: true });
});

describe('the page', () => {
  const get = (path: string, host?: string) =>
    new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
      const { port } = new URL(pageUrl);
      const sent = request({ host: '127.0.0.1', port, path, ...(host && { headers: { host } }) }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (part: string) => (body += part));
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
      });
      sent.on('error', reject).end();
    });

  test('is served on loopback, to itself alone', async () => {
    const { status, headers, body } = await get('/');
    expect([new URL(pageUrl).hostname, status, body]).toEqual(['127.0.0.1', 200, '<title>TV</title>']);
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['permissions-policy']).toContain('camera=(self)');
  });

  test.each(['maru.example', 'localhost', '127.0.0.1:1', '[::1]:80'])('is not served as %s', async (host) => {
    expect(await get('/', host)).toMatchObject({ status: 403, body: '' });
  });

  test('has nothing beside it', async () => {
    writeFileSync(join(pageDir, '..', 'beside.txt'), 'secret');
    for (const path of ['/../beside.txt', '/%2e%2e/beside.txt', '/..%2fbeside.txt'])
      expect((await get(path)).body).not.toContain('secret');
    rmSync(join(pageDir, '..', 'beside.txt'));
  });

  // a client of Node's would mend them before they are sent
  test.each([
    ['GET //', 200],
    ['GET /%', 40],
    ['GET http://[', 40],
    ['GET /nothing.js', 404],
    ['GET /%00', 40],
    ['POST /', 405],
  ])('answers %s with %s', async (line, status) => {
    const { port } = new URL(pageUrl);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(`${line} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n\r\n`);
    let answer = '';
    for await (const part of socket) answer += part;
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
  });
});

test('a box that belongs to no room any more says why to every page, and obeys none', async () => {
  const screen = await Screen.greeted();
  server.showNotEnrolled('enrolment-ended');
  server.showFrame();
  projections.publish('state', roomStateOf(roomIn('idle'), 'Maple'));
  expect(server.perform({ name: 'leave-call' })).toBe(false);
  screen.say(stage);
  await screen.hasHeard();
  expect(screen.heard.slice(1)).toEqual([{ type: 'not-enrolled', code: 'enrolment-ended', view: null }]);
  expect(reports).toEqual([]);
  const next = new Screen();
  await next.open();
  next.say({ type: 'hello', protocol: PROTOCOL_VERSION, key: KEY, screenId: id(51), inCall: null });
  await next.hasHeard();
  expect(next.heard).toEqual([{ type: 'not-enrolled', code: 'enrolment-ended', view: null }]);
  server.showNotEnrolled('claim-code-invalid');
  await next.hasHeard();
  expect(next.heard.at(-1)).toEqual({ type: 'not-enrolled', code: 'claim-code-invalid', view: null });
});

describe('the agent', () => {
  const origin = () => pageUrl.slice(0, -1);

  test('proves that it has the key, and an impostor on its port cannot', async () => {
    expect(await isAgentThere(origin(), KEY, 2_000)).toBe(true);
    expect(await isAgentThere(origin(), 'j'.repeat(43), 2_000)).toBe(false);
  });

  test.each(['', '?nonce=', '?nonce=short', `?nonce=${'n'.repeat(65)}`, '?nonce=../../..%00aaaaaaaaaaaaaaaaa'])(
    'refuses the question %s',
    async (query) => {
      const answer = await fetch(`${origin()}${SCREEN_PROOF_PATH}${query}`);
      expect([answer.status, await answer.text()]).toEqual([400, '']);
    },
  );

  test('answers each question anew, and never with the key', async () => {
    const answers = await Promise.all(
      ['a', 'b'].map(async (nonce) => {
        const asked = await fetch(`${origin()}${SCREEN_PROOF_PATH}?nonce=${nonce.repeat(32)}`);
        return [asked.headers.get('cache-control'), await asked.text()];
      }),
    );
    expect(answers[0]![1]).not.toBe(answers[1]![1]);
    for (const [caching, proof] of answers) {
      expect(caching).toBe('no-store');
      expect(proof).toMatch(/^[\w-]{43}$/);
      expect(proof).not.toBe(KEY);
    }
  });
});

describe('who may connect', () => {
  test.each<[string, () => Screen]>([
    ['another site’s page', () => new Screen({ origin: 'http://evil.example' })],
    ['a page without an origin', () => new Screen({ origin: null })],
    ['a page of another port', () => new Screen({ origin: 'http://127.0.0.1:1' })],
    ['a page over TLS of another', () => new Screen({ origin: pageUrl.replace('http:', 'https:').slice(0, -1) })],
    ['a name that resolves to loopback', () => new Screen({ host: 'evil.example', origin: 'http://evil.example' })],
    ['another path', () => new Screen({ path: '/elsewhere' })],
    ['a path with a query', () => new Screen({ path: `${SCREEN_LINK_PATH}?token=1` })],
  ])('%s may not', async (_, opened) => {
    await expect(opened().closed).rejects.toThrow(/403/);
    expect(heard).toEqual([]);
  });

  test('who is refused and hangs up hard does not take the agent along', async () => {
    const faults: unknown[] = [];
    const onFault = (error: unknown) => void faults.push(error);
    process.on('uncaughtException', onFault);
    for (let n = 0; n < 20; n += 1) {
      const socket = connect(Number(new URL(pageUrl).port), '127.0.0.1');
      socket.on('error', () => {});
      await new Promise<void>((resolve) => socket.on('connect', resolve));
      socket.write(
        `GET ${SCREEN_LINK_PATH} HTTP/1.1\r\nhost: evil.example\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n`,
      );
      await new Promise((resolve) => setTimeout(resolve, n));
      socket.resetAndDestroy();
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    process.off('uncaughtException', onFault);
    expect(faults).toEqual([]);
    await Screen.greeted();
  });
});

describe('a process of this box that says it is the page', () => {
  test.each<[string, object]>([
    ['has no key', {}],
    ['guesses', { key: 'j'.repeat(43) }],
    ['has a part of it', { key: KEY.slice(0, -1) }],
    ['sends another type', { key: [KEY] }],
    ['had yielded', { key: 'j'.repeat(43), yielded: true }],
    ['is in a call', { key: 'j'.repeat(43), inCall: callOf('A', 'its own') }],
  ])('%s: it gets nothing but the refusal, and changes nothing', async (_, over) => {
    const owner = await Screen.greeted();
    const stranger = new Screen();
    await stranger.open();
    stranger.say({ type: 'hello', protocol: PROTOCOL_VERSION, screenId: id(51), inCall: null, ...over });
    stranger.say({ ...stage, pageCount: 9 });
    await stranger.closed;
    expect(stranger.types).toEqual(['error']);
    await owner.hasHeard();
    expect(owner.types).toEqual(['welcome']);
    expect([heard, reports]).toEqual([['connected without a call'], []]);
  });

  test('is logged, without what it guessed', async () => {
    const lines: string[] = [];
    const other = new ScreenServer({
      ...optionsOf(0),
      logger: pino({}, { write: (line: string) => lines.push(line) }),
    });
    pageUrl = await other.start();
    const stranger = new Screen();
    await stranger.open();
    stranger.say({ type: 'hello', key: 'j'.repeat(43), protocol: PROTOCOL_VERSION, screenId: id(51), inCall: null });
    await isRefused(stranger, 'forbidden', 4419);
    expect(lines.join('')).toContain('forbidden');
    expect(lines.join('')).not.toMatch(/j{43}|k{43}/);
    await other.stop();
  });
});

describe('the first word', () => {
  test('is a hello, answered with all there is to draw', async () => {
    const screen = await Screen.greeted();
    expect(screen.heard).toEqual([
      {
        type: 'welcome',
        protocol: PROTOCOL_VERSION,
        frame: FRAME,
        projections: { state: { ...projections.valueOf('state'), asOfMs: expect.any(Number) } },
        resume: ticketOf('A'),
      },
    ]);
    expect(heard).toEqual(['connected without a call']);
  });

  test('of a page that is in a call tells of it, and brings no ticket back', async () => {
    const screen = await Screen.greeted({ inCall: callOf('A', 'its own') });
    expect(screen.heard).toMatchObject([{ type: 'welcome', resume: null }]);
    expect(heard).toEqual(['connected its own']);
  });

  test('that is another is refused at once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const screen = new Screen();
    await screen.open();
    screen.say(stage);
    await isRefused(screen, 'hello-expected', 4402);
    expect([heard, reports]).toEqual([[], []]);
  }, 5_000);

  test('that does not come is waited for five seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const quick = await Screen.greeted();
    const silent = new Screen();
    await silent.open();
    vi.advanceTimersByTime(4_999);
    await silent.hasHeard();
    expect(silent.heard).toEqual([]);
    vi.advanceTimersByTime(1);
    await isRefused(silent, 'hello-expected', 4402);
    vi.advanceTimersByTime(60_000);
    await quick.hasHeard();
    expect(quick.types).toEqual(['welcome']);
  }, 5_000);

  test('with a newer protocol is told that the agent is too old', async () => {
    const screen = new Screen();
    await screen.open();
    screen.say({ type: 'hello', key: KEY, protocol: PROTOCOL_VERSION + 1, seat: 'of another release' });
    await isRefused(screen, 'server-too-old', 4427);
    expect(heard).toEqual([]);
  });

  test.each([0, -1, 1.5, '1', null])('with a protocol of %s is malformed', async (protocol) => {
    const screen = new Screen();
    await screen.open();
    screen.say({ type: 'hello', key: KEY, protocol, screenId: id(50), inCall: null });
    await isRefused(screen, 'bad-message', 4400);
  });
});

describe('the newest screen', () => {
  test('wins: the former yields, and speaks for nobody', async () => {
    const former = await Screen.greeted();
    const newest = await Screen.greeted();
    await expect.poll(() => former.types).toEqual(['welcome', 'yield']);
    expect(server.perform({ name: 'leave-call' })).toBe(true);
    former.say(stage);
    newest.say(alive);
    newest.say({ ...stage, pageCount: 3 });
    await expect.poll(() => reports).toEqual([{ ...stage, pageCount: 3 }]);
    expect([former.types, newest.types]).toEqual([
      ['welcome', 'yield'],
      ['welcome', 'do'],
    ]);
    server.showFrame();
    await expect.poll(() => [former.types.at(-1), newest.types.at(-1)]).toEqual(['frame', 'frame']);
    expect(heard).toEqual(['connected without a call', 'connected without a call']);
  });

  test('is shown the first of many changes at once, the others together, and the last one always', async () => {
    const screen = await Screen.greeted();
    for (let change = 0; change < 10; change += 1) server.showFrame();
    await expect.poll(() => screen.types).toEqual(['welcome', 'frame', 'frame']);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(screen.types).toEqual(['welcome', 'frame', 'frame']);
    server.showFrame();
    await expect.poll(() => screen.types).toEqual(['welcome', 'frame', 'frame', 'frame']);
  });

  test('is sent of the room what has changed, as it is then', async () => {
    const screen = await Screen.greeted();
    for (const volumePercent of [10, 20, 30]) {
      projections.publish('state', { ...roomStateOf(roomIn('idle'), 'Maple'), volumePercent });
      projections.publish('pairing', { codes: [] });
    }
    await expect.poll(() => screen.types).toEqual(['welcome', 'projection', 'projection']);
    expect(screen.heard.slice(1)).toMatchObject([
      { name: 'state', value: { revision: 1, volumePercent: 10 } },
      { name: 'state', value: { revision: 3, volumePercent: 30 } },
    ]);
  });

  test('goes: the former takes over with the room’s ticket', async () => {
    const former = await Screen.greeted();
    const newest = await Screen.greeted();
    newest.socket.close();
    await expect.poll(() => former.types).toEqual(['welcome', 'yield', 'take-over']);
    expect(former.heard.at(-1)).toEqual({ type: 'take-over', resume: ticketOf('A') });
    expect(heard).toEqual(Array(3).fill('connected without a call'));
    former.say(stage);
    await expect.poll(() => reports).toEqual([stage]);
  });

  test('stays when the former goes; the last one leaves an empty room', async () => {
    const former = await Screen.greeted();
    const newest = await Screen.greeted();
    former.socket.terminate();
    await former.closed;
    newest.say(stage);
    await expect.poll(() => reports).toEqual([stage]);
    // nothing has changed for it
    expect([newest.types, heard]).toEqual([['welcome'], Array(2).fill('connected without a call')]);
    newest.socket.terminate();
    await expect.poll(() => heard.at(-1)).toBe('gone');
    expect(server.perform({ name: 'leave-call' })).toBe(false);
  });

  test('is not one that had yielded to it before the agent restarted', async () => {
    const newest = await Screen.greeted();
    const former = await Screen.greeted({ yielded: true });
    await expect.poll(() => former.types).toEqual(['welcome', 'yield']);
    expect(former.heard[0]).toMatchObject({ resume: null });
    expect([newest.types, heard]).toEqual([['welcome'], ['connected without a call']]);
  });

  test('may be one that had yielded, where it is alone', async () => {
    const screen = await Screen.greeted({ yielded: true });
    await expect.poll(() => screen.types).toEqual(['welcome', 'take-over']);
    expect(screen.heard).toMatchObject([{ resume: null }, { resume: ticketOf('A') }]);
    expect(heard).toEqual(['connected without a call']);
  });
});

describe('bad input', () => {
  test.each<[string, string | Buffer]>([
    ['no JSON', '{"type":'],
    ['JSON of nothing', 'null'],
    ['an unknown type', '{"type":"dance"}'],
    ['an unknown field', '{"type":"alive","token":"1"}'],
    ['a value that may not be', '{"type":"stage","pageCount":0}'],
    [
      'a second hello',
      JSON.stringify({ type: 'hello', key: KEY, protocol: PROTOCOL_VERSION, screenId: id(50), inCall: null }),
    ],
    ['bytes', Buffer.from([1, 2, 3])],
  ])('%s is answered by its code, and nothing of it is believed', async (_, data) => {
    const screen = await Screen.greeted();
    screen.socket.send(data);
    await isRefused(screen, 'bad-message', 4400);
    await expect.poll(() => heard.at(-1)).toBe('gone');
    expect(reports).toEqual([]);
    await Screen.greeted();
  });

  test('what is said behind it is not heard any more', async () => {
    const screen = await Screen.greeted();
    screen.socket.send('{');
    screen.say(stage);
    await isRefused(screen, 'bad-message', 4400);
    expect(reports).toEqual([]);
  });

  test('too large is refused before it is read; what just fits is read', async () => {
    const screen = await Screen.greeted();
    const room =
      MAX_SCREEN_LINK_MESSAGE_BYTES - JSON.stringify({ type: 'effect-failed', name: '', code: 'internal' }).length;
    screen.say({ type: 'effect-failed', name: 'x'.repeat(room), code: 'internal' });
    await expect.poll(() => reports).toHaveLength(1);
    screen.say({ type: 'effect-failed', name: 'x'.repeat(room + 1), code: 'internal' });
    expect((await screen.closed).code).toBe(1009);
    expect(reports).toHaveLength(1);
    await Screen.greeted();
  });

  test('a fault of our own closes the link and tells nothing of itself', async () => {
    onReport = () => {
      throw new TypeError('of our own');
    };
    const screen = await Screen.greeted();
    screen.say(stage);
    await isRefused(screen, 'internal', 1011);
    await Screen.greeted();
  });
});

describe('a picture of the screen', () => {
  const LARGEST = ACTION_FILES['look-at-screen'].maxBytes;
  const bring = async (picture: Uint8Array<ArrayBuffer>, { key = KEY, pictureId = 'p1' } = {}) => {
    const headers = { [SCREEN_PICTURE_PROOF_HEADER]: await pictureProof(key, 'p1', picture) };
    const url = new URL(`${SCREEN_PICTURE_PATH}?id=${pictureId}`, pageUrl);
    return (await fetch(url, { method: 'POST', headers, body: picture })).status;
  };
  const taken: [string, number][] = [];
  beforeEach(async () => {
    taken.length = 0;
    await server.stop();
    server = new ScreenServer({
      ...optionsOf(0),
      onPicture: (pictureId, { length }) => {
        if (pictureId !== 'p1') return false;
        taken.push([pictureId, length]);
        return taken.length === 1;
      },
    });
    pageUrl = await server.start();
  });

  test('is taken from who has the key, once', async () => {
    expect(await bring(new Uint8Array(LARGEST))).toBe(204);
    expect(await bring(new Uint8Array(3))).toBe(410);
    expect(taken).toEqual([
      ['p1', LARGEST],
      ['p1', 3],
    ]);
  });

  test('is taken from nobody else, nor under another id, nor where it is too large', async () => {
    expect(await bring(new Uint8Array(3), { key: 'x'.repeat(43) })).toBe(403);
    expect(await bring(new Uint8Array(3), { pictureId: 'p2' })).toBe(403);
    // who still sends may not read the answer
    expect([413, 'hung up']).toContain(await bring(new Uint8Array(LARGEST + 1)).catch(() => 'hung up'));
    expect(taken).toEqual([]);
  });
});

test('a port that is taken is said, and a stopped server lets go of its screens', async () => {
  const { port } = new URL(pageUrl);
  await expect(newServer(Number(port)).start()).rejects.toThrow(/EADDRINUSE/);
  const screen = await Screen.greeted();
  await server.stop();
  expect((await screen.closed).code).toBe(1006);
  server = newServer(Number(port));
  expect(await server.start()).toBe(pageUrl);
});
