/** What other aggregates see of notes. */
export { Notes } from './notes.ts';
export { notesBeganAfter, notesChangedIn } from './notes-rows.ts';
export type { NotesRights } from './notes-link-session.ts';
export { NotesLinks } from './notes-links.ts';
export { notesStatesOf } from './notes-rows.ts';
export type { OpenTask } from './note-lines.ts';
export { writtenNotes, writtenOpenTasks } from './written-notes.ts';
export { notesRoutes } from './routes.ts';
