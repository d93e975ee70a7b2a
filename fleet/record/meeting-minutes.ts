/**
 * The minutes of people's meetings: written once nobody has been in a call of the meeting for a while, a draft until a host has
 * sent it. Each stay is in the minutes of one sitting.
 */
import type { Selectable } from 'kysely';
import type { Logger } from 'pino';
import { InvalidStateError, ProtocolError } from '#contract/error-codes.ts';
import type { MeetingMinutes as ShownMinutes } from '#contract/http/record-api.ts';
import { appendAudit } from '../audit/index.ts';
import type { MeetingMails } from '../mail/index.ts';
import { type AuthorityStore, type AuthorityTables, newId } from '../store/index.ts';
import { keepMarksWith } from './marked-messages.ts';
import { writeMinutes } from './minutes/write-minutes.ts';
import { deviceStay, staysIn } from './stays.ts';

type Row = Selectable<AuthorityTables['minutes']>;
type Named = { meetingId: string; minutesId: string };
export type MinutesDependencies = {
  store: AuthorityStore;
  /** origin of pages */
  fleetUrl: string;
  /** how long nobody has been in a call of it; absent: the usual */
  minutesAfterMs?: number;
  /** null: no mail server is set up */
  mails: Pick<MeetingMails, 'minutes'> | null;
  /** an engine writes summaries */
  hasSummaries?: boolean;
  logger: Pick<Logger, 'error'>;
};

/** who left by mistake, or whose line was lost, is back within it */
export const MINUTES_AFTER_MS = 2 * 60_000;
/** what ended before, when no server ran that writes minutes, has none */
const MOST_LATE_MS = 7 * 86_400_000;
const MOST_SHOWN = 50;
const SHOWN = ['minutesId', 'startedAtMs', 'endedAtMs', 'language', 'text', 'revision', 'sentAtMs'] as const;

export class MinutesOfMeetings {
  readonly #deps: MinutesDependencies;

  constructor(deps: MinutesDependencies) {
    this.#deps = deps;
  }

  /** Writes those that are due; one that cannot be written keeps no other from it. @returns of which meetings */
  async writeDue(nowMs: number): Promise<string[]> {
    const written: string[] = [];
    for (const meetingId of await this.#dueAt(nowMs)) {
      try {
        await this.#write(meetingId);
        written.push(meetingId);
      } catch (error) {
        this.#deps.logger.error({ err: error, meetingId }, 'minutes not written');
      }
    }
    return written;
  }

  /** Its newest, the newest first; drafts for hosts alone. */
  async list(meetingId: string, { isHost }: { isHost: boolean }): Promise<ShownMinutes[]> {
    // without the facts, which may be long
    let query = this.#deps.store.read.selectFrom('minutes').select(SHOWN).where('meetingId', '=', meetingId);
    if (!isHost) query = query.where('sentAtMs', 'is not', null);
    return query.orderBy('endedAtMs', 'desc').limit(MOST_SHOWN).execute();
  }

  /** The meeting was held, there are none, and no draft comes: what it would be made of is deleted, or it was deleted itself. */
  async areDeleted(meetingId: string): Promise<boolean> {
    const { read } = this.#deps.store;
    const calls = read.selectFrom('call').select('callId').where('meetingId', '=', meetingId);
    if (!(await calls.where('openedAtMs', 'is not', null).limit(1).executeTakeFirst())) return false;
    const written = read.selectFrom('minutes').select('minutesId').where('meetingId', '=', meetingId);
    if (await written.limit(1).executeTakeFirst()) return false;
    const toBeWritten = await read
      .selectFrom('stay')
      .innerJoin('meeting', 'meeting.meetingId', 'stay.meetingId')
      .select('stay.stayId')
      .where('stay.meetingId', '=', meetingId)
      .whereRef('stay.joinedAtMs', '>', 'meeting.minutesUpToMs')
      .limit(1)
      .executeTakeFirst();
    return toBeWritten === undefined;
  }

  /** @throws ProtocolError not-found: also a draft, for others than hosts */
  async find({ meetingId, minutesId }: Named, { isHost }: { isHost: boolean }): Promise<Row> {
    const row = await this.#deps.store.read
      .selectFrom('minutes')
      .selectAll()
      .where('meetingId', '=', meetingId)
      .where('minutesId', '=', minutesId)
      .executeTakeFirst();
    if (!row || (row.sentAtMs === null && !isHost)) throw new ProtocolError('not-found', 'no such minutes');
    return row;
  }

  /** @throws ProtocolError not-found; InvalidStateError not-possible-now: sent before, meeting-changed: corrected meanwhile */
  async correct(of: Named, { text, revision }: Pick<Row, 'text' | 'revision'>): Promise<void> {
    await this.#change(of, revision, { text });
  }

  /** By mail to the people of the meeting; from now on all of them see it. @throws as `correct` */
  async send(of: Named, revision: number, actor: string): Promise<void> {
    await this.#change(of, revision, { sentAtMs: Date.now() }, actor);
  }

