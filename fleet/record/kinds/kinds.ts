/** The kinds of what a meeting leaves behind, in the order of its export. Another kind is another file and another line here. */
import { attendanceKind } from './attendance.ts';
import { chatKind } from './chat.ts';
import type { RecordKind } from './kind.ts';
import { minutesKind } from './minutes.ts';
import { notesKind } from './notes.ts';
import { pagesKind } from './pages.ts';
import { pollsKind } from './polls.ts';

export const recordKinds: readonly RecordKind[] = [
  // one line for each
  attendanceKind,
  chatKind,
  notesKind,
  pollsKind,
  pagesKind,
  minutesKind,
];
