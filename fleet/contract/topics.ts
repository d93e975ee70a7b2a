/**
 * The MQTT wire: every topic, who writes it, who reads it, what it carries. MQTT 3.1.1 features alone.
 * Denied by default: the broker's rules are made from this table.
 */
import { ProtocolVersion } from './protocol-version.ts';
import { WireError } from './error-codes.ts';
import { CallGrant, DocumentAccess } from './grants.ts';
import { CommandEnvelope, CommandReply } from './room-command.ts';
import { type ProjectionName, projections } from './projections.ts';
import { projectionNames } from './relayed-projections.ts';
import { BookingId } from './room-agenda.ts';
import { OfferedBroadcasts } from './room-broadcasts.ts';
import { HelpOfRoom } from './help-request.ts';
import { ActionOrder, ActionReport, LogLines } from './room-action.ts';
import { MeetingsOfRoom } from './room-meetings.ts';
import { RoomEvents, RoomEventsAck } from './room-events.ts';
import { RoomMeeting, RosterUpdate } from './room-state.ts';
import { RoomUpdateDesired } from './room-update.ts';
import { CallEvents, CallQualities, EventAcks, NodeCommand, NodeRegistration } from './node-link.ts';
import { Viewing } from './live-delivery.ts';
import { openUnion } from './open-words.ts';
import { RoomSettingsDesired, RoomSettingsReport } from './settings/room-settings.ts';
import { EpochMs, Id, ShownTitle, z } from './schema.ts';
import { WaitingList } from './waiting.ts';

const ROOT = 'maru/1';
const PROJECTIONS = `${ROOT}/rooms/{id}/projections/`;

/** Where `mqtts://HOST[:PORT]` is, as clients are told it: their own reading of an address is a deprecated one of Node's. */
export function brokerOf(mqttUrl: string): { protocol: 'mqtt' | 'mqtts'; host: string; port: number } {
  const { protocol, hostname, port } = new URL(mqttUrl);
  // an IPv6 address stands in brackets in a URL alone
  const host = hostname.replace(/^\[|\]$/g, '');
  return protocol === 'mqtt:'
    ? { protocol: 'mqtt', host, port: Number(port || 1883) }
    : { protocol: 'mqtts', host, port: Number(port || 8883) };
}

/** Desired state, fleet to kiosk, retained; published again whenever the broker or the fleet starts. */
export const RoomDesired = z.object({
  protocol: ProtocolVersion,
  roomId: Id,
  roomName: ShownTitle,
  /** where phones open the controller: origin and path, to which the TV adds `#code=` */
  controllerUrl: z.url(),
  /** what one tap starts or joins */
  meeting: RoomMeeting.nullable(),
  /** permanently paired tablets, by the hex SHA-256 of their token: the kiosk lets them in though the fleet is gone */
  tablets: z
    .array(z.object({ pairingId: Id, tokenSha256: z.string().regex(/^[0-9a-f]{64}$/) }))
    .max(8)
    .optional(),
  /** signed by the fleet: lets this room start its own meeting while the fleet is gone (see grants.ts) */
  delegation: z.string().max(4096).nullish(),
  /** fleet's clock when this was written */
  nowMs: EpochMs,
});
export type RoomDesired = z.infer<typeof RoomDesired>;

/** Kiosk to fleet, retained; the last will is the same with `online: false`. */
export const RoomPresence = z.object({
  protocol: ProtocolVersion,
  online: z.boolean(),
  epoch: z.number().int(),
  asOfMs: EpochMs,
});
export type RoomPresence = z.infer<typeof RoomPresence>;

/** What a kiosk asks of the fleet by itself. */
export const RoomRequest = z.discriminatedUnion('name', [
  /** a fresh grant for the room's meeting; `endedCallId`: the last one led to a call that is over */
  z.strictObject({
    name: z.literal('request-grant'),
    id: Id,
    endedCallId: Id.nullable(),
    /**
     * a booking's meeting instead: the one that a person made for the room, else the one its invite names, else one of its own
     * that lasts as long as the booking is known
     */
    booking: z
      .strictObject({
        bookingId: BookingId,
        title: ShownTitle,
        invite: z.string().max(4096).nullable(),
        meetingId: Id.nullish(),
      })
      .nullable()
      .optional(),
  }),
  /** to show a broadcast that it was offered */
  z.strictObject({ name: z.literal('request-viewing'), id: Id, broadcastId: Id }),
  /** to the documents of the meeting whose call it is in; null: of the room's own meeting */
  z.strictObject({ name: z.literal('request-document-access'), id: Id, callId: Id.nullable() }),
]);
export type RoomRequest = z.infer<typeof RoomRequest>;

