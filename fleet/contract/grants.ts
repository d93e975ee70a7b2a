/**
 * What lets somebody into a call: the grant that the fleet hands out, and the claims inside its token.
 * The media node verifies the token with the fleet's public key alone (EdDSA), and each `jti` once.
 */
import { EpochMs, Id, PersonName, z } from './schema.ts';

export const JOIN_TOKEN_ISSUER = 'maru-fleet';
export const JOIN_TOKEN_ALGORITHM = 'EdDSA';
/** Audience of join tokens is the node's id; of invites, this. */
export const INVITE_AUDIENCE = 'maru-invite';

/** What a peer may do to others. `end` ends the call for all. */
export const Right = z.enum(['end', 'mute', 'remove']);
export type Right = z.infer<typeof Right>;

export const PeerKind = z.enum(['room', 'person']);
export type PeerKind = z.infer<typeof PeerKind>;

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
  meetingTitle: z.string().max(200),
  peerKind: PeerKind,
  /** null where the person types a name on the way in */
  displayName: PersonName.nullable(),
  rights: z.array(Right),
});
export type JoinTokenClaims = z.infer<typeof JoinTokenClaims>;

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

/** Everything that a client needs to walk into a call. */
export const CallGrant = z.object({
  callId: Id,
  meetingId: Id,
  meetingTitle: z.string().max(200),
  peerId: Id,
  /** ws: on loopback, wss: everywhere else */
  signalingUrl: z.url(),
  joinToken: z.string().max(4096),
  expiresAtMs: EpochMs,
});
export type CallGrant = z.infer<typeof CallGrant>;
