/**
 * Coming into a meeting: by an invite, by a session, by a ticket, as a room that was invited. Decides by the facts, records the
 * entry in the same transaction, and hands out the grant; who has to ask gets a ticket.
 */
import type { Logger } from 'pino';
import type { MeetingRole } from '#contract/call-order.ts';
import { InvalidStateError, OperationalError, ProtocolError, toMaruError, UserError } from '#contract/error-codes.ts';
import type { CallGrant, InviteClaims } from '#contract/grants.ts';
import type { EntryAnswer } from '#contract/http/admission-api.ts';
import type { AuditKind } from '#contract/http/audit-api.ts';
import type { Account } from '#contract/http/people-api.ts';
import type { Knock } from '#contract/waiting.ts';
import { isAllowedFrom } from '#edge/address-ranges.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import { appendAudit, type AuditEntry } from '../audit/index.ts';
import type { TicketBearer } from '../http/route.ts';
import { type AuthorityStore, type AuthorityWrite, newId } from '../store/index.ts';
import { decideAdmission, type Decision } from './admission-decision.ts';
import { type Entrant, askingBy, type Known, meetingKnownIn, personKnownIn } from './admission-facts.ts';
import type { Admitted, CallGrants } from './call-grants.ts';
import type { Calls } from './calls.ts';
import { insertEntry, personOfAccount, personOfInvite, personOfRoom, usableInvite } from './entries.ts';
import type { Invites } from './invites.ts';
import { roomsIn } from './meeting-people.ts';
import type { WaitingRoom } from './waiting-room.ts';

export type AdmissionsDependencies = {
  store: AuthorityStore;
  calls: Pick<Calls, 'openCall'>;
  grants: Pick<CallGrants, 'sign'>;
  invites: Pick<Invites, 'check'>;
  waitingRoom: WaitingRoom;
  logger: Logger;
};
/** Who asks, and how the log names them. */
type Caller = {
  asking: Entrant;
  /** null: the person types one */
  displayName: string | null;
  organisation: string | null;
  ticketId: string | null;
  network: string;
  /** null: a room, which is where its box stands */
  address: string | null;
  actor: string;
  /** the right again, within the transaction; @throws UserError */
  check: (trx: AuthorityWrite) => Promise<void>;
};
type Outcome = { kind: 'entered'; grant: CallGrant; known: Known } | { kind: 'waits'; known: Known };
type Options = { endedCallId: string | null };
/** `network` counts limits, `address` is held to ranges. */
type From = { network: string; address: string };

/** a call may end between its choice and the entry into it */
const CALLS_TO_TRY = 3;
const nothingToCheck = async (): Promise<void> => {};

export class Admissions {
  readonly #deps: AdmissionsDependencies;
  readonly #refusedByNetwork = new AttemptLimit({ burst: 20, refillPerMinute: 6 });
  readonly #admittedByNetwork = new AttemptLimit({ burst: 600, refillPerMinute: 600 });

  constructor(deps: AdmissionsDependencies) {
    this.#deps = deps;
  }

