/** What the meeting was about, as its host had typed it. */
import { agendaLines } from '#contract/meeting-agenda.ts';
import { type MinutesPart, plain } from './part.ts';

const titles = { en: 'Agenda', ko: '안건' };

export const agenda: MinutesPart = async (db, { meetingId, language }) => {
  const row = await db.selectFrom('meeting').select('agenda').where('meetingId', '=', meetingId).executeTakeFirst();
  const points = agendaLines(row?.agenda ?? '');
  if (points.length === 0) return null;
  const lines = points.map((point, n) => `${n + 1}. ${plain(point)}`);
  return { part: 'agenda', title: titles[language], lines, facts: points };
};
