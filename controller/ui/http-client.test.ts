// @vitest-environment happy-dom
/** A route of the contract in, its parsed answer or a typed refusal out; event streams that come back by themselves. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NoServer } from '#contract/http/answer.ts';
import { roomsApi } from '#contract/http/rooms-api.ts';
import { pathOf } from '#contract/http/route.ts';
import { callApi, followEvents, followWhileLookedAt } from './http-client.ts';

const roomId = '0193a0b0-0000-7000-8000-000000000001';
const counts = { trouble: 0, limited: 0, 'in-call': 0, starting: 0, ready: 0 };

class Stream extends EventTarget {
  static readonly CLOSED = 2;
  static all: Stream[] = [];
  readyState = 0;
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
    Stream.all.push(this);
  }
  close() {
    this.readyState = Stream.CLOSED;
  }
  say(name: string, data: string) {
    this.dispatchEvent(new MessageEvent(name, { data }));
  }
}
beforeEach(() => {
  vi.useFakeTimers();
  Stream.all = [];
  vi.stubGlobal('EventSource', Stream);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
const answer = (status: number, body: unknown) =>
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => Response.json(body, { status })),
  );
const asked = () => vi.mocked(fetch).mock.calls[0]!;

it('fills path and query, encoded, and leaves out what is not given', async () => {
  answer(200, { rows: [], nextCursor: null, total: 0, counts });
  await callApi(roomsApi.listRooms, { query: { text: 'a&b 한', health: undefined, limit: 5 } });
  expect(asked()[0]).toBe('/api/v1/rooms?text=a%26b+%ED%95%9C&limit=5');
  expect(pathOf('/meetings/:meetingId/invites/:inviteId', { meetingId: 'a/b', inviteId: '1' })).toBe(
    '/meetings/a%2Fb/invites/1',
  );
});

it('sends a body as JSON, and nothing where there is none', async () => {
  answer(200, {});
  await callApi(roomsApi.renameRoom, { params: { roomId }, body: { roomName: 'Maple' } });
  expect(asked()[1]).toMatchObject({ method: 'PUT', body: '{"roomName":"Maple"}' });
  answer(200, {});
  await callApi(roomsApi.removeRoom, { params: { roomId } });
  expect(asked()[1]).toMatchObject({ method: 'DELETE', headers: {}, body: undefined });
});

it.each([
  ['a refusal by its code', 403, { error: { code: 'forbidden', message: '' } }, { code: 'forbidden' }],
  ['an answer that breaks the contract', 200, { tablets: 'none' }, { code: 'bad-message' }],
  ['a proxy’s error as no server', 502, 'Bad gateway', { name: 'NoServer' }],
])('tells %s', async (_, status, body, expected) => {
  answer(status, body);
  await expect(callApi(roomsApi.listTablets, { params: { roomId } })).rejects.toMatchObject(expected);
});

it('tells a server that is not there', async () => {
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => Promise.reject(new TypeError('Failed to fetch'))),
  );
  await expect(callApi(roomsApi.listTablets, { params: { roomId } })).rejects.toBeInstanceOf(NoServer);
});

function follow() {
  const seen: unknown[] = [];
  const close = followEvents(roomsApi.roomChanges, {
    onEvent: ({ name }) => seen.push(name),
    onConnected: (isConnected) => seen.push(isConnected),
    onRefused: ({ code }) => seen.push(code),
  });
  return { seen, close };
}

it('hands on events that keep the contract, and passes over others', () => {
  const { seen } = follow();
  const [stream] = Stream.all;
  stream!.say('ready', JSON.stringify({ counts }));
  stream!.say('changed', JSON.stringify({ rows: 'none' }));
  expect(seen.filter((each) => typeof each === 'string')).toEqual(['ready']);
});

it('opens anew a stream that shows no sign of life, and one that the browser gave up', () => {
  const { seen } = follow();
  Stream.all[0]!.dispatchEvent(new Event('open'));
  vi.advanceTimersByTime(14_000);
  Stream.all[0]!.say('beat', '{}');
  vi.advanceTimersByTime(14_000);
  expect(Stream.all).toHaveLength(1);
  vi.advanceTimersByTime(2_000);
  expect(Stream.all).toHaveLength(2);
  expect(Stream.all[0]!.readyState).toBe(Stream.CLOSED);
  expect(seen.at(-1)).toBe(false);
  Stream.all[1]!.close();
  Stream.all[1]!.dispatchEvent(new Event('error'));
  vi.advanceTimersByTime(2_000);
  expect(Stream.all).toHaveLength(3);
});

it('ends for good when it is refused, and when it is closed', () => {
  const { seen } = follow();
  Stream.all[0]!.say('refused', JSON.stringify({ error: { code: 'not-signed-in', message: '' } }));
  expect(seen).toEqual(['not-signed-in']);
  follow().close();
  vi.advanceTimersByTime(60_000);
  expect(Stream.all.map(({ readyState }) => readyState)).toEqual([2, 2]);
});

it('of a page that nobody looks at holds no connection, and follows again when it is looked at', () => {
  const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
  const look = (state: DocumentVisibilityState) => {
    visibility.mockReturnValue(state);
    document.dispatchEvent(new Event('visibilitychange'));
  };
  const seen: unknown[] = [];
  const close = followWhileLookedAt(roomsApi.roomChanges, () => ({
    onEvent: ({ name }) => seen.push(name),
    onConnected: () => {},
    onRefused: ({ code }) => seen.push(code),
  }));
  const open = () => Stream.all.filter(({ readyState }) => readyState !== Stream.CLOSED).length;
  expect(open()).toBe(0);
  look('visible');
  look('visible');
  expect(open()).toBe(1);
  look('hidden');
  vi.advanceTimersByTime(60_000);
  expect(open()).toBe(0);
  look('visible');
  Stream.all.at(-1)!.say('refused', JSON.stringify({ error: { code: 'forbidden', message: '' } }));
  expect([open(), seen]).toEqual([0, ['forbidden']]);
  look('hidden');
  look('visible');
  expect(open()).toBe(1);
  close();
  look('hidden');
  look('visible');
  expect(open()).toBe(0);
  visibility.mockRestore();
});