  /**
   * @throws UserError invite-invalid, invite-expired, invite-closed, removed-from-call, guests-not-allowed, not-admitted,
   *   too-many-attempts; OperationalError no-media-node, call-unreachable
   */
  async byInvite(
    invite: string,
    { entryId, knock, network, address, endedCallId }: { entryId: string | null; knock: Knock | null } & From & Options,
  ): Promise<EntryAnswer> {
    const actor = `network:${network}`;
    return this.#orRefusal({ kind: 'guest-refused', actor, network }, async () => {
      const claims = await this.#deps.invites.check(invite);
      if (!this.#admittedByNetwork.take(network)) throw new UserError('too-many-attempts');
      const caller = guest(claims, personOfInvite(claims, entryId, newId()), { network, address });
      return this.#answer(caller, knock && { ...knock, displayName: claims.displayName ?? knock.displayName }, {
        endedCallId,
      });
    });
  }

  /**
   * An account that is none of a meeting's people may ask at a room; of a person's meeting it learns nothing, unless that lets
   * everybody in.
   * @throws ProtocolError not-found; UserError not-admitted, removed-from-call; OperationalError no-media-node, call-unreachable
   */
  async byAccount(
    { accountId, displayName }: Pick<Account, 'accountId' | 'displayName'>,
    meetingId: string,
    { wantsToKnock, network, address, endedCallId }: { wantsToKnock: boolean } & From & Options,
  ): Promise<EntryAnswer> {
    const actor = `account:${accountId}`;
    const asking: Entrant = { meetingId, person: personOfAccount(accountId), inviteId: null, accountId, roomId: null };
    return this.#orRefusal({ kind: 'member-refused', actor }, async () => {
      const known = await this.#known(this.#deps.store.read, asking);
      const { asker } = known?.person ?? {};
      const isStranger = asker?.kind === 'account' && asker.role === null;
      if (!known || known.meeting.isOver || (isStranger && !isOpenToStaff(known.meeting)))
        throw new ProtocolError('not-found', 'no such meeting');
      const caller = {
        asking,
        displayName,
        organisation: null,
        ticketId: null,
        network,
        address,
        actor,
        check: nothingToCheck,
      };
      return this.#answer(caller, wantsToKnock ? { displayName, organisation: null } : null, { endedCallId });
    });
  }

  /**
   * @throws UserError not-admitted, removed-from-call, token-invalid; InvalidStateError call-ended; OperationalError
   *   no-media-node, call-unreachable
   */
  async byTicket({ ticketId, token, network, address }: TicketBearer & From, options: Options): Promise<EntryAnswer> {
    const { ticket, view, known } = await this.#deps.waitingRoom.see(ticketId);
    const { displayName, organisation, person } = ticket;
    if (view.state === 'over') throw new InvalidStateError('call-ended');
    if (view.state === 'declined') throw new UserError(known.person.wasRemoved ? 'removed-from-call' : 'not-admitted');
    const check = checkOfTicket(ticketId);
    const caller = {
      asking: askingBy(ticket),
      displayName,
      organisation,
      ticketId,
      network,
      address,
      actor: person,
      check,
    };
    return this.#orRefusal({ kind: 'guest-refused', actor: person }, async () => {
      const outcome = await this.#enter(caller, options);
      if (outcome.kind === 'entered') return entered(outcome, caller);
      return { kind: 'waiting', ...headingOf(outcome.known, caller), ticket: token, state: view.state };
    });
  }

  /**
   * A room that has the invite in its calendar. Where it has to ask, the hosts see that it waits; it asks again while it does.
   * @throws UserError invite-invalid, invite-expired, removed-from-call, not-admitted: declined; OperationalError
   *   waits-to-be-let-in, no-media-node, call-unreachable
   */
  async byRoomInvite(
    { roomId, roomName }: { roomId: string; roomName: string },
    claims: InviteClaims,
    { endedCallId, details }: Options & { details: AuditEntry['details'] },
  ): Promise<CallGrant> {
    const actor = `room:${roomId}`;
    const { meetingId, jti: inviteId } = claims;
    const asking: Entrant = { meetingId, person: personOfRoom(roomId), inviteId, accountId: null, roomId };
    const check = async (trx: AuthorityWrite): Promise<void> => void (await usableInvite(trx, claims));
    const caller = {
      asking,
      displayName: roomName,
      organisation: null,
      ticketId: null,
      network: actor,
      address: null,
      actor,
      check,
    };
    const outcome = await this.#enter(caller, { endedCallId }, details);
    if (outcome.kind === 'entered') return outcome.grant;
    await this.#knock(caller, { displayName: roomName, organisation: null });
    throw new OperationalError('waits-to-be-let-in');
  }

  /**
   * A room that a person's meeting asked for: it has what a co-host has, and never waits.
   * @throws ProtocolError not-found: it is none of the meeting's rooms; InvalidStateError call-ended; OperationalError
   *   no-media-node, call-unreachable
   */
  async byRoomOfMeeting(
    { roomId, roomName }: { roomId: string; roomName: string },
    meetingId: string,
    { endedCallId }: Options,
  ): Promise<CallGrant> {
    const actor = `room:${roomId}`;
    const asking: Entrant = { meetingId, person: personOfRoom(roomId), inviteId: null, accountId: null, roomId };
    const check = async (db: Pick<AuthorityWrite, 'selectFrom'>): Promise<void> => {
      if (!(await roomsIn(db, meetingId)).includes(roomId))
        throw new ProtocolError('not-found', 'no meeting of the room');
    };
    await check(this.#deps.store.read);
    const caller = {
      asking,
      displayName: roomName,
      organisation: null,
      ticketId: null,
      network: actor,
      address: null,
      actor,
      check,
    };
    const outcome = await this.#enter(caller, { endedCallId });
    if (outcome.kind === 'waits') throw new UserError('not-admitted');
    return outcome.grant;
  }

  async #answer(caller: Caller, knock: Knock | null, options: Options): Promise<EntryAnswer> {
    for (let tries = 1; ; tries += 1) {
      const outcome = await this.#enter(caller, options);
      if (outcome.kind === 'entered') return entered(outcome, caller);
      const heading = headingOf(outcome.known, caller);
      if (!knock) return { kind: 'knock', ...heading };
      const kept = await this.#knock(caller, knock);
      if (kept) return { kind: 'waiting', ...heading, ticket: kept.secret, state: kept.view.state };
      // the policy or the call is another since a moment
      if (tries === CALLS_TO_TRY) throw new OperationalError('no-media-node', 'cannot be decided at the moment');
    }
  }

  #knock({ asking, network, check }: Caller, { displayName, organisation }: Knock) {
    const { meetingId, person, inviteId, accountId } = asking;
    const knock = { meetingId, person, inviteId, accountId, displayName, organisation, network };
    return this.#deps.waitingRoom.knock(knock, async (trx) => {
      await check(trx);
      return this.#mustKnow(trx, asking);
    });
  }

  async #known(db: Pick<AuthorityWrite, 'selectFrom'>, asking: Entrant): Promise<Known | null> {
    const meeting = await meetingKnownIn(db, asking.meetingId);
    return meeting && { meeting, ...(await personKnownIn(db, meeting, asking)) };
  }
  async #mustKnow(db: Pick<AuthorityWrite, 'selectFrom'>, asking: Entrant): Promise<Known> {
    const known = await this.#known(db, asking);
    if (!known) throw new ProtocolError('not-found', 'no such meeting');
    return known;
  }

  /** Who has to wait opens no call. @throws UserError as the decision refuses */
  async #enter(caller: Caller, { endedCallId }: Options, details: AuditEntry['details'] = {}): Promise<Outcome> {
    const { store, calls } = this.#deps;
    const { asking, check } = caller;
    for (let tries = 1; ; tries += 1) {
      const before = await this.#mustKnow(store.read, asking);
      refuseElsewhere(before.meeting, caller);
      if (!mayEnter(decideAdmission(before.meeting, before.person))) return { kind: 'waits', known: before };
      const open = await calls.openCall(asking.meetingId, endedCallId, asking.roomId === null ? 'person' : 'room');
      const peerId = newId();
      const { callId } = open.call;
      const result = await store.write(async (trx): Promise<Known | 'waits' | 'call-over'> => {
        await check(trx);
        const known = await this.#mustKnow(trx, asking);
        refuseElsewhere(known.meeting, caller);
        if (!mayEnter(decideAdmission(known.meeting, known.person))) return 'waits';
        if (!(await isLive(trx, callId))) return 'call-over';
        await this.#record(trx, caller, { peerId, callId, known, details });
        return known;
      });
      if (typeof result === 'object') {
        const admitted = this.#admittedAs(caller, result);
        const grant = await this.#deps.grants.sign(result.meeting, open, peerId, admitted);
        return { kind: 'entered', grant, known: result };
      }
      // decided anew: it was locked in this moment, or the call is over
      if (tries >= CALLS_TO_TRY) throw new OperationalError('no-media-node', 'its calls end as they are entered');
    }
  }

  /** The entry is recorded before the grant leaves: what ends the right reaches it, whenever that comes. */
  async #record(
    trx: AuthorityWrite,
    { asking: { person, inviteId, accountId, roomId }, ticketId, actor }: Caller,
    {
      peerId,
      callId,
      known,
      details,
    }: { peerId: string; callId: string; known: Known; details: AuditEntry['details'] },
  ): Promise<void> {
    const by = known.person.isLetIn ? (known.ticket?.ticketId ?? ticketId) : ticketId;
    await insertEntry(trx, { peerId, callId, inviteId, accountId, ticketId: by, person, role: roleOf(known) });
    const kinds: [asked: AuditKind, admitted: AuditKind] =
      accountId === null ? ['guest-entered', 'guest-admitted'] : ['member-entered', 'member-entered'];
    await appendAudit(trx, {
      kind: roomId !== null ? 'room-admitted' : kinds[by === null ? 1 : 0],
      actor,
      subject: `call:${callId}`,
      details: { ...details, ...(inviteId !== null && { inviteId }), peerId, ...(by !== null && { ticketId: by }) },
    });
  }

  #admittedAs(caller: Caller, known: Known): Admitted {
    const { person, roomId } = caller.asking;
    const { invite } = known;
    const role = roleOf(known);
    const isGuest = role === 'guest';
    const { displayName, organisation } = nameOf(caller, known);
    return {
      ...(roomId === null ? { peerKind: 'person', person } : { peerKind: 'room', roomId }),
      displayName,
      ...(organisation !== null && { organisation }),
      as: role,
      role,
      isGuest,
      isLetIn: known.person.isLetIn,
      ...(roomId === null && { allowedRanges: known.meeting.allowedRanges }),
      ...(isGuest && invite && { seat: { inviteId: invite.inviteId, seats: invite.seats, holder: person } }),
    };
  }

  /**
   * A refusal goes to log and audit; what is only in the way at the moment does not. The work comes first, so that other
   * people's wrong invites refuse nobody: only the refusals of a `network` are limited.
   */
  async #orRefusal<T>(
    { network = null, ...refusal }: Pick<AuditEntry, 'kind' | 'actor'> & { network?: string | null },
    work: () => Promise<T>,
  ): Promise<T> {
    const { store, logger } = this.#deps;
    try {
      return await work();
    } catch (error) {
      const { code } = toMaruError(error);
      if (error instanceof UserError) {
        if (code === 'too-many-attempts' || (network !== null && !this.#refusedByNetwork.take(network))) {
          logger.warn({ actor: refusal.actor, code: 'too-many-attempts' }, 'refused');
          throw new UserError('too-many-attempts');
        }
        logger.warn({ actor: refusal.actor, code }, 'not let in');
        await store.write((trx) => appendAudit(trx, { ...refusal, subject: 'invite', details: { code } }));
      }
      throw error;
    }
  }

  /** For a booking's invite. @throws UserError invite-invalid, invite-expired */
  async refusingRoom<T>(roomId: string, work: () => Promise<T>): Promise<T> {
    return this.#orRefusal({ kind: 'room-refused', actor: `room:${roomId}` }, work);
  }
}

