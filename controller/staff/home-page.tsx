/** The first page: what runs and may be joined, the own meetings, rooms that are free; and one large way to a new meeting. */
import CalendarPlus from 'lucide-react/icons/calendar-plus';
import ChevronDown from 'lucide-react/icons/chevron-down';
import ChevronUp from 'lucide-react/icons/chevron-up';
import ChevronRight from 'lucide-react/icons/chevron-right';
import DoorOpen from 'lucide-react/icons/door-open';
import History from 'lucide-react/icons/history';
import UserRound from 'lucide-react/icons/user-round-plus';
import Video from 'lucide-react/icons/video';
import { type ReactNode, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MeetingSummary, RoomAvailability } from '#contract/http/meetings-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Icon } from '#ui/icon.tsx';
import { numberedNames } from '#ui/meeting/numbered-names.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { clockTime, dayAndDate } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { BroadcastsCard } from './broadcasts-card.tsx';
import { useHome } from './live-home.ts';
import { MentionsCard } from './mentions-card.tsx';
import { type MeetingGroup, groupedByRepetition } from './meeting-groups.ts';
import { joinMeeting, StaffLoading, StaleNote } from './parts.tsx';
import { untilWords } from './room-words.ts';

const REDRAWN_MS = 30_000;

export function HomePage() {
  const { t } = useTranslation('staff');
  const { t: record } = useTranslation('record');
  const { home, isConnected, refusal } = useHome();
  const nowMs = useNow();
  if (refusal !== null || home === null)
    return (
      <>
        <h1 className="sr-only">{t('home.title')}</h1>
        <ProblemWords problem={refusal} />
        {refusal === null && (isConnected ? <StaffLoading /> : <StaleNote isEmpty />)}
      </>
    );
  const { today, later } = byDay(home.meetings, home.running, nowMs);
  // one button of a name: who joins knows which
  const joinable = [...home.running, ...today];
  const names = numberedNames(joinable, ({ title }) => title);
  const nameOf = (meeting: MeetingSummary) => names[joinable.indexOf(meeting)]!;
  return (
    <>
      <h1 className="sr-only">{t('home.title')}</h1>
      {!isConnected && <StaleNote />}
      <div className="flex flex-1 flex-col gap-6 lg:grid lg:grid-cols-[minmax(0,1.5fr)_minmax(0,1fr)] lg:items-start lg:gap-8">
        <div className="flex flex-col gap-6">
          <MentionsCard mentions={home.mentions} />
          {home.running.length > 0 && (
            <Card title={t('home.running')}>
              <ul className="flex flex-col gap-4">
                {home.running.map((meeting) => (
                  <RunningMeeting key={meeting.meetingId} meeting={meeting} name={nameOf(meeting)} />
                ))}
              </ul>
            </Card>
          )}
          <Card title={t('home.today')}>
            {today.length === 0 ? (
              <p className="py-3 text-base text-quiet">
                {t(home.running.length + later.length === 0 ? 'home.nothing' : 'home.nothingToday')}
              </p>
            ) : (
              <MeetingList>
                {today.map((meeting) => (
                  <MeetingRow key={meeting.meetingId} meeting={meeting} joinName={nameOf(meeting)} />
                ))}
              </MeetingList>
            )}
          </Card>
          {later.length > 0 && (
            <Card title={t('home.later')}>
              <MeetingList>
                {groupedByRepetition(later).map((group) =>
                  group.rest.length === 0 ? (
                    <MeetingRow key={group.next.meetingId} meeting={group.next} joinName={null} />
                  ) : (
                    <RepeatedMeetings key={group.next.repetition?.repetitionId} group={group} />
                  ),
                )}
              </MeetingList>
            </Card>
          )}
          <a
            href="#/past"
            className="flex min-h-12 w-fit items-center gap-2 rounded-control px-3 text-base font-medium hover:bg-lifted"
          >
            <Icon of={History} className="size-5 text-quiet" />
            {record('past.title')}
          </a>
        </div>
        <div className="contents lg:flex lg:flex-col lg:gap-6">
          {/* on a phone at the thumb, under everything else */}
          <div className="order-last mt-auto max-lg:sticky max-lg:bottom-0 max-lg:-mx-4 max-lg:-mb-6 max-lg:bg-surface max-lg:px-4 max-lg:py-3 max-lg:pb-[max(0.75rem,env(safe-area-inset-bottom))] lg:order-first">
            <Button
              variant="primary"
              size="hero"
              icon={CalendarPlus}
              className="w-full"
              onPress={() => {
                location.hash = '#/new';
              }}
            >
              {t('home.newMeeting')}
            </Button>
          </div>
          <BroadcastsCard />
          <FreeRooms rooms={home.rooms} />
        </div>
      </div>
    </>
  );
}

/** Of the own meetings those that do not run: of today or without a time, and those of another day. */
function byDay(meetings: readonly MeetingSummary[], running: readonly MeetingSummary[], nowMs: number) {
  const runs = new Set(running.map(({ meetingId }) => meetingId));
  const isOfToday = ({ startsAtMs }: MeetingSummary) =>
    startsAtMs === null || new Date(startsAtMs).toDateString() === new Date(nowMs).toDateString() || startsAtMs < nowMs;
  const own = meetings.filter(({ meetingId }) => !runs.has(meetingId));
  return { today: own.filter(isOfToday), later: own.filter((meeting) => !isOfToday(meeting)) };
}

