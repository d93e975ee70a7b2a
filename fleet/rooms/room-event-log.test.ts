import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RoomEvent } from '#contract/room-events.ts';
import { newId, type TelemetryStore, telemetryStore } from '../store/index.ts';
import { RoomEventLog } from './room-event-log.ts';

const roomId = newId();
let dataDir: string;
let telemetry: TelemetryStore;
let log: RoomEventLog;
let say: (roomId: string, message: { events: RoomEvent[] }, raw: unknown) => void;
const acks: number[] = [];

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-events-'));
  telemetry = telemetryStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await telemetry.start();
  acks.length = 0;
  log = new RoomEventLog({
    telemetry,
    broker: {
      on: (_name: string, handler: typeof say) => {
        say = handler;
      },
      publish: (_name: string, _id: string, ack: { upToSequence: number }) => acks.push(ack.upToSequence),
    } as never,
    logger: pino({ level: 'silent' }),
    kept: 5,
  });
  log.start();
});
afterEach(async () => {
  await telemetry.stop();
  rmSync(dataDir, { recursive: true });
});
const events = (...sequences: number[]): RoomEvent[] =>
  sequences.map((sequence) => ({ name: 'agent-started', eventId: newId(), sequence, atMs: 1, epoch: sequence }));
async function acknowledged(told: RoomEvent[]): Promise<number | undefined> {
  const before = acks.length;
  say(roomId, { events: told }, { events: told });
  await vi.waitFor(() => expect(acks.length).toBe(before + 1));
  return acks.at(-1);
}
const listed = async () => (await log.list(roomId)).map(({ event }) => event.sequence);

test('of each room the newest are kept', async () => {
  expect(await acknowledged(events(1, 2, 3, 4))).toBe(4);
  expect(await acknowledged(events(5, 6, 7))).toBe(7);
  expect(await listed()).toEqual([3, 4, 5, 6, 7]);
});

test('a new box begins with one, and what the former told stays', async () => {
  await acknowledged(events(1, 2, 3));
  await log.forgetCount(roomId);
  expect(await acknowledged(events(1))).toBe(1);
  expect(await acknowledged(events(3))).toBe(1);
  expect(await listed()).toEqual([1, 2, 3, 1]);
});

test('what could not be written is not acknowledged, and comes in when it is said again', async () => {
  const told = events(1, 2);
  const write = vi.spyOn(telemetry, 'write').mockRejectedValueOnce(new Error('disk'));
  say(roomId, { events: told }, { events: told });
  await vi.waitFor(() => expect(write).toHaveBeenCalled());
  await telemetry.write(async () => {});
  expect(acks).toEqual([]);
  expect(await acknowledged(told)).toBe(2);
  expect(await listed()).toEqual([1, 2]);
});

test('an event of a newer release is acknowledged, and kept as it came for a reader that knows it', async () => {
  const raw = { name: 'lens-cleaned', eventId: newId(), sequence: 1, atMs: 1, cloth: 'blue' };
  say(roomId, { events: [RoomEvent.parse(raw)] }, { events: [raw] });
  await vi.waitFor(() => expect(acks).toEqual([1]));
  expect(await listed()).toEqual([1]);
  const [row] = await telemetry.read.selectFrom('roomEvent').select('event').execute();
  expect(JSON.parse(row!.event)).toEqual(raw);
});

test('of a room that sends without waiting, one batch is written and the newest waits', async () => {
  const write = vi.spyOn(telemetry, 'write');
  for (let n = 1; n <= 500; n += 1) {
    const told = events(1, n === 500 ? 2 : 1);
    say(roomId, { events: told }, { events: told });
  }
  expect(write).toHaveBeenCalledTimes(1);
  await vi.waitFor(() => expect(acks).toEqual([1, 2]));
  expect(write).toHaveBeenCalledTimes(2);
  expect(await acknowledged(events(3))).toBe(3);
});

test('a batch is acknowledged once those who receive it before have done so, and not at all where one of them fails', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const seen: number[][] = [];
  let failures = 1;
  log.onReceiving(async (_, received) => {
    seen.push(received.map(({ sequence }) => sequence));
    failures -= 1;
    if (failures === 0) throw new Error('disk');
    await promise;
  });
  const told = events(1, 2);
  say(roomId, { events: told }, { events: told });
  await telemetry.write(async () => {});
  say(roomId, { events: told }, { events: told });
  await telemetry.write(async () => {});
  expect([acks, seen, await listed()]).toEqual([
    [],
    [
      [1, 2],
      [1, 2],
    ],
    [],
  ]);
  resolve();
  await vi.waitFor(() => expect(acks).toEqual([2]));
});

test('each event is handed on once, after its commit, however often it comes', async () => {
  const received: number[][] = [];
  log.onReceived((_, each) => received.push(each.map(({ sequence }) => sequence)));
  const [one, two, three] = events(1, 2, 3);
  vi.spyOn(telemetry, 'write').mockRejectedValueOnce(new Error('disk'));
  say(roomId, { events: [one!] }, { events: [one!] });
  await telemetry.write(async () => {});
  expect(received).toEqual([]);
  await acknowledged([one!, two!]);
  await acknowledged([one!, two!]);
  await acknowledged([two!, three!]);
  expect(received).toEqual([[1, 2], [3]]);
});