/** A room's meetings are no secret; nor is one that lets everybody in. */
const isOpenToStaff = ({ hostAccountId, policy }: Known['meeting']): boolean =>
  hostAccountId === null || policy.admission === 'all-enter';

const guest = (claims: InviteClaims, person: string, { network, address }: From): Caller => ({
  asking: { meetingId: claims.meetingId, person, inviteId: claims.jti, accountId: null, roomId: null },
  displayName: claims.displayName,
  organisation: null,
  ticketId: null,
  network,
  address,
  actor: `network:${network}`,
  check: async (trx) => void (await usableInvite(trx, claims)),
});

/** The ticket counts, not its invite's end: who was let in returns for as long as the meeting lasts. */
const checkOfTicket =
  (ticketId: string): Caller['check'] =>
  async (trx) => {
    const row = await trx
      .selectFrom('ticket')
      .leftJoin('account', 'account.accountId', 'ticket.accountId')
      .select(['ticket.state', 'account.disabledAtMs'])
      .where('ticketId', '=', ticketId)
      .executeTakeFirst();
    const isGood = row?.state === 'waiting' || row?.state === 'admitted';
    if (!isGood || row.disabledAtMs !== null) throw new UserError('not-admitted');
  };

/** Who comes from elsewhere does not wait either: nobody could let them in. @throws UserError address-not-allowed */
function refuseElsewhere({ allowedRanges }: Known['meeting'], { address }: Caller): void {
  if (address !== null && !isAllowedFrom(allowedRanges, address)) throw new UserError('address-not-allowed');
}

