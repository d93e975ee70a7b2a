/** The newest of each projection: over second lives of a room, and over what the disk refuses. */
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { stateOf } from '../room-under-test.ts';
import { newId, type TelemetryStore } from '../store/index.ts';
import { RoomProjections, SAVE_INTERVAL_MS } from './room-projections.ts';
import { type Opened, openTelemetry } from './store-under-test.ts';

const roomId = newId();
const GATHERED_MS = 20;
const QUIET_MS = 60_000;
let opened: Opened<TelemetryStore>;
let projections: RoomProjections;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  opened = await openTelemetry();
  projections = newOnes();
});
afterEach(async () => {
  vi.useRealTimers();
  await opened.end();
});

const newOnes = () => new RoomProjections({ telemetry: opened.store, logger: pino({ level: 'silent' }) });
function receive(changes: { epoch?: number; revision?: number; roomId?: string } = {}, nowMs = 0): unknown {
  const value = { ...stateOf(roomId, { name: 'idle' }), ...changes };
  const outcome = projections.receive(roomId, 'state', { raw: value, value, nowMs });
  return typeof outcome === 'string' ? outcome : outcome.code;
}
/** As a server that starts now reads it; null: it has none. */
async function savedRevision(): Promise<number | null> {
  await opened.store.write(async () => {});
  const read = newOnes();
  await read.start();
  return read.get(roomId, 'state')?.revision ?? null;
}

test('within a life the newer revision stands; a new life counts from the start, and the former one is refused', () => {
  expect(receive({ epoch: 1, revision: 7 })).toBe('news');
  expect(receive({ epoch: 1, revision: 6 })).toBe('overtaken');
  expect(projections.get(roomId, 'state')?.revision).toBe(7);
  expect(receive({ epoch: 2, revision: 1 })).toBe('news');
  expect(receive({ epoch: 1, revision: 8 })).toBe('second-writer');
  expect(receive({ epoch: 3, revision: 1, roomId: newId() })).toBe('wrong-room');
  expect(projections.get(roomId, 'state')).toMatchObject({ epoch: 2, revision: 1 });
});

test('another box in the room counts from the start, also after our restart', async () => {
  receive({ epoch: 9, revision: 9 });
  await projections.saved();
  projections.forget(roomId);
  expect(projections.get(roomId, 'state')).toBeNull();
  expect(await savedRevision()).toBeNull();
  projections = newOnes();
  await projections.start();
  expect(receive({ epoch: 1, revision: 1 })).toBe('news');
});

test('a former life is refused after our restart too', async () => {
  receive({ epoch: 2, revision: 1 });
  await projections.saved();
  projections = newOnes();
  await projections.start();
  expect(receive({ epoch: 1, revision: 5 })).toBe('second-writer');
});

test('what was quiet for a minute is saved after 20 ms, and what keeps changing with the next save', async () => {
  const write = vi.spyOn(opened.store, 'write');
  receive({ revision: 1 });
  vi.advanceTimersByTime(GATHERED_MS - 1);
  expect(write).toHaveBeenCalledTimes(0);
  receive({ revision: 2 }, 1);
  vi.advanceTimersByTime(1);
  expect(write).toHaveBeenCalledTimes(1);
  expect(await savedRevision()).toBe(2);
  write.mockClear();
  receive({ revision: 3 }, QUIET_MS);
  vi.advanceTimersByTime(SAVE_INTERVAL_MS);
  expect(write).toHaveBeenCalledTimes(0);
  receive({ revision: 4 }, 2 * QUIET_MS);
  vi.advanceTimersByTime(GATHERED_MS);
  expect(write).toHaveBeenCalledTimes(1);
});

test('a save that was due ends the wait for the next one', async () => {
  const write = vi.spyOn(opened.store, 'write');
  receive({ revision: 1 });
  await projections.saved();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(GATHERED_MS);
  expect(write).toHaveBeenCalledTimes(1);
});

test('what the disk refused is saved with the next save', async () => {
  vi.spyOn(opened.store, 'write').mockRejectedValueOnce(new Error('disk'));
  receive({ revision: 1 });
  await expect(projections.saved()).rejects.toThrow('disk');
  projections.save();
  expect(await savedRevision()).toBe(1);
});

test('a room that is forgotten while it is saved is not saved', async () => {
  receive({ revision: 1 });
  const saved = projections.saved();
  projections.forget(roomId);
  await saved;
  expect(await savedRevision()).toBeNull();
});

test('what people write and say in a call is in no file, also of a room that went away in the middle of it', async () => {
  const heading = { protocol: 1, roomId, epoch: 1, revision: 1, asOfMs: 1 };
  const words = 'unlikelywords';
  for (const name of ['chat', 'poll', 'transcript'] as const) {
    // as an earlier release left it
    await opened.store.write((trx) =>
      trx
        .insertInto('roomProjection')
        .values({ roomId, name, value: `{"text":"${words}"}`, receivedAtMs: 1 })
        .execute(),
    );
    const value = { ...heading, text: words } as never;
    expect(projections.receive(roomId, name, { raw: value, value, nowMs: 0 })).toBe('news');
    expect(projections.get(roomId, name)).toMatchObject({ text: words });
  }
  receive({ revision: 1 });
  await projections.saved();
  await newOnes().start();
  await opened.store.write(async () => {});
  const rows = await opened.store.read.selectFrom('roomProjection').select('name').execute();
  expect(rows).toEqual([{ name: 'state' }]);
});
