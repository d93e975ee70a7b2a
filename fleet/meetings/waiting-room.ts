/**
 * Who waits to be let in: the knocks of all meetings, who sees them and who decides. A ticket is a knock's one record; its state as
 * its holder sees it follows from that record, the policy and the call.
 */
import { InvalidStateError, ProtocolError, UserError } from '#contract/error-codes.ts';
import { nameInLists } from '#contract/shown-text.ts';
import { type TicketState, WAITING_NAMED, type WaitingDecision, type WaitingList } from '#contract/waiting.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import { appendAudit } from '../audit/index.ts';
import type { TicketBearer } from '../http/route.ts';
import { type AuthorityStore, type AuthorityWrite, hashOf } from '../store/index.ts';
import { decideAdmission } from './admission-decision.ts';
import {
  askingBy,
  holdsAdmission,
  type Known,
  type KnownMeeting,
  meetingKnownIn,
  personKnownIn,
} from './admission-facts.ts';
import { roomOfPerson } from './entries.ts';
import { TicketLeases, type Waiter } from './ticket-leases.ts';
import { BY_POLICY, decideTicket, keepKnock, type NewKnock, type TicketRow } from './tickets.ts';

type Reader = Pick<AuthorityWrite, 'selectFrom'>;
export type TicketView = { state: TicketState; hostName: string; sinceMs: number };
export type WaitingRoomDependencies = {
  store: AuthorityStore;
  onFailed: (error: unknown) => void;
  nowMs?: () => number;
};

/** of those whom nobody knows, at a time */
const MOST_IN_MEETING = 200;
const MOST_BY_LINK = 100;
const MOST_OF_NETWORK = 20;

export class WaitingRoom {
  readonly #store: AuthorityStore;
  readonly #leases: TicketLeases;
  readonly #onFailed: (error: unknown) => void;
  readonly #changedHandlers: ((meetingId: string) => void)[] = [];
  /** by meeting, one at a time: a change during a look makes another */
  readonly #looks = new Map<string, Promise<void>>();
  readonly #byNetwork = new AttemptLimit({ burst: 30, refillPerMinute: 30 });
  readonly #byLink = new AttemptLimit({ burst: 200, refillPerMinute: 120 });
  readonly #byPerson = new AttemptLimit({ burst: 10, refillPerMinute: 10 });

  constructor({ store, onFailed, nowMs }: WaitingRoomDependencies) {
    this.#store = store;
    this.#onFailed = onFailed;
    this.#leases = new TicketLeases({ store, onChanged: (meetingId) => this.#changed(meetingId), onFailed, nowMs });
  }

  async start(): Promise<void> {
    await this.#leases.start();
  }
  stop(): void {
    this.#leases.stop();
  }
  /** The clock alone: pages that have been gone for too long. */
  tick(): void {
    this.#leases.tick();
  }

