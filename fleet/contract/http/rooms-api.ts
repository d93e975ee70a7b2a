/** The rooms for those who run them: list, one room, its kiosk, name and tablets; and pairing a phone or tablet. */
import { ReportedErrorCode } from '../error-codes.ts';
import { CallGrant } from '../grants.ts';
import { openUnion, openWord } from '../open-words.ts';
import { RoomEvent } from '../room-events.ts';
import { ProjectionMessage, RelayedProjections } from '../relayed-projections.ts';
import { RoomNotice } from '../room-state.ts';
import { RoomService, ServiceState } from '../room-service.ts';
import { EpochMs, Id, Language, RoomName, z } from '../schema.ts';
import { SignalName } from '../signals.ts';
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
  /** raised, and shown by none of the others */
  z.object({ kind: z.literal('signal'), signal: openWord(SignalName) }),
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
  /** since when, by the fleet's clock, as far as the fleet saw it */
  healthSinceMs: EpochMs.default(0),
  reasons: z.array(HealthReason),
  call: z.object({ meetingTitle: z.string(), participantCount: z.number().int() }).nullable(),
  /** see RoomOverview.unreachableCall */
  hasUnreachableCall: z.boolean(),
  service: RoomService.default({ state: 'in-service', sinceMs: 0, untilMs: null, reason: '' }),
  /** null: directly below the organisation */
  placeId: Id.nullable().default(null),
  /** acknowledged ones too */
  openAlertCount: z.number().int().nonnegative().default(0),
});
export type RoomRow = z.infer<typeof RoomRow>;

/** One that is not quiet. `watching`: its cause is there, not long enough yet; `unknown`: nobody can see whether it is. */
export const RoomSignalState = z.object({
  signal: openWord(SignalName),
  state: openWord(z.enum(['watching', 'raised', 'unknown'])),
  /** since when the cause is there, by the fleet's clock; null: unknown */
  sinceMs: EpochMs.nullable(),
  /** see Alert.facts */
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
});
export type RoomSignalState = z.infer<typeof RoomSignalState>;

/** All that is known of one room. */
export const RoomOverview = RoomRow.extend({
  meetingId: Id,
  signals: z.array(RoomSignalState).default([]),
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
/**
 * Rooms in maintenance and retired ones are counted as out of service, whatever their health. A new room that can't hold a
 * meeting yet is being set up: nobody counts on it.
 */
export const HealthCounts = z.object({
  trouble: HealthCount,
  limited: HealthCount,
  'in-call': HealthCount,
  starting: HealthCount,
  ready: HealthCount,
  'being-set-up': HealthCount.default(0),
  'out-of-service': HealthCount.default(0),
} satisfies Record<HealthState | 'being-set-up' | 'out-of-service', z.ZodType>);
export type HealthCounts = z.infer<typeof HealthCounts>;

/** The rooms in a place and in all places below it. */
export const PlaceHealth = z.object({
  /** null: the organisation */
  placeId: Id.nullable(),
  counts: HealthCounts,
  openAlertCount: z.number().int().nonnegative(),
});
export type PlaceHealth = z.infer<typeof PlaceHealth>;

/** What rooms can be told apart by, each with the number of rooms; those with the most rooms first. */
const Facet = z.array(z.object({ value: z.string(), count: z.number().int().positive() }));

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
        /** as `counts` counts them: not of rooms that are being set up or out of service */
        health: HealthState.optional(),
        /** false: those of which nothing is known, because their kiosk does not answer */
        answering: z.stringbool().optional(),
        /** raised there */
        signal: SignalName.optional(),
        /** of Maru, as the kiosk reported it */
        version: z.string().max(80).optional(),
        /** of the kiosk, as it reported it */
        model: z.string().max(120).optional(),
        service: ServiceState.optional(),
        /** in it or below it */
        placeId: Id.optional(),
        /** by which names are sorted */
        language: Language.default('en'),
      },
      /** `health`: those in trouble first, those being set up and out of service last, then by name */
      sorts: ['health', 'name'],
      row: RoomRow,
      /** of all rooms, whatever the filter */
      counts: HealthCounts,
    }),
    path: '/api/v1/rooms',
    access: permitted('rooms.view', 'each-room'),
    summary: 'Rooms, filtered, sorted, page by page',
  },
  roomFacets: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/room-facets',
    access: permitted('rooms.view', 'each-room'),
    summary: 'By which versions, models and raised signals rooms can be found',
    response: z.object({ versions: Facet, models: Facet, signals: Facet }),
  },
  placeHealth: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/place-health',
    access: permitted('rooms.view', 'each-room'),
    summary: 'How the rooms of each place are, of those that the caller may see; places without any are left out',
    response: z.object({ places: z.array(PlaceHealth) }),
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
  setPlaceOfRooms: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/room-places',
    access: freshly('rooms.manage', 'each-room'),
    summary: 'The same for several rooms: each by itself',
    body: z.strictObject({ roomIds: z.array(Id).min(1).max(500), placeId: Id.nullable() }),
    response: z.object({ changed: z.array(Id), refused: z.array(z.object({ roomId: Id, code: ReportedErrorCode })) }),
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
