/** The list by its own clock: what no event announces is found in time, and nothing runs on after our stop. */
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RoomRow } from '#contract/http/rooms-api.ts';
import { stateOf } from '../room-under-test.ts';
import { RoomList } from './room-list.ts';
import type { RegistryChange } from './room-registry.ts';

const ROUND_MS = 60_000;
const GATHERED_MS = 200;
const rooms = Array.from({ length: 90 }, (_, n) => ({ roomId: `r${n}`, roomName: `Room ${n}`, placeId: null }));
const [first] = rooms;
let list: RoomList;
let isEnrolled: boolean;
let inCall: ReadonlySet<string>;
let blockedCount: number;
let unreachable: ReadonlyMap<string, object>;
let looks: number;
let report: (roomId: string) => void;
let change: (change: RegistryChange) => void;

beforeEach(async () => {
  vi.useFakeTimers();
  isEnrolled = true;
  inCall = new Set();
  blockedCount = 0;
  unreachable = new Map();
  looks = 0;
  const nothing = (): void => {};
  list = new RoomList({
    registry: {
      all: async () => rooms,
      onChanged: (handler: typeof change) => {
        change = handler;
      },
    },
    reports: {
      of: (roomId: string) => ({
        state: stateOf(roomId, inCall.has(roomId) ? ({ name: 'in-call', callId: 'call' } as never) : { name: 'idle' }),
        online: true,
        lastSeenMs: 1,
      }),
      onChanged: (handler: typeof report) => {
        report = handler;
      },
    },
    register: { isEnrolled: () => isEnrolled, onRevoked: nothing },
    enrolment: { onEnrolled: nothing },
    meetings: {
      nodes: { blockedCountOf: () => blockedCount },
      unreachable: {
        byRoom: async () => {
          looks += 1;
          if (looks === 1) throw new Error('disk');
          return unreachable;
        },
      },
    },
    broker: { unservedProtocolOf: () => null, onUnserved: nothing, onPresence: nothing },
    services: { of: () => ({ state: 'in-service' }), onChanged: nothing },
    ages: { start: async () => {}, stop: nothing, sinceMs: () => 1, forget: nothing },
    signalsOf: () => [],
    signalStatesOf: () => [],
    openAlertCountOf: () => 0,
    places: {},
    logger: pino({ level: 'silent' }),
  } as never);
  await list.start();
});
afterEach(() => {
  list.stop();
  vi.useRealTimers();
});

/** What a watcher has got since it was asked last. */
function watch(): { close: () => void; rows: () => RoomRow[] } {
  const feed = list.changes('organisation', null)(() => {});
  feed.take();
  return {
    close: () => void feed.close(),
    rows: () => feed.take().flatMap((event) => (event.name === 'changed' ? event.data.rows : [])),
  };
}

test('a certificate that expires is seen within a minute in each of many rooms, and what follows in the next minute', async () => {
  const watcher = watch();
  for (const isSo of [false, true]) {
    isEnrolled = isSo;
    await vi.advanceTimersByTimeAsync(ROUND_MS + GATHERED_MS);
    const rows = watcher.rows();
    expect(new Set(rows.map(({ roomId, enrolled }) => `${roomId} ${enrolled}`)).size).toBe(rooms.length);
    expect(rows.every(({ enrolled }) => enrolled === isSo)).toBe(true);
  }
});

test('a room in a call is looked at each second: others there may be blocked', async () => {
  // the last one to be looked at in a round
  const { roomId } = rooms.at(-1)!;
  inCall = new Set([roomId]);
  report(roomId);
  await vi.advanceTimersByTimeAsync(GATHERED_MS);
  const watcher = watch();
  blockedCount = 1;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(watcher.rows()).toMatchObject([{ roomId, reasons: [{ kind: 'blocked', count: 1 }] }]);
});

test('calls that cannot be reached are looked for while somebody watches, each second, though a look fails', async () => {
  await vi.advanceTimersByTimeAsync(5_000);
  expect(looks).toBe(0);
  const watcher = watch();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(looks).toBe(1);
  for (const isSo of [true, false]) {
    unreachable = new Map(isSo ? [[first!.roomId, {}]] : []);
    await vi.advanceTimersByTimeAsync(1_000 + GATHERED_MS);
    expect(watcher.rows()).toMatchObject([{ roomId: first!.roomId, hasUnreachableCall: isSo }]);
  }
  watcher.close();
  const before = looks;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(looks).toBe(before);
});

test('what a room reports goes out after 200 ms, once however often; a page that is asked for shows it at once', async () => {
  const watcher = watch();
  inCall = new Set([first!.roomId]);
  for (let count = 0; count < 5; count += 1) report(first!.roomId);
  await vi.advanceTimersByTimeAsync(GATHERED_MS - 1);
  expect(watcher.rows()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(watcher.rows()).toMatchObject([{ roomId: first!.roomId, health: 'in-call' }]);
  inCall = new Set();
  report(first!.roomId);
  const { rows } = list.page({ sort: 'name', language: 'en', limit: 1 } as never, 'organisation');
  expect(rows).toMatchObject([{ roomId: first!.roomId, health: 'ready' }]);
});

test('a room that is removed while a change of it is gathered is in no row any more, and the others are', async () => {
  const watcher = watch();
  inCall = new Set(rooms.map(({ roomId }) => roomId));
  const [, second] = rooms;
  for (const { roomId } of [first!, second!]) report(roomId);
  change({ kind: 'removed', ...first! });
  await vi.advanceTimersByTimeAsync(GATHERED_MS);
  expect(watcher.rows().map(({ roomId }) => roomId)).toEqual([second!.roomId]);
});

test('after our stop no timer is left, though a change was being gathered', () => {
  report(first!.roomId);
  list.stop();
  expect(vi.getTimerCount()).toBe(0);
});
