/** Who waits for a room, for its TV and its phones: each list once, the newest last, to those alone who follow. */
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { WaitingList } from '#contract/waiting.ts';
import { newId } from '../store/index.ts';
import { BrokerUnderTest } from './broker-under-test.ts';
import { RoomWaiting } from './room-waiting.ts';

const roomId = newId();
const settled = () => new Promise((resolve) => setImmediate(resolve));

function waitingUnderTest() {
  let count = 0;
  let reads = 0;
  let meetingIds = ['own'];
  let held: Promise<void> = Promise.resolve();
  let fails = false;
  let knocked: (meetingId: string) => void = () => {};
  const broker = new BrokerUnderTest();
  const waiting = new RoomWaiting({
    meetings: {
      waitingRoom: {
        get meetingIds() {
          return meetingIds;
        },
        onChanged: (handler: typeof knocked) => {
          knocked = handler;
        },
        listOf: async (meetingId: string) => {
          reads += 1;
          if (fails) throw new Error('disk');
          const list = { meetingId, count, waiting: [] };
          const waits = held;
          held = Promise.resolve();
          await waits;
          return list;
        },
      },
      people: { roomsOf: async () => [roomId] },
      meetingOfRoom: async () => 'own',
    },
    reports: { projections: { get: () => null }, onChanged: () => {} },
    broker,
    logger: pino({ level: 'silent' }),
  } as never);
  waiting.start();
  const counts = (lists: unknown[]) => lists.map((list) => (list as WaitingList).count);
  return {
    broker,
    published: () => counts(broker.published.map(({ message }) => message)),
    follow: () => {
      const lists: WaitingList[] = [];
      const end = waiting.follow(roomId, (list) => lists.push(list));
      return { end, shown: () => counts(lists) };
    },
    knock: () => {
      count += 1;
      knocked('own');
    },
    /** Nobody waits any more. */
    empty: () => {
      [count, meetingIds] = [0, []];
      knocked('own');
    },
    reads: () => reads,
    fail: (isSo: boolean) => {
      fails = isSo;
    },
    /** The next reading ends when the function that comes back is called. */
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
  };
}

test('a phone gets the list at once and each change after it, and nothing once it has left', async () => {
  const { follow, knock, published } = waitingUnderTest();
  const staying = follow();
  await settled();
  const leaving = follow();
  await settled();
  expect([staying.shown(), leaving.shown()]).toEqual([[0], [0]]);
  leaving.end();
  knock();
  await settled();
  expect([staying.shown(), leaving.shown()]).toEqual([[0, 1], [0]]);
  staying.end();
  knock();
  await settled();
  expect([staying.shown(), published()]).toEqual([
    [0, 1],
    [0, 1, 2],
  ]);
});

test('a phone that leaves while its list is read gets none', async () => {
  const { follow, hold } = waitingUnderTest();
  const release = hold();
  const phone = follow();
  await settled();
  phone.end();
  release();
  await settled();
  expect(phone.shown()).toEqual([]);
});

test('who knocks while a list is read is in the list that is published last', async () => {
  const { follow, hold, knock, published } = waitingUnderTest();
  knock();
  await settled();
  const release = hold();
  const phone = follow();
  await settled();
  knock();
  await settled();
  release();
  await settled();
  expect([published(), phone.shown()]).toEqual([
    [1, 2],
    [1, 2],
  ]);
});

test('a list that shows somebody is read again once nobody waits, and one that shows nobody is not', async () => {
  const { follow, knock, empty, reads } = waitingUnderTest();
  const { shown } = follow();
  knock();
  await settled();
  empty();
  await settled();
  expect(shown().at(-1)).toBe(0);
  const before = reads();
  empty();
  await settled();
  expect(reads()).toBe(before);
});

test('a TV that subscribes again gets its list again, though it is the same', async () => {
  const { broker, published } = waitingUnderTest();
  broker.subscribe('waiting', roomId);
  await settled();
  broker.disconnect(roomId);
  broker.subscribe('command', roomId);
  await settled();
  expect(published()).toEqual([0]);
  broker.subscribe('waiting', roomId);
  await settled();
  expect(published()).toEqual([0, 0]);
});

test('a list that could not be read is read again with the next change', async () => {
  const { follow, fail, knock } = waitingUnderTest();
  fail(true);
  const phone = follow();
  await settled();
  expect(phone.shown()).toEqual([]);
  fail(false);
  knock();
  await settled();
  expect(phone.shown()).toEqual([1]);
});
