/** Whether people count on a room: what ends or begins by itself gives way to what somebody decides at the same moment. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type AuthorityStore, newId } from '../store/index.ts';
import { RoomServices } from './room-services.ts';
import { type Opened, openAuthority } from './store-under-test.ts';

const roomId = newId();
const ENDS_IN_MS = 5_000;
const logger = { error: vi.fn() };
let opened: Opened<AuthorityStore>;
let services: RoomServices;
let changed: string[];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
  opened = await openAuthority();
  await opened.store.write((trx) =>
    trx.insertInto('room').values({ roomId, roomName: 'Room', createdAtMs: 1, service: 'new' }).execute(),
  );
  await begin();
});
afterEach(async () => {
  services.stop();
  vi.useRealTimers();
  await opened.end();
});

async function begin(): Promise<void> {
  services = new RoomServices({
    store: opened.store,
    registry: {
      all: () => opened.store.read.selectFrom('room').selectAll().where('removedAtMs', 'is', null).execute(),
      onChanged: () => {},
    },
    enrolment: { voidClaims: async () => {} },
    register: { revokeAll: async () => ({ revokedCount: 0, apply: () => {} }) },
    clock: { nowMs: () => Date.now() },
    logger,
  } as never);
  changed = [];
  logger.error.mockReset();
  services.onChanged(() => changed.push(services.of(roomId).state));
  await services.start();
}
const written = async () => {
  await opened.store.write(async () => {});
  return opened.store.read
    .selectFrom('room')
    .select(['service', 'serviceUntilMs'])
    .where('roomId', '=', roomId)
    .executeTakeFirstOrThrow();
};
const maintain = (untilMs: number) =>
  services.set(roomId, { state: 'maintenance', untilMs, reason: 'cables' }, 'account:it');
const IN_SERVICE = { service: 'in-service', serviceUntilMs: null };

test('maintenance ends at its time, and not before', async () => {
  const untilMs = Date.now() + ENDS_IN_MS;
  await maintain(untilMs);
  vi.advanceTimersByTime(ENDS_IN_MS - 1);
  expect(await written()).toEqual({ service: 'maintenance', serviceUntilMs: untilMs });
  vi.advanceTimersByTime(1);
  expect(await written()).toEqual(IN_SERVICE);
  expect(changed).toEqual(['maintenance', 'in-service']);
});

test('maintenance whose time was over while we were gone ends with our start', async () => {
  await maintain(Date.now() + ENDS_IN_MS);
  services.stop();
  vi.advanceTimersByTime(60_000);
  expect((await written()).service).toBe('maintenance');
  await begin();
  vi.advanceTimersByTime(1_000);
  expect(await written()).toEqual(IN_SERVICE);
});

test('an end that the disk refused is tried again a second later, by one write at a time', async () => {
  await maintain(Date.now() + ENDS_IN_MS);
  const write = vi.spyOn(opened.store, 'write');
  const { promise, reject } = Promise.withResolvers<never>();
  write.mockImplementationOnce(() => promise);
  vi.advanceTimersByTime(ENDS_IN_MS + 10_000);
  expect(write).toHaveBeenCalledTimes(1);
  reject(new Error('disk'));
  expect((await written()).service).toBe('maintenance');
  expect(logger.error).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1_000);
  expect(await written()).toEqual(IN_SERVICE);
});

test('a call in a room in maintenance, or of no room that we know, changes nothing', async () => {
  await maintain(Date.now() + ENDS_IN_MS);
  const write = vi.spyOn(opened.store, 'write');
  services.inCall(roomId);
  services.inCall(newId());
  expect(write).not.toHaveBeenCalled();
  expect(services.of(roomId).state).toBe('maintenance');
});

test('maintenance that is prolonged at the moment of its end goes on', async () => {
  const untilMs = Date.now() + 60_000;
  await maintain(Date.now() + ENDS_IN_MS);
  vi.advanceTimersByTime(ENDS_IN_MS - 1);
  const prolonged = maintain(untilMs);
  vi.advanceTimersByTime(1);
  await prolonged;
  expect(await written()).toEqual({ service: 'maintenance', serviceUntilMs: untilMs });
  expect(services.of(roomId)).toMatchObject({ state: 'maintenance', untilMs });
  vi.advanceTimersByTime(60_000);
  expect(await written()).toEqual(IN_SERVICE);
});

test('a new room is in service with its first call, by one write; one that is retired at that moment is not', async () => {
  const write = vi.spyOn(opened.store, 'write');
  services.inCall(roomId);
  services.inCall(roomId);
  expect(write).toHaveBeenCalledTimes(1);
  expect(await written()).toEqual(IN_SERVICE);
  await opened.store.write((trx) => trx.updateTable('room').set({ service: 'new' }).execute());
  services.stop();
  await begin();
  const retired = services.set(roomId, { state: 'retired', untilMs: null, reason: 'sold' }, 'account:it');
  services.inCall(roomId);
  await retired;
  expect((await written()).service).toBe('retired');
  expect(services.of(roomId).state).toBe('retired');
});
