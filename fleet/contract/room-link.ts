/**
 * The phone's one WebSocket: the room's projections, command, reply. Served alike by the fleet server (which relays to MQTT) and by the
 * kiosk's agent on the LAN. The token is in the first message, never in the URL.
 */
import { BroadcastAct, MeetingAir } from './broadcast.ts';
import { WireError } from './error-codes.ts';
import { DocumentAccess } from './grants.ts';
import { ProjectionMessage, RelayedProjections } from './relayed-projections.ts';
import { RoomCommand } from './room-command.ts';
import { RosterUpdate } from './room-state.ts';
import { NoteLine } from './note-line.ts';
import { openUnion } from './open-words.ts';
import { PairingCode } from './pairing-offer.ts';
import { ProtocolVersion } from './protocol-version.ts';
import { EpochMs, Id, PersonName, z } from './schema.ts';
import { WaitingDecision, WaitingList } from './waiting.ts';

export const ROOM_LINK_PATH = '/room-link';

export const RoomLinkFromController = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), protocol: ProtocolVersion, token: z.string().min(1).max(200) }),
  z.strictObject({ type: z.literal('command'), id: Id, command: RoomCommand }),
  /** served by the fleet alone: admits or declines who waits; answered as a command is */
  z.strictObject({ type: z.literal('decide-waiting'), id: Id, decision: WaitingDecision }),
  /** served by the fleet alone: a link or a named invite to the meeting that the room is in, else to its own; answered by `invite` */
  z.strictObject({ type: z.literal('make-invite'), id: Id, displayName: PersonName.nullable() }),
  /** after a command was refused with `presence-needed`: the TV's code shows that this phone is in the room; answered as a command is */
  z.strictObject({ type: z.literal('prove-presence'), id: Id, code: PairingCode }),
  /** served by the fleet alone: the broadcast of the meeting that the room is in; answered as a command is */
  z.strictObject({ type: z.literal('direct-broadcast'), id: Id, act: BroadcastAct }),
  /** served by the fleet alone: records the call that the room is in, or ends that; answered as a command is */
  z.strictObject({ type: z.literal('set-recording'), id: Id, on: z.boolean() }),
  /** served by the fleet alone: a line of the notes of the meeting that the room is in; answered as a command is, the same id twice adds one */
  z.strictObject({ type: z.literal('add-note'), id: Id, line: NoteLine }),
  z.strictObject({ type: z.literal('ping') }),
  /** ends this pairing */
  z.strictObject({ type: z.literal('unpair') }),
]);
export type RoomLinkFromController = z.infer<typeof RoomLinkFromController>;

export const RoomLinkToController = openUnion('type', [
  z.object({
    type: z.literal('welcome'),
    protocol: ProtocolVersion,
    roomId: Id,
    roomName: z.string(),
    /** as the room published them: readers ignore those that they do not know */
    projections: RelayedProjections,
    /** true: the room's heartbeat is fresh */
    online: z.boolean(),
    /** fleet's clock, when the room was last heard; null: never */
    lastSeenMs: EpochMs.nullable(),
    nowMs: EpochMs,
  }),
  ProjectionMessage,
  z.object({ type: z.literal('presence'), online: z.boolean(), lastSeenMs: EpochMs.nullable() }),
  z.object({ type: z.literal('roster'), roster: RosterUpdate }),
  /** from the fleet server alone: after `welcome`, and again when the room's meeting or the token changes; null: no documents now */
  z.object({ type: z.literal('document-access'), access: DocumentAccess.nullable() }),
  /** from the fleet server alone: who waits to be let into the room's meeting, whole, each time it changes */
  z.object({ type: z.literal('waiting'), waiting: WaitingList }),
  /** from the fleet server alone: what the meeting that the room is in is to its audience, whole, each time it changes */
  z.object({ type: z.literal('air'), air: MeetingAir }),
  /** from the fleet server alone, in the green room: a small picture of what would be seen */
  z.object({ type: z.literal('program-preview'), broadcastId: Id, jpeg: z.string() }),
  z.object({ type: z.literal('invite'), id: Id, joinUrl: z.url(), expiresAtMs: EpochMs }),
  z.object({ type: z.literal('command-reply'), id: Id, error: WireError.nullable() }),
  /** said before the close that it explains, and for a message that has no id */
  z.object({ type: z.literal('error'), error: WireError }),
  z.object({ type: z.literal('pong') }),
]);
export type RoomLinkToController = z.infer<typeof RoomLinkToController>;
