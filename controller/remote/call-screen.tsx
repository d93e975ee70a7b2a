/** The room is in a call: what the TV shows, who is here, the volume, and the bar of controls. */
import { useTranslation } from 'react-i18next';
import { Card } from '#ui/card.tsx';
import { Spinner } from '#ui/progress.tsx';
import type { LinkSnapshot, RoomLink } from '../link/room-link.ts';
import { ControlBar } from './control-bar.tsx';
import { Notices, ProblemNote } from './notes.tsx';
import { PeopleCard } from './people-card.tsx';
import type { RemoteView } from './projection.ts';
import { StageCard } from './stage-card.tsx';
import type { Asking } from './use-room.ts';
import { Volume } from './volume.tsx';

type CallScreenProps = {
  view: Extract<RemoteView, { screen: 'in-call' }>;
  link: RoomLink;
  snapshot: LinkSnapshot;
  asking: Asking;
};

export function CallScreen({ view, link, snapshot, asking }: CallScreenProps) {
  const { t } = useTranslation('remote');
  const { phase, state } = view;
  return (
    <>
      <main className="mx-auto flex w-full max-w-xl flex-1 flex-col gap-4 px-5 pb-6 lg:grid lg:max-w-6xl lg:grid-cols-[1.2fr_1fr] lg:content-start lg:items-start lg:gap-6 lg:px-8">
        <div className="flex flex-col gap-1 lg:col-span-2">
          <h1 className="line-clamp-2 text-heading font-bold">{phase.meetingTitle}</h1>
        </div>
        {phase.connection === 'reconnecting' && (
          <p
            role="status"
            className="flex items-center gap-3 rounded-control bg-warn-soft p-4 font-medium lg:col-span-2"
          >
            <Spinner className="size-5 text-warn" />
            {t('call.roomReconnecting')}
          </p>
        )}
        <div className="flex flex-col gap-4 empty:hidden">
          <Notices notices={view.notices} />
          <StageCard view={view} asking={asking} />
          <Card className="py-3!">
            <Volume percent={state.volumePercent} ask={asking.ask} />
          </Card>
        </div>
        <PeopleCard view={view} link={link} roster={snapshot.roster} asking={asking} />
      </main>
      <ControlBar view={view} asking={asking}>
        <ProblemNote problem={asking.problem} onDismiss={asking.dismissProblem} />
      </ControlBar>
    </>
  );
}
