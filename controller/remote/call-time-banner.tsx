/** In a call: that the booking ends or another begins, and the way to more time. */
import Clock from 'lucide-react/icons/clock';
import { useTranslation } from 'react-i18next';
import type { CallTime } from '#ui/agenda/call-time.ts';
import type { RoomDay } from '#ui/agenda/room-day.ts';
import { useBookingWords } from '#ui/agenda/use-booking-words.ts';
import { Icon } from '#ui/icon.tsx';
import { minutesUntil } from '#ui/words/format.ts';
import { BookingControls } from './now-card.tsx';
import type { Asking } from './use-room.ts';

type CallTimeBannerProps = { time: CallTime; day: RoomDay | null; nowMs: number; asking: Asking };

export function CallTimeBanner({ time, day, nowMs, asking }: CallTimeBannerProps) {
  const { t } = useTranslation('bookings');
  const words = useBookingWords(day?.timeZone);
  const { next } = time;
  const about = next && {
    title: words.title(next),
    time: words.time(next.startMs),
    minutes: minutesUntil(next.startMs, nowMs),
  };
  const endMs = time.kind === 'next-soon' ? null : time.booking.endMs;
  const what =
    endMs !== null
      ? time.kind === 'over'
        ? t('endedAt', { time: words.time(endMs) })
        : t('endsIn', { minutes: minutesUntil(endMs, nowMs), time: words.time(endMs) })
      : about && (about.minutes > 0 ? t('nextBeginsIn', about) : t('nextHasBegun', about));
  return (
    <div role="status" className="flex gap-3 rounded-control bg-warn-soft p-4">
      <Icon of={Clock} className="mt-0.5 size-5 text-warn" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{what}</p>
        {about && <p className="text-small">{t('nextBegins', about)}</p>}
        {time.kind === 'ends-soon' && (
          <BookingControls
            booking={time.booking}
            list={day?.list ?? []}
            inCall
            words={words}
            asking={asking}
            offers="extension"
            className="mt-3"
          />
        )}
      </div>
    </div>
  );
}
