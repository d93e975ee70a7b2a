/** The parts of minutes, in the order in which they are read. Another part is another file and another line here. */
import { agenda } from './agenda.ts';
import { broadcasts } from './broadcasts.ts';
import { markedChat } from './chat.ts';
import { documents } from './documents.ts';
import { decisions, notesText, tasks } from './notes.ts';
import type { MinutesPart } from './part.ts';
import { people } from './people.ts';
import { polls } from './polls.ts';
import { transcript } from './transcript.ts';

export const minutesParts: readonly MinutesPart[] = [
  people,
  agenda,
  decisions,
  tasks,
  polls,
  markedChat,
  documents,
  broadcasts,
  transcript,
  notesText,
];
