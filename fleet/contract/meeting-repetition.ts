/** How meetings repeat: on which days, by the calendar alone. Which instants these are, a time zone decides. Pure. */
import { z } from './schema.ts';

/** `month`: on the same day of each month; months without that day are left out, as calendars do (RFC 5545) */
export const RepetitionRhythm = z.enum(['weekday', 'week', 'two-weeks', 'month']);
export type RepetitionRhythm = z.infer<typeof RepetitionRhythm>;

/** of one repetition, the first one too */
export const MAX_REPEATED_MEETINGS = 52;
/** people of all of one repetition together: they are made in one transaction, and others wait for it */
export const MAX_REPEATED_INVITATIONS = 1_500;
/** 2026-11-30 */
const CalendarDay = z.iso.date();

export const MeetingRepetition = z.strictObject({
  every: RepetitionRhythm,
  /** IANA name, in whose time they are at the same hour */
  timeZone: z.string().regex(/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/),
  ends: z.union([
    z.strictObject({ count: z.number().int().min(2).max(MAX_REPEATED_MEETINGS) }),
    /** the last day on which there may be one */
    z.strictObject({ untilDay: CalendarDay }),
  ]),
});
export type MeetingRepetition = z.infer<typeof MeetingRepetition>;

const DAY_MS = 86_400_000;
/** months without a 31st are the longest gap that a rule makes */
const MOST_LOOKED_AT_DAYS = MAX_REPEATED_MEETINGS * 62;

const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

/**
 * The days, the first one included; one more than MAX_REPEATED_MEETINGS where there are too many. Repeated on weekdays from a weekend on, they
 * begin on Monday.
 * @param firstDay `2026-11-30`
 */
export function repetitionDays(firstDay: string, { every, ends }: Pick<MeetingRepetition, 'every' | 'ends'>): string[] {
  const first = new Date(`${firstDay}T00:00Z`);
  const days: string[] = [];
  const most = 'count' in ends ? ends.count : MAX_REPEATED_MEETINGS + 1;
  for (let offset = 0; days.length < most && offset <= MOST_LOOKED_AT_DAYS; offset += 1) {
    const at = new Date(first.getTime() + offset * DAY_MS);
    const day = dayOf(at.getTime());
    if ('untilDay' in ends && day > ends.untilDay) break;
    if (isOn(every, at, first, offset)) days.push(day);
  }
  return days;
}

function isOn(every: RepetitionRhythm, at: Date, first: Date, offset: number): boolean {
  switch (every) {
    case 'weekday':
      return at.getUTCDay() >= 1 && at.getUTCDay() <= 5;
    case 'week':
      return offset % 7 === 0;
    case 'two-weeks':
      return offset % 14 === 0;
    case 'month':
      return at.getUTCDate() === first.getUTCDate();
  }
}
