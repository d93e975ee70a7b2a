/**
 * What guests see of a meeting after its calls, by the rule of its place and its hosts. It is read anew each time: what is deleted,
 * revoked or over is seen by nobody from that moment.
 */
import { ProtocolError, UserError } from '#contract/error-codes.ts';
import {
  type GuestRecord,
  type GuestRecordDocument,
  type GuestRecordPost,
  MAX_GUEST_RECORD_DOCUMENTS,
  MAX_GUEST_RECORD_MINUTES,
  MAX_GUEST_RECORD_POLLS,
  MAX_GUEST_RECORD_POSTS,
} from '#contract/http/guest-record-api.ts';
import { isForAccounts } from '#contract/http/page-paths.ts';
import { withoutLinks } from '#contract/minutes-markdown.ts';
import { guestsSee } from '#contract/meeting-policy.ts';
import { shortestDays } from '#contract/record-policy.ts';
import type { Language } from '#contract/schema.ts';
import { chatOfCalls } from '../chat/index.ts';
import type { DocumentBearer } from '../http/route.ts';
import { type GuestVisit, summariesOf, type VisitedCall } from '../meetings/index.ts';
import type { Polls } from '../polls/index.ts';
import type { AuthorityStore } from '../store/index.ts';
import { keptMeetings, PolicyTree, withOwnDays } from './kept-periods.ts';
import { KEPT_DAY_MS, jumpsIn, olderFrom } from './kept-time.ts';
import { deviceStay, staysIn } from './stays.ts';

type Db = AuthorityStore['read'];
type ShownMinutes = GuestRecord['minutes'][number] & { language: Language };

/**
 * @param nowMs by the server's clock
 * @throws UserError guest-record-over: the days are over; ProtocolError not-found: no such meeting
 */
export async function guestRecordOf(
  db: Db,
  visit: GuestVisit,
  { nowMs, polls }: { nowMs: number; polls: Pick<Polls, 'endedOf'> },
): Promise<GuestRecord> {
  const { meetingId, rule } = visit;
  const isOpen = await windowOf(db, visit, nowMs);
  const held = visit.calls.filter(({ endedAtMs }) => isOpen.at(endedAtMs));
  const [summary] = await summariesOf(db, new Map([[meetingId, 'guest']]));
  const meeting = await db
    .selectFrom('meeting')
    .select(['agenda', 'minutesUpToMs'])
    .where('meetingId', '=', meetingId)
    .executeTakeFirst();
  if (!summary || !meeting) throw new ProtocolError('not-found', 'no such meeting');
  const last = held.at(-1);
  if (!last) throw new UserError('guest-record-over');
  const minutes = await minutesFor(db, visit, isOpen);
  const { startedAtMs: heldFromMs } = await timesOf(db, held[0]!, minutes);
  const { endedAtMs: heldUntilMs } = await timesOf(db, last, minutes);
  const ownIds = held.map(({ callId }) => callId).filter((callId) => visit.ownCallIds.includes(callId));
  return {
    meetingTitle: summary.title,
    hostName: summary.hostName,
    heldFromMs,
    heldUntilMs,
    agenda: meeting.agenda,
    untilMs: isOpen.untilMs(last.endedAtMs),
    isDeleted:
      minutes.length === 0 && (await wasDeleted(db, visit, last.callId, meeting.minutesUpToMs >= last.openedAtMs)),
    minutes: minutes.map(({ language: _, ...shown }) => shown),
    ...(guestsSee(rule, 'chat-and-polls') && {
      chat: await chatOf(db, meetingId, ownIds),
      polls: await polls.endedOf(ownIds, MAX_GUEST_RECORD_POLLS),
    }),
    ...(visit.documents !== null && { documents: await documentsFor(db, visit, isOpen) }),
  };
}

/** From the first who came to the last who left, as minutes have it; of a call of which nobody knows that any more, its own times. */
async function timesOf(
  db: Db,
  { callId, openedAtMs, endedAtMs }: VisitedCall,
  minutes: readonly ShownMinutes[],
): Promise<{ startedAtMs: number; endedAtMs: number }> {
  const written = minutes.find((each) => each.startedAtMs <= endedAtMs && each.endedAtMs >= openedAtMs);
  if (written) return written;
  const stays = await staysIn(db).where('stay.callId', '=', callId).execute();
  if (stays.length === 0) return { startedAtMs: openedAtMs, endedAtMs };
  const there = stays.map((row) => deviceStay(row, endedAtMs));
  return {
    startedAtMs: Math.min(...there.map(({ fromMs }) => fromMs)),
    endedAtMs: Math.max(...there.map(({ untilMs }) => untilMs)),
  };
}

/** @throws ProtocolError not-found: also a draft, or of a sitting that is not theirs; UserError guest-record-over */
export async function guestMinutesOf(
  db: Db,
  visit: GuestVisit,
  minutesId: string,
  nowMs: number,
): Promise<ShownMinutes> {
  const isOpen = await windowOf(db, visit, nowMs);
  const found = (await minutesFor(db, visit, isOpen)).find((each) => each.minutesId === minutesId);
  if (!found) throw new ProtocolError('not-found', 'no such minutes');
  return found;
}

