/**
 * Roles, order, mute and removal in any order, against a small model of the rules that is written apart. MARU_FUZZ_SEED repeats a
 * run, MARU_FUZZ_RUNS makes it longer (20,000 in the release's own checks).
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CallOrder, type MeetingRole, OPEN_ORDER, type OrderChange, type Right } from '#contract/call-order.ts';
import { MaruError } from '#contract/error-codes.ts';
import type { CallDocument } from './call-document.ts';
import { OrderInCall } from './call-order.ts';
import type { CallProducers } from './call-producers.ts';
import { Peer, type PeerLine } from './peer.ts';
import type { AdmittedClaims } from './token-admission.ts';

const RUNS = Number(process.env.MARU_FUZZ_RUNS ?? 2_000);
const seed = process.env.MARU_FUZZ_SEED === undefined ? undefined : Number(process.env.MARU_FUZZ_SEED);

type Name = (typeof NAMES)[number];
const NAMES = ['host', 'deputy', 'speaker', 'mina', 'sua', 'guest', 'hall', 'recorder'] as const;
const BASE: Record<Name, MeetingRole> = {
  host: 'host',
  deputy: 'co-host',
  speaker: 'presenter',
  mina: 'member',
  sua: 'member',
  guest: 'guest',
  hall: 'co-host',
  recorder: 'guest',
};

type Act =
  | { do: 'join'; who: Name }
  | { do: 'leave'; who: Name }
  | { do: 'set-order'; who: Name; change: OrderChange }
  | { do: 'set-role'; who: Name; whom: Name; role: MeetingRole }
  | { do: 'let-speak' | 'mute' | 'remove'; who: Name; whom: Name }
  | { do: 'mute-all'; who: Name };
const who = fc.constantFrom<Name>('host', 'host', 'host', ...NAMES);
const whom = fc.constantFrom(...NAMES);
const role = fc.constantFrom<MeetingRole>('host', 'co-host', 'presenter', 'member', 'guest');
const change = fc.record(
  {
    isLocked: fc.boolean(),
    staysMuted: fc.boolean(),
    sharedBy: fc.constantFrom<CallOrder['sharedBy']>('everyone', 'presenters'),
  },
  { requiredKeys: [] },
);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('join' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('set-order' as const), who, change }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('set-role' as const), who, whom, role }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('let-speak' as const, 'mute' as const, 'remove' as const),
      who,
      whom: who,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('mute-all' as const), who }) },
);
const RIGHT_OF = {
  'set-order': 'order',
  'set-role': 'roles',
  'let-speak': 'mute',
  mute: 'mute',
  'mute-all': 'mute',
  remove: 'remove',
} as const satisfies Record<string, Right>;

const isKeeper = (each: MeetingRole): boolean => each === 'host' || each === 'co-host';

/** The rules in their shortest form: lists of names, looked through from the start at each question. */
class Model {
  order = OPEN_ORDER;
  in: Name[] = [];
  was = new Set<Name>();
  removed = new Set<Name>();
  free = new Set<Name>();
  given: Partial<Record<Name, MeetingRole>> = {};
  acting: Name | null = null;
  led = false;

  own(name: Name): MeetingRole {
    return name === 'recorder' ? 'guest' : (this.given[name] ?? BASE[name]);
  }
  role(name: Name): MeetingRole {
    return name === this.acting ? 'host' : this.own(name);
  }
  may(name: Name, right: Right): boolean {
    return right === 'roles' ? this.role(name) === 'host' : isKeeper(this.role(name));
  }
  entry(name: Name): string {
    if (this.removed.has(name)) return 'removed-from-call';
    return this.order.isLocked && !this.was.has(name) && !isKeeper(this.role(name)) ? 'call-locked' : 'done';
  }
  isBelow(name: Name): boolean {
    return name !== 'recorder' && (this.role(name) === 'member' || this.role(name) === 'guest');
  }
  staysMuted(name: Name): boolean {
    return this.order.staysMuted && this.isBelow(name) && !this.free.has(name);
  }
  mayShare(name: Name): boolean {
    return this.order.sharedBy === 'everyone' || !this.isBelow(name);
  }

