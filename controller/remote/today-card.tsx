/** Today's bookings as a list: time, title, state, and the actions for each. */
import { useTranslation } from 'react-i18next';
import type { Booking } from '#contract/room-agenda.ts';
import type { RoomDay } from '#ui/agenda/room-day.ts';
import { type BookingWords, useBookingWords } from '#ui/agenda/use-booking-words.ts';
import { Card } from '#ui/card.tsx';
import { BookingControls } from './now-card.tsx';
import type { Asking } from './use-room.ts';

export function TodayCard({ day, inCall, asking }: { day: RoomDay; inCall: boolean; asking: Asking }) {
  const { t } = useTranslation('bookings');
  const words = useBookingWords(day.timeZone);
  return (
    <Card title={t('today')} className="pb-2!">
      {day.list.length === 0 && <p className="pb-3 text-base text-quiet">{t('nothingToday')}</p>}
      <ul className="flex flex-col">
        {day.list.map((booking) => (
          <Row key={booking.bookingId} booking={booking} day={day} inCall={inCall} words={words} asking={asking} />
        ))}
      </ul>
      {day.moreCount > 0 && (
        <p className="border-t border-line py-3 text-small text-quiet">{t('more', { count: day.moreCount })}</p>
      )}
      {day.unreadCount > 0 && (
        <p className="border-t border-line py-3 text-small font-medium text-warn">
          {t('unread', { count: day.unreadCount })}
        </p>
      )}
      {day.staleSinceMs !== null && (
        <p className="border-t border-line py-3 text-small font-medium text-warn">
          {t('asOf', { time: words.time(day.staleSinceMs) })}
        </p>
      )}
    </Card>
  );
}

type RowProps = { booking: Booking; day: RoomDay; inCall: boolean; words: BookingWords; asking: Asking };

function Row({ booking, day, inCall, words, asking }: RowProps) {
  const { t } = useTranslation('bookings');
  const { startMs, endMs, isAllDay, organizer, state, releasedBecause } = booking;
  const isNow = 'booking' in day.now && day.now.booking === booking;
  const isReleased = state === 'released';
  // where nobody has to check in, no state is shown
  const isSilent =
    state === 'upcoming' || state === 'unknown' || (state === 'check-in-open' && booking.checkInUntilMs === null);
  const standing = isSilent
    ? null
    : t(`state.${releasedBecause === 'given-back' && isReleased ? 'given-back' : state}`);
  return (
    <li
      aria-current={isNow && !isReleased ? 'time' : undefined}
      className="-mx-2 flex gap-3 border-t border-line px-2 py-3 first:border-t-0 aria-[current]:rounded-control aria-[current]:border-transparent aria-[current]:bg-accent-soft"
    >
      <p className="numerals w-14 shrink-0 text-base">
        {isAllDay ? (
          t('allDay')
        ) : (
          <>
            <span className="block font-medium">{words.time(startMs)}</span>
            <span className="block text-small text-quiet">
              <span className="sr-only">–</span>
              {words.time(endMs)}
            </span>
          </>
        )}
      </p>
      <div className="min-w-0 flex-1">
        <p className={`line-clamp-2 text-base font-medium ${isReleased ? 'text-quiet line-through' : ''}`}>
          {words.title(booking)}
        </p>
        <p className="text-small text-quiet">{[standing, organizer].filter((part) => part !== null).join(' · ')}</p>
        {/* the present booking has its controls in a card of its own */}
        {!isNow && (
          <BookingControls
            booking={booking}
            list={day.list}
            inCall={inCall}
            words={words}
            asking={asking}
            className="mt-2"
          />
        )}
      </div>
    </li>
  );
}
