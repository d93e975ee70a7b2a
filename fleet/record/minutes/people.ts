/** Who was there, from when to when. */
import { presenceMinutes } from '#contract/presence-minutes.ts';
import type { Language } from '#contract/schema.ts';
import { attendeesOf } from '../attended.ts';
import { deviceStay, staysIn } from '../stays.ts';
import { type MinutesPart, plain, rangeIn } from './part.ts';

/** the attendance has all of them */
const MOST_NAMED = 150;
const words: Record<
  Language,
  { title: string; room: string; guest: string; minutes: (n: number) => string; more: (n: number) => string }
> = {
  en: {
    title: 'Attendees',
    room: 'room',
    guest: 'guest',
    minutes: (n) => (n < 1 ? 'under 1 min' : `${n} min`),
    more: (n) => `and ${n} more`,
  },
  ko: {
    title: '참석자',
    room: '회의실',
    guest: '외부 참가자',
    minutes: (n) => (n < 1 ? '1분 미만' : `${n}분`),
    more: (n) => `외 ${n}명`,
  },
};

export const people: MinutesPart = async (db, { callIds, endedAtMs, language }) => {
  const rows = await staysIn(db)
    .where('stay.callId', 'in', [...callIds])
    .orderBy('stay.stayId')
    .execute();
  const attendees = attendeesOf(rows.map((row) => deviceStay(row, endedAtMs)));
  if (attendees.length === 0) return null;
  const { title, minutes, more, ...kinds } = words[language];
  const lines = attendees.slice(0, MOST_NAMED).map(({ displayName, kind, joinedAtMs, leftAtMs, presentMs }) => {
    const name = kind === 'room' || kind === 'guest' ? `${plain(displayName)} (${kinds[kind]})` : plain(displayName);
    const times = rangeIn(language, joinedAtMs, leftAtMs ?? endedAtMs);
    return `- ${name}, ${times} (${minutes(presenceMinutes(presentMs))})`;
  });
  const left = attendees.length - lines.length;
  return { part: 'people', title, lines: left > 0 ? [...lines, `- ${more(left)}`] : lines, facts: attendees };
};
