/**
 * The rows of knocks: one of each person and meeting, in which a decision is kept. The secret stands in no row, and a person who
 * knocks again gets a new one: the newest page is theirs.
 */
import { InvalidStateError, UserError } from '#contract/error-codes.ts';
import type { AuditKind } from '#contract/http/audit-api.ts';
import { appendAudit } from '../audit/index.ts';
import { type AuthorityTables, type AuthorityWrite, hashOf, newId, newToken } from '../store/index.ts';

export type TicketRow = AuthorityTables['ticket'];

/** `decidedBy` where the meeting's policy lets in who waits */
export const BY_POLICY = 'policy';
/** so long a person who was declined rests before another knock */
export const DECLINED_REST_MS = 5 * 60_000;
/** rows of one meeting of people who knocked and went; the longest unseen leave first */
const MOST_ROWS = 1_000;

export type NewKnock = Pick<
  AuthorityTables['ticket'],
  'meetingId' | 'person' | 'inviteId' | 'accountId' | 'displayName' | 'organisation' | 'network'
>;

/**
 * A person who waits already keeps the place.
 * @throws UserError not-admitted: declined a moment ago
 */
export async function keepKnock(
  trx: AuthorityWrite,
  former: TicketRow | null,
  knock: NewKnock,
): Promise<{ row: TicketRow; secret: string }> {
  const nowMs = Date.now();
  if (former?.state === 'declined' && nowMs - (former.decidedAtMs ?? 0) < DECLINED_REST_MS)
    throw new UserError('not-admitted', 'declined a moment ago');
  const secret = newToken();
  const waits = former?.state === 'waiting';
  // guests who were declined are so until somebody lets them in: another knock is no answer to it
  const declined = former !== null && former.state !== 'admitted' ? former : null;
  const row: TicketRow = {
    ticketId: former?.ticketId ?? newId(),
    ticketHash: hashOf(secret),
    ...knock,
    state: 'waiting',
    createdAtMs: waits ? former.createdAtMs : nowMs,
    seenAtMs: nowMs,
    decidedBy: declined?.decidedBy ?? null,
    decidedAtMs: declined?.decidedAtMs ?? null,
  };
  if (former) {
    await trx.updateTable('ticket').set(row).where('ticketId', '=', former.ticketId).execute();
  } else {
    await trx.insertInto('ticket').values(row).execute();
    await forgetOldest(trx, knock.meetingId);
  }
  if (!waits)
    await appendAudit(trx, {
      kind: knock.accountId === null ? 'guest-waiting' : 'member-waiting',
      actor: knock.accountId === null ? `network:${knock.network}` : `account:${knock.accountId}`,
      subject: `meeting:${knock.meetingId}`,
      details: { ticketId: row.ticketId, inviteId: knock.inviteId, displayName: knock.displayName },
    });
  return { row, secret };
}

async function forgetOldest(trx: AuthorityWrite, meetingId: string): Promise<void> {
  const spare = await trx
    .selectFrom('ticket')
    .select('ticketId')
    .where('meetingId', '=', meetingId)
    .where('state', '<>', 'admitted')
    .orderBy('seenAtMs', 'desc')
    .offset(MOST_ROWS)
    .limit(100)
    .execute();
  for (const { ticketId } of spare) await trx.deleteFrom('ticket').where('ticketId', '=', ticketId).execute();
}

const AUDITED: Record<'admitted' | 'declined', (ticket: TicketRow) => AuditKind> = {
  admitted: ({ accountId }) => (accountId === null ? 'guest-admitted' : 'member-admitted'),
  declined: ({ accountId }) => (accountId === null ? 'guest-declined' : 'member-declined'),
};

/**
 * Repeated, it is decided once. Two who decide at once: the first counts.
 * @throws InvalidStateError not-possible-now: somebody has decided otherwise, or the person has gone
 */
export async function decideTicket(
  trx: AuthorityWrite,
  ticket: TicketRow,
  state: 'admitted' | 'declined',
  by: string,
): Promise<void> {
  if (ticket.state === state) return;
  if (ticket.state !== 'waiting')
    throw new InvalidStateError(
      'not-possible-now',
      ticket.state === 'left' ? 'has gone away' : `somebody has ${ticket.state} this person already`,
    );
  const { ticketId, meetingId, displayName, inviteId, accountId, person } = ticket;
  await trx
    .updateTable('ticket')
    .set({ state, decidedBy: by, decidedAtMs: Date.now() })
    .where('ticketId', '=', ticketId)
    .execute();
  if (accountId === null && person.startsWith('invite:')) await recordRefusal(trx, { meetingId, person }, state);
  await appendAudit(trx, {
    kind: AUDITED[state](ticket),
    actor: by,
    subject: `meeting:${meetingId}`,
    details: { ticketId, inviteId, displayName },
  });
}

/** What guests see after the meeting follows it also once the knock is deleted. */
async function recordRefusal(
  trx: AuthorityWrite,
  guest: AuthorityTables['refusedGuest'],
  state: 'admitted' | 'declined',
): Promise<void> {
  if (state === 'declined')
    await trx
      .insertInto('refusedGuest')
      .values(guest)
      .onConflict((c) => c.doNothing())
      .execute();
  else
    await trx
      .deleteFrom('refusedGuest')
      .where('meetingId', '=', guest.meetingId)
      .where('person', '=', guest.person)
      .execute();
}

/** Nobody is let in by an invite that is revoked, whether they wait or were let in before. */
export async function endTicketsOfInvite(trx: AuthorityWrite, inviteId: string, by: string): Promise<void> {
  await trx
    .updateTable('ticket')
    .set({ state: 'declined', decidedBy: by, decidedAtMs: Date.now() })
    .where('inviteId', '=', inviteId)
    .where('state', 'in', ['waiting', 'admitted'])
    .execute();
}
