/** A rollout as the server keeps it, and what it knows of each room. Data alone: rollout-machine.ts makes the next state of it. */
import type { RoomUpdate } from '#contract/room-update.ts';
import type { RingState, RolloutHalt, RolloutPlan, RolloutState, RoomInRollout } from '#contract/rollout.ts';
import type { FeedKind, ReleaseFacts } from '#contract/update-feed.ts';

export type RolloutHead = {
  readonly rolloutId: string;
  readonly release: Omit<ReleaseFacts, 'notes'>;
  /** by which rooms are to fetch it */
  readonly feed: FeedKind;
  readonly plan: RolloutPlan;
  /** of this room alone, at a person's word; null: as planned */
  readonly onlyRoomId: string | null;
  readonly state: RolloutState;
  readonly halt: { readonly reason: RolloutHalt; readonly detail: string } | null;
  readonly startedBy: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly rings: readonly KeptRing[];
};
export type KeptRing = { readonly state: RingState; readonly sinceMs: number };

/** A room of a rollout. Its ring is kept once it was assigned. */
export type KeptRoom = {
  readonly ring: number;
  readonly state: RoomInRollout;
  readonly sinceMs: number;
  /** null: it was not asked for anything yet */
  readonly beganAtMs: number | null;
  /** since when nothing moved there: no other step, no further byte; a room that waits for its hours is not still */
  readonly stillSinceMs: number;
  /** of its last report, by which a movement is noticed */
  readonly lastSeen: string;
  readonly doneBytes: number;
  readonly attempt: number;
  readonly isUrgent: boolean;
  /** it failed, and a person went on all the same: it halts nothing any more */
  readonly isExcused: boolean;
};

export type KeptRollout = RolloutHead & { readonly rooms: ReadonlyMap<string, KeptRoom> };

/** What the server knows of a room. */
export type SoftwareFacts = {
  readonly roomId: string;
  /** the place of the room and those above it */
  readonly placeIds: readonly string[];
  readonly model: string | null;
  /** people may count on it, and it has a box */
  readonly isInService: boolean;
  readonly online: boolean;
  /** connected, and too old for this server's protocol: it reports nothing that we understand */
  readonly isTooOld: boolean;
  /** as it reported last; null: never */
  readonly update: Pick<RoomUpdate, 'running' | 'wanted' | 'step' | 'waitsFor' | 'progress' | 'failed'> | null;
};

export type RolloutEvent =
  | { readonly name: 'halted'; readonly reason: RolloutHalt; readonly detail: string }
  | { readonly name: 'ring-began'; readonly ring: number }
  | { readonly name: 'ended' };

export const isRolloutOver = ({ state }: Pick<RolloutHead, 'state'>): boolean =>
  state === 'aborted' || state === 'done';
