/** One line that is added to a meeting's notes from outside of the editor: a note, a decision, or a task with its person and date. */
import { shownText } from './shown-text.ts';
import { z } from './schema.ts';

export const MAX_NOTE_LINE_LETTERS = 1_000;
const MAX_PERSON_LETTERS = 80;

/** `2026-11-30`: a day of the calendar, of no time zone */
const CalendarDay = z.iso.date();

/** Cleaned as names are: what ends a line becomes a space. */
const oneLine = (most: number) =>
  z
    .string()
    .max(most * 2)
    .overwrite(shownText)
    .min(1)
    .max(most);

export const NoteLine = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('note'), text: oneLine(MAX_NOTE_LINE_LETTERS) }),
  z.strictObject({ kind: z.literal('decision'), text: oneLine(MAX_NOTE_LINE_LETTERS) }),
  z.strictObject({
    kind: z.literal('task'),
    text: oneLine(MAX_NOTE_LINE_LETTERS),
    /** who does it, as it was typed; null: nobody is named */
    person: oneLine(MAX_PERSON_LETTERS).nullable(),
    /** null: no day is named */
    dueOn: CalendarDay.nullable(),
  }),
]);
export type NoteLine = z.infer<typeof NoteLine>;
