import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER } from '#contract/call-order.ts';
import type { RoomEvent, RoomEvents as Batch } from '#contract/room-events.ts';
import { firstRoom, type Room } from '../room/room.ts';
import { RoomEventOutbox } from './room-event-outbox.ts';
import { roomEventsBetween } from './room-events-between.ts';
import { RoomStore } from './store/room-store.ts';

const logger = pino({ level: 'silent' });
let folder: string;
let store: RoomStore;
let said: Batch[];
let events: RoomEventOutbox;

beforeEach(() => {
  vi.useFakeTimers();
  folder = mkdtempSync(join(tmpdir(), 'maru-events-'));
  said = [];
  store = opened();
  events = outbox();
});
afterEach(() => {
  vi.useRealTimers();
  store.stop();
  rmSync(folder, { recursive: true });
});
function opened(): RoomStore {
  const made = new RoomStore({
    path: join(folder, 'room.sqlite'),
    logger,
    onStorage: () => {},
    onDamaged: () => {},
  });
  made.start();
  return made;
}
const outbox = (mostKept?: number) =>
  new RoomEventOutbox({
    store,
    publish: (batch) => said.push(batch),
    logger,
    ...(mostKept === undefined ? {} : { mostKept }),
  });
const started = (epoch: number) => events.record({ name: 'agent-started', epoch });
const sequences = (batch = said.at(-1)) => batch?.events.map(({ sequence }) => sequence);

test('what happens while the fleet is there is said at once, the next when that was taken in', () => {
  events.onFleet(true);
  started(1);
  started(2);
  started(3);
  expect(said.map((batch) => sequences(batch))).toEqual([[1]]);
  events.acknowledged({ upToSequence: 1 });
  expect(sequences()).toEqual([2, 3]);
  events.acknowledged({ upToSequence: 3 });
  expect(store.eventCount).toBe(0);
  expect(said).toHaveLength(2);
});

test('without a fleet it is kept, over a restart too, and delivered in order, fifty at a time', () => {
  for (let n = 1; n <= 70; n += 1) started(n);
  expect(said).toEqual([]);
  store.stop();
  store = opened();
  events = outbox();
  started(71);
  events.onFleet(true);
  expect(sequences()).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
  events.acknowledged({ upToSequence: 50 });
  expect(sequences()).toEqual(Array.from({ length: 21 }, (_, n) => n + 51));
  expect(said.flatMap((batch) => batch.events.map((event) => (event as { epoch?: number }).epoch))).toEqual(
    Array.from({ length: 71 }, (_, n) => n + 1),
  );
});

test('what is not acknowledged is said again: after a while, and at the next connection', () => {
  events.onFleet(true);
  started(1);
  vi.advanceTimersByTime(5_000);
  expect(said.map((batch) => sequences(batch))).toEqual([[1], [1]]);
  expect(said[0]).toEqual(said[1]);
  events.onFleet(false);
  vi.advanceTimersByTime(60_000);
  started(2);
  expect(said).toHaveLength(2);
  events.onFleet(true);
  expect(sequences()).toEqual([1, 2]);
});

test('an agent killed while it told of a call does not tell it again, and tells the next', () => {
  const entered = (call: string) =>
    events.record({ name: 'call-joined', callId: call, meetingTitle: 'Weekly', bookingId: null });
  const left = (call: string) => events.record({ name: 'call-left', callId: call, reason: 'left', durationMs: 1 });
  const [a, b] = ['0193a0b0-0000-7000-8000-000000000001', '0193a0b0-0000-7000-8000-000000000002'];
  const again = () => {
    store.stop();
    store = opened();
    events = outbox();
  };
  entered(a);
  again();
  entered(a);
  left(a);
  again();
  left(a);
  entered(a);
  left(a);
  entered(b);
  events.onFleet(true);
  expect(said.at(-1)?.events.map((event) => `${event.name} ${'callId' in event ? event.callId.at(-1) : ''}`)).toEqual([
    'call-joined 1',
    'call-left 1',
    'call-joined 1',
    'call-left 1',
    'call-joined 2',
  ]);
});

test('a part that was taken in is not said again', () => {
  for (let n = 1; n <= 3; n += 1) started(n);
  events.onFleet(true);
  events.acknowledged({ upToSequence: 2 });
  expect(sequences()).toEqual([3]);
  events.acknowledged({ upToSequence: 2 });
  expect(store.eventCount).toBe(1);
});

test('a fleet that misses what we no longer have is told the same once more at once, then with patience', () => {
  started(1);
  started(2);
  store.removeEvents([...store.events()].slice(0, 1).map(({ eventId }) => eventId));
  events.onFleet(true);
  events.acknowledged({ upToSequence: 0 });
  expect(said.map((batch) => sequences(batch))).toEqual([[2], [2]]);
  events.acknowledged({ upToSequence: 0 });
  expect(said).toHaveLength(2);
  vi.advanceTimersByTime(5_000);
  expect(said).toHaveLength(3);
});

test('an acknowledgement removes what was said on this line, not what has the same numbers', () => {
  for (let n = 1; n <= 3; n += 1) started(n);
  // of a life of this box whose file is gone
  events.acknowledged({ upToSequence: 500 });
  expect(store.eventCount).toBe(3);
  events.onFleet(true);
  events.acknowledged({ upToSequence: 500 });
  expect(store.eventCount).toBe(0);
});

