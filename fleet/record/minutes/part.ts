/**
 * What minutes are made of: parts, each a function of its own file, in the order of `parts.ts`. A part reads what one sitting left
 * behind, and writes Markdown in the meeting's language; beside it, the same as facts for programs.
 */
import type { Language } from '#contract/schema.ts';
import type { writtenNotes } from '../../notes/index.ts';
import type { AuthorityStore } from '../../store/index.ts';

/** Calls of a meeting that followed each other, from the first who came to the last who left. */
export type Sitting = {
  meetingId: string;
  callIds: readonly string[];
  startedAtMs: number;
  endedAtMs: number;
  language: Language;
  /** where broadcasts are watched */
  fleetUrl: string;
};
/** What several parts are made of is read once. */
export type SittingRead = Sitting & { notes: () => ReturnType<typeof writtenNotes> };
/** `lines`: Markdown below the title, one for each thing; `facts`: as JSON */
export type WrittenPart = { part: string; title: string; lines: string[]; facts: unknown };
/** null: there is nothing of it */
export type MinutesPart = (db: AuthorityStore['read'], sitting: SittingRead) => Promise<WrittenPart | null>;

/** What people typed, as text of Markdown: nothing of it is a link, a heading or HTML. */
export const plain = (text: string): string =>
  text
    .replace(/[\\`*_[\]<>|~#]/g, '\\$&')
    .replace(/^(\d+)([.)])/, '$1\\$2')
    .replace(/^([-+])/, '\\$1');

const LOCALES: Record<Language, string> = { ko: 'ko-KR', en: 'en-GB' };

/** 14:05, in the time zone of the server's machine, which the head of the minutes names */
export const timeIn = (language: Language, epochMs: number): string =>
  new Intl.DateTimeFormat(LOCALES[language], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(epochMs);

export const rangeIn = (language: Language, fromMs: number, untilMs: number): string =>
  `${timeIn(language, fromMs)}–${timeIn(language, untilMs)}`;

export const dateIn = (language: Language, epochMs: number): string =>
  new Intl.DateTimeFormat(LOCALES[language], {
    weekday: 'long',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(epochMs);
