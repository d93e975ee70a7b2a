/**
 * People who ask, come, leave, are removed, and hosts who decide, lock and change the policy, in any order, against a model that is
 * written by itself. The seed is printed; MARU_SEED repeats a run, MARU_RUNS makes it longer.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { CallEvent, NodeRegistration } from '#contract/node-link.ts';
import { toMaruError } from '#contract/error-codes.ts';
import { Admission, DEFAULT_MEETING_POLICY, type MeetingPolicy } from '#contract/meeting-policy.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { type AuthorityStore, authorityStore, newId, type TelemetryStore, telemetryStore } from '../store/index.ts';
import { Admissions } from './admissions.ts';
import { Calls } from './calls.ts';
import { MediaNodes } from './media-nodes.ts';
import { setMeetingPolicy } from './meeting-policies.ts';
import { DECLINED_REST_MS } from './tickets.ts';
import { LEASE_MS } from './ticket-leases.ts';
import { WaitingRoom } from './waiting-room.ts';

const RUNS = Number(process.env.MARU_RUNS ?? 60);
const seed = Number(process.env.MARU_SEED ?? Date.now() % 2 ** 31);

const WHO = ['host', 'co-host', 'member', 'colleague', 'named', 'link-a', 'link-b'] as const;
type Who = (typeof WHO)[number];
const isAccount = (who: Who): boolean => ['host', 'co-host', 'member', 'colleague'].includes(who);
type Act =
  | { do: 'ask' | 'knock' | 'by-ticket' | 'come' | 'join' | 'leave' | 'remove' | 'page-goes' | 'page-comes'; who: Who }
  | { do: 'admit' | 'decline'; who: Who }
  | {
      do:
        | 'admit-all'
        | 'room-joins'
        | 'room-leaves'
        | 'lock'
        | 'unlock'
        | 'end'
        | 'all-left'
        | 'node-dies'
        | 'server-restarts';
    }
  | { do: 'policy'; policy: MeetingPolicy };

const policy = fc.record({
  admission: fc.constantFrom(...Admission.options),
  joinBeforeHost: fc.boolean(),
  guestsAllowed: fc.boolean(),
  allowedRanges: fc.constant([]),
});
const often = (weight: number, arbitrary: fc.Arbitrary<unknown>) => ({
  weight,
  arbitrary: arbitrary as fc.Arbitrary<Act>,
});
/** A few people in each sequence: it has to meet the same ones again and again to get anywhere. */
const sequence = fc.uniqueArray(fc.constantFrom(...WHO), { minLength: 1, maxLength: 3 }).chain((cast) => {
  const who = fc.constantFrom(...cast);
  const of = (...acts: Act['do'][]) => fc.record({ do: fc.constantFrom(...acts), who });
  const all = (...acts: Act['do'][]) => fc.record({ do: fc.constantFrom(...acts) });
  return fc.array(
    fc.oneof(
      often(10, of('come')),
      often(5, of('knock')),
      often(5, of('admit')),
      often(4, of('by-ticket', 'leave', 'remove', 'decline')),
      often(3, of('ask', 'join', 'page-goes', 'page-comes')),
      often(4, all('room-joins', 'room-leaves', 'lock', 'lock', 'unlock', 'admit-all')),
      often(3, all('end', 'all-left', 'node-dies', 'server-restarts')),
      often(2, fc.record({ do: fc.constant('policy'), policy })),
    ),
    { minLength: 4, maxLength: 24, size: 'max' },
  );
});

/** What we believe by ourselves, in other words than the product's. */
type Believed = {
  policy: MeetingPolicy;
  isLocked: boolean;
  callRuns: boolean;
  roomIsIn: boolean;
  people: Record<Who, Guest>;
};
type Guest = {
  ticket: 'none' | 'waiting' | 'let-in' | 'declined';
  knockedInThisCall: boolean;
  isListed: boolean;
  wasInThisCall: boolean;
  wasEverIn: boolean;
  isOut: boolean;
  isIn: boolean;
  linkClosedToNew: boolean;
  seenAtMs: number;
  declinedAtMs: number;
};
type Belief = 'in' | 'locked' | 'waiting' | 'no-host' | 'removed-from-call' | 'invite-closed' | 'guests-not-allowed';

