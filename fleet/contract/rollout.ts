/**
 * A rollout: one release to many rooms, ring by ring. Its state is in the store; every step is decided by one pure function of
 * it (fleet/updates/rollout-machine.ts), from what rooms report of themselves.
 */
import { openWord } from './open-words.ts';
import { FailedUpdate, UpdateStep, UpdateWait } from './room-update.ts';
import { EpochMs, Id, ShownTitle, z } from './schema.ts';
import { FeedKind, ReleaseFacts, ReleaseId } from './update-feed.ts';

const Minutes = (max: number) => z.number().int().min(0).max(max);

/** Rooms of a ring: those that are named and those of the places, and then a share of all that no ring before has. */
export const RolloutRing = z.strictObject({
  name: ShownTitle,
  roomIds: z.array(Id).max(1_000).default([]),
  placeIds: z.array(Id).max(200).default([]),
  /** of the rollout's rooms, together with the rings before; each hardware model is in the first ring that has a share */
  upToPercent: z.number().int().min(0).max(100).default(0),
  /** every room has been confirmed so long before the next ring begins */
  soakMinutes: Minutes(30 * 24 * 60).default(60),
  /** a person says "go on" before the next ring begins */
  needsGo: z.boolean().default(false),
});
export type RolloutRing = z.infer<typeof RolloutRing>;

export const RolloutPlan = z.strictObject({
  releaseId: ReleaseId,
  /** of these places; none: all rooms in service */
  placeIds: z.array(Id).max(200).default([]),
  /** the last one takes all that are left, whatever its share says */
  rings: z.array(RolloutRing).min(1).max(8),
  /** it halts when more than this share of a ring's rooms that began has failed; 0: at the first */
  haltAtFailedPercent: z.number().int().min(0).max(100).default(10),
  /** a room that began and is silent or not through for so long counts as failed */
  silentAfterMinutes: z
    .number()
    .int()
    .min(5)
    .max(24 * 60)
    .default(30),
  /** from its begin until "not now" has no effect any more */
  deadlineHours: z
    .number()
    .int()
    .min(1)
    .max(30 * 24)
    .default(72),
});
export type RolloutPlan = z.infer<typeof RolloutPlan>;

/** `paused`: by a person; `halted`: by itself, with a reason; both begin nothing new. `aborted`, `done`: over. */
export const RolloutState = z.enum(['running', 'paused', 'halted', 'aborted', 'done']);
export type RolloutState = z.infer<typeof RolloutState>;

/** Why it halted. */
export const RolloutHalt = z.enum(['failed-rooms', 'silent-rooms', 'release-gone']);
export type RolloutHalt = z.infer<typeof RolloutHalt>;

/** `waiting`: its ring has not begun; `soaking`: all its rooms are through; `needs-go`: and soaked, a person is awaited. */
export const RingState = z.enum(['waiting', 'running', 'soaking', 'needs-go', 'done']);
export type RingState = z.infer<typeof RingState>;

/**
 * Where a room is. `offline`: not begun, as it is away; `under-way`: began, and its step is shown; `updated`: it runs the release and
 * has confirmed it; `failed`: it went back, or refused; `silent`: began and did not come to an end in time; `left-out`: retired, in maintenance
 * or without a box.
 */
export const RoomInRollout = z.enum(['waiting', 'offline', 'under-way', 'updated', 'failed', 'silent', 'left-out']);
export type RoomInRollout = z.infer<typeof RoomInRollout>;

export const RolloutRoom = z.object({
  roomId: Id,
  roomName: z.string(),
  placeId: Id.nullable(),
  model: z.string().nullable(),
  ring: z.number().int().nonnegative(),
  state: openWord(RoomInRollout, 'waiting'),
  sinceMs: EpochMs,
  step: openWord(UpdateStep, 'none'),
  waitsFor: openWord(UpdateWait).nullable(),
  /** when its hours begin next; null: now, or it has none to wait for */
  nextWindowMs: EpochMs.nullable(),
  /** of the room, IANA; null or missing: not known */
  timeZone: z.string().max(64).nullish(),
  /** people in the room put it off until then; null or missing: they did not */
  notNowUntilMs: EpochMs.nullish(),
  progressPercent: z.number().min(0).max(100).nullable(),
  runningVersion: z.string().nullable(),
  runningReleaseId: ReleaseId.nullable(),
  failed: FailedUpdate.nullable(),
  isUrgent: z.boolean(),
});
export type RolloutRoom = z.infer<typeof RolloutRoom>;

export const RingReport = z.object({
  ring: RolloutRing,
  state: openWord(RingState, 'waiting'),
  sinceMs: EpochMs,
  /** when its soak ends; null: it does not soak */
  soaksUntilMs: EpochMs.nullable(),
  /** rooms by state; states of a newer server are passed over */
  counts: z.looseRecord(RoomInRollout, z.number().int().nonnegative()),
});
export type RingReport = z.infer<typeof RingReport>;

export const Rollout = z.object({
  rolloutId: Id,
  release: ReleaseFacts.omit({ notes: true }),
  plan: RolloutPlan,
  state: openWord(RolloutState, 'paused'),
  halt: z.object({ reason: openWord(RolloutHalt), detail: z.string() }).nullable(),
  startedBy: z.string(),
  startedAtMs: EpochMs,
  endedAtMs: EpochMs.nullable(),
  rings: z.array(RingReport),
});
export type Rollout = z.infer<typeof Rollout>;

/** A release that the fleet server holds, whole and verified. */
export const OfferedRelease = z.object({
  facts: ReleaseFacts,
  feeds: z.array(FeedKind),
  /** when the metadata that offers it expires */
  expiresAtMs: EpochMs,
  /** rooms that run it, by their own report */
  runningRooms: z.number().int().nonnegative(),
});
export type OfferedRelease = z.infer<typeof OfferedRelease>;
