/**
 * Order in one call: what the hosts have set, who may do what by that, whose hand is up, who may come in, and who may not come
 * back. Enforced here, and notified to those whom it concerns. `call-roles.ts` knows who is what.
 */
import { isDeepStrictEqual } from 'node:util';
import { type CallOrder, type MeetingRole, OPEN_ORDER, type OrderChange, RIGHTS } from '#contract/call-order.ts';
import { UserError } from '#contract/error-codes.ts';
import type { CallPermissions } from '#contract/grants.ts';
import type { SignalingNotification } from '#contract/signaling.ts';
import type { CallDocument } from './call-document.ts';
import type { CallEventDraft } from './call-listener.ts';
import type { CallProducers } from './call-producers.ts';
import { CallRoles, isAtLeast, personOf } from './call-roles.ts';
import type { Peer } from './peer.ts';
import { RaisedHands } from './raised-hands.ts';
import type { AdmittedClaims } from './token-admission.ts';

export type OrderInCallOptions = {
  peers: ReadonlyMap<string, Peer>;
  joined: () => Peer[];
  document: CallDocument;
  producers: () => CallProducers;
  onEvent: (draft: CallEventDraft) => void;
  /** to everybody who has their snapshot */
  tell: (notification: SignalingNotification) => void;
  /** the roster names something else of it */
  onPeerChanged: (peer: Peer) => void;
};

export class OrderInCall {
  readonly #options: OrderInCallOptions;
  readonly #roles = new CallRoles();
  readonly #hands = new RaisedHands();
  /** by person, while all others stay muted */
  readonly #maySpeak = new Set<string>();
  readonly #entered = new Set<string>();
  readonly #removed = new Set<string>();
  #order: CallOrder = OPEN_ORDER;
  #joins = 0;
  /** who had everybody stay muted, as `muted` names them */
  #mutedByPeerId: string | null = null;

  constructor(options: OrderInCallOptions) {
    this.#options = options;
  }

  get order(): CallOrder {
    return this.#order;
  }