/**
 * As whom they open this document.
 * @throws ProtocolError not-found: also one that is not kept, or not for them; UserError guest-record-over
 */
export async function guestDocumentBearer(
  db: Db,
  visit: GuestVisit,
  documentId: string,
  nowMs: number,
): Promise<DocumentBearer> {
  const isOpen = await windowOf(db, visit, nowMs);
  if (!visit.calls.some(({ endedAtMs }) => isOpen.at(endedAtMs))) throw new UserError('guest-record-over');
  const theirs = await documentsFor(db, visit, isOpen);
  if (visit.documents === null || !theirs.some((each) => each.documentId === documentId))
    throw new ProtocolError('not-found', 'no such document');
  return visit.documents;
}

/** Those that were there before the last call that they were in was over, and so could be opened in it. */
async function documentsFor(db: Db, visit: GuestVisit, isOpen: Window): Promise<GuestRecordDocument[]> {
  const last = visit.calls.findLast(
    ({ callId, endedAtMs }) => visit.ownCallIds.includes(callId) && isOpen.at(endedAtMs),
  );
  if (visit.documents === null || last === undefined) return [];
  const rows = await db
    .selectFrom('document')
    .select(['documentId', 'title', 'pageCount'])
    .where('meetingId', '=', visit.meetingId)
    .where('state', '=', 'ready')
    .where('pageCount', '>', 0)
    .where('createdAtMs', '<=', last.endedAtMs)
    .orderBy('documentId', 'desc')
    .limit(MAX_GUEST_RECORD_DOCUMENTS)
    .execute();
  return rows.map(({ pageCount, ...row }) => ({ ...row, pageCount: pageCount! }));
}

type Window = { at: (endedAtMs: number) => boolean; untilMs: (endedAtMs: number) => number };

/** Of the days of the rule and those that minutes are kept the fewer. */
async function windowOf(db: Db, { meetingId, rule }: GuestVisit, nowMs: number): Promise<Window> {
  const meeting = await keptMeetings(db).where('meeting.meetingId', '=', meetingId).executeTakeFirst();
  if (!meeting) throw new ProtocolError('not-found', 'no such meeting');
  const [tree, jumps] = [await PolicyTree.read(db), await jumpsIn(db)];
  const kept = withOwnDays(tree.at(meeting.placeId), meeting.ownDays);
  const days = shortestDays([rule.days, kept.minutes]) ?? rule.days;
  const untilMs = (endedAtMs: number): number => olderFrom(endedAtMs, days * KEPT_DAY_MS, jumps);
  return { untilMs, at: (endedAtMs) => nowMs < untilMs(endedAtMs) };
}

/** The newest of those that they may read; of sittings in which they were, and of those to which they were invited by name. */
async function minutesFor(db: Db, visit: GuestVisit, isOpen: Window): Promise<ShownMinutes[]> {
  const { meetingId, ownCallIds, invitedUntilMs } = visit;
  const sent = await db
    .selectFrom('minutes')
    .select(['minutesId', 'startedAtMs', 'endedAtMs'])
    .where('meetingId', '=', meetingId)
    .where('sentAtMs', 'is not', null)
    .orderBy('endedAtMs', 'desc')
    .execute();
  // by the node's times, which the minutes have too
  const stays = await db.selectFrom('stay').select('joinedAtMs').where('callId', 'in', ownCallIds).execute();
  const wereIn = ({ startedAtMs, endedAtMs }: (typeof sent)[number]): boolean =>
    stays.some(({ joinedAtMs }) => joinedAtMs >= startedAtMs && joinedAtMs <= endedAtMs);
  const theirs = sent
    .filter(({ endedAtMs }) => isOpen.at(endedAtMs))
    .filter((each) => each.startedAtMs <= (invitedUntilMs ?? -1) || wereIn(each))
    .slice(0, MAX_GUEST_RECORD_MINUTES)
    .map(({ minutesId }) => minutesId);
  const rows = await db
    .selectFrom('minutes')
    .select(['minutesId', 'startedAtMs', 'endedAtMs', 'language', 'text'])
    .where('minutesId', 'in', theirs)
    .orderBy('endedAtMs', 'desc')
    .execute();
  return rows.map(({ text, ...row }) => ({ ...row, text: withoutLinks(text, isForAccounts) }));
}

async function wasDeleted(
  db: Db,
  { invitedUntilMs }: GuestVisit,
  callId: string,
  areMinutesGone: boolean,
): Promise<boolean> {
  if (areMinutesGone) return true;
  const deleted = db.selectFrom('callWithoutRecord').select('callId').where('callId', '=', callId);
  if (await deleted.executeTakeFirst()) return true;
  // without attendance nobody knows that they were in the sitting of any minutes
  const stay = db.selectFrom('stay').select('stayId').where('callId', '=', callId);
  return invitedUntilMs === null && (await stay.executeTakeFirst()) === undefined;
}

async function chatOf(db: Db, meetingId: string, callIds: readonly string[]): Promise<GuestRecordPost[]> {
  const posts = await chatOfCalls(db, meetingId, { callIds, most: MAX_GUEST_RECORD_POSTS });
  return posts.map(({ displayName, isGuest, text, atMs }) => ({ displayName, isGuest: isGuest === 1, text, atMs }));
}
