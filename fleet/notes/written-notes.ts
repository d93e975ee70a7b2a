/**
 * Notes as they are on the disk: for minutes as Markdown (CommonMark, with the task lists of GitHub), decisions and tasks; for a
 * later meeting the open tasks.
 */
import { NOTES_FRAGMENT } from '#contract/notes-link.ts';
import type { AuthorityStore } from '../store/index.ts';
import { type NotesOutcomes, type OpenTask, openTasksIn, outcomesIn } from './note-lines.ts';
import { markdownOf } from './notes-markdown.ts';
import { documentOf, readNotes } from './notes-rows.ts';

/** Empty where nothing was written. In the order of the notes. Throws what yjs throws for rows that are damaged. */
export async function writtenNotes(
  db: AuthorityStore['read'],
  meetingId: string,
): Promise<NotesOutcomes & { markdown: string }> {
  const doc = documentOf(await readNotes(db, meetingId));
  try {
    const notes = doc.getXmlFragment(NOTES_FRAGMENT);
    return { ...outcomesIn(notes), markdown: markdownOf(notes) };
  } finally {
    doc.destroy();
  }
}

/** As `writtenNotes`. */
export async function writtenOpenTasks(db: AuthorityStore['read'], meetingId: string): Promise<OpenTask[]> {
  const doc = documentOf(await readNotes(db, meetingId));
  try {
    return openTasksIn(doc.getXmlFragment(NOTES_FRAGMENT));
  } finally {
    doc.destroy();
  }
}
