/** Broadcasts that a room may show: what the fleet offers, by the topic `offeredBroadcasts`, and what the kiosk makes of it. */
import { ReportedBroadcastPhase } from './broadcast.ts';
import { ReportedErrorCode } from './error-codes.ts';
import { ProtocolVersion } from './protocol-version.ts';
import { ProjectionHeading } from './projection-heading.ts';
import { EpochMs, Id, ShownTitle, z } from './schema.ts';

export const MAX_OFFERED = 5;

export const OfferedBroadcast = z.object({
  broadcastId: Id,
  title: ShownTitle,
  phase: ReportedBroadcastPhase,
  startsAtMs: EpochMs.nullable(),
});
export type OfferedBroadcast = z.infer<typeof OfferedBroadcast>;

/** Fleet to kiosk, retained and whole: live now, or about to be, and the room is of its audience. */
export const OfferedBroadcasts = z.object({
  protocol: ProtocolVersion,
  broadcasts: z.array(OfferedBroadcast).max(MAX_OFFERED),
});
export type OfferedBroadcasts = z.infer<typeof OfferedBroadcasts>;

/** The projection: what can be watched on this TV, and what is. */
export const RoomBroadcasts = ProjectionHeading.extend({
  offered: z.array(OfferedBroadcast).max(MAX_OFFERED),
  /** on the TV now */
  shown: z.object({ broadcastId: Id, title: ShownTitle, sinceMs: EpochMs }).nullable(),
  /** why the last one is not shown */
  refusal: ReportedErrorCode.nullable(),
});
export type RoomBroadcasts = z.infer<typeof RoomBroadcasts>;
