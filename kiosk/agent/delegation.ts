/**
 * The room's own meeting while the fleet is gone: a join token that this box signs, good because the fleet has delegated
 * that to its key. Keeps the newest delegation over restarts; whether one is needed is the authority's.
 */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { connect } from 'node:net';
import { decodeJwt, SignJWT } from 'jose';
import type { Logger } from 'pino';
import { v7 } from 'uuid';
import { MaruError, OperationalError } from '#contract/error-codes.ts';
import {
  type CallGrant,
  DELEGATED_TOKEN_ALGORITHM,
  DELEGATION_HEADER,
  DelegationClaims,
  JOIN_TOKEN_ISSUER,
  type JoinTokenClaims,
} from '#contract/grants.ts';
import { JOIN_TOKEN_TTL_MS } from '#contract/timing.ts';
import { z } from '#contract/schema.ts';
import type { RoomDesired } from '#contract/topics.ts';
import type { RoomIdentity } from './room-identity.ts';
import { keptValue } from './store/kept-value.ts';
import type { RoomStore } from './store/room-store.ts';

const CONNECT_TIMEOUT_MS = 1_500;

export type Mint = {
  /** as the fleet signed it */
  delegation: string;
  keyPem: string;
  /** the fleet's clock, as far as it is known: a node holds the token against it */
  nowMs: number;
  isReachable?: (signalingUrl: string) => Promise<boolean>;
};

/** @throws OperationalError `no-media-node` where the delegation lets in nowhere that answers */
export async function mintGrant({ delegation, keyPem, nowMs, isReachable = answers }: Mint): Promise<CallGrant> {
  const claims = DelegationClaims.parse(decodeJwt(delegation));
  if (claims.exp * 1_000 <= nowMs) throw new OperationalError('no-media-node', 'the delegation is over');
  const key = createPrivateKey(keyPem);
  const { x, y } = createPublicKey(key).export({ format: 'jwk' });
  // until the fleet has seen the box come by its renewed certificate
  if (claims.cnf.jwk.x !== x || claims.cnf.jwk.y !== y)
    throw new OperationalError('no-media-node', 'the delegation is for another key');
  for (const { nodeId, signalingUrl } of claims.nodes) {
    if (!(await isReachable(signalingUrl))) continue;
    const { meetingId, meetingTitle, publishes, receives, rights, documents } = claims;
    const [callId, peerId] = [v7(), v7()];
    const iat = Math.floor(nowMs / 1_000);
    const exp = iat + JOIN_TOKEN_TTL_MS / 1_000;
    // what the delegation says anyway stays out: the token is bounded, and the node takes the names from there
    const token: z.input<typeof JoinTokenClaims> = {
      iss: JOIN_TOKEN_ISSUER,
      aud: nodeId,
      sub: peerId,
      jti: v7(),
      iat,
      exp,
      callId,
      meetingId,
      meetingTitle: '',
      peerKind: 'room',
      displayName: null,
      role: 'co-host',
      publishes,
      receives,
      rights,
      documents,
    };
    const joinToken = await new SignJWT(token)
      .setProtectedHeader({ alg: DELEGATED_TOKEN_ALGORITHM, typ: 'JWT', [DELEGATION_HEADER]: delegation })
      .sign(key);
    const expiresAtMs = Date.now() + JOIN_TOKEN_TTL_MS;
    const without = { documents: null, iceServers: [] };
    return { callId, meetingId, meetingTitle, peerId, signalingUrl, joinToken, expiresAtMs, ...without };
  }
  throw new OperationalError('no-media-node', 'no media node answers');
}

export type DelegationsOptions = {
  store: Pick<RoomStore, 'value' | 'keep'>;
  identity: () => Pick<RoomIdentity, 'keyPem'>;
  fleetNowMs: () => number;
  logger: Logger;
};

export class Delegation {
  readonly #options: DelegationsOptions;

  constructor(options: DelegationsOptions) {
    this.#options = options;
  }

  /** The fleet's last word; none is no reason to forget the one that still holds. */
  receive({ delegation }: Pick<RoomDesired, 'delegation'>): void {
    if (delegation) this.#kept.save(delegation);
  }

  /** The media nodes that were there when the fleet last said so, by their signalling address. */
  get signalingUrls(): string[] {
    const delegation = this.#kept.load();
    if (delegation === null) return [];
    try {
      return DelegationClaims.parse(decodeJwt(delegation)).nodes.map(({ signalingUrl }) => signalingUrl);
    } catch {
      return [];
    }
  }

  /** @throws MaruError; `no-media-node` where there is no way in without the fleet */
  async mint(): Promise<CallGrant> {
    const { identity, fleetNowMs, logger } = this.#options;
    const delegation = this.#kept.load();
    if (delegation === null) throw new OperationalError('no-media-node', 'nothing was delegated to this room yet');
    try {
      const grant = await mintGrant({ delegation, keyPem: identity().keyPem, nowMs: fleetNowMs() });
      logger.info({ callId: grant.callId, signalingUrl: grant.signalingUrl }, 'without the fleet: own token signed');
      return grant;
    } catch (error) {
      if (error instanceof MaruError) throw error;
      throw new OperationalError('no-media-node', 'the delegation cannot be read', { cause: error });
    }
  }

  get #kept() {
    return keptValue(this.#options.store, 'delegation', z.string().max(4096));
  }
}

/** Something listens there: that it is a media node the page finds out. */
function answers(signalingUrl: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(signalingUrl);
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (protocol === 'wss:' ? 443 : 80),
  });
  return new Promise((resolve) => {
    const end = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