const hostIsThere = ({ roomIsIn, people }: Believed): boolean => roomIsIn || people.host.isIn || people['co-host'].isIn;

function believe(world: Believed, who: Who): Belief {
  const guest = world.people[who];
  const { admission, joinBeforeHost, guestsAllowed } = world.policy;
  if (who === 'host') return 'in';
  if (guest.isOut) return 'removed-from-call';
  if (who === 'co-host' || guest.ticket === 'let-in' || guest.wasInThisCall) return 'in';
  if (guest.linkClosedToNew && !guest.wasEverIn && guest.ticket !== 'waiting') return 'invite-closed';
  if (!isAccount(who) && !guestsAllowed) return 'guests-not-allowed';
  if (world.isLocked) return 'locked';
  const isTrusted = who === 'member' || who === 'named';
  const comesAlone = admission === 'all-enter' || (admission === 'links-wait' && isTrusted);
  if (comesAlone && (joinBeforeHost || hostIsThere(world))) return 'in';
  return hostIsThere(world) ? 'waiting' : 'no-host';
}

let dataDir: string;
let store: AuthorityStore;
let telemetry: TelemetryStore;
const nodeId = newId();
const accounts = new Map<Who, string>();
const logger = pino({ level: 'silent' });
const onFatal = (error: Error): void => {
  throw error;
};

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  dataDir = mkdtempSync(join(tmpdir(), 'maru-admission-'));
  store = authorityStore({ dataDir, onFatal });
  telemetry = telemetryStore({ dataDir, onFatal });
  await Promise.all([store.start(), telemetry.start()]);
  for (const who of WHO.filter(isAccount)) {
    const accountId = newId();
    accounts.set(who, accountId);
    const account = { accountId, issuer: 'local', subject: accountId, userName: who, displayName: who, createdAtMs: 1 };
    await store.write((trx) => trx.insertInto('account').values(account).execute());
  }
}, 60_000);
afterAll(async () => {
  vi.useRealTimers();
  await Promise.all([store.stop(), telemetry.stop()]);
  rmSync(dataDir, { recursive: true });
});

class Product {
  readonly meetingId = newId();
  readonly #nodes = new MediaNodes({ telemetry });
  #instanceId = newId();
  #nowMs = 0;
  waitingRoom!: WaitingRoom;
  #admissions!: Admissions;
  #calls!: Calls;
  readonly #invites = new Map<Who, string>();
  readonly #tickets = new Map<Who, string>();
  readonly #grants = new Map<Who, { callId: string; peerId: string }>();
  /** by which they are in the call, whatever they were granted since */
  readonly #joined = new Map<Who, { callId: string; peerId: string }>();
  readonly #pages = new Map<Who, () => void>();
  #room: { callId: string; peerId: string } | null = null;