test('an event that breaks its schema is not kept, a kept one that no longer fits does not hold up the others', () => {
  events.record({ name: 'call-left', callId: 'no id', reason: 'left', durationMs: 1 });
  expect(store.eventCount).toBe(0);
  store.addEvent('old', '{"name":"of an older release"}');
  store.addEvent('broken', '{');
  started(1);
  events.onFleet(true);
  expect(sequences()).toEqual([3]);
  events.acknowledged({ upToSequence: 3 });
  expect(store.eventCount).toBe(0);
});

test('beyond the bound the oldest of how the box is go first', () => {
  events = outbox(1_000);
  const callId = '0193a0b0-0000-7000-8000-000000000001';
  for (let n = 0; n < 600; n += 1) events.record({ name: 'feedback-given', callId, answer: 'good' });
  for (let n = 0; n < 401; n += 1) events.record({ name: 'device-mended', device: 'tv' });
  expect(store.eventCount).toBe(600);
  for (let n = 0; n < 401; n += 1) events.record({ name: 'feedback-given', callId, answer: 'bad' });
  expect(store.eventCount).toBe(501);
  expect([...store.events()][0]?.sequence).toBe(501);
});

test('whatever is lost between the two, each event arrives, once and in its order', () => {
  void fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.constant('record' as const),
          fc.constantFrom('drop line' as const, 'lose batch' as const, 'lose ack' as const, 'restart' as const),
          fc.constant('deliver' as const),
          fc.constant('wait' as const),
        ),
        { maxLength: 120 },
      ),
      (steps) => {
        for (const { eventId } of [...store.events()]) store.removeEvents([eventId]);
        const taken = new Map<string, RoomEvent>();
        let upToSequence = -1;
        let recorded = 0;
        const from = said.length;
        let read = from;
        const takeIn = (loseAck: boolean): void => {
          const batch = said[read];
          if (batch === undefined) return;
          read += 1;
          for (const event of batch.events) {
            if (!taken.has(event.eventId)) taken.set(event.eventId, event);
            upToSequence = Math.max(upToSequence, event.sequence);
          }
          if (!loseAck) events.acknowledged({ upToSequence });
        };
        events.onFleet(true);
        // an answer to what was said before is no answer to what is said now: that is said again after a while
        const quiet = Array.from({ length: 4 }, () => ['wait', ...Array<'deliver'>(100).fill('deliver')]).flat();
        for (const step of [...steps, ...quiet] as typeof steps) {
          if (step === 'record') {
            recorded += 1;
            started(recorded);
          } else if (step === 'drop line') {
            events.onFleet(false);
            read = said.length;
            events.onFleet(true);
          } else if (step === 'lose batch') read = Math.min(read + 1, said.length);
          else if (step === 'wait') vi.advanceTimersByTime(5_000);
          else if (step === 'restart') {
            events.stop();
            store.stop();
            store = opened();
            events = outbox();
            read = said.length;
            events.onFleet(true);
          } else takeIn(step === 'lose ack');
        }
        const epochs = [...taken.values()].map((event) => (event as { epoch: number }).epoch);
        expect(epochs).toEqual(Array.from({ length: recorded }, (_, n) => n + 1));
        expect(store.eventCount).toBe(0);
        events.onFleet(false);
      },
    ),
    { numRuns: 40 },
  );
});

const room = (phase: Room['phase']): Room => ({ ...firstRoom(null), phase });
const inCall = (callId: string): Room =>
  room({
    name: 'in-call',
    ticket: { callId, peerId: 'p', signalingUrl: 'ws://node', resumeSecret: 's' },
    meetingTitle: 'Weekly',
    bookingId: null,
    startedAtMs: 1_000,
    connection: 'connected',
    mediaBlocked: false,
    participants: [],
    order: OPEN_ORDER,
    air: OFF_AIR,
    awaitsGrant: false,
    forLaptop: false,
  });
const ended = (feedback: 'good' | null) =>
  room({ name: 'ended', meetingTitle: 'Weekly', durationMs: 9, reason: 'empty', callId: 'a', feedback });
const fault = room({ name: 'fault', code: 'no-media-node', sinceMs: 1, meetingTitle: null });

test.each([
  ['entering', room({ name: 'idle' }), inCall('a'), ['call-joined a']],
  ['a change within the call', inCall('a'), { ...inCall('a') }, []],
  ['another call', inCall('a'), inCall('b'), ['call-left a left 4000', 'call-joined b']],
  ['the end', inCall('a'), ended(null), ['call-left a empty 9']],
  ['feedback', ended(null), ended('good'), ['feedback-given a good']],
  ['a start that failed', room({ name: 'idle' }), fault, ['start-failed no-media-node']],
  ['a place that was lost', inCall('a'), fault, ['call-left a left 4000', 'start-failed no-media-node']],
  ['nothing', fault, fault, []],
])('%s is told by its name', (_what, before, now, told) => {
  const words = roomEventsBetween(before, now, 5_000).map((draft) => {
    const { name, callId, reason, durationMs, answer, code } = draft as Record<string, unknown>;
    return [name, callId, reason, durationMs, answer, code].filter((part) => part !== undefined).join(' ');
  });
  expect(words).toEqual(told);
});