export const RequestReply = openUnion('name', [
  z.object({ name: z.literal('grant'), id: Id, grant: CallGrant }),
  /** with a token: a TV's page has no cookie of the fleet's */
  z.object({ name: z.literal('viewing'), id: Id, viewing: Viewing }),
  /** null: no documents in that meeting */
  z.object({ name: z.literal('document-access'), id: Id, access: DocumentAccess.nullable() }),
  z.object({ name: z.literal('refused'), id: Id.nullable(), error: WireError }),
  /** a phone paired with this code: show another */
  z.object({ name: z.literal('pairing-code-used'), sha256: z.string() }),
]);
export type RequestReply = z.infer<typeof RequestReply>;

/** The fleet's public keys as a JWKS, retained: with it a node verifies tokens offline. */
export const FleetKeys = z.object({
  protocol: ProtocolVersion,
  keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })),
  /** rooms whose kiosk was revoked: join tokens and delegations issued to them up to this second (JWT's `iat`) are void */
  revokedRooms: z
    .array(z.object({ roomId: Id, issuedUpTo: z.number().int().nonnegative() }))
    .max(1_000)
    .optional(),
});
export type FleetKeys = z.infer<typeof FleetKeys>;

type Party = 'fleet' | 'room' | 'node';
type TopicRule = {
  /** `{id}` is the writer's or reader's own id; a room or node reaches no other's */
  pattern: string;
  writer: Party;
  readers: readonly Party[];
  retained: boolean;
  qos: 0 | 1;
  schema: z.ZodType;
  /** besides the limit of every packet */
  maxBytes?: number;
  /** besides the limit of every connection */
  perSecond?: number;
};

type ProjectionRules = { [N in ProjectionName]: TopicRule & { schema: (typeof projections)[N]['schema'] } };
const projectionRules = Object.fromEntries(
  projectionNames.map((name) => {
    const { schema, maxBytes, perSecond } = projections[name];
    const pattern = `${PROJECTIONS}${name}`;
    const rule: TopicRule = {
      pattern,
      writer: 'room',
      readers: ['fleet'],
      retained: true,
      qos: 1,
      schema,
      maxBytes,
      perSecond,
    };
    return [name, rule];
  }),
) as ProjectionRules;

