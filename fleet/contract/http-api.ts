/**
 * The fleet server's HTTP API for browsers: every route with who may call it, what it takes and what it answers.
 * The server registers exactly these, the OpenAPI page is generated from them, and the authorisation test walks them.
 * Errors are `{ error: WireError }` with the code's HTTP status.
 */
import { CallGrant } from './grants.ts';
import { MAX_PEERS_IN_CALL, PAIRING_CODE_ALPHABET, PAIRING_CODE_LENGTH } from './limits.ts';
import { RoomEvent } from './room-events.ts';
import { RoomState } from './room-state.ts';
import { EpochMs, Id, PersonName, RoomName, z } from './schema.ts';

/** Typed by people: case, spaces and dashes do not matter. */
export const PairingCode = z
  .string()
  .max(20)
  .transform((typed) => typed.toUpperCase().replace(/[\s-]/g, ''))
  .refine((code) => code.length === PAIRING_CODE_LENGTH && [...code].every((c) => PAIRING_CODE_ALPHABET.includes(c)));

export const Role = z.enum(['admin', 'operator', 'member']);
export type Role = z.infer<typeof Role>;

const Account = z.object({ accountId: Id, userName: z.string(), role: Role, mustChangePassword: z.boolean() });
export const RoomSummary = z.object({
  roomId: Id,
  roomName: z.string(),
  enrolled: z.boolean(),
  online: z.boolean(),
  lastSeenMs: EpochMs.nullable(),
  state: RoomState.nullable(),
  /** in the call that the room is in: of how many, the room included, the sound and picture do not get through */
  blockedCount: z.number().int().nonnegative(),
  meetingId: Id,
  /** people may be in a call of its meetings whose media server is silent: no second one is opened until it is given up */
  unreachableCall: z.object({ silentMs: z.number().nonnegative(), participantCount: z.number().int() }).nullable(),
});
export type RoomSummary = z.infer<typeof RoomSummary>;
export const Invite = z.object({
  inviteId: Id,
  meetingId: Id,
  displayName: z.string().nullable(),
  /** how many people it lets in at a time; a named one is for one person */
  seats: z.number().int(),
  expiresAtMs: EpochMs,
  /** ends the invite, and removes everyone who came in by it */
  revokedAtMs: EpochMs.nullable(),
  /** a guest who came by it was removed: it lets nobody new in, and the others stay */
  closedAtMs: EpochMs.nullable(),
});
export type Invite = z.infer<typeof Invite>;

/**
 * A guest's browser names itself by a random secret of its own, at least 96 bits: its newer entry by a shared link
 * replaces its older one. Without it each entry by a link is another person.
 */
export const EntryId = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);

export const Tablet = z.object({
  pairingId: Id,
  tabletName: z.string(),
  createdAtMs: EpochMs,
  /** when a person last did something with it, to the minute */
  lastUsedAtMs: EpochMs,
});
export type Tablet = z.infer<typeof Tablet>;

/** `public` routes check a secret of their own; the others need a session of at least that role. */
export type Access = 'public' | 'member' | 'operator' | 'admin';
type Route = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  access: Access;
  summary: string;
  params?: z.ZodType;
  body?: z.ZodType;
  response: z.ZodType;
};

const Empty = z.object({});
/** What a box needs to become the room's: shown once. */
const RoomClaim = z.object({
  claimCode: z.string(),
  claimExpiresAtMs: EpochMs,
  deviceApiUrl: z.url(),
  caSha256: z.string(),
});
const RoomParams = z.object({ roomId: Id });
const MeetingParams = z.object({ meetingId: Id });

