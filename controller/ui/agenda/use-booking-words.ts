/** A room's bookings in words: one wording for TV, phones, tablets and the door. */
import { useTranslation } from 'react-i18next';
import type { Booking } from '#contract/room-agenda.ts';
import { clockTime, timeRange } from '../words/format.ts';
import { currentLanguage } from '../words/words.ts';
import type { RoomNow } from './room-day.ts';

/** `timeZone`: the agenda's, so that a phone from elsewhere names the room's times. */
export function useBookingWords(timeZone: string | undefined) {
  const { t } = useTranslation('bookings');
  const language = currentLanguage();
  const title = ({ title: given, isPrivate }: Booking): string =>
    isPrivate ? t('isBooked') : given === '' ? t('untitled') : given;
  const time = (epochMs: number): string => clockTime(epochMs, language, timeZone);
  return {
    time,
    /** what is private keeps its title to itself */
    title,
    range: ({ startMs, endMs, isAllDay }: Booking): string =>
      isAllDay ? t('allDay') : timeRange(startMs, endMs, language, timeZone),
    /** that nobody came, and whose booking it was */
    released: ({ booking, releasedAtMs }: Extract<RoomNow, { kind: 'released' }>): string =>
      booking.isPrivate
        ? t('checkIn.released', { time: time(releasedAtMs) })
        : t('checkIn.releasedTitle', { time: time(releasedAtMs), title: title(booking) }),
    /** whether the room is free, and how long that holds */
    holds: (now: RoomNow): string => {
      switch (now.kind) {
        case 'free':
        case 'released':
          return now.untilMs === null ? t('freeToday') : t('freeUntil', { time: time(now.untilMs) });
        case 'due':
          return now.booking.isAllDay ? t('bookedAllDay') : t('bookedUntil', { time: time(now.booking.endMs) });
        case 'booked':
          return now.booking.isAllDay ? t('bookedAllDay') : t('bookedUntil', { time: time(now.untilMs) });
      }
    },
  };
}
export type BookingWords = ReturnType<typeof useBookingWords>;
