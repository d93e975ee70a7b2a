/** That there is a transcript of the sitting, and where its people read it: its words stay there. */
import { meetingPlaceUrl } from '#contract/http/page-paths.ts';
import type { Language } from '#contract/schema.ts';
import { type MinutesPart, rangeIn } from './part.ts';

type Words = { title: string; segments: (count: number) => string; link: string };
const words: Record<Language, Words> = {
  en: {
    title: 'Transcript',
    segments: (count) => (count === 1 ? '1 sentence' : `${count} sentences`),
    link: 'to read',
  },
  ko: { title: '발언 기록', segments: (count) => `발언 ${count}건`, link: '읽기' },
};

export const transcript: MinutesPart = async (db, { meetingId, callIds, language, fleetUrl }) => {
  const { count, fromMs, untilMs } = await db
    .selectFrom('transcript')
    .select((e) => [
      e.fn.countAll<number>().as('count'),
      e.fn.min('fromMs').as('fromMs'),
      e.fn.max('untilMs').as('untilMs'),
    ])
    .where('meetingId', '=', meetingId)
    .where('callId', 'in', callIds)
    .where('deletedAtMs', 'is', null)
    .executeTakeFirstOrThrow();
  if (Number(count) === 0) return null;
  const { title, segments, link } = words[language];
  const url = meetingPlaceUrl(fleetUrl, meetingId, 'transcript');
  const times = rangeIn(language, fromMs, untilMs);
  return {
    part: 'transcript',
    title,
    lines: [`- ${segments(Number(count))}, ${times}: [${link}](${url})`],
    facts: { segmentCount: Number(count), fromMs, untilMs, url },
  };
};