/** @throws UserError, InvalidStateError: the refusal */
function mayEnter(decision: Decision): boolean {
  if (decision.kind !== 'refused') return decision.kind === 'enter';
  throw decision.code === 'call-ended' ? new InvalidStateError('call-ended') : new UserError(decision.code);
}

function roleOf({ person: { asker } }: Known): MeetingRole {
  switch (asker.kind) {
    case 'account':
      return asker.role ?? 'member';
    case 'room':
      return asker.isOfMeeting ? 'co-host' : 'member';
    case 'guest':
      return 'guest';
  }
}

/** By which somebody was let in, whatever is typed afterwards. */
const nameOf = (
  { displayName, organisation }: Caller,
  { person, ticket }: Known,
): Pick<Caller, 'displayName' | 'organisation'> => (person.isLetIn && ticket ? ticket : { displayName, organisation });

const headingOf = (known: Known, caller: Caller) => ({
  meetingId: known.meeting.meetingId,
  meetingTitle: known.meeting.title,
  hostName: known.meeting.hostName,
  displayName: nameOf(caller, known).displayName,
  ...(isAfterFor(known) && { isAfter: true as const }),
});

const isAfterFor = ({ meeting, person }: Known): boolean =>
  person.asker.kind === 'guest' && meeting.isForGuestsAfter && meeting.isAfter;

const entered = ({ known, grant }: Extract<Outcome, { kind: 'entered' }>, caller: Caller): EntryAnswer => ({
  kind: 'admitted',
  ...headingOf(known, caller),
  admission: known.meeting.policy.admission,
  ...(known.meeting.agenda !== '' && { agenda: known.meeting.agenda }),
  ...(known.person.asker.kind === 'guest' &&
    known.meeting.isForGuestsAfter && { recordDays: known.meeting.guestRecord.days }),
  grant,
});

async function isLive(trx: AuthorityWrite, callId: string): Promise<boolean> {
  const call = trx.selectFrom('call').select('callId').where('callId', '=', callId).where('endedAtMs', 'is', null);
  return (await call.executeTakeFirst()) !== undefined;
}
