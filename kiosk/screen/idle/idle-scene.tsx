/** Nobody meets: the clock, the room's name, its bookings of today, and the code for phones. */
import { useTranslation } from 'react-i18next';
import { isCutOff, type RoomMeeting } from '#contract/room-state.ts';
import type { ScreenView } from '#contract/screen-link.ts';
import { roomDay } from '#ui/agenda/room-day.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { clockTime, dayAndDate } from '#ui/words/format.ts';
import { stepAside, useMinute } from '../frame/clock.ts';
import { PairingCard } from '../frame/pairing-card.tsx';
import { TroubleCorner } from '../frame/trouble-corner.tsx';
import type { Trouble } from '../frame/troubles.ts';
import { BookedDay } from './booked-day.tsx';
import { IdleNotice, noticeAt } from './notice.tsx';
import { OfferedBroadcastCard } from './offered-broadcast.tsx';
import { PictureScene } from './picture-scene.tsx';
import { SelfTestRunning } from './self-test-running.tsx';
import { usePicture } from './turn.ts';

const NONE: readonly string[] = [];

export function IdleScene({ view, troubles }: { view: ScreenView; troubles: Trouble[] }) {
  const nowMs = useMinute();
  const { xRem, yRem } = stepAside(nowMs);
  const { state } = view;
  const { agenda, broadcasts, equipment } = view.projections;
  const day = roomDay(agenda, nowMs);
  const timeZone = agenda?.timeZone;
  const isTesting = equipment?.selfTest?.state === 'running';
  const cutOff = isCutOff(state.notices);
  const isOffered = (broadcasts?.offered.length ?? 0) > 0;
  const notice = noticeAt(nowMs, view.idle);
  const cornerTaken = troubles.length > 0 || isTesting || isOffered || notice !== null;
  // whom a booking brings, or who joins, looks for the room and nothing else
  const isAwaited = day?.now.kind === 'due' || state.meeting?.underWay === true;
  const pictures = isAwaited || isTesting || isOffered || cutOff ? NONE : (view.idle?.pictures ?? NONE);
  const picture = usePicture(pictures, view.idle?.secondsEach ?? 1);
  if (picture !== null) return <PictureScene view={view} signageKey={picture} day={day} nowMs={nowMs} />;
  return (
    <main className="hall relative h-full">
      <div className="hall-floor" />
      <div className="absolute inset-0" style={{ translate: `${xRem}rem ${yRem}rem` }}>
        {day === null ? (
          <>
            <RoomName name={state.roomName} cornerTaken={cornerTaken} className="absolute top-20 left-24" />
            <div className="absolute top-[20rem] left-24 max-w-[80rem]">
              <Clock nowMs={nowMs} timeZone={timeZone} />
              <div className="mt-14">
                <Meeting meeting={state.meeting} cutOff={cutOff} />
              </div>
            </div>
          </>
        ) : (
          <div className="absolute top-16 bottom-48 left-24 flex w-[80rem] flex-col">
            <RoomName name={state.roomName} cornerTaken={cornerTaken} className="mb-4 shrink-0" />
            <Clock nowMs={nowMs} timeZone={timeZone} className="flex items-baseline gap-10" />
            <BookedDay day={day} meeting={state.meeting} cutOff={cutOff} nowMs={nowMs} hasRoom={!cornerTaken} />
          </div>
        )}
        <div className="absolute right-24 bottom-16">
          <PairingCard pairing={view.pairing} forLaptops />
        </div>
        <div className="absolute top-16 right-24 flex w-[48rem] flex-col gap-4">
          {notice && <IdleNotice notice={notice} />}
          {broadcasts && isOffered && <OfferedBroadcastCard broadcasts={broadcasts} timeZone={timeZone} />}
          {equipment?.selfTest && isTesting && <SelfTestRunning test={equipment.selfTest} />}
          <TroubleCorner troubles={troubles} equipment={equipment} />
        </div>
      </div>
    </main>
  );
}

function RoomName({ name, cornerTaken, className }: { name: string; cornerTaken: boolean; className: string }) {
  return (
    <h1
      className={`line-clamp-2 text-tv-title font-semibold ${cornerTaken ? 'max-w-[54rem]' : 'w-max max-w-[96rem]'} ${className}`}
    >
      {name}
    </h1>
  );
}

type ClockProps = { nowMs: number; timeZone: string | undefined; className?: string };

function Clock({ nowMs, timeZone, className = '' }: ClockProps) {
  const language = currentLanguage();
  return (
    <div className={className}>
      <time className="block text-tv-clock font-semibold tracking-[-0.03em]">
        {clockTime(nowMs, language, timeZone)}
      </time>
      <p className="mt-3 text-tv-lead text-quiet">{dayAndDate(nowMs, language, timeZone)}</p>
    </div>
  );
}

/** A room without a calendar: whether its meeting is under way. */
function Meeting({ meeting, cutOff }: { meeting: RoomMeeting | null; cutOff: boolean }) {
  const { t } = useTranslation('screen');
  if (meeting === null) return <p className="text-tv-lead">{t('idle.noMeeting')}</p>;
  return (
    <div className="flex items-start gap-6">
      <span
        aria-hidden="true"
        className={`mt-5 size-5 shrink-0 rounded-full ${meeting.underWay ? 'bg-accent' : cutOff ? 'bg-warn' : 'border-[0.25rem] border-accent'}`}
      />
      {meeting.underWay ? (
        <div>
          <p className="text-tv-lead font-semibold text-accent">{t('idle.underWay')}</p>
          <p className="line-clamp-2 text-tv-lead">{meeting.title}</p>
          <p className="text-tv-name text-quiet">{t('idle.waiting', { count: meeting.participantCount })}</p>
        </div>
      ) : cutOff ? (
        <p className="text-tv-lead font-semibold text-warn">{t('idle.cutOff')}</p>
      ) : (
        <div>
          <p className="text-tv-lead font-semibold text-accent">{t('idle.free')}</p>
          <p className="text-tv-name text-ink">{t('idle.startHint')}</p>
        </div>
      )}
    </div>
  );
}
