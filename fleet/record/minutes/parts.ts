/** The parts of minutes, in the order in which they are read. Another part is another file and another line here. */
import { agenda } from './agenda.ts';
import { broadcasts } from './broadcasts.ts';
import { documents } from './documents.ts';
import type { MinutesPart } from './part.ts';
import { people } from './people.ts';

export const minutesParts: readonly MinutesPart[] = [people, agenda, documents, broadcasts];
