/** The room's present booking with its actions, and the question before an action that needs one. */
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Booking } from '#contract/room-agenda.ts';
import { actionsOf, type BookingActions } from '#ui/agenda/booking-actions.ts';
import type { RoomDay } from '#ui/agenda/room-day.ts';
import { type BookingWords, useBookingWords } from '#ui/agenda/use-booking-words.ts';
import { Button } from '#ui/button.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import type { LinkSnapshot } from '../link/room-link.ts';
import type { Asking } from './use-room.ts';

/** The agenda's `now` as a card; null where the room is simply free. */
type NowCardProps = { day: RoomDay /** the room is in a call */; inCall: boolean; asking: Asking };

export function NowCard({ day, inCall, asking }: NowCardProps) {
  const { t } = useTranslation('bookings');
  const words = useBookingWords(day.timeZone);
  const { now } = day;
  if (now.kind === 'free') return null;
  const { booking } = now;
  const isAwaited = now.kind === 'due' && now.checkInUntilMs !== null;
  const tone = now.kind === 'booked' ? 'bg-raised' : 'bg-warn-soft';
  return (
    <section aria-label={words.title(booking)} className={`rounded-card p-5 shadow-card ${tone}`}>
      {now.kind === 'released' ? (
        <p className="text-base font-semibold">{words.released(now)}</p>
      ) : (
        <BookingHead booking={booking} words={words} />
      )}
      {isAwaited && now.checkInUntilMs !== null && (
        <p className="mt-2 text-base font-semibold text-warn">
          {t('checkIn.by', { time: words.time(now.checkInUntilMs) })}
        </p>
      )}
      <BookingControls
        booking={booking}
        list={day.list}
        inCall={inCall}
        words={words}
        asking={asking}
        className="mt-4"
      />
    </section>
  );
}

function BookingHead({ booking, words }: { booking: Booking; words: BookingWords }) {
  return (
    <>
      <h2 className="line-clamp-2 text-base font-semibold">{words.title(booking)}</h2>
      <p className="numerals text-small text-quiet">
        {[words.range(booking), booking.organizer].filter((part) => part !== null).join(' · ')}
      </p>
    </>
  );
}

const bookingOf = ({ projections: { agenda } }: LinkSnapshot, bookingId: string): Booking | null =>
  agenda?.bookings.find((booking) => booking.bookingId === bookingId) ?? null;

type ControlsProps = {
  booking: Booking;
  list: readonly Booking[];
  inCall: boolean;
  words: BookingWords;
  asking: Asking;
  /** `extension`: where nothing but more time is the question */
  offers?: 'everything' | 'extension';
  className?: string;
};

/** Only the actions that are possible now; without an extension, the next booking. */
export function BookingControls({
  booking,
  list,
  inCall,
  words,
  asking,
  offers = 'everything',
  className = '',
}: ControlsProps) {
  const { t } = useTranslation('bookings');
  const [ending, setEnding] = useState<BookingActions['end']>(null);
  const { bookingId, endMs, state } = booking;
  const actions = actionsOf(booking, list, inCall);
  const title = words.title(booking);
  const isPending = (name: 'check-in' | 'restore-booking' | 'extend-booking' | 'end-booking') =>
    asking.pending(name, bookingId);
  const changed = (_: unknown, link: LinkSnapshot) => bookingOf(link, bookingId)?.state !== state;
  const extending = isPending('extend-booking');
  const buttons: ReactNode[] = [
    actions.checkIn && (
      <Button
        key="check-in"
        variant="primary"
        isPending={isPending('check-in') !== null}
        aria-label={t('checkIn.name', { title })}
        onPress={() => asking.ask({ name: 'check-in', bookingId }, changed)}
      >
        {t('checkIn.action')}
      </Button>
    ),
    actions.restore && (
      <Button
        key="restore"
        isPending={isPending('restore-booking') !== null}
        aria-label={t('restore.name', { title })}
        onPress={() => asking.ask({ name: 'restore-booking', bookingId }, changed)}
      >
        {t('restore.action')}
      </Button>
    ),
    ...actions.extendByMinutes.map((minutes) => (
      <Button
        key={minutes}
        isPending={extending?.name === 'extend-booking' && extending.minutes === minutes}
        isDisabled={extending?.name === 'extend-booking' && extending.minutes !== minutes}
        aria-label={t('extend.name', { title, minutes })}
        onPress={() =>
          asking.ask(
            { name: 'extend-booking', bookingId, minutes },
            (_, link) => (bookingOf(link, bookingId)?.endMs ?? 0) > endMs,
          )
        }
      >
        {t('extend.action', { minutes })}
      </Button>
    )),
    actions.end !== null && offers === 'everything' && (
      <Button
        key="end"
        className="text-fault!"
        isPending={isPending('end-booking') !== null}
        aria-label={actions.end === 'early' ? t('end.name', { title }) : t('giveBack.name', { title })}
        onPress={() => setEnding(actions.end)}
      >
        {actions.end === 'early' ? t('end.action') : t('giveBack.action')}
      </Button>
    ),
  ].filter((button) => button !== false);
  const gone = (_: unknown, link: LinkSnapshot) => {
    const now = bookingOf(link, bookingId);
    return now === null || now.state !== state || now.endMs < endMs;
  };
  const ask = ending === 'unused' ? 'giveBack' : 'end';
  return (
    <>
      {buttons.length > 0 && <div className={`flex flex-wrap gap-2 ${className}`}>{buttons}</div>}
      {actions.blockedBy !== null && (
        <p className="mt-2 text-small text-quiet">
          {t('extend.blocked', { time: words.time(actions.blockedBy.startMs) })}
        </p>
      )}
      <ConfirmDialog
        title={t(`${ask}.title`)}
        body={t(`${ask}.body`, { time: words.time(endMs) })}
        action={t(`${ask}.confirm`)}
        isOpen={ending !== null}
        onClose={() => setEnding(null)}
        onConfirm={() => {
          setEnding(null);
          asking.ask({ name: 'end-booking', bookingId }, gone);
        }}
      />
    </>
  );
}
