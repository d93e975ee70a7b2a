/** A meeting's page: what can be done with it, its parts in the order in which they are of use, and who and what belongs to it. */
import Ban from 'lucide-react/icons/ban';
import Pencil from 'lucide-react/icons/pencil';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import UserPlus from 'lucide-react/icons/user-plus';
import Video from 'lucide-react/icons/video';
import { Fragment, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type MeetingDetail, meetingsApi } from '#contract/http/meetings-api.ts';
import { agendaLines } from '#contract/meeting-agenda.ts';
import { lineKey } from '#contract/minutes-markdown.ts';
import type { MeetingPolicy } from '#contract/meeting-policy.ts';
import { useMeetingAir } from '#ui/broadcast/use-meeting-air.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog, Dialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { Icon } from '#ui/icon.tsx';
import { InviteDialog } from '#ui/meeting/invite-dialog.tsx';
import { InviteList } from '#ui/meeting/invite-list.tsx';
import { LinkedText } from '#ui/meeting/linked-text.tsx';
import { useWaiting } from '#ui/meeting/use-waiting.ts';
import { WaitingRegion } from '#ui/meeting/waiting-region.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { useNow } from '#ui/use-now.ts';
import { useOnceKnown } from '#ui/use-once-known.ts';
import { ChatSection } from './chat-section.tsx';
import { AttendanceSection } from './attendance-section.tsx';
import { InvitedPeople } from './invited-people.tsx';
import { useLiveHome } from './live-home.ts';
import { MeetingBroadcast } from './meeting-air.tsx';
import { KeepingCard } from './keeping-card.tsx';
import { type MeetingPartName, type MeetingPhase, partsOf, meetingPhaseOf } from './meeting-phase.ts';
import { MinutesSection, useMinutes } from './minutes-section.tsx';
import { PollsSection } from './polls-section.tsx';
import { TranscriptSection } from './transcript-section.tsx';
import { NotesSection } from './notes-section.tsx';
import { joinMeeting, StaffLoading, PageHead, whenWords } from './parts.tsx';
import { PlanNext, SeriesSection } from './series-section.tsx';
import { useMeeting } from './use-meeting.ts';
import { useSeries } from './use-series.ts';
import { useScrollToPlace } from './use-scroll-to-place.ts';

/** its time comes and passes while it is looked at */
const REDRAWN_MS = 30_000;
/** what is still not answered then moves the parts below it */
const PARTS_WITHIN_MS = 1_500;

/** @param place what of it is scrolled to; null: its head */
export function MeetingPage({ meetingId, place = null }: { meetingId: string; place?: string | null }) {
  const { meeting, problem, refresh } = useMeeting(meetingId);
  const { t } = useTranslation('staff');
  useScrollToPlace(place);
  const nowMs = useNow(REDRAWN_MS);
  if (meeting === null)
    return (
      <>
        <PageHead title={t('meeting.title')} />
        {problem === null ? <StaffLoading /> : <ProblemWords problem={problem} />}
      </>
    );
  const phase = meetingPhaseOf(meeting, nowMs);
  return (
    <>
      <MeetingHead meeting={meeting} phase={phase} />
      <ProblemWords problem={problem} />
      <OneMeeting meeting={meeting} phase={phase} onChanged={refresh} />
    </>
  );
}

function MeetingHead({ meeting, phase }: { meeting: MeetingDetail; phase: MeetingPhase }) {
  const { t } = useTranslation('staff');
  const { t: series } = useTranslation('series');
  const { every, laterCount = 0 } = meeting.repeats ?? {};
  return (
    <PageHead title={meeting.title}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p className="numerals text-base text-quiet">
          {whenWords(meeting) ?? t('home.anyTime')} · {t('home.hostedBy', { name: meeting.hostName })}
          {every && every !== 'unknown' && laterCount > 0 && (
            <> · {series('repeat.more', { every: series(`repeat.every.${every}`), count: laterCount })}</>
          )}
        </p>
        {phase === 'running' && (
          <p className="rounded-full bg-accent-soft px-3 py-1 text-small font-medium text-accent">
            {t('meeting.runs', { count: meeting.participantCount })}
          </p>
        )}
        {phase === 'over' && (
          <p className="rounded-full bg-lifted px-3 py-1 text-small font-medium">{t('meeting.over')}</p>
        )}
      </div>
    </PageHead>
  );
}

type OneMeetingProps = { meeting: MeetingDetail; phase: MeetingPhase; onChanged: () => void };

