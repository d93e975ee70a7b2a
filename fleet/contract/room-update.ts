/**
 * A room's software, desired and reported. The fleet names a release; the kiosk fetches and checks it, waits for its hours and
 * for an empty room, switches, proves itself and confirms, or goes back by itself. One named step at a time, each repeatable.
 */
import { openWord } from './open-words.ts';
import { ProjectionHeading } from './projection-heading.ts';
import { ProtocolVersion } from './protocol-version.ts';
import { EpochMs, Id, z } from './schema.ts';
import { FeedKind, FeedRefusal, ReleaseId, TargetName } from './update-feed.ts';

/** Nothing begins within this before a booking of the room. */
export const NO_UPDATE_BEFORE_BOOKING_MS = 15 * 60_000;
/** The TV counts down this long before the room's software changes. */
export const UPDATE_COUNTDOWN_MS = 60_000;
/** "Not now" puts an update off this long at most. */
export const NOT_NOW_MS = 6 * 3_600_000;
/** From the switch on the room has this long to prove itself; time without power does not count. */
export const PROVE_WITHIN_MS = 3 * 60_000;

/** Fleet to kiosk, retained, whole. */
export const RoomUpdateDesired = z.object({
  protocol: ProtocolVersion,
  roomId: Id,
  /** null: the room stays with what it runs */
  release: z
    .object({ releaseId: ReleaseId, version: z.string().max(40), target: TargetName, feed: FeedKind })
    .nullable(),
  rolloutId: Id.nullable(),
  /** false: it is fetched and checked, and waits; true: it is switched to as soon as hours and room allow */
  mayInstall: z.boolean(),
  /** outside of its hours too, at a person's word or for a box that is too old; never in a meeting */
  isUrgent: z.boolean(),
  /** from then on "not now" has no effect; null: none */
  deadlineMs: EpochMs.nullable(),
  /** a release that failed here before is tried again when this is higher than the attempt that failed */
  attempt: z.number().int().nonnegative(),
  /** fleet's clock when this was written */
  nowMs: EpochMs,
});
export type RoomUpdateDesired = z.infer<typeof RoomUpdateDesired>;

/** `none`: nothing is wanted beyond what runs. */
export const UpdateStep = z.enum(['none', 'fetch', 'verify', 'place', 'wait', 'switch', 'prove', 'confirm']);
export type UpdateStep = z.infer<typeof UpdateStep>;

/** Why the step `wait` waits, the first that holds. */
export const UpdateWait = z.enum(['go', 'meeting', 'broadcast', 'booking', 'not-now', 'hours', 'countdown']);
export type UpdateWait = z.infer<typeof UpdateWait>;

/** What a room proves after the switch, in this order. */
export const ProofCheck = z.enum(['screen', 'camera', 'microphone', 'speaker', 'network', 'call', 'memory', 'updater']);
export type ProofCheck = z.infer<typeof ProofCheck>;

/** Why an update did not come to its end. */
export const UpdateFailure = z.enum([
  /** metadata, manifest or contents were refused: `refusal` says why; the room is untouched */
  'refused',
  /** placing or switching failed: `detail` says why; the room is untouched */
  'not-placed',
  /** a check of the proof failed: `check` says which; the former release runs again */
  'proof-failed',
  /** no proof within its time: it hung, crashed or looped; the former release runs again */
  'not-proven-in-time',
  /** power or operators ended the trial too often; the former release runs again, and this one may be tried again */
  'interrupted',
]);
export type UpdateFailure = z.infer<typeof UpdateFailure>;

export const FailedUpdate = z.object({
  releaseId: ReleaseId,
  attempt: z.number().int().nonnegative(),
  failure: openWord(UpdateFailure, 'not-placed'),
  refusal: openWord(FeedRefusal, 'malformed').nullable(),
  check: openWord(ProofCheck).nullable(),
  /** for IT, in English */
  detail: z.string().max(300),
  atMs: EpochMs,
  /** it is not taken again but by a higher `attempt` */
  isHeld: z.boolean(),
});
export type FailedUpdate = z.infer<typeof FailedUpdate>;

/** The projection `update`. */
export const RoomUpdate = ProjectionHeading.extend({
  /** what really runs, read from the box and not from what was wanted; null: not from a release (a checkout) */
  running: z.object({ releaseId: ReleaseId.nullable(), version: z.string().max(40), isConfirmed: z.boolean() }),
  wanted: z
    .object({ releaseId: ReleaseId, version: z.string().max(40), rolloutId: Id.nullable(), attempt: z.number().int() })
    .nullable(),
  step: openWord(UpdateStep, 'none'),
  stepSinceMs: EpochMs,
  /** of the steps `fetch` and `verify`; null: not known, or another step */
  progress: z.object({ doneBytes: z.number().nonnegative(), totalBytes: z.number().nonnegative() }).nullable(),
  waitsFor: openWord(UpdateWait).nullable(),
  /** when the TV's countdown ends, and the room is without its screen for a moment; null: none runs */
  restartsAtMs: EpochMs.nullable(),
  /** people in the room may put it off now */
  offersNotNow: z.boolean(),
  notNowUntilMs: EpochMs.nullable(),
  /** the last that failed, until another one was confirmed */
  failed: FailedUpdate.nullable(),
  /** confirmed last; null: none yet */
  confirmed: z.object({ releaseId: ReleaseId, atMs: EpochMs }).nullable(),
});
export type RoomUpdate = z.infer<typeof RoomUpdate>;
