/** Outside the door: free, soon or in use over the whole surface, in words that are read from three metres. */
import CircleCheck from 'lucide-react/icons/circle-check';
import CircleHelp from 'lucide-react/icons/circle-question-mark';
import Clock from 'lucide-react/icons/clock';
import DoorClosed from 'lucide-react/icons/door-closed';
import Ellipsis from 'lucide-react/icons/ellipsis';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBookingWords } from '#ui/agenda/use-booking-words.ts';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { Icon } from '#ui/icon.tsx';
import { LanguageSwitch } from '#ui/language-switch.tsx';
import { clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { useNow } from '#ui/use-now.ts';
import { type DoorSign, doorSign } from './door-sign.ts';
import { ProblemNote } from './notes.tsx';
import type { RemoteView } from './projection.ts';
import type { Asking } from './use-room.ts';

type DoorPageProps = {
  view: RemoteView;
  roomName: string;
  clockOffsetMs: number;
  asking: Asking;
  onLeave: () => void;
};

const groundClass: Record<DoorSign['tone'], string> = {
  free: 'bg-door-free text-door-free-ink',
  soon: 'bg-door-soon text-door-soon-ink',
  busy: 'bg-door-busy text-door-busy-ink',
  unknown: 'bg-door-unknown text-door-unknown-ink',
};
const icons = { free: CircleCheck, soon: Clock, busy: DoorClosed, unknown: CircleHelp };

export function DoorPage({ view, roomName, clockOffsetMs, asking, onLeave }: DoorPageProps) {
  const { t } = useTranslation('remote');
  const { t: bookings } = useTranslation('bookings');
  const day = 'day' in view ? view.day : null;
  const words = useBookingWords(day?.timeZone);
  const now = useNow(5_000) + clockOffsetMs;
  const { tone, headline, booking, checkIn, next } = doorSign(view);
  const says =
    'atMs' in headline
      ? t(`door.${headline.key}`, { time: words.time(headline.atMs) })
      : headline.key === 'startsIn'
        ? t('door.startsIn', { minutes: headline.minutes })
        : t(`door.${headline.key}`);
  return (
    <div className={`door flex min-h-dvh flex-col ${groundClass[tone]}`} data-tone={tone}>
      <header className="flex items-center gap-[3vmin]">
        <h1 className="line-clamp-1 min-w-0 flex-1 text-door-name font-semibold">{roomName}</h1>
        <time className="numerals text-door-name font-semibold">
          {clockTime(now, currentLanguage(), day?.timeZone)}
        </time>
        <Options onLeave={onLeave} />
      </header>
      <main className="flex flex-1 flex-col justify-center gap-[2vmin] py-[2vmin]">
        <div role="status" className="flex items-start gap-[3vmin]">
          <Icon of={icons[tone]} className="mt-[1.5vmin] size-[11vmin]" />
          <p className="text-door-headline font-bold text-balance">{says}</p>
        </div>
        {/* a private one shows no more than the line above */}
        {booking !== null && !booking.isPrivate && (
          <p className="line-clamp-2 text-door-title font-semibold">{words.title(booking)}</p>
        )}
        {tone === 'unknown' && <p className="text-door-title">{t('door.unknownHint')}</p>}
        {day !== null && day.unreadCount > 0 && (
          <p className="text-door-next font-semibold">{bookings('unread', { count: day.unreadCount })}</p>
        )}
        {checkIn !== null && (
          <div className="flex flex-wrap items-center gap-[3vmin]">
            <Button
              variant="inverted"
              className="door-button"
              isPending={asking.pending('check-in', checkIn.booking.bookingId) !== null}
              aria-label={bookings('checkIn.name', { title: words.title(checkIn.booking) })}
              onPress={() =>
                asking.ask(
                  { name: 'check-in', bookingId: checkIn.booking.bookingId },
                  (_, { projections: { agenda } }) =>
                    Boolean(
                      agenda?.bookings.some(
                        (each) => each.bookingId === checkIn.booking.bookingId && each.state === 'in-use',
                      ),
                    ),
                )
              }
            >
              {bookings('checkIn.action')}
            </Button>
            <p className="text-door-next">{bookings('checkIn.by', { time: words.time(checkIn.untilMs) })}</p>
          </div>
        )}
        <ProblemNote problem={asking.problem} onDismiss={asking.dismissProblem} />
      </main>
      {day !== null && (
        <footer className="border-t-2 border-current/30 pt-[2vmin] text-door-next">
          {next.length === 0 ? (
            <p>{t('door.nothingNext')}</p>
          ) : (
            <ul aria-label={t('door.next')}>
              {next.map((each) => (
                <li key={each.bookingId} className="flex gap-[3vmin]">
                  <span className="numerals shrink-0 font-semibold">{words.range(each)}</span>
                  <span className="min-w-0 truncate">{words.title(each)}</span>
                </li>
              ))}
            </ul>
          )}
        </footer>
      )}
    </div>
  );
}

function Options({ onLeave }: { onLeave: () => void }) {
  const { t } = useTranslation('remote');
  const { t: common } = useTranslation('common');
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="quiet"
        icon={Ellipsis}
        aria-label={t('door.options')}
        className="door-options"
        onPress={() => setOpen(true)}
      />
      <Dialog title={t('door.options')} isOpen={open} onClose={() => setOpen(false)}>
        <div className="flex items-center justify-between gap-4">
          <span className="text-base">{t('menu.language')}</span>
          <LanguageSwitch />
        </div>
        <Button size="large" onPress={onLeave}>
          {t('door.leave')}
        </Button>
        <Button size="large" onPress={() => setOpen(false)}>
          {common('close')}
        </Button>
      </Dialog>
    </>
  );
}
