/** The room's day on the idle TV: the present booking and its end, the next one, and the rest in small. */
import { useTranslation } from 'react-i18next';
import CalendarClock from 'lucide-react/icons/calendar-clock';
import type { Booking } from '#contract/room-agenda.ts';
import type { RoomMeeting } from '#contract/room-state.ts';
import type { RoomDay, RoomNow } from '#ui/agenda/room-day.ts';
import { type BookingWords, useBookingWords } from '#ui/agenda/use-booking-words.ts';
import { Icon } from '#ui/icon.tsx';
import { minutesUntil } from '#ui/words/format.ts';

/** As many as stand between the status and the floor: in the worst case, of the longest names. */
const ROWS = 4;
const ROWS_BESIDE_TROUBLES = 3;

type BookedDayProps = {
  day: RoomDay;
  meeting: RoomMeeting | null;
  /** the corner shows the reason */
  cutOff: boolean;
  nowMs: number;
  /** false: the corner is in use, so that the room's name needs two lines */
  hasRoom: boolean;
};

export function BookedDay({ day, meeting, cutOff, nowMs, hasRoom }: BookedDayProps) {
  const { t } = useTranslation(['screen', 'bookings']);
  const words = useBookingWords(day.timeZone);
  const isFree = day.now.kind === 'free' || day.now.kind === 'released';
  // a free room shows the next booking large, so the list begins with the one after
  const rest = isFree || day.next === null ? day.later : [day.next, ...day.later];
  return (
    <>
      <div className="mt-8 flex shrink-0 items-start gap-6">
        <span aria-hidden="true" className={`size-6 shrink-0 rounded-full ${dotClass[day.now.kind]}`} />
        <div className="min-w-0">
          <Now now={day.now} words={words} nowMs={nowMs} titleClass={hasRoom ? 'line-clamp-2' : 'line-clamp-1'} />
          {isFree && day.next !== null && <Next booking={day.next} words={words} />}
          {meeting?.underWay === true ? (
            <p className="mt-2 text-tv-name font-semibold text-accent">
              {t('screen:idle.underWay')} · {t('screen:idle.waiting', { count: meeting.participantCount })}
            </p>
          ) : cutOff ? (
            <p className="mt-2 text-tv-name font-semibold text-warn">{t('screen:idle.cutOff')}</p>
          ) : (
            day.now.kind === 'free' && (
              <p className="mt-2 text-tv-name text-quiet">
                {meeting === null ? t('screen:idle.noMeeting') : t('screen:idle.startHint')}
              </p>
            )
          )}
        </div>
      </div>
      <Rest bookings={rest} moreCount={day.moreCount} rows={hasRoom ? ROWS : ROWS_BESIDE_TROUBLES} words={words} />
      {day.unreadCount > 0 && (
        <p className="mt-4 text-tv-small text-warn">{t('bookings:unread', { count: day.unreadCount })}</p>
      )}
      {day.staleSinceMs !== null && (
        <p className="mt-4 text-tv-small text-warn">{t('bookings:asOf', { time: words.time(day.staleSinceMs) })}</p>
      )}
    </>
  );
}

const dotClass: Record<RoomNow['kind'], string> = {
  free: 'mt-6 border-[0.3rem] border-accent',
  released: 'mt-6 border-[0.3rem] border-accent',
  due: 'mt-4 bg-warn',
  booked: 'mt-4 bg-ink',
};

type NowProps = { now: RoomNow; words: BookingWords; nowMs: number; titleClass: string };

function Now({ now, words, nowMs, titleClass }: NowProps) {
  const { t } = useTranslation('bookings');
  switch (now.kind) {
    case 'free':
      return <p className="text-tv-title font-semibold text-accent">{words.holds(now)}</p>;
    case 'released':
      return (
        <>
          <p className="text-tv-title font-semibold text-accent">{words.holds(now)}</p>
          <p className="line-clamp-2 text-tv-name text-warn">{words.released(now)}</p>
          <p className="text-tv-name text-quiet">{t('checkIn.restoreOnPhone')}</p>
        </>
      );
    case 'due': {
      const minutes = minutesUntil(now.booking.startMs, nowMs);
      return (
        <>
          <p className="text-tv-lead font-semibold text-warn">
            {minutes > 0
              ? t('startsIn', { minutes })
              : now.booking.startMs === nowMs
                ? t('startsNow')
                : t('startedAt', { time: words.time(now.booking.startMs) })}
          </p>
          <Booked booking={now.booking} words={words} titleClass={titleClass} />
          {now.checkInUntilMs !== null && (
            <p className="text-tv-lead text-warn">{t('checkIn.onPhone', { time: words.time(now.checkInUntilMs) })}</p>
          )}
        </>
      );
    }
    case 'booked':
      // its title would repeat that
      if (now.booking.isPrivate) return <p className="text-tv-title font-semibold">{words.holds(now)}</p>;
      return (
        <>
          <p className="text-tv-lead font-semibold">{words.holds(now)}</p>
          <Booked booking={now.booking} words={words} titleClass={titleClass} />
        </>
      );
  }
}

type BookedProps = { booking: Booking; words: BookingWords; titleClass: string };

function Booked({ booking, words, titleClass }: BookedProps) {
  const says = [booking.isAllDay ? null : words.range(booking), booking.organizer].filter((part) => part !== null);
  return (
    <>
      <p className={`text-tv-title font-semibold ${titleClass}`}>{words.title(booking)}</p>
      <p className="numerals line-clamp-1 text-tv-name text-quiet">{says.join(' · ')}</p>
    </>
  );
}

function Next({ booking, words }: { booking: Booking; words: BookingWords }) {
  const { t } = useTranslation('bookings');
  return (
    <p className="line-clamp-1 text-tv-lead">
      <span className="text-quiet">{t('next')} </span>
      <span className="numerals">{words.range(booking)}</span> {words.title(booking)}
    </p>
  );
}

type RestProps = { bookings: readonly Booking[]; moreCount: number; rows: number; words: BookingWords };

function Rest({ bookings, moreCount, rows, words }: RestProps) {
  const { t } = useTranslation('bookings');
  if (bookings.length === 0) return null;
  const shown = bookings.slice(0, rows * 2);
  const more = moreCount + bookings.length - shown.length;
  return (
    <section aria-label={t('laterToday')} className="mt-auto shrink-0 pt-6">
      <p className="mb-2 flex items-center gap-4 text-tv-small text-quiet">
        <Icon of={CalendarClock} className="size-8" />
        {t('laterToday')}
        {more > 0 && <span>· {t('more', { count: more })}</span>}
      </p>
      <ul
        className={`grid gap-x-12 text-tv-small ${shown.length > rows ? 'grid-flow-col grid-cols-2' : ''}`}
        style={shown.length > rows ? { gridTemplateRows: `repeat(${rows}, auto)` } : undefined}
      >
        {shown.map((booking) => (
          <li key={booking.bookingId} className="flex min-w-0 gap-6">
            <span className="w-52 shrink-0 numerals text-quiet">{words.range(booking)}</span>
            <span className="min-w-0 truncate">
              {words.title(booking)}
              {shown.length <= rows && booking.organizer !== null && (
                <span className="text-quiet"> · {booking.organizer}</span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
