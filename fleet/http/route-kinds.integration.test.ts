/** What each kind of route does on the wire, with routes that only this test has. */
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import Fastify, { type FastifyInstance } from 'fastify';
import cookie from '@fastify/cookie';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Account } from '#contract/http/people-api.ts';
import { anyone, pageRoute, permitted, type RouteTable } from '#contract/http/route.ts';
import { UserError } from '#contract/error-codes.ts';
import { z } from '#contract/schema.ts';
import { noProxies } from '#edge/who-is-calling.ts';
import type { Accounts, ApiTokens, PlaceTree, Sessions } from '../people/index.ts';
import { installApiRoutes } from './api-routes.ts';
import { installErrorHandler } from '#edge/http-errors.ts';
import { cursorOf, readCursor } from './paging.ts';
import { serve } from './route.ts';

const Text = z.object({ text: z.string() });
const api = {
  list: {
    ...pageRoute({
      filter: { above: z.coerce.number().default(0) },
      sorts: ['up', 'down'],
      row: z.number(),
      counts: z.object({ all: z.number() }),
    }),
    path: '/list',
    access: anyone,
    summary: 'Numbers',
  },
  keep: {
    kind: 'upload',
    method: 'PUT',
    path: '/files/:name',
    access: permitted('rooms.manage', 'organisation'),
    summary: 'Keep a file',
    params: z.object({ name: z.string() }),
    contentTypes: ['application/pdf', 'application/json'],
    maxBytes: 1_000_000,
    response: z.object({ sizeBytes: z.number(), announcedBytes: z.number().nullable(), contentType: z.string() }),
  },
  fetch: {
    kind: 'download',
    method: 'GET',
    path: '/files/:name',
    access: anyone,
    summary: 'Fetch a file',
    params: z.object({ name: z.string() }),
    contentTypes: ['application/pdf'],
  },
  watch: {
    kind: 'events',
    method: 'GET',
    path: '/events',
    access: permitted('rooms.view', 'each-room'),
    summary: 'Events',
    events: { said: Text },
  },
} as const satisfies RouteTable;

const MINA: Account = {
  accountId: '0193a0b0-0000-7000-8000-000000000001',
  userName: 'mina',
  displayName: 'Mina',
  email: null,
  placeId: null,
  issuer: 'local',
  mustChangePassword: false,
  grants: [],
};
type Client = { wake: () => void; pending: { name: 'said'; id: string; data: { text: string } }[]; closed: boolean };
let app: FastifyInstance;
let port: number;
let account: Account | null;
let clients: Client[] = [];
let lastEventId: string | null = null;
let uploadedBytes = 0;
let halfLetter = '';

