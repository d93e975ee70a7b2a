/**
 * What lets somebody into a call: the grant that the fleet hands out, and the claims inside its token.
 * The media node verifies the token with the fleet's public key alone (EdDSA), and each `jti` once.
 */
import { AddressRange } from './address-range.ts';
import { MeetingRole, Right } from './call-order.ts';
import { MediaSource } from './media-source.ts';
import { knownWords, openWord } from './open-words.ts';
import { EpochMs, Id, PersonName, ShownTitle, z } from './schema.ts';

export const JOIN_TOKEN_ISSUER = 'maru-fleet';
export const JOIN_TOKEN_ALGORITHM = 'EdDSA';
/** Audience of join tokens is the node's id; of invites, this. */
export const INVITE_AUDIENCE = 'maru-invite';

/**
 * As what a peer is listed. A program records or broadcasts the call: everybody sees that it is there, it has no tile of
 * its own, and it is not counted as a participant.
 */
export const PeerKind = z.enum(['room', 'person', 'program']);
export type PeerKind = z.infer<typeof PeerKind>;

/**
 * What a peer may do with the call's document: `present` shows one and steers it, `view` gets it. Without `view-unmarked` the
 * pages that it gets carry its name.
 */
export const DocumentRight = z.enum(['present', 'view', 'view-unmarked']);
export type DocumentRight = z.infer<typeof DocumentRight>;

/** What a grant permits in a call, without defaults. A word that this release does not know permits nothing. */
export const CallPermissions = z.object({
  /** sources that the peer may send; none: it only receives */
  publishes: knownWords(MediaSource),
  /** sources of others that are forwarded to it; none: it only publishes */
  receives: knownWords(MediaSource),
  /** what it may do to others */
  rights: knownWords(Right),
  documents: knownWords(DocumentRight).default([]),
});
export type CallPermissions = z.infer<typeof CallPermissions>;

/**
 * Who a peer is, opaque and the same at each entry of one person: `account:…`, `invite:…`, `ticket:…`. A role and a removal
 * follow the person, not the peer.
 */
export const PersonKey = z.string().min(1).max(120);

/** Which of an invite's seats a peer holds. Peers of one invite and one holder are one person: the newest replaces the others. */
export const InviteSeat = z.object({
  inviteId: Id,
  /** how many holders the invite lets in at a time */
  seats: z.number().int().positive(),
  /** opaque; the same for each entry of one person, as far as the fleet can know */
  holder: PersonKey,
});
export type InviteSeat = z.infer<typeof InviteSeat>;

export const JoinTokenClaims = z.object({
  iss: z.literal(JOIN_TOKEN_ISSUER),
  /** nodeId */
  aud: Id,
  /** peerId */
  sub: Id,
  jti: Id,
  /** seconds, as JWT wants them */
  iat: z.number().int(),
  exp: z.number().int(),
  callId: Id,
  meetingId: Id,
  meetingTitle: ShownTitle,
  /** one that this release does not know is listed as a person, for all to see */
  peerKind: openWord(PeerKind, 'person'),
  /** which room it was issued to, for itself or a laptop in it: void once that room's kiosk is revoked; absent: to a guest, or signed by the room */
  roomId: Id.optional(),
  /** null where the person types a name on the way in */
  displayName: PersonName.nullable(),
  ...CallPermissions.shape,
  /** of a program: what it is for. Its newest peer replaces the older ones */
  broadcastId: Id.optional(),
  /** of a guest; a room needs no seat */
  seat: InviteSeat.optional(),
  /** a word that this release does not know is a guest */
  role: openWord(MeetingRole, 'guest').default('guest'),
  /** absent: of a room, or nobody's */
  person: PersonKey.optional(),
  /** without an account: everybody sees it */
  isGuest: z.boolean().default(false),
  /** where the person says to be from */
  organisation: PersonName.optional(),
  /** a host let this person in: also while the call is locked */
  isLetIn: z.boolean().default(false),
  /** where its bearer may come from, at each hello; each list holds, an empty one holds nothing back */
  allowedRanges: z.array(z.array(AddressRange).max(64)).max(8).default([]),
});
export type JoinTokenClaims = z.infer<typeof JoinTokenClaims>;

