/** A meeting's page: who is invited and who came, its links, who waits, its broadcast, its rooms, and who comes in, in words. */
import Ban from 'lucide-react/icons/ban';
import Pencil from 'lucide-react/icons/pencil';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import UserPlus from 'lucide-react/icons/user-plus';
import Video from 'lucide-react/icons/video';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type MeetingDetail, meetingsApi } from '#contract/http/meetings-api.ts';
import { agendaLines } from '#contract/meeting-agenda.ts';
import type { MeetingPolicy } from '#contract/meeting-policy.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog, Dialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { Icon } from '#ui/icon.tsx';
import { InviteDialog } from '#ui/meeting/invite-dialog.tsx';
import { InviteList } from '#ui/meeting/invite-list.tsx';
import { useWaiting } from '#ui/meeting/use-waiting.ts';
import { WaitingRegion } from '#ui/meeting/waiting-region.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { ChatSection } from './chat-section.tsx';
import { AttendanceSection } from './attendance-section.tsx';
import { InvitedPeople } from './invited-people.tsx';
import { MeetingBroadcast } from './meeting-air.tsx';
import { KeepingCard } from './keeping-card.tsx';
import { MinutesSection } from './minutes-section.tsx';
import { PollsSection } from './polls-section.tsx';
import { TranscriptSection } from './transcript-section.tsx';
import { NotesSection } from './notes-section.tsx';
import { joinMeeting, StaffLoading, PageHead, whenWords } from './parts.tsx';
import { PlanNext, SeriesSection } from './series-section.tsx';
import { useMeeting } from './use-meeting.ts';
import { useSeries } from './use-series.ts';
import { useScrollToPlace } from './use-scroll-to-place.ts';

/** @param place what of it is scrolled to; null: its head */
export function MeetingPage({ meetingId, place = null }: { meetingId: string; place?: string | null }) {
  const { meeting, problem, refresh } = useMeeting(meetingId);
  const { t } = useTranslation('staff');
  useScrollToPlace(place);
  if (meeting === null)
    return (
      <>
        <PageHead title={t('meeting.title')} />
        {problem === null ? <StaffLoading /> : <ProblemWords problem={problem} />}
      </>
    );
  return (
    <>
      <MeetingHead meeting={meeting} />
      <ProblemWords problem={problem} />
      <OneMeeting meeting={meeting} onChanged={refresh} />
    </>
  );
}

function MeetingHead({ meeting }: { meeting: MeetingDetail }) {
  const { t } = useTranslation('staff');
  const { t: series } = useTranslation('series');
  const every = meeting.repeats?.every;
  return (
    <PageHead title={meeting.title}>
      <p className="numerals text-base text-quiet">
        {whenWords(meeting) ?? t('home.anyTime')} · {t('home.hostedBy', { name: meeting.hostName })}
        {every && every !== 'unknown' && ` · ${series(`repeat.every.${every}`)}`}
      </p>
    </PageHead>
  );
}

function OneMeeting({ meeting, onChanged }: { meeting: MeetingDetail; onChanged: () => void }) {
  const { t } = useTranslation('staff');
  const { t: words } = useTranslation('meeting');
  const { meetingId, title, isCancelled, participantCount } = meeting;
  const isHost = (meeting.role === 'host' || meeting.role === 'co-host') && !isCancelled;
  // the home stream names who waits: a browser has six connections, and each window of this page would hold one more for nobody
  const waiting = useWaiting(isHost && meeting.waitingCount > 0 ? meetingId : null);
  const series = useSeries(meeting);
  return (
    <div className="flex flex-col gap-5 lg:grid lg:grid-cols-[minmax(0,1.5fr)_minmax(0,1fr)] lg:items-start lg:gap-8">
      <div className="flex flex-col gap-5">
        {isCancelled ? (
          <p role="status" className="flex items-center gap-3 rounded-control bg-warn-soft px-4 py-3 text-base">
            <Icon of={Ban} className="size-5 text-warn" />
            <span>
              {t('meeting.cancelled')} {t('meeting.cancelledNote')}
            </span>
          </p>
        ) : (
          <Button
            variant="primary"
            size="hero"
            icon={Video}
            className="min-w-0 py-3"
            onPress={() => joinMeeting(meetingId)}
          >
            {/* whole: in Korean the last word is what the button does */}
            <span className="min-w-0 wrap-anywhere">{t('home.join', { title })}</span>
          </Button>
        )}
        {participantCount > 0 && (
          <p className="text-base font-medium text-accent">{t('meeting.runs', { count: participantCount })}</p>
        )}
        {isHost && <MeetingBroadcast meeting={meeting} />}
        <WaitingRegion
          waiting={waiting.list}
          isConnected={waiting.isConnected}
          pending={waiting.pending}
          onDecide={waiting.decide}
          className="shadow-card"
        />
        <ProblemWords problem={waiting.problem} />
        <AgendaCard meeting={meeting} />
        <SeriesSection series={series} />
        <NotesSection meetingId={meetingId} isCancelled={isCancelled} />
        <InvitedPeople meeting={meeting} isHost={isHost} onMailed={onChanged} />
        <ChatSection meeting={meeting} />
        <PollsSection meeting={meeting} isHost={isHost} />
        <MinutesSection meeting={meeting} isHost={meeting.role === 'host' || meeting.role === 'co-host'} />
        <TranscriptSection meeting={meeting} />
        <AttendanceSection
          meeting={meeting}
          mayDelete={meeting.role === 'host' || meeting.role === 'co-host'}
          onDeleted={onChanged}
        />
        {isHost && (
          <Card title={words('links.title')}>
            <InviteList meetingId={meetingId} asOf={meeting} />
          </Card>
        )}
      </div>
      <div className="flex flex-col gap-5">
        {isHost && <HostActs meeting={meeting} isOfPeople={series.known !== null} onChanged={onChanged} />}
        <PlanNext meeting={meeting} series={series} />
        {!isCancelled && (
          <Card title={t('meeting.policy')}>
            <PolicyWords policy={meeting.policy} isTranscriptPermitted={meeting.isTranscriptPermitted} />
          </Card>
        )}
        <RoomsOfMeeting meeting={meeting} />
        <KeepingCard meeting={meeting} isHost={meeting.role === 'host' || meeting.role === 'co-host'} />
      </div>
    </div>
  );
}

