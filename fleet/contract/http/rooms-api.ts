/** The rooms for those who run them: list, one room, its kiosk, name and tablets; and pairing a phone or tablet. */
import { ReportedErrorCode } from '../error-codes.ts';
import { CallGrant } from '../grants.ts';
import { openUnion, openWord } from '../open-words.ts';
import { RoomEvent } from '../room-events.ts';
import { ProjectionMessage, RelayedProjections } from '../relayed-projections.ts';
import { RoomNotice } from '../room-state.ts';
import { EpochMs, Id, Language, RoomName, z } from '../schema.ts';
import { PairingCode } from '../pairing-offer.ts';
import { anyone, freshly, pageRoute, permitted, type RouteTable } from './route.ts';

/** `limited`: a meeting runs, without the room's picture or for some people only, or cannot be started anew. */
export const HealthState = z.enum(['trouble', 'limited', 'in-call', 'starting', 'ready']);
export type HealthState = z.infer<typeof HealthState>;
/** What keeps a room from a meeting, or limits it. */
export const HealthReason = openUnion('kind', [
  z.object({ kind: z.literal('fleet'), reason: openWord(z.enum(['not-enrolled', 'offline', 'silent'])) }),
  /** the kiosk is there, and one side is too old to read the other */
  z.object({
    kind: z.literal('protocol'),
    tooOld: openWord(z.enum(['kiosk', 'server'])),
    kioskProtocol: z.number().int(),
    serverProtocol: z.number().int(),
  }),
  z.object({ kind: z.literal('notice'), notice: openWord(RoomNotice) }),
  z.object({ kind: z.literal('fault'), code: ReportedErrorCode }),
  /** in the room's call: of so many the media does not get through */
  z.object({ kind: z.literal('blocked'), count: z.number().int() }),
]);
export type HealthReason = z.infer<typeof HealthReason>;

/** A room as lists show it. */
export const RoomRow = z.object({
  roomId: Id,
  roomName: z.string(),
  /** another room's name reads the same */
  hasSameName: z.boolean(),
  enrolled: z.boolean(),
  online: z.boolean(),
  /** when it was last heard. Of a room that is online it is not kept up to date: that one was heard a moment ago */
  lastSeenMs: EpochMs.nullable(),
  health: openWord(HealthState, 'limited'),
  reasons: z.array(HealthReason),
  call: z.object({ meetingTitle: z.string(), participantCount: z.number().int() }).nullable(),
  /** see RoomOverview.unreachableCall */
  hasUnreachableCall: z.boolean(),
});
export type RoomRow = z.infer<typeof RoomRow>;

/** All that is known of one room. */
export const RoomOverview = RoomRow.extend({
  meetingId: Id,
  /** its place and those above it, the nearest first; empty: directly below the organisation */
  placeIds: z.array(Id),
  /** as the room published them: readers ignore what they do not know */
  projections: RelayedProjections,
  /** in the call that the room is in: of how many, the room included, the sound and picture do not get through */
  blockedCount: z.number().int().nonnegative(),
  /** people may be in a call of its meetings whose media server is silent: no second one is opened until it is given up */
  unreachableCall: z.object({ silentMs: z.number().nonnegative(), participantCount: z.number().int() }).nullable(),
});
export type RoomOverview = z.infer<typeof RoomOverview>;

const HealthCount = z.number().int().nonnegative();
export const HealthCounts = z.object({
  trouble: HealthCount,
  limited: HealthCount,
  'in-call': HealthCount,
  starting: HealthCount,
  ready: HealthCount,
} satisfies Record<HealthState, z.ZodType>);
export type HealthCounts = z.infer<typeof HealthCounts>;

export const Tablet = z.object({
  pairingId: Id,
  tabletName: z.string(),
  createdAtMs: EpochMs,
  /** when a person last did something with it, to the minute */
  lastUsedAtMs: EpochMs,
});
export type Tablet = z.infer<typeof Tablet>;

const Empty = z.object({});
/** What a box needs to become the room's: shown once. */
const RoomClaim = z.object({
  claimCode: z.string(),
  claimExpiresAtMs: EpochMs,
  deviceApiUrl: z.url(),
  caSha256: z.string(),
});
const RoomParams = z.object({ roomId: Id });