export const topicRules = {
  ...projectionRules,
  desired: {
    pattern: `${ROOT}/rooms/{id}/desired`,
    writer: 'fleet',
    readers: ['room'],
    retained: true,
    qos: 1,
    schema: RoomDesired,
  },
  presence: {
    pattern: `${ROOT}/rooms/{id}/presence`,
    writer: 'room',
    readers: ['fleet'],
    retained: true,
    qos: 1,
    schema: RoomPresence,
  },
  command: {
    pattern: `${ROOT}/rooms/{id}/command`,
    writer: 'fleet',
    readers: ['room'],
    retained: false,
    qos: 1,
    schema: CommandEnvelope,
  },
  commandReply: {
    pattern: `${ROOT}/rooms/{id}/command-reply`,
    writer: 'room',
    readers: ['fleet'],
    retained: false,
    qos: 1,
    schema: CommandReply,
  },
  request: {
    pattern: `${ROOT}/rooms/{id}/request`,
    writer: 'room',
    readers: ['fleet'],
    retained: false,
    qos: 1,
    schema: RoomRequest,
  },
  requestReply: {
    pattern: `${ROOT}/rooms/{id}/request-reply`,
    writer: 'fleet',
    readers: ['room'],
    retained: false,
    qos: 1,
    schema: RequestReply,
  },
  roster: {
    pattern: `${ROOT}/rooms/{id}/roster`,
    writer: 'room',
    readers: ['fleet'],
    retained: false,
    qos: 1,
    schema: RosterUpdate,
  },
  meetings: {
    pattern: `${ROOT}/rooms/{id}/meetings`,
    writer: 'fleet',
    readers: ['room'],
    retained: true,
    qos: 1,
    schema: MeetingsOfRoom,
  },
  /** who waits to be let into the room's meeting: for its TV */
  waiting: {
    pattern: `${ROOT}/rooms/{id}/waiting`,
    writer: 'fleet',
    readers: ['room'],
    retained: true,
    qos: 1,
    schema: WaitingList,
  },
  /** live now or soon, and the room may show it */
  offeredBroadcasts: {
    pattern: `${ROOT}/rooms/{id}/offered-broadcasts`,
    writer: 'fleet',
    readers: ['room'],
    retained: true,
    qos: 1,
    schema: OfferedBroadcasts,
  },
  settings: {
    pattern: `${ROOT}/rooms/{id}/settings`,
    writer: 'fleet',
    readers: ['room'],
    retained: true,
    qos: 1,
    schema: RoomSettingsDesired,
  },
  settingsReport: {
    pattern: `${ROOT}/rooms/{id}/settings-report`,
    writer: 'room',
    readers: ['fleet'],
    retained: true,
    qos: 1,
    schema: RoomSettingsReport,
  },
  /** what IT does to the room from afar */
  action: {
    pattern: `${ROOT}/rooms/{id}/action`,
    writer: 'fleet',
    readers: ['room'],
    retained: false,
    qos: 1,
    schema: ActionOrder,
  },
  actionReport: {
    pattern: `${ROOT}/rooms/{id}/action-report`,
    writer: 'room',
    readers: ['fleet'],
    retained: false,
    qos: 1,
    schema: ActionReport,
  },
  logLines: {
    pattern: `${ROOT}/rooms/{id}/log-lines`,
    writer: 'room',
    readers: ['fleet'],
    retained: false,
    qos: 0,
    schema: LogLines,
    perSecond: 5,
  },
  /** the request for help of the room, with IT's answers */
  helpOfRoom: {
    pattern: `${ROOT}/rooms/{id}/help-of-room`,
    writer: 'fleet',
    readers: ['room'],
    retained: true,
    qos: 1,
    schema: HelpOfRoom,
  },
  /** the software that the room is to run */
  desiredUpdate: {
    pattern: `${ROOT}/rooms/{id}/desired-update`,
    writer: 'fleet',
    readers: ['room'],
    retained: true,
    qos: 1,
    schema: RoomUpdateDesired,
  },
  roomEvents: {
    pattern: `${ROOT}/rooms/{id}/events`,
    writer: 'room',
    readers: ['fleet'],
    retained: false,
    qos: 1,
    schema: RoomEvents,
  },
  roomEventsAck: {
    pattern: `${ROOT}/rooms/{id}/events-ack`,
    writer: 'fleet',
    readers: ['room'],
    retained: false,
    qos: 1,
    schema: RoomEventsAck,
  },
  keys: {
    pattern: `${ROOT}/fleet/keys`,
    writer: 'fleet',
    readers: ['node'],
    retained: true,
    qos: 1,
    schema: FleetKeys,
  },
  registration: {
    pattern: `${ROOT}/nodes/{id}/registration`,
    writer: 'node',
    readers: ['fleet'],
    retained: true,
    qos: 1,
    schema: NodeRegistration,
  },
  callEvents: {
    pattern: `${ROOT}/nodes/{id}/call-events`,
    writer: 'node',
    readers: ['fleet'],
    retained: false,
    qos: 1,
    schema: CallEvents,
  },
  callQualities: {
    pattern: `${ROOT}/nodes/{id}/call-qualities`,
    writer: 'node',
    readers: ['fleet'],
    retained: false,
    qos: 0,
    schema: CallQualities,
  },
  eventAcks: {
    pattern: `${ROOT}/nodes/{id}/event-acks`,
    writer: 'fleet',
    readers: ['node'],
    retained: false,
    qos: 1,
    schema: EventAcks,
  },
  nodeCommand: {
    pattern: `${ROOT}/nodes/{id}/command`,
    writer: 'fleet',
    readers: ['node'],
    retained: false,
    qos: 1,
    schema: NodeCommand,
  },
} as const satisfies Record<string, TopicRule>;
export type TopicName = keyof typeof topicRules;
export type MessageOf<N extends TopicName> = z.output<(typeof topicRules)[N]['schema']>;

/** By its general type: what a rule may have and this one has not is undefined. */
export const ruleOf = (name: TopicName): TopicRule => topicRules[name];

/** The topic itself; `'+'` for a subscription to all of a kind. */
export function topicOf(name: TopicName, id = ''): string {
  return ruleOf(name).pattern.replace('{id}', id);
}

/** Which rule a concrete topic falls under, and whose it is; null: none, so denied. */
export function ruleOfTopic(topic: string): { name: TopicName; id: string } | null {
  for (const name of Object.keys(topicRules) as TopicName[]) {
    const [before, after] = topicRules[name].pattern.split('{id}');
    if (after === undefined) {
      if (topic === before) return { name, id: '' };
      continue;
    }
    if (!topic.startsWith(before!) || !topic.endsWith(after)) continue;
    const id = topic.slice(before!.length, topic.length - after.length);
    if (id !== '' && !id.includes('/')) return { name, id };
  }
  return null;
}

/** MQTT client ids, bound to the certificate's common name. */
export const clientIdOf = (party: Exclude<Party, 'fleet'>, id: string): string => `${party}:${id}`;

/** A projection of this room that only a newer release knows. */
export function isUnknownProjection(topic: string, roomId: string): boolean {
  const own = PROJECTIONS.replace('{id}', roomId);
  return topic.startsWith(own) && /^[a-z][a-z-]{0,39}$/.test(topic.slice(own.length)) && ruleOfTopic(topic) === null;
}