  play(each: Act): string {
    if (each.do === 'join') return this.join(each.who);
    if (!this.in.includes(each.who)) return 'absent';
    if (each.do === 'leave') return this.leave(each.who);
    if ('whom' in each && !this.in.includes(each.whom)) return 'absent';
    if (!this.may(each.who, RIGHT_OF[each.do])) return 'forbidden';
    return this.act(each);
  }
  join(name: Name): string {
    if (this.in.includes(name)) return 'absent';
    const entry = this.entry(name);
    if (entry !== 'done') return entry;
    this.in.push(name);
    this.was.add(name);
    return this.settle();
  }
  leave(name: Name): string {
    this.in = this.in.filter((other) => other !== name);
    return this.settle();
  }
  act(each: Exclude<Act, { do: 'join' | 'leave' }>): string {
    switch (each.do) {
      case 'set-order':
        if (each.change.staysMuted && !this.order.staysMuted) this.free.clear();
        this.order = { ...this.order, ...each.change };
        return 'done';
      case 'set-role':
        return this.give(each.who, each.whom, each.role);
      case 'let-speak':
        this.free.add(each.whom);
        return 'done';
      case 'mute':
        this.free.delete(each.whom);
        return 'done';
      case 'mute-all':
        this.free = new Set([...this.free].filter((name) => name === each.who || !this.in.includes(name)));
        return 'done';
      case 'remove':
        if (this.role(each.whom) === 'host' && this.role(each.who) !== 'host') return 'forbidden';
        this.removed.add(each.whom);
        this.was.delete(each.whom);
        return this.leave(each.whom);
    }
  }
  give(by: Name, to: Name, given: MeetingRole): string {
    if (to === 'hall' || to === 'recorder') return 'not-possible-now';
    if (to === by) return given === 'host' ? 'done' : 'not-possible-now';
    const ladder: MeetingRole[] = to === 'guest' ? ['presenter', 'guest'] : ['host', 'co-host', 'presenter', 'member'];
    if (!ladder.includes(given)) return 'forbidden';
    if (given === 'host' && this.acting === by) this.acting = to;
    else {
      this.given[to] = given;
      if (given === 'host') this.given[by] = 'co-host';
    }
    return this.settle();
  }
  settle(): string {
    const keepers = this.in.filter((name) => isKeeper(this.own(name)));
    this.led ||= keepers.length > 0;
    const hostIsThere = this.in.some((name) => this.own(name) === 'host');
    if (hostIsThere || (this.acting !== null && !this.in.includes(this.acting))) this.acting = null;
    if (this.led && keepers.length === 0 && this.acting === null) {
      const people = this.in.filter((name) => name !== 'guest' && name !== 'recorder');
      this.acting =
        people.find((name) => this.own(name) === 'presenter') ??
        people.find((name) => this.own(name) === 'member') ??
        null;
    }
    return 'done';
  }
}

/** The node's own, with peers that have no media. */
class Real {
  readonly peers = new Map<string, Peer>();
  readonly byName = new Map<Name, Peer>();
  readonly order: OrderInCall;

  constructor() {
    const document = { stopOf: () => {}, permissionsChange: () => {}, seenBy: () => null } as unknown as CallDocument;
    const producers = { mute: () => {}, limit: () => {} } as unknown as CallProducers;
    this.order = new OrderInCall({
      peers: this.peers,
      joined: () => [...this.peers.values()],
      document,
      producers: () => producers,
      onEvent: () => {},
      tell: () => {},
      onPeerChanged: () => {},
    });
  }

  play(each: Act): string {
    try {
      return this.#play(each);
    } catch (error) {
      if (error instanceof MaruError) return error.code;
      throw error;
    }
  }

