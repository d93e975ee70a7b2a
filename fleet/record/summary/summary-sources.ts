/** On what a summary may rest: lines of what a meeting left behind, each with its place. Another source is another line in the list. */
import { markdownWords } from '#contract/minutes-markdown.ts';
import { agendaLines } from '#contract/meeting-agenda.ts';
import { CallPoll } from '#contract/polls.ts';
import type { Language } from '#contract/schema.ts';
import { writtenNotes } from '../../notes/index.ts';
import type { AuthorityStore } from '../../store/index.ts';

export type SummarySitting = { meetingId: string; startedAtMs: number; endedAtMs: number };
export type SourceLine = {
  /** on the meeting's page, see `meetingPlaceUrl` */
  place: string;
  /** one line: who, and what */
  text: string;
  /** null: of no moment */
  atMs: number | null;
};
export type SummarySource = {
  /** before the number of a line, in what the engine reads and answers */
  letter: string;
  /** of a link to one of its lines; its time follows */
  label: Record<Language, string>;
  read: (db: AuthorityStore['read'], sitting: SummarySitting) => Promise<SourceLine[]>;
};

const agenda: SummarySource = {
  letter: 'a',
  label: { en: 'Agenda', ko: '안건' },
  read: async (db, { meetingId }) => {
    const row = await db.selectFrom('meeting').select('agenda').where('meetingId', '=', meetingId).executeTakeFirst();
    return agendaLines(row?.agenda ?? '').map((text) => ({ place: 'agenda', text, atMs: null }));
  },
};

const notes: SummarySource = {
  letter: 'n',
  label: { en: 'Notes', ko: '메모' },
  read: async (db, { meetingId }) =>
    markdownWords((await writtenNotes(db, meetingId)).markdown).map((text) => ({ place: 'notes', text, atMs: null })),
};

const polls: SummarySource = {
  letter: 'p',
  label: { en: 'Polls', ko: '투표' },
  read: async (db, { meetingId, startedAtMs, endedAtMs }) => {
    const rows = await db
      .selectFrom('poll')
      .select('poll')
      .where('meetingId', '=', meetingId)
      .where('startedAtMs', '>=', startedAtMs)
      .where('startedAtMs', '<=', endedAtMs)
      .orderBy('startedAtMs')
      .execute();
    return rows.map((row) => {
      const { question, choices, counts, startedAtMs: atMs } = CallPoll.parse(JSON.parse(row.poll));
      const shares = choices.map((choice, n) => `${choice} ${counts[n] ?? 0}`);
      return { place: 'polls', text: `${question}: ${shares.join(', ')}`, atMs };
    });
  },
};

/** What was recalled has no words. */
const chat: SummarySource = {
  letter: 'c',
  label: { en: 'Chat', ko: '채팅' },
  read: async (db, { meetingId, startedAtMs, endedAtMs }) => {
    const rows = await db
      .selectFrom('chatPost')
      .select(['messageId', 'displayName', 'text', 'atMs'])
      .where('meetingId', '=', meetingId)
      .where('recalledAtMs', 'is', null)
      .where('atMs', '>=', startedAtMs)
      .where('atMs', '<=', endedAtMs)
      .orderBy('number')
      .execute();
    return rows.map(({ messageId, displayName, text, atMs }) => ({
      place: `chat-${messageId}`,
      text: `${displayName}: ${text}`,
      atMs,
    }));
  },
};

/** What a host deleted has no words. */
const spoken: SummarySource = {
  letter: 's',
  label: { en: 'Transcript', ko: '발언' },
  read: async (db, { meetingId, startedAtMs, endedAtMs }) => {
    const rows = await db
      .selectFrom('transcript')
      .select(['segmentId', 'displayName', 'text', 'fromMs'])
      .where('meetingId', '=', meetingId)
      .where('deletedAtMs', 'is', null)
      .where('fromMs', '>=', startedAtMs)
      .where('fromMs', '<=', endedAtMs)
      .orderBy('fromMs')
      .orderBy('number')
      .execute();
    return rows.map(({ segmentId, displayName, text, fromMs }) => ({
      place: `transcript-${segmentId}`,
      text: `${displayName}: ${text}`,
      atMs: fromMs,
    }));
  },
};

/** The longest last: it gets what the others leave. */
export const summarySources: readonly SummarySource[] = [agenda, notes, polls, chat, spoken];
