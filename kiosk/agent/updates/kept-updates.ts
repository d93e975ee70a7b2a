/** What the agent remembers of updates over restarts and power cuts: `state.json` and `before.json` in its data folder. */
import { FailedUpdate, ProofCheck, RoomUpdateDesired } from '#contract/room-update.ts';
import { EpochMs, Id, z } from '#contract/schema.ts';
import { FeedKind, ReleaseId, TargetName } from '#contract/update-feed.ts';

const Release = z.object({ releaseId: ReleaseId, version: z.string().max(40), target: TargetName, feed: FeedKind });

export const OrderKept = z.object({
  orderId: z.uuid(),
  order: z.enum(['place', 'switch']),
  releaseId: ReleaseId,
  atMs: EpochMs,
  /** an order does not outlive the boot in which it was given */
  bootId: z.string().nullable(),
});
export type OrderKept = z.infer<typeof OrderKept>;

export const KeptUpdates = z.object({
  desired: RoomUpdateDesired.nullable(),
  /** how far the wanted release is; in the staging folder, and then in its slot */
  ready: z.object({ releaseId: ReleaseId, stage: z.enum(['fetched', 'verified', 'placed']) }).nullable(),
  order: OrderKept.nullable(),
  /** what was switched to last, and for which wish */
  switching: z.object({ release: Release, rolloutId: Id.nullable(), attempt: z.number().int() }).nullable(),
  failed: FailedUpdate.nullable(),
  /** after a failure the next try waits until then */
  pause: z
    .object({ releaseId: ReleaseId, attempt: z.number().int(), tries: z.number().int(), untilMs: EpochMs })
    .nullable(),
  /** ways back after which nobody can say whether it was the release or the power */
  interruptions: z
    .object({ releaseId: ReleaseId, attempt: z.number().int(), count: z.number().int() })
    .nullable()
    .default(null),
  notNow: z.object({ releaseId: ReleaseId, untilMs: EpochMs }).nullable(),
  confirmed: z.object({ releaseId: ReleaseId, atMs: EpochMs }).nullable(),
  /** by release, of its signed facts: an older one never replaces a newer one */
  madeAtMs: z.record(z.string(), EpochMs),
  /** of the guard's last way back that was reported */
  returnedAtMs: EpochMs.nullable(),
});
export type KeptUpdates = z.infer<typeof KeptUpdates>;

export const NOTHING_KEPT: KeptUpdates = {
  desired: null,
  ready: null,
  order: null,
  switching: null,
  failed: null,
  pause: null,
  interruptions: null,
  notNow: null,
  confirmed: null,
  madeAtMs: {},
  returnedAtMs: null,
};

/** What the room could do right before the switch: it must be able to do it afterwards. */
export const RoomBefore = z.object({ releaseId: ReleaseId, atMs: EpochMs, passed: z.array(ProofCheck) });
export type RoomBefore = z.infer<typeof RoomBefore>;
