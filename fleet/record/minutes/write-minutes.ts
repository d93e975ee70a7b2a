/** Minutes of one sitting: the parts under a head, as facts and as Markdown. */
import type { Logger } from 'pino';
import { OperationalError } from '#contract/error-codes.ts';
import { MAX_MINUTES_UNITS } from '#contract/http/record-api.ts';
import { writtenNotes } from '../../notes/index.ts';
import type { AuthorityStore } from '../../store/index.ts';
import { dateIn, type MinutesPart, plain, rangeIn, type WrittenPart, type Sitting } from './part.ts';
import { minutesParts } from './parts.ts';

type Head = { title: string; hostName: string; roomNames: string[] };
type WrittenMinutes = { text: string; facts: Head & { sections: Record<string, unknown> } };

const words = {
  en: { minutes: 'Minutes', when: 'When', host: 'Host', rooms: 'Rooms' },
  ko: { minutes: '회의록', when: '일시', host: '주최자', rooms: '회의실' },
};

/** A part that cannot be written is left out: a damaged row costs nobody the rest. @throws OperationalError the store is not read */
export async function writeMinutes(
  db: AuthorityStore['read'],
  sitting: Sitting,
  logger: Pick<Logger, 'error'>,
): Promise<WrittenMinutes> {
  const head = await headOf(db, sitting.meetingId);
  let notes: ReturnType<typeof writtenNotes> | null = null;
  const read = {
    ...sitting,
    notes: () => {
      notes ??= writtenNotes(db, sitting.meetingId);
      return notes;
    },
  };
  const written = async (part: MinutesPart): Promise<WrittenPart | null> => {
    try {
      return await part(db, read);
    } catch (error) {
      // what the next look reads is not lost for good
      if (error instanceof OperationalError) throw error;
      logger.error({ err: error, meetingId: sitting.meetingId, part: part.name }, 'a part of minutes is left out');
      return null;
    }
  };
  const sections = (await Promise.all(minutesParts.map(written))).filter((each) => each !== null);
  const facts = { ...head, sections: Object.fromEntries(sections.map(({ part, facts }) => [part, facts])) };
  return { text: boundedMinutes(markdownOf(head, sections, sitting)), facts };
}

function markdownOf(head: Head, sections: readonly WrittenPart[], sitting: Sitting): string {
  const { language, startedAtMs, endedAtMs } = sitting;
  const name = words[language];
  const lines = [
    `# ${name.minutes}: ${plain(head.title)}`,
    '',
    `- ${name.when}: ${dateIn(language, startedAtMs)} (${rangeIn(language, startedAtMs, endedAtMs)})`,
    `- ${name.host}: ${plain(head.hostName)}`,
    ...(head.roomNames.length > 0 ? [`- ${name.rooms}: ${head.roomNames.map(plain).join(', ')}`] : []),
    ...sections.flatMap(({ title, lines: own }) => ['', `## ${title}`, '', ...own]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Whole lines. */
export function boundedMinutes(text: string): string {
  if (text.length <= MAX_MINUTES_UNITS) return text;
  return `${text.slice(0, text.lastIndexOf('\n', MAX_MINUTES_UNITS - 3))}\n…\n`;
}

async function headOf(db: AuthorityStore['read'], meetingId: string): Promise<Head> {
  const meeting = await db
    .selectFrom('meeting')
    .leftJoin('account', 'account.accountId', 'meeting.hostAccountId')
    .select(['meeting.title', 'account.displayName as hostName'])
    .where('meetingId', '=', meetingId)
    .executeTakeFirstOrThrow();
  const rooms = await db
    .selectFrom('meetingRoom')
    .innerJoin('room', 'room.roomId', 'meetingRoom.roomId')
    .select('room.roomName')
    .where('meetingRoom.meetingId', '=', meetingId)
    .orderBy('room.roomName')
    .execute();
  const { title, hostName } = meeting;
  return { title, hostName: hostName ?? title, roomNames: rooms.map(({ roomName }) => roomName) };
}