function OneMeeting({ meeting, phase, onChanged }: OneMeetingProps) {
  const { t } = useTranslation('staff');
  const { t: words } = useTranslation('meeting');
  const { meetingId, isCancelled } = meeting;
  const mayHost = meeting.role === 'host' || meeting.role === 'co-host';
  const isHost = mayHost && !isCancelled;
  // the home stream names who waits: a browser has six connections, and each window of this page would hold one more for nobody
  const waiting = useWaiting(isHost && meeting.waitingCount > 0 ? meetingId : null);
  const series = useSeries(meeting);
  const minutes = useMinutes(meeting);
  const air = useMeetingAir(isHost ? meetingId : null, useLiveHome().failed);
  const isAnswered = ({ known, problem }: { known: unknown; problem: unknown }) => known !== null || problem !== null;
  const mayShowParts = useOnceKnown(
    isAnswered(series) && isAnswered(minutes) && (air.isKnown || !isHost),
    PARTS_WITHIN_MS,
  );
  const isAhead = phase === 'ahead';
  const parts: Record<MeetingPartName, ReactNode> = {
    broadcast: isHost && <MeetingBroadcast meeting={meeting} followed={air} />,
    minutes: <MinutesSection meeting={meeting} isHost={mayHost} isAhead={isAhead} part={minutes} />,
    agenda: <AgendaCard meeting={meeting} />,
    series: <SeriesSection series={series} />,
    notes: <NotesSection meetingId={meetingId} isCancelled={isCancelled} />,
    chat: <ChatSection meeting={meeting} />,
    polls: <PollsSection meeting={meeting} isHost={isHost} />,
    transcript: <TranscriptSection meeting={meeting} isAhead={isAhead} />,
    attendance: <AttendanceSection meeting={meeting} isAhead={isAhead} />,
  };
  return (
    <>
      <div className="flex flex-col gap-3 lg:flex-row lg:flex-wrap lg:items-center">
        {isCancelled ? (
          <p role="status" className="flex items-center gap-3 rounded-control bg-warn-soft px-4 py-3 text-base">
            <Icon of={Ban} className="size-5 text-warn" />
            <span>
              {t('meeting.cancelled')} {t('meeting.cancelledNote')}
            </span>
          </p>
        ) : (
          <JoinButton meeting={meeting} isOver={phase === 'over'} />
        )}
        <MeetingActs>
          <PlanNext meeting={meeting} series={series} />
          {isHost && <HostActs meeting={meeting} isOfPeople={series.known !== null} onChanged={onChanged} />}
        </MeetingActs>
      </div>
      <div className="flex flex-col gap-5 lg:grid lg:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)] lg:items-start lg:gap-8">
        <div className="flex flex-col gap-5">
          <WaitingRegion
            waiting={waiting.list}
            isConnected={waiting.isConnected}
            pending={waiting.pending}
            onDecide={waiting.decide}
            className="shadow-card"
          />
          <ProblemWords problem={waiting.problem} />
          {!mayShowParts && <StaffLoading />}
          {/* hidden rather than left out: each fetches what it shows meanwhile */}
          <div hidden={!mayShowParts} className="flex flex-col gap-5">
            {partsOf(phase, (minutes.known?.minutes.length ?? 0) > 0).map((name) => (
              <Fragment key={name}>{parts[name]}</Fragment>
            ))}
          </div>
        </div>
        <div className="flex flex-col gap-5">
          <InvitedPeople meeting={meeting} isHost={isHost} onMailed={onChanged} />
          <RoomsOfMeeting meeting={meeting} />
          {!isCancelled && (
            <Card title={t('meeting.policy')}>
              <PolicyWords policy={meeting.policy} isTranscriptPermitted={meeting.isTranscriptPermitted} />
            </Card>
          )}
          {isHost && (
            <Card title={words('links.title')}>
              <InviteList meetingId={meetingId} asOf={meeting} />
            </Card>
          )}
          <KeepingCard meeting={meeting} isHost={mayHost} onChanged={onChanged} />
        </div>
      </div>
    </>
  );
}

/** The one thing to do here, until the meeting is over: then it is one of several. */
function JoinButton({ meeting: { meetingId, title }, isOver }: { meeting: MeetingDetail; isOver: boolean }) {
  const { t } = useTranslation('staff');
  return (
    <Button
      variant={isOver ? 'plain' : 'primary'}
      size={isOver ? 'medium' : 'hero'}
      icon={Video}
      className="min-w-0 py-3 lg:max-w-xl"
      onPress={() => joinMeeting(meetingId)}
    >
      {/* whole: in Korean the last word is what the button does */}
      <span className="min-w-0 wrap-anywhere">{t('home.join', { title })}</span>
    </Button>
  );
}

const MeetingActs = ({ children }: { children: ReactNode }) => (
  <div className="flex flex-wrap items-center gap-2 empty:hidden">{children}</div>
);

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
    <>
      <Button icon={UserPlus} onPress={() => setInviting(true)}>
        {words('invite.action')}
      </Button>
      <Button
        icon={Pencil}
        onPress={() => {
          location.hash = `#/meetings/${meetingId}/change`;
        }}
      >
        {t('meeting.change')}
      </Button>
      {!meeting.isOfCalendar && (
        <Button variant="danger-quiet" icon={Ban} isPending={isPending} onPress={() => setAsked(true)}>
          {t('meeting.cancel')}
        </Button>
      )}
      {problem && (
        <div className="basis-full">
          <ProblemWords problem={problem} />
        </div>
      )}
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
    </>
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
          <li key={index} data-line={lineKey(line)} className="wrap-anywhere">
            <bdi>
              <LinkedText text={line} />
            </bdi>
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