export const roomsApi = {
  pair: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/pairings',
    access: anyone,
    summary: 'Pair a phone with a room by the code on its TV, or a tablet for good by a code from the console',
    body: z.strictObject({ code: PairingCode }),
    response: z.object({
      controllerToken: z.string(),
      roomId: Id,
      roomName: z.string(),
      /** a tablet's pairing ends only when IT ends it */
      kind: openWord(z.enum(['phone', 'tablet']), 'phone').default('phone'),
      /** where the kiosk itself serves this page, for when the fleet is gone; null: it does not, or it is not known */
      lanUrl: z.url().nullable().default(null),
    }),
  },
  pairLaptop: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/laptop-pairings',
    access: anyone,
    summary: 'Let a laptop show its screen in a room, by the code on its TV; it steers nothing',
    body: z.strictObject({ code: PairingCode }),
    response: z.object({ laptopToken: z.string(), roomName: z.string() }),
  },
  askToJoin: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/room-join-links',
    access: anyone,
    summary: 'Get a link to the call that a room is in, by the code on its TV; the code stays good',
    body: z.strictObject({ code: PairingCode }),
    response: z.object({ joinUrl: z.url() }),
  },
  enterWithLaptop: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/laptop-entries',
    access: anyone,
    summary: 'Ask the room into the call of its meeting, and get a grant to send a screen there',
    body: z.strictObject({ laptopToken: z.string().max(200) }),
    response: z.object({ grant: CallGrant }),
  },
  listRooms: {
    ...pageRoute({
      filter: {
        /** part of the name, as people read it */
        text: z.string().max(200).optional(),
        /** the whole name, as people read it */
        name: z.string().max(200).optional(),
        health: HealthState.optional(),
        /** by which names are sorted */
        language: Language.default('en'),
      },
      /** `health`: those in trouble first, then by name */
      sorts: ['health', 'name'],
      row: RoomRow,
      /** of all rooms, whatever the filter */
      counts: HealthCounts,
    }),
    path: '/api/v1/rooms',
    access: permitted('rooms.view', 'each-room'),
    summary: 'Rooms, filtered, sorted, page by page',
  },
  roomChanges: {
    kind: 'events',
    method: 'GET',
    path: '/api/v1/room-changes',
    access: permitted('rooms.view', 'each-room'),
    summary: 'Rooms as they change',
    events: {
      /** from here on changes are notified: what is listed after this event is complete */
      ready: z.object({ counts: HealthCounts }),
      /** the newest row of each room that changed; several changes of a room may be one */
      changed: z.object({ rows: z.array(RoomRow), removedRoomIds: z.array(Id), counts: HealthCounts }),
    },
  },
  room: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/rooms/:roomId',
    access: permitted('rooms.view', 'room'),
    summary: 'One room with what it shows of itself',
    params: RoomParams,
    response: RoomOverview,
  },
  roomProjections: {
    kind: 'events',
    method: 'GET',
    path: '/api/v1/rooms/:roomId/projections',
    access: permitted('rooms.view', 'room'),
    summary: 'What a room shows of itself: all of it at first, then each part that changes',
    params: RoomParams,
    events: { projection: ProjectionMessage.omit({ type: true }) },
  },
  createRoom: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/rooms',
    access: permitted('rooms.create', 'place'),
    summary: 'Make a room and a claim for its box',
    body: z.strictObject({ roomName: RoomName, placeId: Id.nullable().default(null) }),
    response: RoomClaim.extend({ roomId: Id }),
  },
  renameRoom: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/rooms/:roomId',
    access: permitted('rooms.manage', 'room'),
    summary: 'Give a room another name: on its TV, its phones and in a running call at once',
    params: RoomParams,
    body: z.strictObject({ roomName: RoomName }),
    response: Empty,
  },
  setRoomPlace: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/rooms/:roomId/place',
    access: freshly('rooms.manage', 'room'),
    summary: 'Put a room into a place where the caller may manage rooms too',
    params: RoomParams,
    body: z.strictObject({ placeId: Id.nullable() }),
    response: Empty,
  },
  removeRoom: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/rooms/:roomId',
    access: permitted('rooms.manage', 'room'),
    summary: 'Remove a room: its kiosk is revoked, its pairings, tablets, guest links and meetings end',
    params: RoomParams,
    response: Empty,
  },
  createClaim: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/rooms/:roomId/claims',
    access: permitted('kiosks.manage', 'room'),
    summary:
      'Make another claim for a room’s kiosk; earlier ones stop working, and the kiosk that uses it replaces the former',
    params: RoomParams,
    response: RoomClaim,
  },
  revokeKiosk: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/rooms/:roomId/kiosk',
    access: permitted('kiosks.manage', 'room'),
    summary: 'Revoke every certificate of a room’s kiosk: it is disconnected and put out of running calls at once',
    params: RoomParams,
    response: z.object({ revokedCount: z.number().int() }),
  },
  revokePairings: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/rooms/:roomId/pairings',
    access: permitted('controllers.manage', 'room'),
    summary: 'End the pairing of every phone of a room at once',
    params: RoomParams,
    response: z.object({ revokedCount: z.number().int() }),
  },
  createTabletCode: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/rooms/:roomId/tablet-codes',
    access: permitted('controllers.manage', 'room'),
    summary: 'Make a code by which a tablet becomes the room’s for good; it is shown once',
    params: RoomParams,
    body: z.strictObject({ tabletName: RoomName }),
    response: z.object({ code: z.string(), expiresAtMs: EpochMs }),
  },
  listTablets: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/rooms/:roomId/tablets',
    access: permitted('controllers.manage', 'room'),
    summary: 'Tablets of a room',
    params: RoomParams,
    response: z.object({ tablets: z.array(Tablet) }),
  },
  revokeTablet: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/rooms/:roomId/tablets/:pairingId',
    access: permitted('controllers.manage', 'room'),
    summary: 'End the pairing of a tablet at once, at the fleet and at the kiosk',
    params: RoomParams.extend({ pairingId: Id }),
    response: Empty,
  },
  listRoomEvents: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/rooms/:roomId/events',
    access: permitted('rooms.view', 'room'),
    summary: 'What happened in a room, the newest 500 in the order in which they came',
    params: RoomParams,
    response: z.object({
      /** `receivedAtMs` by the fleet's clock: long after `event.atMs` where the kiosk had no server for a while */
      events: z.array(z.object({ event: RoomEvent, receivedAtMs: EpochMs })),
    }),
  },
} as const satisfies RouteTable;
