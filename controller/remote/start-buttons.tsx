/** One large button for the meeting that is due, the other choice below it, and the effect of a tap in words. */
import MonitorPlay from 'lucide-react/icons/monitor-play';
import { useTranslation } from 'react-i18next';
import { useBookingWords } from '#ui/agenda/use-booking-words.ts';
import { Button } from '#ui/button.tsx';
import { Explained } from './notes.tsx';
import type { RemoteView } from './projection.ts';
import { startChoice } from './start-choice.ts';
import type { Asking } from './use-room.ts';

type StartButtonsProps = { view: Extract<RemoteView, { screen: 'idle' }>; asking: Asking };

export function StartButtons({ view, asking }: StartButtonsProps) {
  const { t } = useTranslation('remote');
  const words = useBookingWords(view.day?.timeZone);
  const { join, foreign, own } = startChoice(view.day, view.state.meeting);
  const asked = asking.pending('join-call');
  const askedFor = asked?.name === 'join-call' ? (asked.bookingId ?? null) : undefined;
  const start = (bookingId?: string) =>
    asking.ask({ name: 'join-call', ...(bookingId !== undefined && { bookingId }) }, (state) => {
      return state.phase.name !== 'idle';
    });
  const ownWords = own === 'under-way' ? t('idle.join') : t('idle.start');
  const ownButton = {
    isDisabled: own === 'none' || (asked !== null && askedFor !== null),
    isPending: askedFor === null,
    onPress: () => start(),
  };
  return (
    <div className="flex flex-col gap-3">
      {foreign !== null && (
        <Explained>
          <span className="block font-semibold">
            {t('idle.foreignTitle', { time: words.time(foreign.startMs), title: words.title(foreign) })}
          </span>
          {t('idle.foreignHint')}
        </Explained>
      )}
      {join === null ? (
        <Button variant="primary" size="hero" icon={MonitorPlay} className="min-h-24! w-full" {...ownButton}>
          {ownWords}
        </Button>
      ) : (
        <>
          <Button
            variant="primary"
            size="hero"
            icon={MonitorPlay}
            className="min-h-24! w-full py-3!"
            isDisabled={asked !== null && askedFor === null}
            isPending={askedFor === join.bookingId}
            onPress={() => start(join.bookingId)}
          >
            {join.isPrivate ? (
              t('idle.joinPrivate', { time: words.time(join.startMs) })
            ) : (
              <span className="min-w-0 text-left">
                <span className="block">{t('idle.joinAt', { time: words.time(join.startMs) })} </span>
                <span className="line-clamp-2 text-control font-medium">{words.title(join)}</span>
              </span>
            )}
          </Button>
          <Button size="large" className="w-full" {...ownButton}>
            {ownWords}
          </Button>
        </>
      )}
      <p className="text-center text-small text-quiet">
        {join !== null && join.checkInUntilMs !== null
          ? t('idle.joinHint', { start: ownWords })
          : own === 'none'
            ? t('idle.noMeeting')
            : t('idle.startHint')}
      </p>
    </div>
  );
}