beforeAll(async () => {
  app = Fastify({ forceCloseConnections: true });
  app.decorateRequest('caller', null);
  installErrorHandler(app);
  await app.register(cookie);
  await installApiRoutes(app, {
    secure: false,
    proxies: noProxies,
    accounts: { byId: async () => account } as unknown as Accounts,
    sessions: {
      of: async () => account && { sessionId: '', accountId: account.accountId, isFresh: true },
    } as unknown as Sessions,
    places: { roomsUnder: () => [] } as unknown as PlaceTree,
    apiTokens: {} as ApiTokens,
    roomsOfMeeting: async () => [],
    roleInMeeting: async () => null,
    roleInCall: async () => null,
    verifyTicket: async () => {
      throw new UserError('token-invalid');
    },
    verifyDocumentToken: async () => {
      throw new UserError('token-invalid');
    },
    served: serve(api, {
      list: async ({ query: { above, sort, cursor, limit } }) => {
        const numbers = [1, 2, 3, 4, 5].filter((n) => n > above);
        if (sort === 'down') numbers.reverse();
        const from = cursor === undefined ? 0 : readCursor(z.number().int(), cursor);
        const rows = numbers.slice(from, from + limit);
        const nextCursor = from + limit < numbers.length ? cursorOf(from + limit) : null;
        return { rows, nextCursor, total: numbers.length, counts: { all: 5 } };
      },
      keep: async ({ body, params }) => {
        uploadedBytes = 0;
        if (params.name === 'early') return { sizeBytes: 0, announcedBytes: null, contentType: 'none' };
        for await (const chunk of body.stream) uploadedBytes += (chunk as Buffer).length;
        return { sizeBytes: uploadedBytes, announcedBytes: body.sizeBytes, contentType: body.contentType };
      },
      fetch: async ({ params }) => ({
        stream: Readable.from([Buffer.alloc(70_000, 'a'), Buffer.from('end')]),
        contentType: 'application/pdf',
        fileName: params.name + halfLetter,
        sizeBytes: 70_003,
      }),
      watch: async (context) => {
        lastEventId = context.lastEventId;
        return (wake) => {
          const client: Client = { wake, pending: [], closed: false };
          clients.push(client);
          return { take: () => client.pending.splice(0), close: () => Object.assign(client, { closed: true }) };
        };
      },
    }),
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  port = (app.server.address() as AddressInfo).port;
});
afterAll(() => app.close());
beforeEach(() => {
  clients = [];
  account = { ...MINA, grants: [{ role: 'administrator', scope: { kind: 'organisation' } }] };
});

const url = (path: string): string => `http://127.0.0.1:${port}${path}`;
const session = { cookie: 'maru-session=x' };

test('a list is filtered, sorted and answered page by page; a query that breaks its schema is named', async () => {
  const page = async (query: string) => (await fetch(url(`/list?${query}`))).json();
  const first = await page('above=1&sort=down&limit=2');
  expect(first).toMatchObject({ rows: [5, 4], total: 4, counts: { all: 5 } });
  expect(await page(`above=1&sort=down&limit=2&cursor=${first.nextCursor}`)).toMatchObject({
    rows: [3, 2],
    nextCursor: null,
  });
  for (const wrong of ['limit=0', 'limit=1000', 'sort=sideways', 'unknown=1', 'cursor=%%%', 'cursor=bm8'])
    expect((await page(wrong)).error.code).toBe('bad-message');
});

test('an upload is streamed to its handler, whatever its type', async () => {
  const body = Buffer.alloc(900_000, 1);
  const answer = await fetch(url('/files/a'), {
    method: 'PUT',
    body,
    headers: { ...session, 'content-type': 'application/json; charset=utf-8' },
  });
  expect(await answer.json()).toEqual({
    sizeBytes: 900_000,
    announcedBytes: 900_000,
    contentType: 'application/json',
  });
});

test('an upload beyond the size of its route is refused: unread where it is announced, cut where it is not', async () => {
  uploadedBytes = 0;
  const announced = await put('Content-Length: 50000000', 'application/pdf');
  expect(announced.answer).toMatch(/^HTTP\/1.1 413 .*"too-large"/s);
  expect(uploadedBytes).toBe(0);
  const inChunks = await put('Transfer-Encoding: chunked', 'application/pdf');
  expect(inChunks.answer).toMatch(/^HTTP\/1.1 413 .*"too-large"/s);
  expect(uploadedBytes).toBeLessThanOrEqual(1_000_000);
  expect(inChunks.sentBytes).toBeLessThan(10_000_000);
});

test('an upload of another type, and one without the right, is refused before it is read', async () => {
  expect((await put('Content-Length: 900000', 'text/plain')).answer).toMatch(/^HTTP\/1.1 400 .*"bad-message"/s);
  account = null;
  expect((await put('Content-Length: 900000', 'application/pdf')).answer).toMatch(/^HTTP\/1.1 401 /);
});

test('an upload that is refused ends its connection: nothing more of it is read', async () => {
  account = null;
  const refused = await connectedTo(head('Content-Length: 900000', 'application/pdf'));
  await expect.poll(() => refused.received()).toMatch(/^HTTP\/1.1 401 .*connection: close/is);
  await expect.poll(() => refused.isClosed(), { timeout: 3_000 }).toBe(true);
});

test('an upload that its handler answers before its end ends its connection', async () => {
  const early = await connectedTo(
    head('Content-Length: 900000', 'application/pdf').replace('/files/a', '/files/early'),
  );
  await expect.poll(() => early.received()).toMatch(/^HTTP\/1.1 200 .*connection: close/is);
  await expect.poll(() => early.isClosed(), { timeout: 3_000 }).toBe(true);
});

test('an upload that breaks off ends its handler and nothing else', async () => {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  socket.write(head('Content-Length: 900000', 'application/pdf'));
  socket.write(Buffer.alloc(100_000));
  await expect.poll(() => uploadedBytes).toBe(100_000);
  socket.destroy();
  expect((await fetch(url('/list'))).status).toBe(200);
});

test('a download is named for the folder of the person, in any script', async () => {
  const answer = await fetch(url(`/files/${encodeURIComponent('분기 "보고".pdf')}`));
  expect(answer.headers.get('content-disposition')).toBe(
    `attachment; filename="__ ____.pdf"; filename*=UTF-8''%EB%B6%84%EA%B8%B0%20%22%EB%B3%B4%EA%B3%A0%22.pdf`,
  );
  expect([answer.headers.get('content-type'), answer.headers.get('content-length')]).toEqual([
    'application/pdf',
    '70003',
  ]);
  expect((await answer.text()).endsWith('aend')).toBe(true);
});

test('a download is named though the name has half a letter', async () => {
  halfLetter = '\ud83d';
  const answer = await fetch(url('/files/a'));
  halfLetter = '';
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="a_"; filename*=UTF-8''a%EF%BF%BD`);
  await answer.body!.cancel();
});

test('an event stream brings events with their ids, and gets the id that a returning client has', async () => {
  const stream = await watch({ 'last-event-id': '41' });
  expect(lastEventId).toBe('41');
  say('one', '42');
  expect(await stream.until('one')).toContain('id: 42\nevent: said\ndata: {"text":"one"}\n\n');
  await expect.poll(() => stream.text(), { timeout: 8_000 }).toContain('event: beat');
  stream.close();
  await expect.poll(() => clients[0]!.closed).toBe(true);
});

test('an event stream ends with the session, and by its name; another reach ends it so that the client comes again', async () => {
  const stream = await watch();
  account = null;
  expect(await stream.until('refused')).toContain('event: refused\ndata: {"error":{"code":"not-signed-in"');
  await stream.ended;
  expect(clients[0]!.closed).toBe(true);
  account = { ...MINA, grants: [{ role: 'administrator', scope: { kind: 'organisation' } }] };
  const again = await watch();
  account = { ...MINA, grants: [{ role: 'operator', scope: { kind: 'room', roomId: MINA.accountId } }] };
  await again.ended;
  expect(again.text()).not.toContain('refused');
});

test('a client that does not read is given nothing more, and takes nobody down', async () => {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  socket.write(`GET /events HTTP/1.1\r\nHost: x\r\nCookie: ${session.cookie}\r\n\r\n`);
  await once(socket, 'readable');
  const reading = await watch();
  const big = 'x'.repeat(100_000);
  // far beyond what sockets buffer
  for (let i = 0; i < 400; i += 1) {
    say(big, String(i));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(clients[0]!.pending.length).toBeGreaterThan(100);
  await expect.poll(() => reading.text().length).toBeGreaterThan(400 * 100_000);
  expect(clients[1]!.pending).toEqual([]);
  socket.destroy();
  reading.close();
  await expect.poll(() => clients.map(({ closed }) => closed)).toEqual([true, true]);
});

test('nobody without the right opens an event stream, and a HEAD opens none', async () => {
  expect((await fetch(url('/events'), { method: 'HEAD', headers: session })).status).toBe(404);
  account = { ...account!, grants: [{ role: 'member', scope: { kind: 'organisation' } }] };
  expect((await fetch(url('/events'), { headers: session })).status).toBe(403);
  expect(clients).toEqual([]);
});

function say(words: string, id: string): void {
  for (const client of clients) {
    client.pending.push({ name: 'said', id, data: { text: words } });
    client.wake();
  }
}

async function watch(headers: Record<string, string> = {}) {
  const ending = new AbortController();
  const before = clients.length;
  const answer = await fetch(url('/events'), { headers: { ...session, ...headers }, signal: ending.signal });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  await expect.poll(() => clients.length).toBe(before + 1);
  let received = '';
  const ended = (async () => {
    for await (const chunk of answer.body!) received += Buffer.from(chunk).toString();
  })().catch(() => {});
  return {
    ended,
    text: () => received,
    until: async (part: string): Promise<string> => {
      await expect.poll(() => received, { timeout: 5_000 }).toContain(part);
      return received;
    },
    close: () => ending.abort(),
  };
}

const head = (length: string, contentType: string): string =>
  `PUT /files/a HTTP/1.1\r\nHost: x\r\nCookie: ${session.cookie}\r\nContent-Type: ${contentType}\r\n${length}\r\n\r\n`;

async function connectedTo(text: string) {
  const socket = connect({ port, host: '127.0.0.1' });
  let received = '';
  let isClosed = false;
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  socket.on('error', () => {});
  socket.on('close', () => (isClosed = true));
  socket.write(text);
  return { received: () => received, isClosed: () => isClosed };
}

/** Sends up to 10 MB for as long as nothing is answered. */
async function put(length: string, contentType: string): Promise<{ answer: string; sentBytes: number }> {
  const socket = connect({ port, host: '127.0.0.1' });
  let answer = '';
  let sentBytes = 0;
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  socket.on('error', () => {});
  socket.write(head(length, contentType));
  const piece = Buffer.alloc(0x4000);
  const chunk = length.includes('chunked')
    ? Buffer.concat([Buffer.from('4000\r\n'), piece, Buffer.from('\r\n')])
    : piece;
  while (!answer && sentBytes < 10_000_000) {
    socket.write(chunk);
    sentBytes += 0x4000;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await expect.poll(() => answer).toContain('"error"');
  socket.destroy();
  return { answer, sentBytes };
}