export const httpRoutes = {
  pair: {
    method: 'POST',
    path: '/api/v1/pairings',
    access: 'public',
    summary: 'Pair a phone with a room by the code on its TV, or a tablet for good by a code from the console',
    body: z.strictObject({ code: PairingCode }),
    response: z.object({
      controllerToken: z.string(),
      roomId: Id,
      roomName: z.string(),
      /** a tablet's pairing ends only when IT ends it */
      kind: z.enum(['phone', 'tablet']).default('phone'),
      /** where the kiosk itself serves this page, for when the fleet is gone; null: it does not, or it is not known */
      lanUrl: z.url().nullable().default(null),
    }),
  },
  enterAsGuest: {
    method: 'POST',
    path: '/api/v1/guest-entries',
    access: 'public',
    summary: 'Exchange an invite for a grant to the call of its meeting',
    body: z.strictObject({ invite: z.string().max(4096), endedCallId: Id.optional(), entryId: EntryId.optional() }),
    response: z.object({
      meetingTitle: z.string(),
      displayName: z.string().nullable(),
      /** the policy in force, said to the guest: this meeting admits by itself */
      admission: z.literal('admitted'),
      grant: CallGrant,
    }),
  },
  signIn: {
    method: 'POST',
    path: '/api/v1/sessions',
    access: 'public',
    summary: 'Sign in; the session is a __Host- cookie over TLS',
    body: z.strictObject({ userName: z.string().max(80), password: z.string().max(200) }),
    response: z.object({ account: Account }),
  },
  currentSession: {
    method: 'GET',
    path: '/api/v1/sessions/current',
    access: 'member',
    summary: 'Who is signed in',
    response: z.object({ account: Account }),
  },
  signOut: {
    method: 'DELETE',
    path: '/api/v1/sessions/current',
    access: 'member',
    summary: 'Sign out',
    response: Empty,
  },
  changePassword: {
    method: 'PUT',
    path: '/api/v1/accounts/current/password',
    access: 'member',
    summary: 'Change the own password; ends the other sessions',
    body: z.strictObject({ currentPassword: z.string().max(200), newPassword: z.string().min(10).max(200) }),
    response: Empty,
  },
  listRooms: {
    method: 'GET',
    path: '/api/v1/rooms',
    access: 'operator',
    summary: 'All rooms with their last state',
    response: z.object({ rooms: z.array(RoomSummary) }),
  },
  createRoom: {
    method: 'POST',
    path: '/api/v1/rooms',
    access: 'admin',
    summary: 'Make a room and a claim for its box',
    body: z.strictObject({ roomName: RoomName }),
    response: RoomClaim.extend({ roomId: Id }),
  },
  renameRoom: {
    method: 'PUT',
    path: '/api/v1/rooms/:roomId',
    access: 'admin',
    summary: 'Give a room another name: on its TV, its phones and in a running call at once',
    params: RoomParams,
    body: z.strictObject({ roomName: RoomName }),
    response: Empty,
  },
  removeRoom: {
    method: 'DELETE',
    path: '/api/v1/rooms/:roomId',
    access: 'admin',
    summary: 'Remove a room: its kiosk is revoked, its pairings, tablets, guest links and meetings end',
    params: RoomParams,
    response: Empty,
  },
  createClaim: {
    method: 'POST',
    path: '/api/v1/rooms/:roomId/claims',
    access: 'admin',
    summary:
      'Make another claim for a room’s kiosk; earlier ones stop working, and the kiosk that uses it replaces the former',
    params: RoomParams,
    response: RoomClaim,
  },
  revokeKiosk: {
    method: 'DELETE',
    path: '/api/v1/rooms/:roomId/kiosk',
    access: 'admin',
    summary: 'Revoke every certificate of a room’s kiosk: it is disconnected and put out of running calls at once',
    params: RoomParams,
    response: z.object({ revokedCount: z.number().int() }),
  },
  giveUpCalls: {
    method: 'DELETE',
    path: '/api/v1/rooms/:roomId/unreachable-calls',
    access: 'operator',
    summary:
      'Give up the calls of a room’s meetings whose media server is silent, so that the next person opens another',
    params: RoomParams,
    response: z.object({ givenUpCount: z.number().int() }),
  },
  revokePairings: {
    method: 'DELETE',
    path: '/api/v1/rooms/:roomId/pairings',
    access: 'operator',
    summary: 'End the pairing of every phone of a room at once',
    params: RoomParams,
    response: z.object({ revokedCount: z.number().int() }),
  },
  createTabletCode: {
    method: 'POST',
    path: '/api/v1/rooms/:roomId/tablet-codes',
    access: 'operator',
    summary: 'Make a code by which a tablet becomes the room’s for good; it is shown once',
    params: RoomParams,
    body: z.strictObject({ tabletName: RoomName }),
    response: z.object({ code: z.string(), expiresAtMs: EpochMs }),
  },
  listTablets: {
    method: 'GET',
    path: '/api/v1/rooms/:roomId/tablets',
    access: 'operator',
    summary: 'Tablets of a room',
    params: RoomParams,
    response: z.object({ tablets: z.array(Tablet) }),
  },
  revokeTablet: {
    method: 'DELETE',
    path: '/api/v1/rooms/:roomId/tablets/:pairingId',
    access: 'operator',
    summary: 'End the pairing of a tablet at once, at the fleet and at the kiosk',
    params: RoomParams.extend({ pairingId: Id }),
    response: Empty,
  },
  listRoomEvents: {
    method: 'GET',
    path: '/api/v1/rooms/:roomId/events',
    access: 'operator',
    summary: 'What happened in a room, the newest 500 in the order in which they came',
    params: RoomParams,
    response: z.object({
      /** `receivedAtMs` by the fleet's clock: long after `event.atMs` where the kiosk had no server for a while */
      events: z.array(z.object({ event: RoomEvent, receivedAtMs: EpochMs })),
    }),
  },
  listInvites: {
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/invites',
    access: 'operator',
    summary: 'Guest links of a meeting',
    params: MeetingParams,
    response: z.object({ invites: z.array(Invite) }),
  },
  createInvite: {
    method: 'POST',
    path: '/api/v1/meetings/:meetingId/invites',
    access: 'operator',
    summary: 'Make a guest link; it is shown once',
    params: MeetingParams,
    body: z.strictObject({
      /** a named invite is for one person, on one device at a time */
      displayName: PersonName.nullable(),
      /** of a link for anyone; LINK_SEATS unless said */
      seats: z.number().int().min(1).max(MAX_PEERS_IN_CALL).optional(),
      expiresInMinutes: z
        .number()
        .int()
        .min(5)
        .max(60 * 24 * 30),
    }),
    response: z.object({ invite: Invite, joinUrl: z.url() }),
  },
  revokeInvite: {
    method: 'DELETE',
    path: '/api/v1/meetings/:meetingId/invites/:inviteId',
    access: 'operator',
    summary: 'Revoke a guest link',
    params: MeetingParams.extend({ inviteId: Id }),
    response: Empty,
  },
} as const satisfies Record<string, Route>;
export type HttpRouteName = keyof typeof httpRoutes;
export type HttpBody<N extends HttpRouteName> = (typeof httpRoutes)[N] extends { body: infer B extends z.ZodType }
  ? z.input<B>
  : undefined;
export type HttpResponse<N extends HttpRouteName> = z.output<(typeof httpRoutes)[N]['response']>;

/** Pages that the fleet server serves beside the API. */
export const pagePaths = {
  console: '/',
  controller: '/control',
  join: '/join',
  apiDocs: '/api/docs',
  openApi: '/api/openapi.json',
  health: '/healthz',
  metrics: '/metrics',
  caCertificate: '/ca.crt',
} as const;