  async start(): Promise<void> {
    const { meetingId } = this;
    const [named, a, b] = [newId(), newId(), newId()];
    this.#invites.set('named', named).set('link-a', a).set('link-b', b);
    await store.write(async (trx) => {
      await trx
        .insertInto('meeting')
        .values({ meetingId, roomId: null, title: 'M', createdAtMs: 1, hostAccountId: accounts.get('host')! })
        .execute();
      for (const role of ['co-host', 'member'] as const) {
        const accountId = accounts.get(role)!;
        const row = { personId: newId(), meetingId, accountId, displayName: role, email: null, role, inviteId: null };
        await trx
          .insertInto('meetingPerson')
          .values({ ...row, addedAtMs: 1 })
          .execute();
      }
      for (const [inviteId, displayName] of [
        [named, 'named'],
        [a, null],
        [b, null],
      ] as const) {
        const row = { inviteId, meetingId, displayName, createdAtMs: 1, expiresAtMs: 2 ** 45, seats: 50 };
        await trx
          .insertInto('invite')
          .values({ ...row, revokedAtMs: null, closedAtMs: null, createdBy: null })
          .execute();
      }
    });
    await this.#register();
    await this.restart();
  }
  async #register(): Promise<void> {
    const registration: NodeRegistration = {
      protocol: PROTOCOL_VERSION,
      nodeId,
      online: true,
      instanceId: this.#instanceId,
      signalingUrl: 'ws://127.0.0.1:7403/signaling',
      transcribes: false,
      workers: 1,
      maxPeers: 300,
      peers: 0,
      callIds: [],
      participantCounts: {},
      blockedCounts: {},
      asOfMs: Date.now(),
    };
    await this.#nodes.register(registration);
    await this.#calls?.reconcile(registration);
  }
  /** Our process, again on the same store. */
  async restart(): Promise<void> {
    this.stop();
    this.waitingRoom = new WaitingRoom({ store, onFailed: onFatal as never, nowMs: () => this.#nowMs });
    this.#calls = new Calls({
      store,
      nodes: this.#nodes,
      sendToNode: () => {},
      acknowledge: () => {},
      onEvent: async () => {},
      onPrepared: () => {},
      onMeetingChanged: (meetingId) => this.waitingRoom.look(meetingId),
      onChatChanged: () => {},
      onSpoken: () => {},
      onChatRead: () => {},
      logger,
    });
    this.#admissions = new Admissions({
      store,
      calls: this.#calls,
      grants: { sign: async (_, { call }, peerId) => ({ callId: call.callId, peerId }) as never },
      invites: { check: async (token) => JSON.parse(token) },
      waitingRoom: this.waitingRoom,
      logger,
    });
    await this.waitingRoom.start();
  }
  stop(): void {
    for (const close of this.#pages.values()) close();
    this.#pages.clear();
    this.waitingRoom?.stop();
  }

  async ask(who: Who, knocks: boolean): Promise<string> {
    const network = `192.0.2.${WHO.indexOf(who)}`;
    const { meetingId } = this;
    const answer = isAccount(who)
      ? this.#admissions.byAccount({ accountId: accounts.get(who)!, displayName: who }, meetingId, {
          wantsToKnock: knocks,
          network,
          address: network,
          endedCallId: null,
        })
      : this.#admissions.byInvite(
          JSON.stringify({ jti: this.#invites.get(who), meetingId, displayName: who === 'named' ? 'named' : null }),
          {
            entryId: who.padEnd(20, 'x'),
            knock: knocks ? { displayName: who, organisation: null } : null,
            network,
            address: network,
            endedCallId: null,
          },
        );
    return this.#outcome(who, answer);
  }
  async byTicket(who: Who): Promise<string> {
    const token = this.#tickets.get(who);
    if (token === undefined) return 'no ticket';
    const answer = this.waitingRoom
      .verify(token)
      .then((bearer) =>
        this.#admissions.byTicket({ ...bearer, network: '192.0.2.9', address: '192.0.2.9' }, { endedCallId: null }),
      );
    return this.#outcome(who, answer);
  }
  async #outcome(who: Who, answer: ReturnType<Admissions['byInvite']>): Promise<string> {
    try {
      const got = await answer;
      if (got.kind === 'admitted') this.#grants.set(who, { callId: got.grant.callId, peerId: got.grant.peerId });
      if (got.kind === 'waiting') this.#tickets.set(who, got.ticket);
      return got.kind === 'waiting' ? got.state : got.kind;
    } catch (error) {
      const { code } = toMaruError(error);
      if (code === 'internal') throw error;
      return code;
    }
  }
  async page(who: Who, isThere: boolean): Promise<void> {
    if (isThere) {
      const { ticketId } = await this.waitingRoom.verify(this.#tickets.get(who)!);
      await new Promise<void>((resolve) => {
        this.#pages.get(who)?.();
        this.#pages.set(
          who,
          this.waitingRoom.follow(ticketId, () => resolve()),
        );
      });
      return;
    }
    this.#pages.get(who)?.();
    this.#pages.delete(who);
  }
  /** Every page that is there stays. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 10_000) {
      this.#nowMs += 10_000;
      vi.setSystemTime(Date.now() + 10_000);
      this.waitingRoom.tick();
    }
    // what was seen is saved by then
    await store.write(async () => {});
  }
  get nowMs(): number {
    return this.#nowMs;
  }
  async happened(callId: string, ...events: object[]): Promise<void> {
    const whole = events.map((each) => ({
      eventId: newId(),
      callId,
      meetingId: this.meetingId,
      atMs: Date.now(),
      ...each,
    }));
    await this.#calls.takeEvents(nodeId, { events: whole as CallEvent[] });
  }
  async joins(who: Who): Promise<boolean> {
    const grant = this.#grants.get(who);
    const current = await this.#calls.currentOf(this.meetingId);
    if (!grant || current?.callId !== grant.callId) return false;
    await this.happened(grant.callId, joined(grant.peerId, 'person'));
    this.#joined.set(who, grant);
    return true;
  }
  async leaves(who: Who, isRemoved: boolean): Promise<void> {
    const { callId, peerId } = this.#joined.get(who)!;
    const left = { name: 'participant-left', peerId, participantCount: 1 };
    await this.happened(
      callId,
      ...(isRemoved ? [{ name: 'participant-removed', peerId, byPeerId: newId() }] : []),
      left,
    );
    this.#joined.delete(who);
    this.#grants.delete(who);
  }
  async room(isIn: boolean): Promise<void> {
    if (isIn) {
      const { call } = await this.#calls.openCall(this.meetingId, null, 'room');
      this.#room = { callId: call.callId, peerId: newId() };
      await this.happened(call.callId, joined(this.#room.peerId, 'room'));
    } else if (this.#room) {
      const { callId, peerId } = this.#room;
      this.#room = null;
      await this.happened(callId, { name: 'participant-left', peerId, participantCount: 1 });
    }
  }
  async lock(isLocked: boolean): Promise<boolean> {
    const current = await this.#calls.currentOf(this.meetingId);
    if (!current) return false;
    const order = { isLocked, staysMuted: false, sharedBy: 'everyone' };
    await this.happened(current.callId, { name: 'order-changed', order, byPeerId: newId() });
    return true;
  }
  async end(reason: string): Promise<boolean> {
    const current = await this.#calls.currentOf(this.meetingId);
    if (!current) return false;
    await this.happened(current.callId, { name: 'call-ended', reason });
    return true;
  }
  async nodeDies(): Promise<void> {
    this.#instanceId = newId();
    await this.#register();
  }
  async setPolicy(policy: MeetingPolicy): Promise<void> {
    await store.write((trx) => setMeetingPolicy(trx, this.meetingId, policy, 'account:host'));
    this.waitingRoom.look(this.meetingId);
  }
  async decide(decision: Parameters<WaitingRoom['decide']>[1]): Promise<string> {
    return this.waitingRoom.decide([this.meetingId], decision, 'account:host').then(
      () => 'done',
      (error: unknown) => toMaruError(error).code,
    );
  }
  async ticketIdOf(who: Who): Promise<string | null> {
    const row = await store.read
      .selectFrom('ticket')
      .select('ticketId')
      .where('meetingId', '=', this.meetingId)
      .where('displayName', '=', who)
      .executeTakeFirst();
    return row?.ticketId ?? null;
  }
}
const joined = (peerId: string, peerKind: string) => ({
  name: 'participant-joined',
  peerId,
  peerKind,
  displayName: 'Somebody',
  participantCount: 1,
});

const nobody = (): Guest => ({
  ticket: 'none',
  knockedInThisCall: false,
  isListed: false,
  wasInThisCall: false,
  wasEverIn: false,
  isOut: false,
  isIn: false,
  linkClosedToNew: false,
  seenAtMs: 0,
  declinedAtMs: 0,
});

/** A call is over; `isForAll`: a host ended the meeting. */
function over(world: Believed, isForAll: boolean): void {
  world.callRuns = false;
  world.isLocked = false;
  world.roomIsIn = false;
  for (const who of WHO) {
    const guest = world.people[who];
    Object.assign(guest, { isIn: false, wasInThisCall: false });
    if (guest.ticket === 'let-in') guest.ticket = 'none';
    if (isAccount(who)) guest.isOut = false;
    if (isForAll && guest.ticket === 'waiting') Object.assign(guest, { knockedInThisCall: false, isListed: false });
  }
}
/** Of those who wait, whom the policy lets in now. */
function letIn(world: Believed): void {
  for (const who of WHO) {
    const guest = world.people[who];
    if (guest.ticket === 'waiting' && guest.isListed && guest.knockedInThisCall && believe(world, who) === 'in')
      Object.assign(guest, { ticket: 'let-in', isListed: false });
  }
}
const mayBeListed = ({ policy }: Believed, who: Who): boolean => isAccount(who) || policy.guestsAllowed;