type HostActsProps = {
  meeting: MeetingDetail;
  /** false: manages meetings without being invited */
  isOfPeople: boolean;
  onChanged: () => void;
};

function HostActs({ meeting, isOfPeople, onChanged }: HostActsProps) {
  const { t } = useTranslation('staff');
  const { t: words } = useTranslation('meeting');
  const { t: series } = useTranslation('series');
  const { t: common } = useTranslation('common');
  const [isInviting, setInviting] = useState(false);
  const [isAsked, setAsked] = useState(false);
  const { run, isPending, problem } = useAsyncAction();
  const { meetingId, title } = meeting;
  const cancel = async (route: typeof meetingsApi.cancelMeeting | typeof meetingsApi.cancelFollowing) => {
    setAsked(false);
    if ((await run(() => callApi(route, { params: { meetingId } }))) !== null) onChanged();
  };
  const laterCount = isOfPeople ? (meeting.repeats?.laterCount ?? 0) : 0;
  const invited = new Set(meeting.people.flatMap(({ accountId }) => accountId ?? []));
  return (
    <div className="flex flex-col gap-3">
      <ProblemWords problem={problem} />
      <Button size="large" icon={UserPlus} onPress={() => setInviting(true)}>
        {words('invite.action')}
      </Button>
      <Button
        size="large"
        icon={Pencil}
        onPress={() => {
          location.hash = `#/meetings/${meetingId}/change`;
        }}
      >
        {t('meeting.change')}
      </Button>
      <Button variant="danger-quiet" size="large" icon={Ban} isPending={isPending} onPress={() => setAsked(true)}>
        {t('meeting.cancel')}
      </Button>
      <InviteDialog
        meetingId={meetingId}
        isOpen={isInviting}
        invited={invited}
        onInvited={onChanged}
        onClose={() => {
          setInviting(false);
          // it may have made a link
          onChanged();
        }}
      />
      <ConfirmDialog
        title={t('meeting.cancelTitle', { title })}
        body={t('meeting.cancelBody')}
        action={t('meeting.cancel')}
        isOpen={isAsked && laterCount === 0}
        onConfirm={() => void cancel(meetingsApi.cancelMeeting)}
        onClose={() => setAsked(false)}
      />
      <Dialog
        role="alertdialog"
        title={t('meeting.cancelTitle', { title })}
        isOpen={isAsked && laterCount > 0}
        onClose={() => setAsked(false)}
      >
        <p className="text-base text-quiet">{series('cancelBody')}</p>
        <div className="flex flex-col gap-3">
          <Button variant="danger" size="large" onPress={() => void cancel(meetingsApi.cancelMeeting)}>
            {series('cancelOne')}
          </Button>
          <Button variant="danger" size="large" onPress={() => void cancel(meetingsApi.cancelFollowing)}>
            {series('cancelFollowing', { count: laterCount })}
          </Button>
          <Button size="large" onPress={() => setAsked(false)}>
            {common('notNow')}
          </Button>
        </div>
      </Dialog>
    </div>
  );
}

function AgendaCard({ meeting: { agenda } }: { meeting: MeetingDetail }) {
  const { t } = useTranslation('staff');
  const lines = agendaLines(agenda);
  if (lines.length === 0) return null;
  return (
    <Card title={t('form.agenda')} place="agenda">
      <ol className="flex list-decimal flex-col gap-1 pl-6 text-base">
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two lines may be the same
          <li key={index} className="wrap-anywhere">
            <bdi>{line}</bdi>
          </li>
        ))}
      </ol>
    </Card>
  );
}

type PolicyWordsProps = { policy: MeetingPolicy; isTranscriptPermitted: boolean };
function PolicyWords({ policy, isTranscriptPermitted }: PolicyWordsProps) {
  const { t } = useTranslation('meeting');
  const lines = [
    t(`policy.${policy.admission}`),
    t(policy.joinBeforeHost ? 'policy.beforeHost' : 'policy.notBeforeHost'),
    ...(policy.guestsAllowed ? [] : [t('policy.noGuests')]),
    ...(policy.allowedRanges.length > 0 ? [t('policy.ranges')] : []),
    ...(policy.transcript && isTranscriptPermitted ? [t('policy.transcript')] : []),
  ];
  return (
    <ul className="flex list-disc flex-col gap-1 pl-5 text-base">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function RoomsOfMeeting({ meeting: { rooms, conflicts } }: { meeting: MeetingDetail }) {
  const { t } = useTranslation('staff');
  return (
    <Card title={t('meeting.rooms')}>
      {rooms.length === 0 && <p className="text-base text-quiet">{t('meeting.noRooms')}</p>}
      <ul className="flex flex-col">
        {rooms.map(({ roomId, roomName }) => {
          const conflict = conflicts.find((each) => each.roomId === roomId);
          return (
            <li key={roomId} className="border-t border-line py-2 first:border-0">
              <bdi className="line-clamp-2 text-base">{roomName}</bdi>
              {conflict && (
                <p className="flex gap-2 text-small text-warn">
                  <Icon of={TriangleAlert} className="mt-0.5 size-4" />
                  <span>{t('meeting.conflict', { title: conflict.title })}</span>
                </p>
              )}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