  #play(each: Act): string {
    const asker = this.byName.get(each.who);
    if (each.do === 'join') return asker ? 'absent' : this.#join(each.who);
    if (!asker) return 'absent';
    if (each.do === 'leave') return this.#leave(each.who, asker);
    const target = 'whom' in each ? this.byName.get(each.whom) : asker;
    if (!target) return 'absent';
    if (!asker.permissions.rights.includes(RIGHT_OF[each.do])) return 'forbidden';
    switch (each.do) {
      case 'set-order':
        this.order.set(asker, each.change);
        return 'done';
      case 'set-role':
        this.order.setRole(asker, target, each.role);
        return 'done';
      case 'let-speak':
        this.order.letSpeak(target);
        return 'done';
      case 'mute':
        this.order.mute(asker, target);
        return 'done';
      case 'mute-all':
        this.order.mute(asker, null);
        return 'done';
      case 'remove':
        this.order.ban(asker, target);
        return this.#leave(each.whom, target);
    }
  }

  #join(name: Name): string {
    const claims = claimsOf(name);
    this.order.refuse(claims);
    const peer = new Peer(claims, { notify: () => {}, close: () => {} } as unknown as PeerLine);
    peer.stage = 'joined';
    this.order.prepared(peer);
    this.peers.set(peer.peerId, peer);
    this.byName.set(name, peer);
    this.order.joining(peer);
    this.order.joined();
    return 'done';
  }

  #leave(name: Name, peer: Peer): string {
    this.peers.delete(peer.peerId);
    this.byName.delete(name);
    peer.stage = 'closed';
    this.order.left(peer);
    return 'done';
  }
}

let entries = 0;
/** Each entry is another peer on another token. */
const claimsOf = (name: Name): AdmittedClaims =>
  ({
    sub: `${name} ${entries++}`,
    displayName: name,
    peerKind: name === 'hall' ? 'room' : name === 'recorder' ? 'program' : 'person',
    ...(name !== 'hall' && name !== 'recorder' && { person: `account:${name}` }),
    ...(name === 'recorder' && { seat: { inviteId: 'recorder', holder: 'recorder', seats: 1 } }),
    issuedTo: name === 'hall' ? { roomId: 'hall', issuedAt: 1 } : null,
    role: BASE[name],
    isGuest: name === 'guest',
    isLetIn: false,
    byRoom: false,
    publishes: ['microphone', 'camera', 'screen', 'screen-audio'],
    receives: [],
    rights: [],
    documents: ['present', 'view'],
  }) as unknown as AdmittedClaims;

function seenOf(order: OrderInCall, name: Name, peer: Peer | undefined): object {
  const entry = (() => {
    try {
      order.refuse(claimsOf(name));
      return 'done';
    } catch (error) {
      return (error as MaruError).code;
    }
  })();
  if (!peer) return { entry };
  const { role: itsRole, staysMuted, permissions } = peer;
  const shares = [permissions.publishes.includes('screen'), permissions.documents.includes('present')];
  const rights = (['end', 'mute', 'remove', 'order', 'admit', 'roles'] as const).filter((each) =>
    permissions.rights.includes(each),
  );
  return { entry, role: itsRole, staysMuted, shares, rights: rights.length };
}
function wantedOf(model: Model, name: Name): object {
  if (!model.in.includes(name)) return { entry: model.entry(name) };
  const shares = model.mayShare(name);
  const rights = model.may(name, 'roles') ? 6 : model.may(name, 'order') ? 5 : 0;
  return {
    entry: model.entry(name),
    role: model.role(name),
    staysMuted: model.staysMuted(name),
    shares: [shares, shares],
    rights,
  };
}

test('what a call decides is what the rules say', { timeout: 600_000 }, () => {
  const seen = { successors: 0, locked: 0, removed: 0, handed: 0 };
  fc.assert(
    fc.property(fc.shuffledSubarray([...NAMES]), fc.array(act, { minLength: 5, maxLength: 40 }), (first, more) => {
      const acts = [...first.map((name): Act => ({ do: 'join', who: name })), ...more];
      const [real, model] = [new Real(), new Model()];
      for (const each of acts) {
        expect(real.play(each)).toBe(model.play(each));
        expect(real.order.order).toEqual(model.order);
        for (const name of NAMES)
          expect(seenOf(real.order, name, real.byName.get(name))).toEqual(wantedOf(model, name));
      }
      if (model.acting !== null) seen.successors += 1;
      if (model.order.isLocked) seen.locked += 1;
      if (model.removed.size > 0) seen.removed += 1;
      if (model.given.host === 'co-host') seen.handed += 1;
    }),
    { numRuns: RUNS, ...(seed !== undefined && { seed }) },
  );
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(RUNS / 100);
});
