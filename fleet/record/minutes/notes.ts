/** What the meeting decided, its tasks with person and day, and all of its notes. */
import { MAX_MINUTES_UNITS } from '#contract/http/record-api.ts';
import type { Language } from '#contract/schema.ts';
import type { writtenNotes } from '../../notes/index.ts';
import { type MinutesPart, plain } from './part.ts';

const MOST_LISTED = 200;
const words: Record<Language, { decisions: string; tasks: string; notes: string; until: (day: string) => string }> = {
  en: { decisions: 'Decisions', tasks: 'Tasks', notes: 'Notes', until: (day) => `by ${day}` },
  ko: { decisions: '결정 사항', tasks: '할 일', notes: '메모', until: (day) => `${day}까지` },
};

export const decisions: MinutesPart = async (_db, { notes, language }) => {
  const facts = (await notes()).decisions.slice(0, MOST_LISTED);
  if (facts.length === 0) return null;
  return { part: 'decisions', title: words[language].decisions, lines: facts.map(decisionLine), facts };
};

/** As the minutes have it. */
export const decisionLine = (decision: string): string => `- ${plain(decision)}`;

type NotedTask = Awaited<ReturnType<typeof writtenNotes>>['tasks'][number];
/** As the minutes have it. */
export function taskLine({ text, person, dueOn, isDone }: NotedTask, language: Language): string {
  const name = words[language];
  const about = [...(person === null ? [] : [plain(person)]), ...(dueOn === null ? [] : [name.until(dueOn)])];
  return `- [${isDone ? 'x' : ' '}] ${plain(text)}${about.length > 0 ? ` (${about.join(', ')})` : ''}`;
}

export const tasks: MinutesPart = async (_db, { notes, language }) => {
  const facts = (await notes()).tasks.slice(0, MOST_LISTED);
  if (facts.length === 0) return null;
  const lines = facts.map((task) => taskLine(task, language));
  return { part: 'tasks', title: words[language].tasks, lines, facts };
};

/** Their headings stand below that of the part. */
export const notesText: MinutesPart = async (_db, { notes, language }) => {
  const { markdown } = await notes();
  if (markdown === '') return null;
  const lines = markdown
    .trimEnd()
    .replace(/^(#{1,3}) /gm, '##$1 ')
    .split('\n');
  return { part: 'notes', title: words[language].notes, lines, facts: markdown.slice(0, MAX_MINUTES_UNITS) };
};
