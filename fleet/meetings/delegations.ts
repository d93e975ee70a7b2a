/**
 * What lets a room begin its own meeting while we are gone: signed for the key that the room's box came by, three days
 * long, again each day and whenever its content has changed. What was delegated to a box that is revoked is void: the
 * list of those goes out with our public keys.
 */
import {
  DELEGATION_AUDIENCE,
  DELEGATION_RENEWED_AFTER_MS,
  DELEGATION_TTL_MS,
  type DelegationClaims,
} from '#contract/grants.ts';
import { clientIdOf, type FleetKeys } from '#contract/topics.ts';
import { parseClientIdentity } from '../broker/index.ts';
import type { CertificateRegister } from '../devices/index.ts';
import { newId } from '../store/index.ts';
import { ROOM_PERMISSIONS } from './call-permissions.ts';
import type { RegisteredNode } from './media-nodes.ts';
import type { SigningKeys } from './signing-keys.ts';

export type DelegationsDependencies = {
  keys: Pick<SigningKeys, 'sign'>;
  register: Pick<CertificateRegister, 'keyOf' | 'revokedSince'>;
  nodes: () => readonly Pick<RegisteredNode, 'nodeId' | 'signalingUrl' | 'online' | 'peers'>[];
};
export type DelegatingRoom = { roomId: string; roomName: string; meeting: { meetingId: string; title: string } };
type Signed = { token: string; signedAtMs: number; issuedAt: number; says: string };

const LOOK_INTERVAL_MS = 3_600_000;
/** longer than any delegation lives, whatever the clocks say */
const REVOKED_LISTED_MS = DELEGATION_TTL_MS + 3_600_000;
const MOST_LISTED = 1_000;
const MOST_NODES = 8;
/** it travels in the header of a join token of at most 4096 characters, encoded once more */
const MOST_CHARACTERS = 2_400;