  /** Other people wait in this meeting, or the same ones for something else. */
  onChanged(handler: (meetingId: string) => void): () => void {
    this.#changedHandlers.push(handler);
    return () => {
      const at = this.#changedHandlers.indexOf(handler);
      if (at >= 0) this.#changedHandlers.splice(at, 1);
    };
  }
  #changed(meetingId: string): void {
    for (const handler of [...this.#changedHandlers]) handler(meetingId);
  }

  /** The meeting's call, its policy or its end: those who wait are looked at again. */
  look(meetingId: string): void {
    if (!this.#leases.hasAny(meetingId) && this.#changedHandlers.length === 0) return;
    const look = (this.#looks.get(meetingId) ?? Promise.resolve())
      .then(() => this.#look(meetingId))
      .catch(this.#onFailed)
      .then(() => {
        if (this.#looks.get(meetingId) === look) this.#looks.delete(meetingId);
      });
    this.#looks.set(meetingId, look);
  }

  /** A rule that many meetings follow has changed. */
  lookAll(): void {
    for (const meetingId of this.meetingIds) this.look(meetingId);
  }

  /** Once each look that was asked for is done. */
  async looked(): Promise<void> {
    while (this.#looks.size > 0) await Promise.all(this.#looks.values());
  }

  async #look(meetingId: string): Promise<void> {
    if (this.#leases.hasAny(meetingId)) {
      const meeting = await meetingKnownIn(this.#store.read, meetingId);
      // most changes let in nobody
      if (meeting && (await this.#enterable(this.#store.read, meeting)).length > 0)
        await this.#store.write(async (trx) => {
          const now = await meetingKnownIn(trx, meetingId);
          if (!now) return;
          for (const ticket of await this.#enterable(trx, now)) await decideTicket(trx, ticket, 'admitted', BY_POLICY);
        });
    }
    await this.#endLeases(meetingId);
    this.#changed(meetingId);
  }

  /** Who waits and need not, by the policy as it is now. */
  async #enterable(db: Reader, meeting: KnownMeeting): Promise<TicketRow[]> {
    const found: TicketRow[] = [];
    for (const ticket of await this.#there(db, meeting.meetingId)) {
      if (isOverFor(ticket, meeting)) continue;
      const { person } = await personKnownIn(db, meeting, askingBy(ticket));
      if (decideAdmission(meeting, person).kind === 'enter') found.push(ticket);
    }
    return found;
  }

  /** Of those who wait no more. */
  async #endLeases(meetingId: string): Promise<void> {
    const waiting = new Set((await this.#there(this.#store.read, meetingId)).map(({ ticketId }) => ticketId));
    for (const { ticketId } of this.#leases.of(meetingId))
      if (!waiting.has(ticketId)) this.#leases.end(meetingId, ticketId);
  }

  /** Whose page is there, the first to come first. */
  async #there(db: Reader, meetingId: string): Promise<TicketRow[]> {
    if (!this.#leases.hasAny(meetingId)) return [];
    const rows = await db
      .selectFrom('ticket')
      .selectAll()
      .where('meetingId', '=', meetingId)
      .where('state', '=', 'waiting')
      .orderBy('createdAtMs')
      .orderBy('ticketId')
      .execute();
    return rows.filter((row) => this.#leases.isThere(row));
  }

  /**
   * @param decide the facts as they are in the transaction; null: this person need not wait any more
   * @throws UserError not-admitted, too-many-attempts, and as the decision refuses
   */
  async knock(
    knock: NewKnock,
    known: (trx: AuthorityWrite) => Promise<Known>,
  ): Promise<{ secret: string; view: TicketView } | null> {
    const kept = await this.#store.write(async (trx) => {
      const { meeting, person, invite, ticket } = await known(trx);
      const decision = decideAdmission(meeting, person);
      if (decision.kind === 'enter') return null;
      if (decision.kind === 'refused') throw new UserError(decision.code);
      const waiter = {
        meetingId: knock.meetingId,
        inviteId: knock.inviteId,
        network: knock.network,
        isKnown: isKnown(knock, invite?.displayName ?? null),
      };
      const isThere = ticket !== null && this.#leases.isThere(ticket);
      if (!isThere) this.#limit(knock, waiter);
      const { row, secret } = await keepKnock(trx, ticket, knock);
      const { ticketId, createdAtMs } = row;
      const view = { state: decision.state, hostName: meeting.hostName, sinceMs: createdAtMs };
      return { waiter: { ...waiter, ticketId }, secret, view };
    });
    if (!kept) return null;
    this.#leases.touch(kept.waiter);
    this.#changed(knock.meetingId);
    return kept;
  }

  /** Those whom the meeting knows are counted by themselves: a flood of others keeps none of them out. */
  #limit({ person }: NewKnock, { meetingId, inviteId, network, isKnown }: Omit<Waiter, 'ticketId'>): void {
    if (!this.#byPerson.take(`${meetingId} ${person}`)) throw new UserError('too-many-attempts');
    if (isKnown) return;
    const strangers = this.#leases.of(meetingId).filter((each) => !each.isKnown);
    const isFull =
      strangers.length >= MOST_IN_MEETING ||
      strangers.filter((each) => each.inviteId === inviteId).length >= MOST_BY_LINK ||
      strangers.filter((each) => each.network === network).length >= MOST_OF_NETWORK;
    if (isFull || !this.#byNetwork.take(network) || !this.#byLink.take(inviteId ?? ''))
      throw new UserError('too-many-attempts');
  }

  /** @throws UserError token-invalid: made up, of a newer page of the same person, or of who has gone */
  async verify(token: string): Promise<TicketBearer> {
    const row = await this.#store.read
      .selectFrom('ticket')
      .select(['ticketId', 'meetingId', 'state'])
      .where('ticketHash', '=', hashOf(token))
      .executeTakeFirst();
    if (!row || row.state === 'left') throw new UserError('token-invalid');
    const { ticketId, meetingId } = row;
    return { ticketId, meetingId, token };
  }

  /** As its holder sees it; and its page is there. @throws UserError token-invalid */
  async see(ticketId: string): Promise<{ ticket: TicketRow; view: TicketView; known: Known }> {
    const seen = await this.#viewOf(ticketId);
    const { ticket, known } = seen;
    // who may come in meanwhile waits for nobody's decision
    const mayEnter = decideAdmission(known.meeting, known.person).kind === 'enter';
    if (ticket.state === 'waiting' && !mayEnter) this.#leases.touch(waiterOf(ticket, known));
    return seen;
  }

  async #viewOf(ticketId: string): Promise<{ ticket: TicketRow; view: TicketView; known: Known }> {
    const { read } = this.#store;
    const ticket = await read.selectFrom('ticket').selectAll().where('ticketId', '=', ticketId).executeTakeFirst();
    const meeting = ticket && (await meetingKnownIn(read, ticket.meetingId));
    if (!ticket || !meeting) throw new UserError('token-invalid');
    const known: Known = { meeting, ...(await personKnownIn(read, meeting, askingBy(ticket))) };
    const view = { state: stateOf(ticket, known), hostName: meeting.hostName, sinceMs: ticket.createdAtMs };
    return { ticket, view, known };
  }

  /** Each view of a ticket, beginning with the present one, while its page follows. @returns ends it */
  follow(ticketId: string, onView: (view: TicketView) => void): () => void {
    let release: (() => void) | null = null;
    let isEnded = false;
    let meetingId: string | null = null;
    const send = async (): Promise<void> => {
      const { ticket, view, known } = await this.#viewOf(ticketId);
      if (isEnded) return;
      if (meetingId === null) {
        meetingId = ticket.meetingId;
        if (ticket.state === 'waiting') release = this.#leases.hold(waiterOf(ticket, known));
        // what changed while nobody was there to be let in
        if (ticket.state === 'waiting') this.look(meetingId);
      }
      onView(view);
    };
    let sent = send().catch(this.#onFailed);
    const unlisten = this.onChanged((changed) => {
      if (changed === meetingId) sent = sent.then(send).catch(this.#onFailed);
    });
    return () => {
      isEnded = true;
      unlisten();
      release?.();
    };
  }

  async leave({ ticketId, meetingId }: Pick<TicketBearer, 'ticketId' | 'meetingId'>): Promise<void> {
    await this.#store.write(async (trx) => {
      const ticket = await trx.selectFrom('ticket').selectAll().where('ticketId', '=', ticketId).executeTakeFirst();
      if (ticket?.state !== 'waiting') return;
      await trx.updateTable('ticket').set({ state: 'left' }).where('ticketId', '=', ticketId).execute();
      await appendAudit(trx, {
        kind: 'waiting-left',
        actor: ticket.person,
        subject: `meeting:${meetingId}`,
        details: { ticketId },
      });
    });
    this.#leases.end(meetingId, ticketId);
  }

  /** Whom the meeting knows is named first: no flood of others hides them. */
  async listOf(meetingId: string): Promise<WaitingList> {
    const meeting = this.#leases.hasAny(meetingId) ? await meetingKnownIn(this.#store.read, meetingId) : null;
    if (!meeting) return { meetingId, count: 0, waiting: [] };
    const rows = (await this.#there(this.#store.read, meetingId)).filter((row) => mayBeLetIn(row, meeting));
    // after the reading: somebody may have come meanwhile
    const known = new Map(this.#leases.of(meetingId).map((each) => [each.ticketId, each.isKnown]));
    const waiting = rows
      .map(({ ticketId, displayName, organisation, createdAtMs }) => ({
        ticketId,
        displayName: nameInLists(displayName),
        organisation: organisation === null ? null : nameInLists(organisation),
        isKnown: known.get(ticketId) ?? false,
        sinceMs: createdAtMs,
      }))
      .sort((a, b) => Number(b.isKnown) - Number(a.isKnown))
      .slice(0, WAITING_NAMED)
      .sort((a, b) => a.sinceMs - b.sinceMs);
    return { meetingId, count: rows.length, waiting };
  }

  /** Of meetings in which somebody waits. */
  get meetingIds(): string[] {
    return this.#leases.meetingIds;
  }

  /**
   * @param meetingIds in which the caller may decide; `admit-all` is of the first
   * @throws ProtocolError not-found; InvalidStateError not-possible-now: somebody has decided otherwise, or the person has gone
   */
  async decide(meetingIds: readonly string[], decision: WaitingDecision, by: string): Promise<void> {
    const changed = await this.#store.write(async (trx) => {
      if (decision.name === 'admit-all') {
        const [meetingId] = meetingIds;
        if (meetingId === undefined) return null;
        const meeting = await meetingKnownIn(trx, meetingId);
        const rows = meeting ? (await this.#there(trx, meetingId)).filter((row) => mayBeLetIn(row, meeting)) : [];
        for (const ticket of rows) await decideTicket(trx, ticket, 'admitted', by);
        return meetingId;
      }
      const ticket = await trx
        .selectFrom('ticket')
        .selectAll()
        .where('ticketId', '=', decision.ticketId)
        .executeTakeFirst();
      if (!ticket || !meetingIds.includes(ticket.meetingId))
        throw new ProtocolError('not-found', 'nobody waits by that');
      const meeting = await meetingKnownIn(trx, ticket.meetingId);
      if (!meeting || (decision.name === 'admit' && !mayBeLetIn(ticket, meeting)))
        throw new InvalidStateError('not-possible-now', 'cannot be let in any more');
      await decideTicket(trx, ticket, decision.name === 'admit' ? 'admitted' : 'declined', by);
      return ticket.meetingId;
    });
    if (changed !== null) this.look(changed);
  }
}

const isKnown = ({ accountId, person }: Pick<NewKnock, 'accountId' | 'person'>, invitedName: string | null): boolean =>
  accountId !== null || invitedName !== null || roomOfPerson(person) !== null;

function waiterOf(ticket: TicketRow, { invite }: Known): Waiter {
  const { ticketId, meetingId, inviteId, network } = ticket;
  return { ticketId, meetingId, inviteId, network, isKnown: isKnown(ticket, invite?.displayName ?? null) };
}

/** A host ended the meeting for all after this knock. */
const isOverFor = ({ createdAtMs }: TicketRow, { isOver, endedForAllAtMs }: KnownMeeting): boolean =>
  isOver || endedForAllAtMs > createdAtMs;

function mayBeLetIn(ticket: TicketRow, meeting: KnownMeeting): boolean {
  const isGuest = ticket.accountId === null && roomOfPerson(ticket.person) === null;
  return !isOverFor(ticket, meeting) && (meeting.policy.guestsAllowed || !isGuest);
}

function stateOf(ticket: TicketRow, { meeting, person }: Known): TicketState {
  if (ticket.state === 'declined') return 'declined';
  if (meeting.isOver || ticket.state === 'left') return 'over';
  if (ticket.state === 'admitted') return holdsAdmission(ticket, meeting) ? 'admitted' : 'over';
  if (isOverFor(ticket, meeting)) return 'over';
  const decision = decideAdmission(meeting, person);
  // it is about to be let in by the policy; until then it waits
  if (decision.kind === 'enter') return meeting.isHostThere ? 'waiting' : 'no-host';
  return decision.kind === 'wait' ? decision.state : 'declined';
}
