/** The room is in a call: the TV's stage, participants, volume; pages for bookings, camera and devices; the bar. */
import CalendarDays from 'lucide-react/icons/calendar-days';
import Settings2 from 'lucide-react/icons/settings-2';
import Users from 'lucide-react/icons/users';
import Video from 'lucide-react/icons/video';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AirStrip } from '#ui/broadcast/air-strip.tsx';
import { useAirNews } from '#ui/broadcast/use-air-news.ts';
import { TranscriptMark } from '#ui/captions/transcript-mark.tsx';
import { useTranscriptNews } from '#ui/captions/use-transcript-news.ts';
import { Card } from '#ui/card.tsx';
import { Spinner } from '#ui/progress.tsx';
import { type TabOf, Tabs } from '#ui/tabs.tsx';
import { ToastRegion, useToasts } from '#ui/toast.tsx';
import { isOnAir } from '#contract/broadcast.ts';
import type { LinkSnapshot, RoomLink } from '../link/room-link.ts';
import { AirCard } from './air-card.tsx';
import { CallTimeBanner } from './call-time-banner.tsx';
import { CameraPage } from './camera-page.tsx';
import { ChatCard } from './chat-card.tsx';
import { RoomPollCard } from './room-poll-card.tsx';
import { ControlBar } from './control-bar.tsx';
import { ShownDocument } from './documents-door.tsx';
import { DevicesPage } from './devices-page.tsx';
import { NoteCard } from './note-sheet.tsx';
import { Notices, ProblemNote } from './notes.tsx';
import { NowCard } from './now-card.tsx';
import { OrderCard } from './order-card.tsx';
import { PeopleCard } from './people-card.tsx';
import type { RemoteView } from './projection.ts';
import { StageCard } from './stage-card.tsx';
import { TranscriptCard } from './transcript-card.tsx';
import { TodayCard } from './today-card.tsx';
import { type Asking, useProjection } from './use-room.ts';
import { Volume } from './volume.tsx';

type CallScreenProps = {
  view: Extract<RemoteView, { screen: 'in-call' }>;
  link: RoomLink;
  snapshot: LinkSnapshot;
  asking: Asking;
  isTablet: boolean;
};
type Page = 'meeting' | 'today' | 'camera' | 'devices';

export function CallScreen({ view, link, snapshot, asking, isTablet }: CallScreenProps) {
  const { t } = useTranslation('remote');
  const [page, setPage] = useState<Page>('meeting');
  const { phase, day, callTime, nowMs } = view;
  const equipment = useProjection('equipment');
  const { t: airWords } = useTranslation('broadcast');
  const { current: news, add } = useToasts();
  useAirNews(
    phase.air,
    useCallback((kind) => add({ words: airWords(`news.${kind}`) }), [add, airWords]),
  );
  const { t: transcriptWords } = useTranslation('transcript');
  const ofRoom = useProjection('transcript');
  const transcript = ofRoom?.callId === phase.callId ? ofRoom.transcript : null;
  useTranscriptNews(
    transcript,
    useCallback((kind) => add({ words: transcriptWords(`news.${kind}`) }), [add, transcriptWords]),
  );
  const pages: TabOf<Page>[] = [
    {
      key: 'meeting',
      words: t('tabs.meeting'),
      icon: Users,
      content: <MeetingPage view={view} link={link} snapshot={snapshot} asking={asking} isTablet={isTablet} />,
    },
  ];
  if (day !== null)
    pages.push({
      key: 'today',
      words: t('tabs.today'),
      icon: CalendarDays,
      content: (
        <div className="flex flex-col gap-4 lg:grid lg:grid-cols-2 lg:items-start lg:gap-6">
          <NowCard day={day} inCall asking={asking} />
          <TodayCard day={day} inCall asking={asking} />
        </div>
      ),
    });
  if (equipment !== null)
    pages.push(
      {
        key: 'camera',
        words: t('tabs.camera'),
        icon: Video,
        content: <CameraPage view={view} equipment={equipment} link={link} asking={asking} />,
      },
      {
        key: 'devices',
        words: t('tabs.devices'),
        icon: Settings2,
        content: <DevicesPage equipment={equipment} inCall nowMs={nowMs} asking={asking} />,
      },
    );
  return (
    <>
      <main className="mx-auto flex w-full max-w-xl flex-1 flex-col gap-4 px-5 pb-6 lg:max-w-6xl lg:px-8">
        <AirStrip air={phase.air} clockOffsetMs={snapshot.clockOffsetMs}>
          {transcript !== null && <TranscriptMark transcript={transcript} className="rounded-small text-small" />}
        </AirStrip>
        <h1 className="line-clamp-2 text-heading font-bold">{phase.meetingTitle}</h1>
        <Tabs label={t('tabs.label')} tabs={pages} chosen={page} onChoose={setPage} className="flex flex-col gap-4">
          {callTime !== null && <CallTimeBanner time={callTime} day={day} nowMs={nowMs} asking={asking} />}
          {phase.connection === 'reconnecting' && (
            <p role="status" className="flex items-center gap-3 rounded-control bg-warn-soft p-4 font-medium">
              <Spinner className="size-5 text-warn" />
              {t('call.roomReconnecting')}
            </p>
          )}
        </Tabs>
      </main>
      <ControlBar view={view} asking={asking}>
        <div className="flex flex-col gap-3">
          <ToastRegion current={news} className="flex justify-center" />
          <ProblemNote problem={asking.problem} onDismiss={asking.dismissProblem} />
        </div>
      </ControlBar>
    </>
  );
}

function MeetingPage({ view, link, snapshot, asking, isTablet }: CallScreenProps) {
  const { phase } = snapshot.air?.broadcast ?? { phase: null };
  const isDirecting = phase !== null && isOnAir(phase);
  return (
    <div className="flex flex-col gap-4 lg:grid lg:grid-cols-[1.2fr_1fr] lg:items-start lg:gap-6">
      <div className="flex flex-col gap-4 empty:hidden">
        <Notices notices={view.notices} />
        {isDirecting && <AirCard view={view} link={link} snapshot={snapshot} asking={asking} />}
        <ShownDocument inCall asking={asking} />
        <StageCard view={view} asking={asking} />
        <Card className="py-3!">
          <Volume percent={view.state.volumePercent} ask={asking.ask} />
        </Card>
      </div>
      <div className="flex flex-col gap-4 lg:gap-6">
        {!isDirecting && <AirCard view={view} link={link} snapshot={snapshot} asking={asking} />}
        <OrderCard view={view} link={link} asking={asking} canInvite={snapshot.waiting !== null} />
        <PeopleCard view={view} link={link} roster={snapshot.roster} asking={asking} />
        <RoomPollCard view={view} link={link} asking={asking} />
        <TranscriptCard view={view} asking={asking} />
        <ChatCard view={view} link={link} hasLinks={!isTablet} />
        {snapshot.waiting !== null && <NoteCard link={link} />}
      </div>
    </div>
  );
}