  /** @throws UserError removed-from-call, call-locked */
  refuse(claims: AdmittedClaims): void {
    const person = personOf(claims);
    if (this.#removed.has(person)) throw new UserError('removed-from-call');
    if (!this.#order.isLocked || claims.isLetIn || this.#entered.has(person)) return;
    // who may let in others, and the meeting's rooms among them, lets in themselves
    if (!RIGHTS[this.#roles.roleOf(claims)].includes('admit')) throw new UserError('call-locked');
  }

  /** It has a place: what it may do, before its client learns it. */
  prepared(peer: Peer): void {
    this.#take(peer);
  }

  joining(peer: Peer): void {
    peer.joinedAt = this.#joins++;
    this.#entered.add(personOf(peer.claims));
  }

  /** Somebody is in, and everybody knows. */
  joined(): void {
    this.#settle(null);
  }

  /** Its place is given up. */
  left(peer: Peer): void {
    this.#hands.lower(peer.peerId);
    this.#settle(null);
  }

  /** With the peer goes its person, on whatever token it comes back. @throws UserError forbidden: only a host removes a host */
  ban(asker: Peer, peer: Peer): void {
    if (peer.role === 'host' && asker.role !== 'host') throw new UserError('forbidden', 'a host');
    const person = personOf(peer.claims);
    this.#removed.add(person);
    this.#entered.delete(person);
  }

  isSamePerson(one: Peer, other: Peer): boolean {
    return personOf(one.claims) === personOf(other.claims);
  }

  /** The fleet permits it something else. */
  permit(peer: Peer, granted: CallPermissions): void {
    peer.granted = granted;
    this.#apply(peer, null);
  }

  set(asker: Peer, change: OrderChange): void {
    const order = { ...this.#order, ...definedOf(change) };
    if (isDeepStrictEqual(order, this.#order)) return;
    if (order.staysMuted && !this.#order.staysMuted) {
      this.#maySpeak.clear();
      this.#mutedByPeerId = asker.peerId;
    }
    this.#order = order;
    const { tell, onEvent } = this.#options;
    tell({ event: 'order-changed', data: order });
    onEvent({ name: 'order-changed', order, byPeerId: asker.peerId });
    this.#settle(asker);
  }

  /** @throws UserError forbidden; InvalidStateError not-possible-now */
  setRole(asker: Peer, target: Peer, role: MeetingRole): void {
    this.#roles.give(asker, target, role);
    this.#settle(asker);
  }

  /** The fleet makes a person something else. */
  assign(person: string, role: MeetingRole): void {
    this.#roles.assign(person, role, [...this.#options.peers.values()]);
    this.#settle(null);
  }

  /** A peer that stays muted may speak, until muted again. */
  letSpeak(target: Peer): void {
    this.#maySpeak.add(personOf(target.claims));
    this.#settle(null);
  }

  /** @param target null: everyone but the asker */
  mute(asker: Peer, target: Peer | null): void {
    const targets = target ? [target] : this.#options.joined().filter((peer) => peer !== asker);
    for (const each of targets) {
      this.#maySpeak.delete(personOf(each.claims));
      this.#mute(each, asker.peerId);
    }
    this.#settle(asker);
  }

  /** Its client sends sound that is not let through: its page is to know. */
  keptMuted(peer: Peer): void {
    peer.notify({ event: 'muted', data: { byPeerId: this.#mutedByPeerId ?? peer.peerId } });
  }

  raiseHand(peer: Peer, isUp: boolean): void {
    if (isUp) this.#hands.raise(peer.peerId, Date.now());
    else this.#hands.lower(peer.peerId);
    this.#followHand(peer);
  }

  lowerHand(target: Peer): void {
    this.raiseHand(target, false);
  }

  spoke(peerId: string): void {
    this.#hands.spoke(peerId);
  }

  /** Before the roster is notified of its devices. */
  microphoneChanged(peer: Peer): void {
    if (peer.microphone !== 'on') this.#hands.silent(peer.peerId);
    peer.handRaisedAtMs = this.#hands.raisedAtMs(peer.peerId);
  }

  #followHand(peer: Peer): void {
    const raisedAtMs = this.#hands.raisedAtMs(peer.peerId);
    if (raisedAtMs === peer.handRaisedAtMs) return;
    peer.handRaisedAtMs = raisedAtMs;
    this.#options.onPeerChanged(peer);
  }

  /** @param by who caused it; null: it follows from who is there */
  #settle(by: Peer | null): void {
    const joined = this.#options.joined();
    this.#roles.settle(joined);
    const before = new Map(joined.map((peer) => [peer, peer.role]));
    for (const peer of this.#options.peers.values()) this.#apply(peer, by);
    for (const [peer, role] of before) {
      if (peer.role === role) continue;
      const person = peer.claims.person ?? null;
      const byPeerId = by?.peerId ?? null;
      this.#options.onEvent({ name: 'role-changed', peerId: peer.peerId, person, role: peer.role, byPeerId });
    }
  }

  /** What it may do no more ends at once. */
  #apply(peer: Peer, by: Peer | null): void {
    const { role, permissions, staysMuted } = peer;
    const isIn = peer.stage === 'joined';
    const next = this.#permissionsOf(peer);
    const mayStillPresent = next.documents.includes('present') || !peer.granted.documents.includes('present');
    if (isIn && by && !mayStillPresent) this.#options.document.stopOf(peer, by);
    if (isIn) this.#options.document.permissionsChange(peer, next);
    this.#take(peer);
    if (role !== peer.role || !isDeepStrictEqual(permissions, peer.permissions)) {
      const document = isIn ? this.#options.document.seenBy(peer) : null;
      peer.notify({ event: 'permissions-changed', data: { ...peer.permissions, role: peer.role, document } });
      this.#options.producers().limit(peer);
      peer.forwarding?.touch();
    }
    if (peer.staysMuted && !staysMuted) this.#mute(peer, this.#mutedByPeerId ?? peer.peerId);
    if (role !== peer.role || staysMuted !== peer.staysMuted) this.#options.onPeerChanged(peer);
  }

  #take(peer: Peer): void {
    peer.role = this.#roles.roleOf(peer.claims);
    peer.permissions = this.#permissionsOf(peer);
    const { staysMuted } = this.#order;
    const isExempt = isFree(peer) || isAtLeast(peer.role, 'presenter') || this.#maySpeak.has(personOf(peer.claims));
    peer.staysMuted = staysMuted && !isExempt;
  }

  #permissionsOf(peer: Peer): CallPermissions {
    const { granted, claims } = peer;
    const role = this.#roles.roleOf(claims);
    // a room that signed its token itself has no more than was delegated to it
    const rights = RIGHTS[role].filter((right) => !claims.byRoom || granted.rights.includes(right));
    if (this.#order.sharedBy === 'everyone' || isFree(peer) || isAtLeast(role, 'presenter'))
      return { ...granted, rights };
    return {
      ...granted,
      rights,
      publishes: granted.publishes.filter((source) => source !== 'screen' && source !== 'screen-audio'),
      documents: granted.documents.filter((right) => right !== 'present'),
    };
  }

  #mute(peer: Peer, byPeerId: string): void {
    this.#options.producers().mute(peer);
    if (byPeerId !== peer.peerId) peer.notify({ event: 'muted', data: { byPeerId } });
  }
}

/** What records or broadcasts is no subject of order. */
const isFree = ({ isProgram }: Peer): boolean => isProgram;

const definedOf = (change: OrderChange): Partial<CallOrder> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
