/**
 * In which calls of a meeting a guest was, by the link and the browser that they come with again: what decides whether they see
 * what it left behind. A link that many have proves nothing; somebody who was let in by it is known by their browser's entry id.
 */
import type { DocumentPolicy } from '#contract/document-policy.ts';
import { InvalidStateError, UserError } from '#contract/error-codes.ts';
import { type GuestRecordRule, guestsSee } from '#contract/meeting-policy.ts';
import { isAllowedFrom } from '#edge/address-ranges.ts';
import type { DocumentBearer } from '../http/route.ts';
import type { AuthorityStore } from '../store/index.ts';
import { documentRightsBy, policyIn } from './document-policies.ts';
import { personOfInvite } from './entries.ts';
import type { Invites } from './invites.ts';
import { meetingRulesIn } from './meeting-policies.ts';

export type VisitedCall = { callId: string; openedAtMs: number; endedAtMs: number };
export type GuestVisit = {
  meetingId: string;
  /**
   * By an invite of their own: one of the meeting's people, also where they did not come, in sittings that began until then. null: by a
   * link that many have
   */
  invitedUntilMs: number | null;
  /** that are over, the first first: those in which they were, and those to which they were invited, with somebody in them. Never empty */
  calls: VisitedCall[];
  /** of these the ones in which they were */
  ownCallIds: string[];
  /** never `nothing` */
  rule: GuestRecordRule;
  /** as what they open the documents that are kept with the meeting; null: they may open none */
  documents: DocumentBearer | null;
};
export type ReturningGuest = {
  invite: string /** of the browser; null: it sent none */;
  entryId: string | null;
  address: string;
};

export class GuestVisits {
  readonly #store: AuthorityStore;
  readonly #invites: Pick<Invites, 'known'>;

  constructor({ store, invites }: { store: AuthorityStore; invites: Pick<Invites, 'known'> }) {
    this.#store = store;
    this.#invites = invites;
  }

  /**
   * All rights are asked anew at each call.
   * @throws UserError invite-invalid (made up, revoked), invite-expired, address-not-allowed, guests-not-allowed,
   *   removed-from-call, not-admitted (was never let in), record-not-for-guests; InvalidStateError call-ended: cancelled, or never held
   */
  async of({ invite: token, entryId, address }: ReturningGuest): Promise<GuestVisit> {
    const { claims, invite } = await this.#invites.known(token);
    const { read } = this.#store;
    const { meetingId } = claims;
    const isNamed = claims.displayName !== null;
    // without an id of its own a browser is nobody whom we know
    if (!isNamed && entryId === null) throw new UserError('not-admitted');
    const person = personOfInvite(claims, entryId, '');
    const meeting = await read
      .selectFrom('meeting')
      .select(['hostAccountId', 'endedAtMs', 'cancelledAtMs', 'documentPolicy'])
      .where('meetingId', '=', meetingId)
      .executeTakeFirst();
    const rules = await meetingRulesIn(read, meetingId);
    if (!meeting || !rules) throw new UserError('invite-invalid');
    if (!isAllowedFrom(rules.allowedRanges, address)) throw new UserError('address-not-allowed');
    const entries = await read
      .selectFrom('entry')
      .innerJoin('call', 'call.callId', 'entry.callId')
      .select([
        'entry.person',
        'entry.displayName',
        'entry.joinedAtMs',
        'entry.removedAtMs',
        'call.callId',
        'call.openedAtMs',
      ])
      .select(['call.createdAtMs', 'call.endedAtMs'])
      .where('call.meetingId', '=', meetingId)
      .orderBy('call.createdAtMs')
      .execute();
    const own = entries.filter((entry) => entry.person === person);
    if (own.some(({ removedAtMs }) => removedAtMs !== null)) throw new UserError('removed-from-call');
    const knock = await read
      .selectFrom('ticket')
      .select(['state', 'decidedBy'])
      .where('meetingId', '=', meetingId)
      .where('person', '=', person)
      .executeTakeFirst();
    // the knock goes with attendance
    const refusal = await read
      .selectFrom('refusedGuest')
      .select('person')
      .where('meetingId', '=', meetingId)
      .where('person', '=', person)
      .executeTakeFirst();
    const wasIn = own.some(({ joinedAtMs }) => joinedAtMs !== null);
    const wasDeclined = knock !== undefined && knock.state !== 'admitted' && knock.decidedBy !== null;
    if (refusal || wasDeclined || (!wasIn && !isNamed)) throw new UserError('not-admitted');
    // nothing of the meeting is said to anybody before this line
    if (meeting.cancelledAtMs !== null || meeting.endedAtMs !== null) throw new InvalidStateError('call-ended');
    if (!rules.policy.guestsAllowed) throw new UserError('guests-not-allowed');
    const ownCalls = callsOf(own);
    const ownCallIds = ownCalls.map(({ callId }) => callId);
    const invitedUntilMs = isNamed ? invite.expiresAtMs : null;
    // what was held after an own invite was over is not theirs
    const calls = callsOf(entries).filter(
      ({ callId, openedAtMs }) => openedAtMs <= (invitedUntilMs ?? -1) || ownCallIds.includes(callId),
    );
    if (calls.length === 0) throw new InvalidStateError('call-ended');
    // of a room's own meeting nobody writes or reads a record
    if (rules.guestRecord.shows === 'nothing' || meeting.hostAccountId === null)
      throw new UserError('record-not-for-guests');
    const rule = rules.guestRecord;
    const displayName = own.findLast((entry) => entry.displayName !== null)?.displayName ?? claims.displayName ?? '';
    const documents = guestsSee(rule, 'documents')
      ? keptDocumentsBearer(policyIn(meeting), { meetingId, holder: person, displayName })
      : null;
    return { meetingId, invitedUntilMs, calls, ownCallIds, rule, documents };
  }
}

/** null: nothing is kept, guests see no documents, or pages carry a name and theirs is not known any more */
function keptDocumentsBearer(
  policy: DocumentPolicy,
  guest: Pick<DocumentBearer, 'meetingId' | 'holder' | 'displayName'>,
): DocumentBearer | null {
  const documents = documentRightsBy(policy, 'guest').filter((right) => right !== 'present');
  const isNameless = guest.displayName === '' && !documents.includes('view-unmarked');
  if (!policy.isKept || documents.length === 0 || isNameless) return null;
  return { ...guest, isGuest: true, documents };
}

type EntryOfCall = {
  callId: string;
  joinedAtMs: number | null;
  openedAtMs: number | null;
  createdAtMs: number;
  endedAtMs: number | null;
};

/** Those in which somebody of these entries was, each once, and that are over. */
function callsOf(entries: readonly EntryOfCall[]): VisitedCall[] {
  const calls = new Map<string, VisitedCall>();
  for (const { callId, joinedAtMs, openedAtMs, createdAtMs, endedAtMs } of entries)
    if (joinedAtMs !== null && endedAtMs !== null)
      calls.set(callId, { callId, openedAtMs: openedAtMs ?? createdAtMs, endedAtMs });
  return [...calls.values()];
}
