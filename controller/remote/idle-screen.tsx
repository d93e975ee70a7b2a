/** Nothing runs in the room: its name, its meeting, and the one button. */
import MonitorPlay from 'lucide-react/icons/monitor-play';
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Notices } from './notes.tsx';
import type { RemoteView } from './projection.ts';
import type { Asking } from './use-room.ts';
import { Volume } from './volume.tsx';

type IdleScreenProps = { view: Extract<RemoteView, { screen: 'idle' }>; asking: Asking };

export function IdleScreen({ view, asking }: IdleScreenProps) {
  const { t } = useTranslation('remote');
  const { meeting, volumePercent } = view.state;
  const underWay = meeting?.underWay === true;
  return (
    <main className="mx-auto flex w-full max-w-xl flex-1 flex-col gap-6 px-5 lg:grid lg:max-w-6xl lg:grid-cols-[1.15fr_1fr] lg:items-center lg:gap-16 lg:px-12">
      <div className="flex flex-1 flex-col justify-center gap-3 py-4 lg:flex-none">
        <h1 className="text-display font-bold tracking-tight text-balance">{view.roomName}</h1>
        {meeting && <p className="line-clamp-3 text-control text-quiet">{meeting.title}</p>}
        {underWay && (
          <p className="mt-2 inline-flex items-center gap-2.5 self-start rounded-full bg-accent-soft px-4 py-2 text-base font-semibold text-accent">
            <span className="size-2.5 animate-breathe rounded-full bg-accent" />
            {t('idle.underWay')} · {t('idle.peopleIn', { count: meeting.participantCount })}
          </p>
        )}
      </div>
      <div className="flex flex-col gap-4 pb-[max(1.25rem,env(safe-area-inset-bottom))] lg:pb-0">
        <Notices notices={view.notices} />
        <Card className="py-3!">
          <Volume percent={volumePercent} ask={asking.ask} />
        </Card>
        <Button
          variant="primary"
          size="hero"
          icon={MonitorPlay}
          className="min-h-24! w-full"
          isDisabled={meeting === null}
          isPending={asking.pending('start-meeting') !== null}
          onPress={() => asking.ask({ name: 'start-meeting' }, (state) => state.phase.name !== 'idle')}
        >
          {underWay ? t('idle.join') : t('idle.start')}
        </Button>
        <p className="text-center text-small text-quiet">
          {meeting === null ? t('idle.noMeeting') : t('idle.startHint')}
        </p>
      </div>
    </main>
  );
}