  async #change(
    { meetingId, minutesId }: Named,
    revision: number,
    change: { text: string } | { sentAtMs: number },
    sender?: string,
  ): Promise<void> {
    await this.#deps.store.write(async (trx) => {
      const row = await trx
        .selectFrom('minutes')
        .selectAll()
        .where('meetingId', '=', meetingId)
        .where('minutesId', '=', minutesId)
        .executeTakeFirst();
      if (!row) throw new ProtocolError('not-found', 'no such minutes');
      if (row.sentAtMs !== null) throw new InvalidStateError('not-possible-now', 'the minutes are sent');
      if (row.revision !== revision) throw new InvalidStateError('meeting-changed');
      await trx
        .updateTable('minutes')
        .set({ ...change, revision: revision + 1 })
        .where('minutesId', '=', minutesId)
        .execute();
      if (sender === undefined) return;
      const { text, language } = row;
      await this.#deps.mails?.minutes(trx, meetingId, { text, language, sender });
      await appendAudit(trx, {
        kind: 'minutes-sent',
        actor: sender,
        subject: `meeting:${meetingId}`,
        details: { minutesId },
      });
    });
  }

  /** Nobody is in a call of the meeting, and the last one has been over for a while. */
  async #dueAt(nowMs: number): Promise<string[]> {
    const { store, minutesAfterMs = MINUTES_AFTER_MS } = this.#deps;
    const { read } = store;
    // the stays of these calls alone: there is a row for each that there ever was
    const ended = read
      .selectFrom('call')
      .select('callId')
      .where('endedAtMs', '>', nowMs - MOST_LATE_MS);
    const rows = await read
      .selectFrom('stay')
      .innerJoin('meeting', 'meeting.meetingId', 'stay.meetingId')
      .select('stay.meetingId')
      .where('meeting.hostAccountId', 'is not', null)
      .where('stay.callId', 'in', ended)
      .whereRef('stay.joinedAtMs', '>', 'meeting.minutesUpToMs')
      .where((e) =>
        e.not(
          e.exists(
            e
              .selectFrom('minutes')
              .select('minutesId')
              .whereRef('minutes.meetingId', '=', 'stay.meetingId')
              .whereRef('minutes.endedAtMs', '>=', 'stay.joinedAtMs'),
          ),
        ),
      )
      .where((e) =>
        e.not(
          e.exists(
            e
              .selectFrom('call as running')
              .select('running.callId')
              .whereRef('running.meetingId', '=', 'stay.meetingId')
              .where((r) =>
                r.or([r('running.endedAtMs', '>', nowMs - minutesAfterMs), r('running.endedAtMs', 'is', null)]),
              )
              .where('running.openedAtMs', 'is not', null),
          ),
        ),
      )
      .distinct()
      .execute();
    return rows.map(({ meetingId }) => meetingId);
  }

  async #write(meetingId: string): Promise<void> {
    const { store, fleetUrl, logger } = this.#deps;
    const { read } = store;
    const meeting = await read
      .selectFrom('meeting')
      .select(['language', 'minutesUpToMs'])
      .where('meetingId', '=', meetingId)
      .executeTakeFirstOrThrow();
    const last = await read
      .selectFrom('minutes')
      .select(({ fn }) => fn.max('endedAtMs').as('endedAtMs'))
      .where('meetingId', '=', meetingId)
      .executeTakeFirst();
    const rows = await staysIn(read)
      .where('stay.meetingId', '=', meetingId)
      .where('stay.joinedAtMs', '>', Math.max(last?.endedAtMs ?? 0, meeting.minutesUpToMs))
      .execute();
    const ended = rows
      .filter(({ callEndedAtMs }) => callEndedAtMs !== null)
      .map((row) => ({ ...deviceStay(row, 0), callId: row.callId }));
    if (ended.length === 0) return;
    const sitting = {
      meetingId,
      callIds: [...new Set(ended.map(({ callId }) => callId))],
      startedAtMs: Math.min(...ended.map(({ fromMs }) => fromMs)),
      endedAtMs: Math.max(...ended.map(({ untilMs }) => untilMs)),
      language: meeting.language,
      fleetUrl,
    };
    const { text, facts } = await writeMinutes(read, sitting, logger);
    const { callIds: _, fleetUrl: __, ...kept } = sitting;
    const summaryDue = this.#deps.hasSummaries === true ? 1 : 0;
    await store.write(async (trx) => {
      // deleted, or written, while this was read
      const isThere = await trx
        .selectFrom('stay')
        .select('stayId')
        .where('callId', 'in', sitting.callIds)
        .executeTakeFirst();
      const others = trx.selectFrom('minutes').select('minutesId').where('meetingId', '=', meetingId);
      const isWritten = await others.where('endedAtMs', '>=', sitting.startedAtMs).executeTakeFirst();
      if (!isThere || isWritten) return;
      const minutesId = newId();
      await trx
        .insertInto('minutes')
        .values({ minutesId, ...kept, facts: JSON.stringify(facts), text, sentAtMs: null, summaryDue })
        .execute();
      const { chat = [] } = facts.sections as { chat?: { messageId: string }[] };
      await keepMarksWith(
        trx,
        { meetingId, minutesId },
        chat.map(({ messageId }) => messageId),
      );
    });
  }
}
