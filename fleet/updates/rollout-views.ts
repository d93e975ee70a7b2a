/** Rollouts, their rooms and releases as the console sees them: pure, but for what the rooms' software tells. */
import type { RolloutPreview } from '#contract/http/updates-api.ts';
import {
  type OfferedRelease,
  RoomInRollout,
  type RingReport,
  type Rollout,
  type RolloutPlan,
  type RolloutRoom,
} from '#contract/rollout.ts';
import type { FeedKind } from '#contract/update-feed.ts';
import type { LibraryRelease } from './feed-library.ts';
import { isInPlan, ringsOf } from './ring-assignment.ts';
import type { RoomsSoftware } from './room-facts.ts';
import type { KeptRollout, KeptRoom, SoftwareFacts } from './rollout-state.ts';

const MINUTE_MS = 60_000;
/** in which the room waits for its hours, or will */
const WINDOWED: ReadonlySet<RoomInRollout> = new Set(['waiting', 'under-way', 'offline']);

export function rolloutView(rollout: KeptRollout): Rollout {
  const { rolloutId, release, plan, state, halt, startedBy, startedAtMs, endedAtMs } = rollout;
  const counts = rollout.rings.map(() => noRoomsInRollout());
  for (const room of rollout.rooms.values()) counts[room.ring]![room.state] += 1;
  const rings = rollout.rings.map((kept, at): RingReport => {
    const ring = plan.rings[at]!;
    const soaksUntilMs = kept.state === 'soaking' ? kept.sinceMs + ring.soakMinutes * MINUTE_MS : null;
    return { ring, ...kept, soaksUntilMs, counts: counts[at]! };
  });
  return { rolloutId, release, plan, state, halt, startedBy, startedAtMs, endedAtMs, rings };
}

const noRoomsInRollout = (): Record<RoomInRollout, number> =>
  Object.fromEntries(RoomInRollout.options.map((state) => [state, 0])) as Record<RoomInRollout, number>;

export type NamedRoom = { roomName: string; placeId: string | null; model: string | null };

export function rolloutRoomView(
  roomId: string,
  { ring, state, sinceMs, isUrgent }: KeptRoom,
  { roomName, placeId, model }: NamedRoom,
  { software, nowMs }: { software: Pick<RoomsSoftware, 'reportOf' | 'timeZoneOf' | 'nextWindowMs'>; nowMs: number },
): RolloutRoom {
  const report = software.reportOf(roomId);
  const { progress = null, running } = report ?? {};
  return {
    roomId,
    roomName,
    placeId,
    model,
    ring,
    state,
    sinceMs,
    step: report?.step ?? 'none',
    waitsFor: report?.waitsFor ?? null,
    nextWindowMs: WINDOWED.has(state) && !isUrgent ? software.nextWindowMs(roomId, nowMs) : null,
    timeZone: software.timeZoneOf(roomId),
    notNowUntilMs: report?.notNowUntilMs ?? null,
    progressPercent:
      progress === null || progress.totalBytes === 0
        ? null
        : Math.min(100, Math.floor((100 * progress.doneBytes) / progress.totalBytes)),
    runningVersion: running?.version ?? null,
    runningReleaseId: running?.releaseId ?? null,
    failed: report?.failed ?? null,
    isUrgent,
  };
}

/** What the server offers now; what is expired is not. */
export function offeredReleases(
  releases: ReadonlyMap<string, LibraryRelease>,
  facts: ReadonlyMap<string, SoftwareFacts>,
  nowMs: number,
): OfferedRelease[] {
  const offered = [...releases.values()].flatMap(({ facts: release, feeds }): OfferedRelease[] => {
    const good = [...feeds].filter(([, expiresAtMs]) => expiresAtMs > nowMs);
    if (good.length === 0) return [];
    const runningRooms = [...facts.values()].filter(
      ({ update }) => update?.running.releaseId === release.releaseId,
    ).length;
    const kinds = good.map(([kind]): FeedKind => kind);
    return [
      {
        facts: release,
        feeds: kinds,
        expiresAtMs: Math.max(...good.map(([, expiresAtMs]) => expiresAtMs)),
        runningRooms,
      },
    ];
  });
  return offered.sort((a, b) => b.facts.madeAtMs - a.facts.madeAtMs);
}

/** By what rooms report of themselves; rooms that have reported nothing are not counted. */
export function runningVersions(
  facts: ReadonlyMap<string, SoftwareFacts>,
): { releaseId: string | null; version: string | null; rooms: number }[] {
  const found = new Map<string, { releaseId: string | null; version: string | null; rooms: number }>();
  for (const { update } of facts.values()) {
    if (!update) continue;
    const { releaseId, version } = update.running;
    const key = `${releaseId} ${version}`;
    const known = found.get(key) ?? { releaseId, version, rooms: 0 };
    found.set(key, { ...known, rooms: known.rooms + 1 });
  }
  return [...found.values()].sort((a, b) => b.rooms - a.rooms);
}

export function rolloutPreviewOf(plan: RolloutPlan, facts: ReadonlyMap<string, SoftwareFacts>): RolloutPreview {
  const all = [...facts.values()].filter((room) => isInPlan(plan, room));
  const inService = all.filter(({ isInService }) => isInService);
  const assigned = ringsOf('preview', plan, inService);
  const modelsOf = (rooms: readonly SoftwareFacts[]): string[] =>
    [...new Set(rooms.flatMap(({ model }) => model ?? []))].sort();
  const models = modelsOf(inService);
  return {
    rings: plan.rings.map(({ name }, at) => {
      const rooms = inService.filter(({ roomId }) => assigned.get(roomId) === at);
      const here = modelsOf(rooms);
      const missingModels = models.filter((model) => !here.includes(model));
      return { name, rooms: rooms.length, models: here, missingModels };
    }),
    leftOut: all.length - inService.length,
    alreadyUpdated: inService.filter(
      ({ update }) => update?.running.releaseId === plan.releaseId && update.running.isConfirmed,
    ).length,
  };
}
