/** Grants into calls: what lets one peer in at its node, signed for a short while, with what it may do there. */
import type { CallGrant, IceServer, JoinTokenClaims } from '#contract/grants.ts';
import { JOIN_TOKEN_TTL_MS } from '#contract/timing.ts';
import { newId } from '../store/index.ts';
import type { CallRole } from './call-permissions.ts';
import type { OpenCall } from './calls.ts';
import type { Delegations } from './delegations.ts';
import type { DocumentAccesses } from './document-access.ts';
import type { DocumentReader } from './document-policies.ts';
import type { PermissionsAtNodes } from './permissions-at-nodes.ts';
import type { SigningKeys } from './signing-keys.ts';

/** As what somebody is let in. */
export type Admitted = Pick<
  JoinTokenClaims,
  | 'peerKind'
  | 'displayName'
  | 'seat'
  | 'roomId'
  | 'role'
  | 'person'
  | 'isGuest'
  | 'organisation'
  | 'isLetIn'
  | 'broadcastId'
> & { /** absent: anywhere */ allowedRanges?: string[][] } & { /** what its permissions follow from */ as: CallRole };
export type Meeting = { meetingId: string; title: string };
export type CallGrantsDependencies = {
  keys: Pick<SigningKeys, 'sign'>;
  delegations: Pick<Delegations, 'issuedAtOf'>;
  documentAccesses: Pick<DocumentAccesses, 'of'>;
  permissions: Pick<PermissionsAtNodes, 'of'>;
  /** relays for one peer */
  iceServersFor: (peerId: string) => IceServer[];
};

export class CallGrants {
  readonly #deps: CallGrantsDependencies;

  constructor(deps: CallGrantsDependencies) {
    this.#deps = deps;
  }

  /** Called once the entry is recorded: a policy that changes later reaches it there. */
  async sign(
    meeting: Meeting,
    { call, node }: OpenCall,
    peerId: string,
    { as, ...admitted }: Admitted,
  ): Promise<CallGrant> {
    const { keys, delegations, documentAccesses, permissions, iceServersFor } = this.#deps;
    const permitted = await permissions.of(call.meetingId, as);
    const { roomId } = admitted;
    const iat = roomId === undefined ? Math.floor(Date.now() / 1000) : delegations.issuedAtOf(roomId);
    const exp = iat + JOIN_TOKEN_TTL_MS / 1000;
    const { callId, meetingId } = call;
    const claims: Omit<JoinTokenClaims, 'iss'> = {
      aud: node.nodeId,
      sub: peerId,
      jti: newId(),
      iat,
      exp,
      callId,
      meetingId,
      meetingTitle: meeting.title,
      ...admitted,
      ...permitted,
      allowedRanges: admitted.allowedRanges ?? [],
    };
    const documents =
      permitted.documents.length === 0
        ? null
        : await documentAccesses.of(
            meetingId,
            { sub: peerId, ...(roomId !== undefined && { roomId }) },
            readerOf(admitted),
          );
    return {
      callId,
      meetingId,
      meetingTitle: meeting.title,
      peerId,
      signalingUrl: node.signalingUrl,
      joinToken: await keys.sign(claims),
      expiresAtMs: exp * 1000,
      documents,
      iceServers: iceServersFor(peerId),
    };
  }
}

const readerOf = ({ peerKind, isGuest }: Omit<Admitted, 'as'>): DocumentReader =>
  peerKind === 'program' ? 'program' : isGuest ? 'guest' : 'insider';