export class Delegations {
  readonly #deps: DelegationsDependencies;
  readonly #signed = new Map<string, Signed>();
  /** rooms that have asked, and may have got none because no node was there */
  readonly #asked = new Set<string>();
  /** by room, in seconds */
  #revokedUpTo = new Map<string, number>();
  readonly #dueHandlers: ((roomId: string) => void)[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: DelegationsDependencies) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    await this.readRevoked();
    this.#timer = setInterval(() => this.#tellDue(), LOOK_INTERVAL_MS);
    this.#timer.unref();
  }
  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  /** This room's is to be signed anew: it is a day old, or the nodes are others. */
  onDue(handler: (roomId: string) => void): void {
    this.#dueHandlers.push(handler);
  }

  /** The media nodes that are there have changed. */
  nodesChanged(): void {
    for (const roomId of this.#asked) this.#due(roomId);
  }

  /** null: the room has not come by a certificate yet, or no node was ever there */
  async of(
    { roomId, roomName, meeting: { meetingId, title } }: DelegatingRoom,
    nowMs = Date.now(),
  ): Promise<string | null> {
    const jwk = this.#deps.register.keyOf(clientIdOf('room', roomId));
    if (!jwk) return null;
    // a room that has not come asks when it does: only those that have are asked for when the nodes change
    this.#asked.add(roomId);
    const nodes = this.#nodes();
    const former = this.#signed.get(roomId);
    // the order is by load, which is no reason to sign anew
    const says = JSON.stringify([jwk, roomName, meetingId, title, nodes.map((node) => JSON.stringify(node)).sort()]);
    const isFresh = former !== undefined && isFreshAt(nowMs, former.signedAtMs);
    if (isFresh && (former.says === says || nodes.length === 0)) return former.token;
    if (nodes.length === 0) return null;
    const issuedAt = this.issuedAtOf(roomId, nowMs);
    const { kty, crv, x, y } = jwk as DelegationClaims['cnf']['jwk'];
    const token = await this.#signWithin(nodes, {
      aud: DELEGATION_AUDIENCE,
      sub: roomId,
      jti: newId(),
      iat: issuedAt,
      exp: issuedAt + DELEGATION_TTL_MS / 1_000,
      cnf: { jwk: { kty, crv, x, y } },
      meetingId,
      meetingTitle: title,
      displayName: roomName,
      ...ROOM_PERMISSIONS,
    });
    // the box was revoked, or another came, while this was signed
    if (JSON.stringify(this.#deps.register.keyOf(clientIdOf('room', roomId))) !== JSON.stringify(jwk))
      return this.of({ roomId, roomName, meeting: { meetingId, title } }, nowMs);
    this.#signed.set(roomId, { token, signedAtMs: nowMs, issuedAt, says });
    return token;
  }

  /** `iat` of what is issued to the room now: of the very second in which its former kiosk was revoked all is void. */
  issuedAtOf(roomId: string, nowMs = Date.now()): number {
    return Math.max(Math.floor(nowMs / 1_000), (this.#revokedUpTo.get(roomId) ?? 0) + 1);
  }

  /** Issued to the room at `iat` seconds, and void: its kiosk was revoked since. */
  isRevoked(roomId: string, iat: number): boolean {
    return iat <= (this.#revokedUpTo.get(roomId) ?? 0);
  }

  /** For the retained `keys` topic. */
  get revoked(): NonNullable<FleetKeys['revokedRooms']> {
    return [...this.#revokedUpTo].slice(-MOST_LISTED).map(([roomId, issuedUpTo]) => ({ roomId, issuedUpTo }));
  }

  /** After a certificate was revoked. */
  async readRevoked(nowMs = Date.now()): Promise<void> {
    const rows = await this.#deps.register.revokedSince(nowMs - REVOKED_LISTED_MS);
    const rooms = rows
      .sort((a, b) => a.revokedAtMs - b.revokedAtMs)
      .flatMap(({ identity, revokedAtMs }) => {
        const who = parseClientIdentity(identity);
        return who?.party === 'room' ? [[who.id, Math.floor(revokedAtMs / 1_000)] as const] : [];
      });
    this.#revokedUpTo = new Map(rooms);
    for (const [roomId, upTo] of rooms) {
      if ((this.#signed.get(roomId)?.issuedAt ?? Number.POSITIVE_INFINITY) > upTo) continue;
      this.#signed.delete(roomId);
      // the next box was quicker than this reading
      this.#due(roomId);
    }
  }

  /** As many nodes as fit, the preferred at least. */
  async #signWithin(
    nodes: DelegationClaims['nodes'],
    claims: Omit<DelegationClaims, 'iss' | 'nodes'>,
  ): Promise<string> {
    for (let count = nodes.length; ; count -= 1) {
      const token = await this.#deps.keys.sign({ ...claims, nodes: nodes.slice(0, count) });
      if (token.length <= MOST_CHARACTERS || count === 1) return token;
    }
  }

  /** The one with the fewest peers first. */
  #nodes(): DelegationClaims['nodes'] {
    return [...this.#deps.nodes()]
      .filter(({ online }) => online)
      .sort((a, b) => a.peers - b.peers)
      .slice(0, MOST_NODES)
      .map(({ nodeId, signalingUrl }) => ({ nodeId, signalingUrl }));
  }

  #tellDue(): void {
    const nowMs = Date.now();
    for (const [roomId, { signedAtMs }] of this.#signed) if (!isFreshAt(nowMs, signedAtMs)) this.#due(roomId);
  }

  #due(roomId: string): void {
    for (const handler of this.#dueHandlers) handler(roomId);
  }
}

/** By the wall clock, whose times are in the token: one signed a day ahead of it is no fresher than one of yesterday. */
const isFreshAt = (nowMs: number, signedAtMs: number): boolean =>
  Math.abs(nowMs - signedAtMs) < DELEGATION_RENEWED_AFTER_MS;
