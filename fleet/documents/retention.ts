/** When documents go by themselves: looked at when a call has ended, and every so often. The rules are in `whyDue`. */
import type { Logger } from 'pino';
import type { Booking } from '#contract/room-agenda.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import type { Meetings } from '../meetings/index.ts';
import { DOCUMENT_CALL_GOES_ON, policyIn } from '../meetings/index.ts';
import type { AuthorityStore } from '../store/index.ts';
import type { DocumentRow } from './document-rows.ts';
import type { Documents } from './documents.ts';

const SWEEP_INTERVAL_MS = 30_000;
const ORPHANS_INTERVAL_MS = 24 * 3_600_000;
/** in a meeting that no call is in; an upload that brings nothing */
export const UNUSED_MS = 3_600_000;
/** where the policy keeps documents after the call */
export const KEPT_UNUSED_MS = 30 * 24 * 3_600_000;
/** People come back at once from a call whose node was started anew, and want their document. */
export const CALL_RETURNS_WITHIN_MS = 120_000;

/** What an idle room's TV shows, and what is booked there. */
export type IdleTv = {
  documentId: string | null;
  bookings: readonly Pick<Booking, 'startMs' | 'state' | 'isAllDay'>[];
};
export type MeetingOfDocuments = {
  isOver: boolean;
  isKept: boolean;
  hasOpenCall: boolean;
  /** the last one that ended; null: none has */
  endedCall: { endedAtMs: number; isByFleet: boolean } | null;
  /** of the room whose own meeting it is */
  tv: IdleTv | null;
};
export type DueReason = 'meeting-over' | 'upload-abandoned' | 'call-ended' | 'booking-started' | 'unused';

export type RetentionDependencies = {
  store: AuthorityStore;
  documents: Pick<Documents, 'remove' | 'removeOrphans'>;
  meetings: Pick<Meetings, 'onChanged'>;
  tvOf: (roomId: string) => IdleTv;
  clock: Pick<WallClock, 'settledNowMs'>;
  logger: Logger;
};

export class Retention {
  readonly #deps: RetentionDependencies;
  readonly #timers: NodeJS.Timeout[] = [];
  #sweeping: Promise<void> = Promise.resolve();
  #isAsked = false;

  constructor(deps: RetentionDependencies) {
    this.#deps = deps;
  }

  start(): void {
    const { documents, meetings } = this.#deps;
    meetings.onChanged(() => this.look());
    this.#timers.push(
      setInterval(() => this.look(), SWEEP_INTERVAL_MS),
      setInterval(() => void documents.removeOrphans().catch(this.#failed), ORPHANS_INTERVAL_MS),
    );
    for (const timer of this.#timers) timer.unref();
    this.look();
  }
  stop(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
  }

  /** Removes what is due by now. One sweep at a time, and one more for all that asks meanwhile. */
  look(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#sweeping = this.#sweeping
      .then(() => {
        this.#isAsked = false;
        return this.#sweep();
      })
      .catch(this.#failed);
  }

  readonly #failed = (error: unknown): void =>
    this.#deps.logger.error({ err: error }, 'documents that are due not deleted');

  async #sweep(): Promise<void> {
    const { store, documents, clock, logger } = this.#deps;
    // before the rows are read: a jump moves their times
    const nowMs = await clock.settledNowMs();
    const rows = await store.read.selectFrom('document').selectAll().execute();
    for (const meetingId of new Set(rows.map((row) => row.meetingId))) {
      const meeting = await this.#meetingOf(meetingId);
      for (const row of rows.filter((each) => each.meetingId === meetingId)) {
        const reason = whyDue(row, meeting, nowMs);
        if (reason === null) continue;
        logger.info({ documentId: row.documentId, meetingId, reason }, 'document is due');
        await documents.remove(row).catch(this.#failed);
      }
    }
  }

  async #meetingOf(meetingId: string): Promise<MeetingOfDocuments> {
    const { read } = this.#deps.store;
    const meeting = await read
      .selectFrom('meeting')
      .selectAll()
      .where('meetingId', '=', meetingId)
      .executeTakeFirstOrThrow();
    const calls = await read
      .selectFrom('call')
      .select(['state', 'endedAtMs', 'endReason'])
      .where('meetingId', '=', meetingId)
      .where('openedAtMs', 'is not', null)
      .orderBy('endedAtMs', 'desc')
      .execute();
    const ended = calls.find(({ endedAtMs, endReason }) => endedAtMs !== null && !DOCUMENT_CALL_GOES_ON.has(endReason));
    return {
      isOver: meeting.endedAtMs !== null,
      isKept: policyIn(meeting).isKept,
      hasOpenCall: calls.some(({ endedAtMs }) => endedAtMs === null),
      endedCall: ended ? { endedAtMs: ended.endedAtMs!, isByFleet: ended.endReason === 'ended-by-fleet' } : null,
      tv: meeting.roomId === null ? null : this.#deps.tvOf(meeting.roomId),
    };
  }
}

/** null: it stays */
export function whyDue(document: DocumentRow, meeting: MeetingOfDocuments, nowMs: number): DueReason | null {
  const { state, createdAtMs, usedAtMs, documentId } = document;
  const unusedMs = nowMs - usedAtMs;
  if (meeting.isOver) return 'meeting-over';
  if (state === 'uploading' && unusedMs >= UNUSED_MS) return 'upload-abandoned';
  if (meeting.hasOpenCall) return null;
  if (meeting.isKept) return unusedMs >= KEPT_UNUSED_MS ? 'unused' : null;
  const { endedCall, tv } = meeting;
  const overSinceMs = endedCall && endedCall.endedAtMs + (endedCall.isByFleet ? CALL_RETURNS_WITHIN_MS : 0);
  if (endedCall && endedCall.endedAtMs >= createdAtMs && overSinceMs! <= nowMs) return 'call-ended';
  // those who come then are others
  const hasBegun = (booking: IdleTv['bookings'][number]): boolean =>
    booking.state !== 'released' && !booking.isAllDay && booking.startMs > createdAtMs && booking.startMs <= nowMs;
  if (tv?.bookings.some(hasBegun)) return 'booking-started';
  return unusedMs >= UNUSED_MS && tv?.documentId !== documentId ? 'unused' : null;
}
