/** Nothing runs in the room: its name, the one button, its bookings today, and a page for its devices. */
import House from 'lucide-react/icons/house';
import Settings2 from 'lucide-react/icons/settings-2';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '#ui/card.tsx';
import { failedLines } from '#ui/equipment/self-test.ts';
import { Tabs } from '#ui/tabs.tsx';
import { BroadcastCard } from './broadcasts/broadcast-card.tsx';
import { ShareDocument, ShownDocument } from './documents-door.tsx';
import { DevicesPage } from './devices-page.tsx';
import { Notices } from './notes.tsx';
import { NowCard } from './now-card.tsx';
import type { RemoteView } from './projection.ts';
import { StartButtons } from './start-buttons.tsx';
import { TodayCard } from './today-card.tsx';
import { type Asking, useProjection } from './use-room.ts';
import { Volume } from './volume.tsx';

type IdleScreenProps = { view: Extract<RemoteView, { screen: 'idle' }>; asking: Asking };

export function IdleScreen({ view, asking }: IdleScreenProps) {
  const { t } = useTranslation('remote');
  const { t: devices } = useTranslation('devices');
  const [page, setPage] = useState<'room' | 'devices'>('room');
  const { day } = view;
  const equipment = useProjection('equipment');
  const failed = failedLines(equipment).length;
  const room = day === null ? <PlainRoom view={view} asking={asking} /> : <BookedRoom view={view} asking={asking} />;
  return (
    <main className="mx-auto flex w-full max-w-xl flex-1 flex-col px-5 pb-[max(1.25rem,env(safe-area-inset-bottom))] lg:max-w-6xl lg:px-8">
      <Tabs
        label={t('tabs.label')}
        className="flex flex-1 flex-col gap-5"
        chosen={page}
        onChoose={setPage}
        tabs={[
          { key: 'room', words: t('tabs.room'), icon: House, content: room },
          ...(equipment === null
            ? []
            : [
                {
                  key: 'devices' as const,
                  words: t('tabs.devices'),
                  icon: Settings2,
                  mark: failed === 0 ? null : devices('selfTest.failed', { count: failed }),
                  content: <DevicesPage equipment={equipment} inCall={false} nowMs={view.nowMs} asking={asking} />,
                },
              ]),
        ]}
      />
    </main>
  );
}

/** A room without a calendar: nothing but its own meeting. */
function PlainRoom({ view, asking }: IdleScreenProps) {
  const { meeting, volumePercent } = view.state;
  return (
    <div className="flex flex-1 flex-col gap-6 lg:grid lg:grid-cols-[1.15fr_1fr] lg:items-center lg:gap-16 lg:px-4">
      <div className="flex flex-1 flex-col justify-center gap-3 py-4 lg:flex-none">
        <h1 className="text-display font-bold tracking-tight text-balance">{view.roomName}</h1>
        {meeting && <p className="line-clamp-3 text-control text-quiet">{meeting.title}</p>}
        <UnderWay view={view} />
      </div>
      <div className="flex flex-col gap-4 lg:pb-0">
        <Notices notices={view.notices} />
        <Card className="py-3!">
          <Volume percent={volumePercent} ask={asking.ask} />
        </Card>
        <BroadcastCard asking={asking} />
        <IdleDocument asking={asking} />
        <StartButtons view={view} asking={asking} />
      </div>
    </div>
  );
}

function BookedRoom({ view, asking }: IdleScreenProps) {
  const { day, state } = view;
  if (day === null) return null;
  return (
    <div className="flex flex-1 flex-col gap-5 lg:grid lg:grid-cols-[1.1fr_1fr] lg:items-start lg:gap-10">
      <div className="flex flex-col gap-5">
        <div className="flex flex-col gap-2">
          <h1 className="line-clamp-2 text-title font-bold tracking-tight text-balance lg:text-display">
            {view.roomName}
          </h1>
          <UnderWay view={view} />
        </div>
        <Notices notices={view.notices} />
        <StartButtons view={view} asking={asking} />
        <BroadcastCard asking={asking} />
        <IdleDocument asking={asking} />
        <NowCard day={day} inCall={false} asking={asking} />
        <Card className="hidden py-3! lg:block">
          <Volume percent={state.volumePercent} ask={asking.ask} />
        </Card>
      </div>
      <TodayCard day={day} inCall={false} asking={asking} />
      <Card className="py-3! lg:hidden">
        <Volume percent={state.volumePercent} ask={asking.ask} />
      </Card>
    </div>
  );
}

/** The document on the TV, or the way to show one. */
function IdleDocument({ asking }: { asking: Asking }) {
  const isShown = useProjection('document')?.document != null;
  return isShown ? <ShownDocument inCall={false} asking={asking} /> : <ShareDocument inCall={false} />;
}

function UnderWay({ view }: { view: IdleScreenProps['view'] }) {
  const { t } = useTranslation('remote');
  const { meeting } = view.state;
  if (meeting?.underWay !== true) return null;
  return (
    <p className="mt-2 inline-flex items-center gap-2.5 self-start rounded-full bg-accent-soft px-4 py-2 text-base font-semibold text-accent">
      <span className="size-2.5 rounded-full bg-accent" />
      {t('idle.underWay')} · {t('idle.peopleIn', { count: meeting.participantCount })}
    </p>
  );
}
