/** Rollouts and rooms of them, for tests of the pages. */
import type { RingReport, Rollout, RolloutRoom, OfferedRelease } from '#contract/rollout.ts';
import { idOf } from '../console-under-test.tsx';

const releaseId = (version: string): string => `${version}-3fa9c01b77de4520`;

export const offeredOf = (version: string, over: Partial<OfferedRelease> = {}): OfferedRelease => ({
  facts: {
    releaseId: releaseId(version),
    role: 'kiosk',
    version,
    commit: null,
    madeAtMs: Date.now() - 86_400_000,
    protocol: 1,
    sizeBytes: 400_000_000,
    fileCount: 9_000,
    notes: '## Added\n- A way <b>back</b>',
  },
  feeds: ['online'],
  expiresAtMs: Date.now() + 5 * 86_400_000,
  runningRooms: 0,
  ...over,
});

export const ringReportOf = (
  name: string,
  state: RingReport['state'],
  counts: Partial<RingReport['counts']>,
): RingReport => ({
  ring: { name, roomIds: [], placeIds: [], upToPercent: 0, soakMinutes: 60, needsGo: false },
  state,
  sinceMs: Date.now() - 60_000,
  soaksUntilMs: state === 'soaking' ? Date.now() + 42 * 60_000 : null,
  counts: {
    ...{ waiting: 0, offline: 0, 'under-way': 0, updated: 0, failed: 0, silent: 0, 'left-out': 0 },
    ...counts,
  },
});

export function rolloutUnderTest(rings: RingReport[], over: Partial<Rollout> = {}): Rollout {
  const { notes, ...release } = offeredOf('1.5.0').facts;
  void notes;
  return {
    rolloutId: idOf(700),
    release,
    plan: {
      ...{ releaseId: release.releaseId, placeIds: [], rings: rings.map(({ ring }) => ring) },
      ...{ haltAtFailedPercent: 10, silentAfterMinutes: 30, deadlineHours: 72 },
    },
    state: 'running',
    halt: null,
    startedBy: 'Mina',
    startedAtMs: Date.now() - 3_600_000,
    endedAtMs: null,
    rings,
    ...over,
  };
}

export const rolloutRoomOf = (n: number, over: Partial<RolloutRoom> = {}): RolloutRoom => ({
  roomId: idOf(n),
  roomName: `Maple ${n}`,
  placeId: null,
  model: 'NUC 13',
  ring: 0,
  state: 'waiting',
  sinceMs: Date.now() - 60_000,
  step: 'none',
  waitsFor: null,
  nextWindowMs: null,
  progressPercent: null,
  runningVersion: '1.4.2',
  runningReleaseId: releaseId('1.4.2'),
  failed: null,
  isUrgent: false,
  ...over,
});
