// @vitest-environment happy-dom
/** The way in: what is asked for, by which secret, and how long a knock's ticket is kept. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Early, WayByAddress } from './early.ts';
import { WayIn } from './way-in.ts';

const heading = {
  meetingId: '0193a0b0-0000-7000-8000-000000000001',
  meetingTitle: 'Weekly plan',
  hostName: 'Mina',
  displayName: null,
};
const knockFirst = { kind: 'knock', ...heading };
const waits = { kind: 'waiting', ...heading, ticket: 'ticket-1', state: 'waiting' };
const refused = (code: string) => ({ error: { code, message: '' } });

type Asked = { path: string; bearer: string | null; body: unknown };
let asked: Asked[];
let answers: { status?: number; body: object }[];
beforeEach(() => {
  sessionStorage.clear();
  asked = [];
  answers = [];
  vi.stubGlobal(
    'fetch',
    async (path: string, { headers, body }: { headers: Record<string, string>; body?: string }) => {
      asked.push({ path, bearer: headers.authorization ?? null, body: body && JSON.parse(body) });
      const answer = answers.shift();
      if (!answer) throw new TypeError('Failed to fetch');
      return Response.json(answer.body, { status: answer.status ?? 200 });
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

const link: WayByAddress = { kind: 'invite', invite: 'of-a-test', entryId: 'e'.repeat(24) };
const member: WayByAddress = { kind: 'member', meetingId: heading.meetingId };
const early = (way: WayByAddress, entry: object | null = null): Early => ({
  way,
  entry: entry && Promise.resolve({ status: 200, body: entry }),
  socket: null,
});

it('takes the head start’s answer once, and asks by itself after that', async () => {
  const way = new WayIn(early(link, knockFirst));
  expect(await way.enter(null)).toMatchObject({ kind: 'knock', hostName: 'Mina' });
  expect(asked).toEqual([]);
  answers = [{ body: knockFirst }];
  await way.enter(null);
  expect(asked).toEqual([
    { path: '/api/v1/guest-entries', bearer: null, body: { invite: 'of-a-test', entryId: 'e'.repeat(24) } },
  ]);
});

it('closes the socket that was opened ahead where the person has to ask first, and only then', async () => {
  const url = 'wss://maru.example/signaling';
  const { meetingId, meetingTitle } = heading;
  const grant = {
    callId: meetingId,
    meetingId,
    meetingTitle,
    peerId: meetingId,
    signalingUrl: url,
    joinToken: 'token',
  };
  const admitted = { kind: 'admitted', ...heading, admission: 'open', grant: { ...grant, expiresAtMs: 1 } };
  const socketOf = (readyState: number) =>
    Object.assign(new EventTarget(), { url, readyState, close: vi.fn<() => void>() }) as unknown as WebSocket;
  const enter = async (readyState: number, entry: object): Promise<[WebSocket, WayIn]> => {
    const socket = socketOf(readyState);
    const way = new WayIn({ ...early(link, entry), socket });
    await way.enter(null);
    return [socket, way];
  };
  const [open, knocking] = await enter(WebSocket.OPEN, knockFirst);
  expect([vi.mocked(open.close).mock.calls.length, knocking.takeSocket(url)]).toEqual([1, null]);
  const [opening] = await enter(WebSocket.CONNECTING, waits);
  expect(opening.close).not.toHaveBeenCalled();
  opening.dispatchEvent(new Event('open'));
  expect(opening.close).toHaveBeenCalledOnce();
  sessionStorage.clear();
  const [used, coming] = await enter(WebSocket.OPEN, admitted);
  expect([coming.takeSocket(url), vi.mocked(used.close).mock.calls.length]).toEqual([used, 0]);
});

it('knocks with what a guest says, and comes again with the ticket alone, also after a reload', async () => {
  const way = new WayIn(early(link, knockFirst));
  await way.enter(null);
  answers = [{ body: waits }, { body: waits }, { body: waits }];
  await way.knock({ displayName: 'Jonas', organisation: 'Dealer East' });
  expect(asked[0]!.body).toMatchObject({ knock: { displayName: 'Jonas', organisation: 'Dealer East' } });
  await way.enter(null);
  const reloaded = new WayIn(early(link));
  expect(reloaded.ticket).toBe('ticket-1');
  await reloaded.enter('0193a0b0-0000-7000-8000-000000000002');
  expect(asked.slice(1)).toEqual([
    { path: '/api/v1/waiting/entries', bearer: 'Bearer ticket-1', body: {} },
    {
      path: '/api/v1/waiting/entries',
      bearer: 'Bearer ticket-1',
      body: { endedCallId: '0193a0b0-0000-7000-8000-000000000002' },
    },
  ]);
  // another link's page of the same tab has nothing of it
  expect(new WayIn(early({ ...link, invite: 'another' })).ticket).toBeNull();
});

it('asks as a member by the session', async () => {
  const way = new WayIn(early(member));
  answers = [{ body: knockFirst }, { body: waits }];
  await way.enter(null);
  await way.knock({ displayName: 'Mina', organisation: null });
  const path = `/api/v1/meetings/${heading.meetingId}/entries`;
  expect(asked).toEqual([
    { path, bearer: null, body: {} },
    { path, bearer: null, body: { knock: true } },
  ]);
});

it('begins anew where the server knows the ticket no more, and keeps it where it only does not answer', async () => {
  answers = [{ body: waits }];
  const way = new WayIn(early(link));
  await way.knock({ displayName: 'Jonas', organisation: null });
  await expect(way.enter(null)).rejects.toMatchObject({ code: 'shutting-down' });
  answers = [{ status: 503, body: refused('shutting-down') }];
  await expect(way.enter(null)).rejects.toMatchObject({ code: 'shutting-down' });
  expect(way.ticket).toBe('ticket-1');
  answers = [{ status: 401, body: refused('token-invalid') }, { body: knockFirst }];
  expect(await way.enter(null)).toMatchObject({ kind: 'knock' });
  expect(new WayIn(early(link)).ticket).toBeNull();
});

it('goes away: the ticket is given back and forgotten', async () => {
  answers = [{ body: waits }, { body: {} }];
  const way = new WayIn(early(link));
  await way.knock({ displayName: 'Jonas', organisation: null });
  await way.stopWaiting();
  expect(asked.at(-1)).toMatchObject({ path: '/api/v1/waiting', bearer: 'Bearer ticket-1' });
  expect([way.ticket, new WayIn(early(link)).ticket]).toEqual([null, null]);
});

it('has no way in without an address that names one', async () => {
  const way = new WayIn(null);
  await expect(way.enter(null)).rejects.toMatchObject({ code: 'invite-invalid' });
  expect([way.kind, way.ticket]).toEqual([null, null]);
});
