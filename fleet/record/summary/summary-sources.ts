/** On what a summary may rest: lines of what a meeting left behind, each with its place. Another source is another line in the list. */
import { lineKey, markdownLineKey, markdownWords } from '#contract/minutes-markdown.ts';
import { agendaLines } from '#contract/meeting-agenda.ts';
import { CallPoll } from '#contract/polls.ts';
import type { Language } from '#contract/schema.ts';
import { writtenNotes } from '../../notes/index.ts';
import type { AuthorityStore } from '../../store/index.ts';
import { decisionLine, taskLine } from '../minutes/notes.ts';

export type SummarySitting = { meetingId: string; startedAtMs: number; endedAtMs: number; language: Language };
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
    return agendaLines(row?.agenda ?? '').map((text) => ({
      place: `agenda-${lineKey(text)}`,
      text,
      atMs: null,
    }));
  },
};

type WrittenNotes = ReturnType<typeof writtenNotes>;
/** Three sources are made of them. */
const readNotes = new WeakMap<SummarySitting, WrittenNotes>();
function notesOf(db: AuthorityStore['read'], sitting: SummarySitting): WrittenNotes {
  const read = readNotes.get(sitting) ?? writtenNotes(db, sitting.meetingId);
  readNotes.set(sitting, read);
  return read;
}
/** A line of the minutes, in which the notes stand as they were. @param place where it is, should the minutes not have it */
const inMinutes = (place: 'minutes' | 'notes', line: string): SourceLine => ({
  place: line.trim() === '' ? place : `${place}-${markdownLineKey(line)}`,
  text: markdownWords(line)[0]!,
  atMs: null,
});

const decisions: SummarySource = {
  letter: 'd',
  label: { en: 'Decisions', ko: '결정 사항' },
  read: async (db, sitting) =>
    (await notesOf(db, sitting)).decisions.map((each) => inMinutes('minutes', decisionLine(each))),
};

const tasks: SummarySource = {
  letter: 't',
  label: { en: 'Tasks', ko: '할 일' },
  read: async (db, sitting) =>
    (await notesOf(db, sitting)).tasks.map((task) => inMinutes('minutes', taskLine(task, sitting.language))),
};

/** Without those that are decisions or tasks. */
const notes: SummarySource = {
  letter: 'n',
  label: { en: 'Notes', ko: '메모' },
  read: async (db, sitting) =>
    (await notesOf(db, sitting)).markdown
      .split('\n')
      .filter((line) => !/^\s*(> \*\*→\*\* |- \[[ x]\] )/.test(line))
      .map((line) => inMinutes('notes', line)),
};

const polls: SummarySource = {
  letter: 'p',
  label: { en: 'Polls', ko: '투표' },
  read: async (db, { meetingId, startedAtMs, endedAtMs }) => {
    const rows = await db
      .selectFrom('poll')
      .select(['pollId', 'poll'])
      .where('meetingId', '=', meetingId)
      .where('startedAtMs', '>=', startedAtMs)
      .where('startedAtMs', '<=', endedAtMs)
      .orderBy('startedAtMs')
      .execute();
    return rows.map((row) => {
      const { question, choices, counts, startedAtMs: atMs } = CallPoll.parse(JSON.parse(row.poll));
      const shares = choices.map((choice, n) => `${choice} ${counts[n] ?? 0}`);
      return { place: `polls-${row.pollId}`, text: `${question}: ${shares.join(', ')}`, atMs };
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
export const summarySources: readonly SummarySource[] = [agenda, decisions, tasks, notes, polls, chat, spoken];
