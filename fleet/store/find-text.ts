/** What people type to find something: a part of what they read, in whatever case and script, and no pattern. */
import { sql } from 'kysely';

/** SQLite's own `lower` knows the case of English letters alone; a Mac may type letters in parts. */
export const foldedText = (text: unknown): string =>
  typeof text === 'string' ? text.normalize('NFC').toLowerCase() : '';

/** In queries of `store.read`, whose connection has `folded`. @param text of '' everything has a part */
export const hasPart = (column: string, text: string) =>
  sql<boolean>`instr(folded(${sql.ref(column)}), ${foldedText(text.trim())}) > 0`;