async function play(product: Product, world: Believed, one: Act): Promise<[got: unknown, believed: unknown]> {
  const guest = 'who' in one ? world.people[one.who] : nobody();
  switch (one.do) {
    case 'ask':
    case 'knock': {
      const isStranger = one.who === 'colleague' && world.policy.admission !== 'all-enter';
      const got = await product.ask(one.who, one.do === 'knock');
      if (isStranger) return [got, 'not-found'];
      const belief = believe(world, one.who);
      if (belief === 'in') {
        world.callRuns = true;
        return [got, 'admitted'];
      }
      const waits = belief === 'waiting' || belief === 'no-host' || belief === 'locked';
      if (!waits) return [got, belief];
      if (one.do === 'ask') return [got, 'knock'];
      if (guest.ticket === 'declined' && Date.now() - guest.declinedAtMs < DECLINED_REST_MS)
        return [got, 'not-admitted'];
      // it is theirs again, in its place; one of a meeting that was ended for all keeps its old time
      if (guest.ticket !== 'waiting') guest.knockedInThisCall = true;
      Object.assign(guest, { ticket: 'waiting', isListed: true, seenAtMs: product.nowMs });
      return [got, belief];
    }
    case 'by-ticket': {
      const got = await product.byTicket(one.who);
      if (got === 'no ticket' || got === 'token-invalid') return [got, got];
      if (guest.ticket === 'declined') return [got, guest.isOut ? 'removed-from-call' : 'not-admitted'];
      if (guest.ticket === 'none') return [got, 'call-ended'];
      if (guest.ticket === 'waiting' && !guest.knockedInThisCall) return [got, 'call-ended'];
      const belief = believe(world, one.who);
      if (guest.ticket === 'waiting' && (belief === 'guests-not-allowed' || belief === 'removed-from-call'))
        return [got, belief === 'removed-from-call' ? belief : 'not-admitted'];
      if (belief === 'in') {
        world.callRuns = true;
        return [got, 'admitted'];
      }
      if (guest.ticket === 'waiting') Object.assign(guest, { isListed: true, seenAtMs: product.nowMs });
      return [got, belief];
    }
    // as a page does: in by the ticket, else by the invite or the session, and into the call
    case 'come': {
      const isAdmitted = guest.ticket === 'let-in';
      const asked = await play(product, world, { do: isAdmitted ? 'by-ticket' : 'ask', who: one.who });
      if (asked[0] === 'admitted') await play(product, world, { do: 'join', who: one.who });
      return asked;
    }
    case 'join': {
      if (guest.isIn || !(await product.joins(one.who))) return [null, null];
      Object.assign(guest, { isIn: true, wasInThisCall: true, wasEverIn: true });
      return [null, null];
    }
    case 'leave':
    case 'remove': {
      if (!guest.isIn) return [null, null];
      await product.leaves(one.who, one.do === 'remove');
      guest.isIn = false;
      if (one.do === 'remove') Object.assign(guest, { isOut: true, linkClosedToNew: !isAccount(one.who) });
      return [null, null];
    }
    case 'page-goes': {
      await product.page(one.who, false);
      if (pages.delete(one.who)) guest.seenAtMs = product.nowMs;
      await pass(product, world, LEASE_MS + 30_000);
      return [null, null];
    }
    case 'page-comes': {
      if (guest.ticket === 'none' || (await product.byTicket(one.who)) === 'token-invalid') return [null, null];
      if (guest.ticket !== 'waiting') return [null, null];
      if (!guest.knockedInThisCall) return [null, null];
      await product.page(one.who, true);
      pages.add(one.who);
      Object.assign(guest, { isListed: true, seenAtMs: product.nowMs });
      return [null, null];
    }
    case 'admit':
    case 'decline': {
      const ticketId = await product.ticketIdOf(one.who);
      if (ticketId === null) return [null, null];
      const got = await product.decide({ name: one.do, ticketId });
      const wanted = one.do === 'admit' ? 'let-in' : 'declined';
      return [got, decided(world, one.who, wanted)];
    }
    case 'admit-all':
      for (const who of WHO) {
        const each = world.people[who];
        if (each.isListed && each.ticket === 'waiting' && each.knockedInThisCall && mayBeListed(world, who))
          Object.assign(each, { ticket: 'let-in', isListed: false });
      }
      return [await product.decide({ name: 'admit-all' }), 'done'];
    case 'room-joins':
      if (world.roomIsIn) return [null, null];
      await product.room(true);
      Object.assign(world, { roomIsIn: true, callRuns: true });
      return [null, null];
    case 'room-leaves':
      await product.room(false);
      world.roomIsIn = false;
      return [null, null];
    case 'lock':
    case 'unlock':
      if (await product.lock(one.do === 'lock')) world.isLocked = one.do === 'lock';
      return [null, null];
    case 'end':
    case 'all-left':
      if (await product.end(one.do === 'end' ? 'ended-by-participant' : 'empty')) over(world, one.do === 'end');
      return [null, null];
    case 'node-dies':
      await product.nodeDies();
      Object.assign(world, { callRuns: false, isLocked: false, roomIsIn: false });
      for (const who of WHO) world.people[who].isIn = false;
      return [null, null];
    case 'server-restarts':
      // the last seconds before a death are in no store
      await pass(product, world, 20_000);
      await product.restart();
      for (const who of WHO) world.people[who].seenAtMs = product.nowMs;
      pages.clear();
      return [null, null];
    case 'policy':
      await product.setPolicy(one.policy);
      world.policy = one.policy;
      return [null, null];
  }
}
/** Whose page follows. */
const pages = new Set<Who>();

