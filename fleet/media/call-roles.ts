/**
 * Who is what in a call: roles by grant, roles that a host gave, and the one who leads while nobody with the right is there.
 * Follows the person, so that a role outlasts a lost line, a reload and a worker. Pure: `call-order.ts` notifies.
 */
import { InvalidStateError, UserError } from '#contract/error-codes.ts';
import type { MeetingRole } from '#contract/call-order.ts';
import type { AdmittedClaims } from './token-admission.ts';

type RoleClaims = Pick<AdmittedClaims, 'sub' | 'person' | 'seat' | 'role' | 'isGuest' | 'peerKind' | 'issuedTo'>;
/** `joinedAt`: counts up; who is in longest has the lowest. */
export type RolePeer = { peerId: string; claims: RoleClaims; joinedAt: number };

const RANK: Record<MeetingRole, number> = { host: 0, 'co-host': 1, presenter: 2, member: 3, guest: 4 };
export const isAtLeast = (role: MeetingRole, least: MeetingRole): boolean => RANK[role] <= RANK[least];

const keepsOrder = (role: MeetingRole): boolean => isAtLeast(role, 'co-host');

/** The same at each entry of one person or room. */
export function personOf({ person, peerKind, issuedTo, seat, sub }: RoleClaims): string {
  if (person !== undefined) return person;
  if (peerKind === 'room' && issuedTo) return `room:${issuedTo.roomId}`;
  return seat ? `seat:${seat.inviteId}:${seat.holder}` : `peer:${sub}`;
}

/** Neither a guest nor what stands for nobody: a program, a room's laptop. */
const mayLead = ({ peerKind, isGuest, issuedTo }: RoleClaims): boolean =>
  peerKind === 'person' && !isGuest && issuedTo === null;

export class CallRoles {
  /** by person, where it is not the grant's */
  readonly #given = new Map<string, MeetingRole>();
  /** persons without the right to keep order any more, by the fleet's command: none of them becomes a successor */
  readonly #lowered = new Set<string>();
  /** the person who leads for now: a host until one is back */
  #successor: string | null = null;
  /** a host, a co-host or a room was in */
  #wasLed = false;

  roleOf(claims: RoleClaims): MeetingRole {
    return personOf(claims) === this.#successor ? 'host' : this.#ownRoleOf(claims);
  }

  /**
   * By a host. `host` hands the asker's own role over: a host becomes a co-host, one who leads for now is what they were.
   * @throws UserError forbidden; InvalidStateError not-possible-now
   */
  give(asker: RolePeer, target: RolePeer, role: MeetingRole): void {
    const { claims } = target;
    const [from, to] = [personOf(asker.claims), personOf(claims)];
    if (claims.peerKind !== 'person')
      throw new InvalidStateError('not-possible-now', 'a room and a program keep theirs');
    if (from === to) {
      if (role === 'host') return;
      throw new InvalidStateError('not-possible-now', 'hand the role over to somebody');
    }
    const isGuest = claims.isGuest || claims.role === 'guest';
    const possible: readonly MeetingRole[] = isGuest
      ? ['presenter', 'guest']
      : ['host', 'co-host', 'presenter', 'member'];
    if (!possible.includes(role))
      throw new UserError('forbidden', `nobody makes a ${isGuest ? 'guest' : 'member'} a ${role}`);
    if (role !== 'host') {
      this.#set(target, role);
      return;
    }
    if (this.#successor === from) {
      this.#successor = to;
      return;
    }
    this.#set(target, 'host');
    this.#set(asker, 'co-host');
  }

  /** By the fleet, over grant and gift. @param peers those of the call */
  assign(person: string, role: MeetingRole, peers: readonly RolePeer[]): void {
    const keptOrder = peers.some(({ claims }) => personOf(claims) === person && keepsOrder(this.#ownRoleOf(claims)));
    this.#given.set(person, role);
    if (keepsOrder(role)) this.#lowered.delete(person);
    else if (keptOrder) this.#lowered.add(person);
    if (this.#lowered.has(person) && this.#successor === person) this.#successor = null;
  }

  /**
   * After somebody came or went for good. While nobody who may keep order is there, the earliest presenter leads, else the member
   * who is in longest; never a guest or a room's laptop, and not before a call was led. The host's return ends it.
   */
  settle(joined: readonly RolePeer[]): void {
    const leads = joined.map(({ claims }) => this.#ownRoleOf(claims)).filter(keepsOrder);
    if (leads.length > 0) this.#wasLed = true;
    const isThere = joined.some(({ claims }) => personOf(claims) === this.#successor);
    if (leads.includes('host') || !isThere) this.#successor = null;
    if (leads.length > 0 || this.#successor !== null || !this.#wasLed) return;
    const next = (role: MeetingRole): RolePeer | undefined =>
      joined
        .filter(({ claims }) => mayLead(claims) && this.#ownRoleOf(claims) === role)
        .filter(({ claims }) => !this.#lowered.has(personOf(claims)))
        .toSorted((a, b) => a.joinedAt - b.joinedAt)[0];
    const chosen = next('presenter') ?? next('member');
    this.#successor = chosen ? personOf(chosen.claims) : null;
  }

  #ownRoleOf(claims: RoleClaims): MeetingRole {
    if (claims.peerKind === 'program') return 'guest';
    return this.#given.get(personOf(claims)) ?? claims.role;
  }

  #set({ claims }: RolePeer, role: MeetingRole): void {
    this.#given.set(personOf(claims), role);
    this.#lowered.delete(personOf(claims));
  }
}
