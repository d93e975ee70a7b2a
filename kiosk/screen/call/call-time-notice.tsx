/** Over the stage when the booking's time runs out, or another's begins: in full for a while, then in short. */
import { useTranslation } from 'react-i18next';
import Clock from 'lucide-react/icons/clock';
import type { CallTime } from '#ui/agenda/call-time.ts';
import { type BookingWords, useBookingWords } from '#ui/agenda/use-booking-words.ts';
import { Icon } from '#ui/icon.tsx';
import { minutesUntil } from '#ui/words/format.ts';
import { useShownAfter } from '../frame/clock.ts';

const IN_FULL_MS = 20_000;

type NoticeProps = { time: CallTime; timeZone: string | undefined; nowMs: number };

export function CallTimeNotice({ time, timeZone, nowMs }: NoticeProps) {
  const { t } = useTranslation('bookings');
  const words = useBookingWords(timeZone);
  const says = saysOf(time, words, nowMs, t);
  // announced again when its kind changes, not with each minute
  const inFull = useShownAfter(`${time.kind} ${time.next?.bookingId} ${endOf(time)}`, IN_FULL_MS);
  return (
    <div
      role="status"
      className="flex animate-appear items-start gap-5 rounded-card bg-warn-soft px-7 py-3 shadow-overlay"
    >
      <Icon of={Clock} className="mt-1.5 size-8 text-warn" />
      <div className="min-w-0">
        <p className="text-tv-name font-semibold text-warn">{says.what}</p>
        {inFull && says.after !== null && <p className="line-clamp-1 text-tv-small">{says.after}</p>}
      </div>
    </div>
  );
}

const endOf = (time: CallTime): number => (time.kind === 'next-soon' ? time.next.startMs : time.booking.endMs);

type Says = { what: string; after: string | null };

function saysOf(
  time: CallTime,
  words: BookingWords,
  nowMs: number,
  t: ReturnType<typeof useTranslation<'bookings'>>['t'],
): Says {
  const nextWords = (next: NonNullable<CallTime['next']>) => ({
    title: words.title(next),
    time: words.time(next.startMs),
    minutes: minutesUntil(next.startMs, nowMs),
  });
  switch (time.kind) {
    case 'next-soon': {
      const about = nextWords(time.next);
      return { what: about.minutes > 0 ? t('nextBeginsIn', about) : t('nextHasBegun', about), after: about.title };
    }
    case 'ends-soon': {
      const { endMs } = time.booking;
      return {
        what: t('endsIn', { minutes: minutesUntil(endMs, nowMs), time: words.time(endMs) }),
        after: time.next === null ? t('extendOnPhone') : t('nextBegins', nextWords(time.next)),
      };
    }
    case 'over':
      return {
        what: t('endedAt', { time: words.time(time.booking.endMs) }),
        after: time.next === null ? null : t('nextBegins', nextWords(time.next)),
      };
  }
}