async function pass(product: Product, { people }: Believed, ms: number): Promise<void> {
  await product.pass(ms);
  for (const who of WHO)
    if (!pages.has(who) && product.nowMs - people[who].seenAtMs >= LEASE_MS) people[who].isListed = false;
}

function decided(world: Believed, who: Who, wanted: 'let-in' | 'declined'): string {
  const guest = world.people[who];
  const isOld = guest.ticket === 'waiting' && !guest.knockedInThisCall;
  if (wanted === 'let-in' && (isOld || !mayBeListed(world, who))) return 'not-possible-now';
  // an admission of a meeting that is over stands in its record
  if (guest.ticket === 'none') return 'any';
  if (guest.ticket === wanted) return 'done';
  if (guest.ticket !== 'waiting') return 'not-possible-now';
  Object.assign(guest, { ticket: wanted, isListed: false, declinedAtMs: Date.now() });
  return 'done';
}

test(`any sequence is as the model has it (seed ${seed}, ${RUNS} runs)`, async () => {
  await fc.assert(
    fc.asyncProperty(sequence, async (acts) => {
      pages.clear();
      const product = new Product();
      await product.start();
      const people = Object.fromEntries(WHO.map((who) => [who, nobody()])) as Believed['people'];
      const world: Believed = {
        policy: DEFAULT_MEETING_POLICY,
        isLocked: false,
        callRuns: false,
        roomIsIn: false,
        people,
      };
      try {
        for (const one of acts) {
          vi.setSystemTime(Date.now() + 5);
          const [got, believed] = await play(product, world, one);
          await product.waitingRoom.looked();
          letIn(world);
          if (believed !== 'any') expect(got, JSON.stringify(one)).toBe(believed);
          const listed = (await product.waitingRoom.listOf(product.meetingId)).waiting.map((each) => each.displayName);
          const expected = WHO.filter(
            (who) =>
              people[who].ticket === 'waiting' &&
              people[who].isListed &&
              people[who].knockedInThisCall &&
              mayBeListed(world, who),
          );
          expect([...listed].sort(), `listed after ${JSON.stringify(one)}`).toEqual([...expected].sort());
        }
      } finally {
        product.stop();
      }
    }),
    { seed, numRuns: RUNS },
  );
}, 3_600_000);
