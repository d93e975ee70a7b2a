/** What a meeting is about, as its host typed it: a point on each line. */
import { z } from './schema.ts';
import { shownText } from './shown-text.ts';

export const MAX_AGENDA_LINES = 20;
const MAX_LINE_UNITS = 200;
/** as it is sent, before it is cleaned */
const MAX_TYPED_UNITS = 8_000;

/** Without what shows nothing. */
export const agendaLines = (text: string): string[] =>
  text
    .split(/\r\n?|[\n\u2028\u2029]/)
    .map(shownText)
    .filter((line) => line !== '');

export const isAgenda = (lines: readonly string[]): boolean =>
  lines.length <= MAX_AGENDA_LINES && lines.every((line) => line.length <= MAX_LINE_UNITS);

/** Cleaned line by line; '' for none. */
export const MeetingAgenda = z
  .string()
  .max(MAX_TYPED_UNITS)
  .overwrite((text) => agendaLines(text).join('\n'))
  .refine((text) => isAgenda(agendaLines(text)), 'more or longer lines than an agenda has');
