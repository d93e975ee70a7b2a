/** Rollouts over a real store: what is written before it is published, a clock that is set, and one rollout at a time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RoomUpdateDesired } from '#contract/room-update.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import type { LibraryRelease } from './feed-library.ts';
import { NEW_RELEASE, OLD_RELEASE, planUnderTest } from './rollout-under-test.ts';
import { Rollouts } from './rollouts.ts';
import type { SoftwareFacts } from './rollout-state.ts';

const [R0, R1, R2] = [newId(), newId(), newId()];
const IT = { actor: 'account:it', name: 'IT' };
let home: string;
let store: AuthorityStore;
let facts: Map<string, SoftwareFacts>;
let published: Map<string, RoomUpdateDesired>;
let wallMs: number;
let steadyMs: number;
let clock: WallClock;
const book = { raise: vi.fn(async () => {}), clear: vi.fn(async () => {}) };
const release = {
  facts: {
    releaseId: NEW_RELEASE,
    role: 'kiosk',
    version: '1.1.0',
    commit: null,
    madeAtMs: 1,
    protocol: PROTOCOL_VERSION,
    sizeBytes: 1,
    fileCount: 1,
    notes: '',
  },
  feeds: new Map([['online', Number.MAX_SAFE_INTEGER]]),
} as unknown as LibraryRelease;
const NEWER_RELEASE = `1.2.0-${'d'.repeat(16)}`;
const newer = { ...release, facts: { ...release.facts, releaseId: NEWER_RELEASE, version: '1.2.0' } } as LibraryRelease;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'maru-rollouts-'));
  store = authorityStore({
    dataDir: home,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  [wallMs, steadyMs] = [1_000_000, 1_000];
  clock = new WallClock({ wallNowMs: () => wallMs, steadyNowMs: () => steadyMs });
  published = new Map();
  const idle = { releaseId: OLD_RELEASE, version: '1.0.0', isConfirmed: true };
  facts = new Map(
    [R0, R1, R2].map((roomId) => [
      roomId,
      {
        roomId,
        placeIds: [],
        model: null,
        isInService: true,
        online: true,
        isTooOld: false,
        update: { running: idle, wanted: null, step: 'none', waitsFor: null, progress: null, failed: null },
      },
    ]),
  );
});
afterEach(async () => {
  await store.stop();
  rmSync(home, { recursive: true });
});

async function opened(): Promise<Rollouts> {
  const rollouts = new Rollouts({
    store,
    facts: () => facts,
    isTooOld: () => false,
    releases: () =>
      new Map([
        [NEW_RELEASE, release],
        [NEWER_RELEASE, newer],
      ]),
    publish: (roomId, desired) => void published.set(roomId, desired),
    book,
    clock,
    logger: pino({ level: 'silent' }),
  });
  clock.onJump((byMs) => rollouts.clockJumped(byMs));
  await rollouts.start();
  return rollouts;
}
const all = planUnderTest({
  rings: [{ name: 'All', roomIds: [], placeIds: [], upToPercent: 0, soakMinutes: 0, needsGo: false }],
  silentAfterMinutes: 30,
});

test('a clock that is set by a day makes nobody silent, and silence goes on to be counted', async () => {
  const rollouts = await opened();
  const { rolloutId } = await rollouts.begin(all, IT);
  facts.set(R0, { ...facts.get(R0)!, online: false, update: { ...facts.get(R0)!.update!, step: 'switch' } });
  await rollouts.look();
  wallMs += 86_400_000;
  await rollouts.look();
  await rollouts.look();
  expect(rollouts.byId(rolloutId).rooms.get(R0)!.state).toBe('under-way');
  wallMs += 31 * 60_000;
  steadyMs += 31 * 60_000;
  await rollouts.look();
  expect(rollouts.byId(rolloutId)).toMatchObject({ state: 'halted', halt: { reason: 'silent-rooms' } });
});

test('what the disk refuses is not published, and comes with the next look', async () => {
  const rollouts = await opened();
  const write = vi.spyOn(store, 'write').mockRejectedValueOnce(new Error('the disk'));
  await expect(rollouts.begin(all, IT)).rejects.toThrow('the disk');
  expect(published.get(R0)!.release).toBeNull();
  expect(rollouts.all).toEqual([]);
  write.mockRestore();
  await rollouts.begin(all, IT);
  expect(published.get(R0)!.release?.releaseId).toBe(NEW_RELEASE);
});

test('a room is in one rollout at a time; what was asked for one room goes on in the next plan', async () => {
  const rollouts = await opened();
  await rollouts.hurry(R0, NEW_RELEASE, IT);
  expect(rollouts.all).toHaveLength(1);
  expect(published.get(R0)).toMatchObject({ isUrgent: true, mayInstall: true });
  await rollouts.begin(all, IT);
  expect(rollouts.all.map(({ state }) => state)).toEqual(['aborted', 'running']);
  await expect(rollouts.begin(all, IT)).rejects.toMatchObject({ code: 'not-possible-now' });
  await rollouts.hurry(R1, NEW_RELEASE, IT);
  expect(rollouts.all).toHaveLength(2);
  expect(published.get(R1)).toMatchObject({ isUrgent: true });
  await expect(rollouts.hurry(R1, `9.9.9-${'c'.repeat(16)}`, IT)).rejects.toMatchObject({ code: 'not-possible-now' });
});

test('a release is named until the last rollout of a room is of another: a box that is exchanged later needs it', async () => {
  const rollouts = await opened();
  const done = async (releaseId: string, rooms: readonly string[]): Promise<void> => {
    for (const roomId of rooms) {
      const { update, ...rest } = facts.get(roomId)!;
      const running = { releaseId, version: '1', isConfirmed: true };
      facts.set(roomId, { ...rest, update: { ...update!, running } });
    }
    await rollouts.look();
  };
  await rollouts.begin(all, IT);
  expect([...rollouts.named()]).toEqual([NEW_RELEASE]);
  await done(NEW_RELEASE, [R0, R1, R2]);
  expect(rollouts.all.map(({ state }) => state)).toEqual(['done']);
  expect([...rollouts.named()]).toEqual([NEW_RELEASE]);

  await rollouts.hurry(R0, NEWER_RELEASE, IT);
  await done(NEWER_RELEASE, [R0]);
  expect([...rollouts.named()].sort()).toEqual([NEW_RELEASE, NEWER_RELEASE]);

  const { rolloutId } = await rollouts.begin({ ...all, releaseId: NEWER_RELEASE }, IT);
  await rollouts.steer(rolloutId, 'abort', IT);
  expect([...rollouts.named()]).toEqual([]);
});

test('twenty that are over are kept, and those that go on whatever their number', async () => {
  const rollouts = await opened();
  for (let n = 0; n < 25; n += 1) {
    const { rolloutId } = await rollouts.begin(all, IT);
    await rollouts.steer(rolloutId, 'abort', IT);
  }
  await rollouts.begin(all, IT);
  expect(rollouts.all).toHaveLength(20);
  expect((await opened()).all).toHaveLength(20);
  expect(rollouts.all.at(-1)!.state).toBe('running');
});
