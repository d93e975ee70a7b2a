import { expect, it, vi } from 'vitest';
import { newId } from '../store/index.ts';
import { type RegistryChange, RoomRegistry, type RoomRegistryDependencies } from './room-registry.ts';
import { openAuthority } from './store-under-test.ts';

const room = { roomName: 'Room', placeId: newId() };

function registryOver(store: unknown) {
  const createStanding = vi.fn();
  const registry = new RoomRegistry({
    store,
    meetings: { createStanding },
    enrolment: { makeClaim: async () => ({ claimCode: 'code', expiresAtMs: 1 }) },
    deviceApi: { url: 'https://fleet.test', caSha256: 'ca' },
  } as unknown as RoomRegistryDependencies);
  const changes: RegistryChange[] = [];
  registry.onChanged((change) => changes.push(change));
  return { registry, createStanding, changes };
}

it('a room in a place that does not exist is not made', async () => {
  const { store, end } = await openAuthority();
  const { registry, createStanding, changes } = registryOver(store);
  await expect(registry.create(room, 'account:it')).rejects.toMatchObject({ code: 'not-found' });
  expect([await registry.all(), createStanding.mock.calls, changes]).toEqual([[], [], []]);
  await registry.create({ ...room, placeId: null }, 'account:it');
  expect([(await registry.all()).length, createStanding.mock.calls.length, changes.length]).toEqual([1, 1, 1]);
  await end();
});

it('a room that the disk refuses has no meeting, and nobody is notified of it', async () => {
  const trx = { insertInto: () => ({ values: () => ({ execute: () => Promise.reject(new Error('disk')) }) }) };
  const { registry, createStanding, changes } = registryOver({
    write: (work: (writes: typeof trx) => Promise<unknown>) => work(trx),
  });
  await expect(registry.create({ ...room, placeId: null }, 'account:it')).rejects.toThrow('disk');
  expect([createStanding.mock.calls, changes]).toEqual([[], []]);
});
