/** The kinds of what a meeting leaves behind, in the order of its export. Another kind is another file and another line here. */
import { attendance } from './attendance.ts';
import { chat } from './chat.ts';
import type { RecordKind } from './kind.ts';
import { minutes } from './minutes.ts';
import { notes } from './notes.ts';
import { pages } from './pages.ts';
import { polls } from './polls.ts';
import { transcript } from './transcript.ts';

export const recordKinds: readonly RecordKind[] = [
  // one line for each
  attendance,
  chat,
  notes,
  polls,
  transcript,
  pages,
  minutes,
];
