/**
 * The seats of invites: holds them, frees one for a newcomer, and gives none after somebody who came by the invite was
 * removed. It only decides; the call closes the peers.
 */
import { type ErrorCode, InvalidStateError, UserError } from '#contract/error-codes.ts';
import type { InviteSeat } from '#contract/grants.ts';
import { ExpiringMap } from './expiring-map.ts';
import type { Peer } from './peer.ts';

type SeatClaims = Pick<Peer['claims'], 'seat' | 'isLetIn'>;
type Seated = Pick<Peer, 'stage' | 'line'> & { claims: SeatClaims };
/** A peer that makes room, and the code that its client gets. */
export type GivesWay<P> = { peer: P; code: ErrorCode };

export class GuestSeats {
  /** by seat: was in the call */
  readonly #entered: ExpiringMap<true>;
  /** by seat: somebody with the right removed it */
  readonly #removed: ExpiringMap<true>;
  /** by invite: one of its seats was removed */
  readonly #closed: ExpiringMap<true>;

  constructor({ keptMs }: { keptMs: number }) {
    this.#entered = new ExpiringMap(keptMs);
    this.#removed = new ExpiringMap(keptMs);
    this.#closed = new ExpiringMap(keptMs);
  }

  /**
   * Before a place is prepared. A seat whose peer has dropped is free for a newcomer who joins.
   * @throws UserError removed-from-call, invite-closed; InvalidStateError seats-taken
   */
  refuse({ seat, isLetIn }: SeatClaims, peers: Iterable<Seated>): void {
    if (!seat) return;
    this.#refuseUnwelcome(seat, isLetIn);
    const others = [...peers].filter((peer) => isOf(seat, peer));
    if (others.some((peer) => holds(seat, peer))) return;
    const present = others.filter(({ line }) => line !== null);
    if (holdersOf(present).size >= seat.seats) throw new InvalidStateError('seats-taken');
  }

  /** The places that a newly prepared one replaces: the same person's that are prepared only. */
  replacedByPrepared<P extends Seated>(seat: InviteSeat | undefined, peers: Iterable<P>): P[] {
    if (!seat) return [];
    return [...peers].filter((peer) => holds(seat, peer) && peer.stage === 'prepared');
  }

  /**
   * The peers that leave as this one joins: the same person's others, and, where all seats are held, one that dropped.
   * @throws UserError removed-from-call, invite-closed; InvalidStateError seats-taken
   */
  takeOver<P extends Seated>(joining: P, peers: Iterable<P>): GivesWay<P>[] {
    const { seat, isLetIn } = joining.claims;
    if (!seat) return [];
    this.#refuseUnwelcome(seat, isLetIn);
    const others = [...peers].filter((peer) => peer !== joining && isOf(seat, peer));
    const own = others.filter((peer) => holds(seat, peer));
    const strangers = others.filter((peer) => !own.includes(peer) && peer.stage === 'joined');
    const givesWay: GivesWay<P>[] = own.map((peer) => ({ peer, code: 'joined-elsewhere' }));
    if (holdersOf(strangers).size >= seat.seats) {
      const dropped = strangers.find(({ line }) => line === null);
      if (!dropped) throw new InvalidStateError('seats-taken');
      givesWay.push({ peer: dropped, code: 'peer-unknown' });
    }
    this.#entered.keep(keyOf(seat), true);
    return givesWay;
  }

  /** The same person's peers, all to be removed; their invite lets nobody new in. */
  remove<P extends Seated>(removed: P, peers: Iterable<P>): P[] {
    const { seat } = removed.claims;
    if (!seat) return [removed];
    this.#removed.keep(keyOf(seat), true);
    this.#closed.keep(seat.inviteId, true);
    return [...peers].filter((peer) => holds(seat, peer));
  }

  /** Whom a host lets in is no stranger by that invite. */
  #refuseUnwelcome(seat: InviteSeat, isLetIn: boolean): void {
    if (this.#removed.has(keyOf(seat))) throw new UserError('removed-from-call');
    if (!isLetIn && this.#closed.has(seat.inviteId) && !this.#entered.has(keyOf(seat)))
      throw new UserError('invite-closed');
  }
}

/** How many of `most` places this kind of peer may fill: some stay free for rooms. */
export const placesFor = (isRoom: boolean, most: number, roomPlaces: number): number =>
  isRoom ? most : most - Math.min(roomPlaces, Math.ceil(most / 10));

/** Places of the same person, which a newer one replaces and so do not count against it. */
export const ownPlaces = (seat: InviteSeat | undefined, peers: Iterable<Seated>): number =>
  seat ? [...peers].filter((peer) => holds(seat, peer)).length : 0;

const keyOf = ({ inviteId, holder }: InviteSeat): string => `${inviteId} ${holder}`;
const isOf = ({ inviteId }: InviteSeat, { claims }: Seated): boolean => claims.seat?.inviteId === inviteId;
const holds = (seat: InviteSeat, peer: Seated): boolean => isOf(seat, peer) && peer.claims.seat?.holder === seat.holder;
const holdersOf = (peers: Seated[]): Set<string | undefined> => new Set(peers.map(({ claims }) => claims.seat?.holder));