function RunningMeeting({ meeting, name }: { meeting: MeetingSummary; name: string }) {
  const { t } = useTranslation('staff');
  const { t: common } = useTranslation('common');
  const about = [
    common('people', { count: meeting.participantCount }),
    ...meeting.rooms.map(({ roomName }) => roomName),
    t('home.hostedBy', { name: meeting.hostName }),
  ];
  return (
    <li className="flex flex-col gap-1">
      <Button
        variant="primary"
        size="large"
        icon={Video}
        className="min-w-0 py-2"
        onPress={() => joinMeeting(meeting.meetingId)}
      >
        {/* whole: in Korean the last word is what the button does */}
        <span className="min-w-0 wrap-anywhere">{t('home.join', { title: name })}</span>
      </Button>
      <MeetingLink meeting={meeting}>
        <span className="min-w-0 flex-1 text-small text-quiet">{about.join(' · ')}</span>
        <WaitingMark meeting={meeting} />
      </MeetingLink>
    </li>
  );
}

const MeetingList = ({ children }: { children: ReactNode }) => <ul className="-my-1 flex flex-col">{children}</ul>;

/** `joinName` null: not to be joined from here yet */
function MeetingRow({ meeting, joinName }: { meeting: MeetingSummary; joinName: string | null }) {
  const { t } = useTranslation('staff');
  const { startsAtMs, title, rooms, hostName, isCancelled } = meeting;
  const language = currentLanguage();
  const about = [t('home.hostedBy', { name: hostName }), ...rooms.map(({ roomName }) => roomName)].join(' · ');
  return (
    <li className="flex items-center gap-2 border-t border-line py-1 first:border-0">
      <MeetingLink meeting={meeting}>
        <span className="min-w-0 flex-1">
          <span className="numerals block text-small text-quiet">
            {startsAtMs === null
              ? t('home.anyTime')
              : joinName === null
                ? `${dayAndDate(startsAtMs, language)}, ${clockTime(startsAtMs, language)}`
                : clockTime(startsAtMs, language)}
          </span>
          <bdi className={`line-clamp-2 text-base font-medium ${isCancelled ? 'line-through' : ''}`}>{title}</bdi>
          <span className="block truncate text-small text-quiet">{isCancelled ? t('home.cancelled') : about}</span>
        </span>
        <WaitingMark meeting={meeting} />
      </MeetingLink>
      {joinName !== null && !isCancelled && (
        <Button aria-label={t('home.join', { title: joinName })} onPress={() => joinMeeting(meeting.meetingId)}>
          {t('home.joinShort')}
        </Button>
      )}
    </li>
  );
}

/** Those of one repetition: the next one, and on demand the rest. */
function RepeatedMeetings({ group: { next, rest } }: { group: MeetingGroup }) {
  const { t } = useTranslation('series');
  const [isOpen, setOpen] = useState(false);
  const restId = useId();
  const every = next.repetition?.every;
  const count = rest.filter(({ isCancelled }) => !isCancelled).length;
  const words =
    count === 0
      ? t('repeat.cancelled', { count: rest.length })
      : t('repeat.more', { every: every && every !== 'unknown' ? t(`repeat.every.${every}`) : t('repeat.on'), count });
  return (
    <>
      <MeetingRow meeting={next} joinName={null} />
      <li>
        <Button
          variant="quiet"
          aria-expanded={isOpen}
          aria-controls={restId}
          aria-label={t('repeat.of', { title: next.title, words })}
          className="-mx-2 max-w-full px-2! text-start text-small! font-medium!"
          onPress={() => setOpen((was) => !was)}
        >
          <Icon of={isOpen ? ChevronUp : ChevronDown} className="size-5 shrink-0 text-quiet" />
          <span className="numerals">{words}</span>
        </Button>
        <ul id={restId} hidden={!isOpen} className="flex-col border-s-2 border-line ps-3">
          {isOpen && rest.map((meeting) => <MeetingRow key={meeting.meetingId} meeting={meeting} joinName={null} />)}
        </ul>
      </li>
    </>
  );
}

function MeetingLink({ meeting, children }: { meeting: MeetingSummary; children: ReactNode }) {
  const { t } = useTranslation('staff');
  return (
    <a
      href={`#/meetings/${meeting.meetingId}`}
      className="-mx-2 flex min-h-12 min-w-0 flex-1 items-center gap-3 rounded-small px-2 py-1 hover:bg-lifted"
    >
      {children}
      <span className="sr-only">{t('home.details')}</span>
      <Icon of={ChevronRight} className="size-5 shrink-0 text-quiet" />
    </a>
  );
}

function WaitingMark({ meeting: { waitingCount } }: { meeting: MeetingSummary }) {
  const { t } = useTranslation('staff');
  if (waitingCount === 0) return null;
  return (
    <span className="flex shrink-0 items-center gap-1 rounded-full bg-warn-soft px-3 py-1 text-small font-medium">
      <Icon of={UserRound} className="size-4 text-warn" />
      {t('home.waiting', { count: waitingCount })}
    </span>
  );
}

function FreeRooms({ rooms }: { rooms: readonly RoomAvailability[] }) {
  const { t } = useTranslation('staff');
  const free = rooms.filter(({ isFree }) => isFree);
  return (
    <Card title={t('home.rooms')}>
      {free.length === 0 && (
        <p className="py-3 text-base text-quiet">{t(rooms.length === 0 ? 'home.noRooms' : 'home.noneFree')}</p>
      )}
      <ul className="flex flex-col">
        {free.map((room) => (
          <li key={room.roomId} className="flex min-h-14 items-center gap-3 border-t border-line py-2 first:border-0">
            <Icon of={DoorOpen} className="size-5 text-accent" />
            <span className="min-w-0 flex-1">
              <bdi className="line-clamp-2 text-base">{room.roomName}</bdi>
              <span className="block text-small text-quiet">
                {[room.placeName, untilWords(room, t)].filter((words) => words !== null).join(' · ')}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function useNow(): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), REDRAWN_MS);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
