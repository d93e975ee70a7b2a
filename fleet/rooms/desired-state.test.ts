import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RoomDesired } from '#contract/topics.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { DesiredState } from './desired-state.ts';

const rooms = ['r1', 'r2'].map((roomId) => ({ roomId, roomName: roomId }));
const published: RoomDesired[] = [];
let participantCount: number;
/** the next reading of a meeting ends with it */
let held: Promise<void>;
let meetingChanged: (meetingId: string) => void;
let presence: (who: { party: string; id: string }, connected: boolean) => void;
let desired: DesiredState;
let clock: WallClock;

beforeEach(async () => {
  vi.useFakeTimers();
  published.length = 0;
  participantCount = 0;
  held = Promise.resolve();
  clock = new WallClock({ steadyNowMs: () => performance.now() });
  desired = new DesiredState({
    clock,
    registry: {
      all: async () => rooms,
      byId: async (id: string) => rooms.find(({ roomId }) => roomId === id),
    } as never,
    meetings: {
      onChanged: (handler: typeof meetingChanged) => {
        meetingChanged = handler;
      },
      delegations: { onDue: () => {}, of: async () => null },
      roomOf: async () => 'r1',
      ofRoom: async () => {
        const meeting = { meetingId: 'm', title: 't', underWay: participantCount > 0, participantCount };
        const waits = held;
        held = Promise.resolve();
        await waits;
        return meeting;
      },
    } as never,
    broker: {
      onPresence: (handler: typeof presence) => {
        presence = handler;
      },
      publish: (_name: string, _id: string, message: RoomDesired) => published.push(message),
    } as never,
    pairings: { onTabletsChanged: () => {}, tabletsOf: () => [] },
    controllerUrl: 'http://127.0.0.1/control',
    logger: pino({ level: 'silent' }),
  });
  await desired.start();
});
afterEach(() => {
  vi.useRealTimers();
});
const settled = () => vi.advanceTimersByTimeAsync(0);

test('every room is told at our start, so that a broker that forgot knows again', () => {
  expect(published.map((message) => message.roomId)).toEqual(['r1', 'r2']);
});

test('a room that connects is told the time afresh', async () => {
  vi.advanceTimersByTime(3_600_000);
  presence({ party: 'room', id: 'r2' }, true);
  presence({ party: 'node', id: 'r1' }, true);
  presence({ party: 'room', id: 'r1' }, false);
  await settled();
  expect(published.slice(2)).toMatchObject([{ roomId: 'r2', nowMs: Date.now() }]);
});

test.each([20 * 60_000, -3_600_000])('a clock that jumps by %d ms is told to every room at once', async (byMs) => {
  vi.setSystemTime(Date.now() + byMs);
  clock.nowMs();
  await settled();
  expect(published.slice(2)).toMatchObject(rooms.map(({ roomId }) => ({ roomId, nowMs: Date.now() })));
});

test('the first change goes out at once, a burst behind it as one with the last word', async () => {
  published.length = 0;
  for (participantCount = 1; participantCount <= 50; participantCount += 1) {
    meetingChanged('m');
    await settled();
  }
  expect(published).toHaveLength(1);
  expect(published[0]!.meeting!.participantCount).toBe(1);
  participantCount = 50;
  await vi.advanceTimersByTimeAsync(1000);
  expect(published).toHaveLength(2);
  expect(published[1]!.meeting!.participantCount).toBe(50);
});

test('of two messages for a room the later one is published last, however long the former one takes', async () => {
  published.length = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  held = promise;
  presence({ party: 'room', id: 'r1' }, true);
  await settled();
  participantCount = 3;
  meetingChanged('m');
  await settled();
  resolve();
  await settled();
  expect(published.map(({ meeting }) => meeting!.participantCount)).toEqual([0, 3]);
});