/** Audience of a token for the documents of a meeting. */
export const DOCUMENTS_AUDIENCE = 'maru-documents';
/** Signed and verified by the fleet server alone. What it permits is the meeting's policy at each request. */
export const DocumentTokenClaims = z.object({
  iss: z.literal(JOIN_TOKEN_ISSUER),
  aud: z.literal(DOCUMENTS_AUDIENCE),
  /** peerId in a call, else pairingId of a phone or roomId of a kiosk */
  sub: Id,
  iat: z.number().int(),
  exp: z.number().int(),
  meetingId: Id,
  /** of a room and its phones: void once that room is removed; absent: void once the peer may not be in the call any more */
  roomId: Id.optional(),
});
export type DocumentTokenClaims = z.infer<typeof DocumentTokenClaims>;

/**
 * What lets somebody at the documents of one meeting: in a call's grant, to a phone over its room link, to the kiosk over its
 * device API. The token stands in the header `Authorization: Bearer …`, in no URL.
 */
export const DocumentAccess = z.object({
  /** origin of the fleet's HTTP API */
  url: z.url(),
  token: z.string().max(4096),
  expiresAtMs: EpochMs,
  meetingId: Id,
  /** as the meeting's policy was when it was signed; in a call `permissions-changed` is newer */
  documents: knownWords(DocumentRight),
});
export type DocumentAccess = z.infer<typeof DocumentAccess>;

/** Audience of a room's delegation. */
export const DELEGATION_AUDIENCE = 'maru-delegation';
/** Header of a join token that a room signed by itself: the delegation, as the fleet signed it. */
export const DELEGATION_HEADER = 'maru-delegation';
/** How the room signs then: with the key of its client certificate. */
export const DELEGATED_TOKEN_ALGORITHM = 'ES256';
/** Signed by the fleet for three days, and again each day. */
export const DELEGATION_TTL_MS = 72 * 3_600_000;
export const DELEGATION_RENEWED_AFTER_MS = 24 * 3_600_000;

/**
 * Signed by the fleet for one room, three days long, renewed daily: with it the room signs join tokens for its own
 * meeting while the fleet is gone. A media node verifies the chain: fleet's key, then `cnf`, then that the token asks
 * for this meeting, this room and permits no more than these.
 */
export const DelegationClaims = z.object({
  iss: z.literal(JOIN_TOKEN_ISSUER),
  aud: z.literal(DELEGATION_AUDIENCE),
  /** roomId */
  sub: Id,
  jti: Id,
  iat: z.number().int(),
  exp: z.number().int(),
  /** the room's public key, that of its client certificate (RFC 7800) */
  cnf: z.object({ jwk: z.looseObject({ kty: z.literal('EC'), crv: z.literal('P-256') }) }),
  meetingId: Id,
  meetingTitle: ShownTitle,
  displayName: PersonName,
  ...CallPermissions.shape,
  /** the nodes that were there when it was signed, the preferred first */
  nodes: z.array(z.object({ nodeId: Id, signalingUrl: z.url() })).max(8),
});
export type DelegationClaims = z.infer<typeof DelegationClaims>;

/** A signed guest link. Its token stands in the link's fragment, which no server logs. */
export const InviteClaims = z.object({
  iss: z.literal(JOIN_TOKEN_ISSUER),
  aud: z.literal(INVITE_AUDIENCE),
  /** inviteId: revocable */
  jti: Id,
  iat: z.number().int(),
  exp: z.number().int(),
  meetingId: Id,
  displayName: PersonName.nullable(),
});
export type InviteClaims = z.infer<typeof InviteClaims>;

/** As `RTCConfiguration.iceServers` wants them: people behind firewalls reach the node by TURN. */
export const IceServer = z.object({
  urls: z.array(z.string().max(300)).min(1).max(8),
  username: z.string().max(200),
  credential: z.string().max(200),
});
export type IceServer = z.infer<typeof IceServer>;

/** Everything that a client needs to walk into a call. */
export const CallGrant = z.object({
  callId: Id,
  meetingId: Id,
  meetingTitle: ShownTitle,
  peerId: Id,
  /** ws: on loopback, wss: everywhere else */
  signalingUrl: z.url(),
  /** with every range of addresses that holds */
  joinToken: z.string().max(16_384),
  expiresAtMs: EpochMs,
  /** null: signed by the room while the fleet is gone, or nobody may see documents */
  documents: DocumentAccess.nullable().default(null),
  iceServers: z.array(IceServer).max(4).default([]),
});
export type CallGrant = z.infer<typeof CallGrant>;
