/** The one question, answered in the first screenful: which rooms can't hold a meeting, and why. Then all rooms. */
import ChevronRight from 'lucide-react/icons/chevron-right';
import { useTranslation } from 'react-i18next';
import { Card } from '#ui/card.tsx';
import { Icon } from '#ui/icon.tsx';
import { Spinner } from '#ui/progress.tsx';
import { ago, clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { AddRoom } from './add-room.tsx';
import { ProblemWords, StateMark, stateMark, WhyWords } from './parts.tsx';
import { SameName } from './room-claim.tsx';
import { healthStates, type RoomHealth, sortedRooms } from './room-health.ts';
import { sameNamed } from './room-names.ts';
import type { RoomList } from './use-api.ts';
import type { RoomSummary } from '#contract/http-api.ts';

type Entry = { room: RoomSummary; health: RoomHealth };

export function NowPage({ known, mayAdd }: { known: RoomList; mayAdd: boolean }) {
  const { t } = useTranslation('console');
  const language = currentLanguage();
  const entries = sortedRooms(known.rooms ?? [], language);
  const troubled = entries.filter(({ health }) => health.state === 'trouble');
  if (known.rooms === null) {
    return known.problem === null ? (
      <p role="status" className="flex items-center gap-3 py-24 text-quiet">
        <Spinner /> {t('now.loading')}
      </p>
    ) : (
      <>
        <h1 className="sr-only">{t('now.nav')}</h1>
        <ProblemWords problem={known.problem} />
      </>
    );
  }
  const title =
    entries.length === 0
      ? t('now.empty')
      : troubled.length === 0
        ? t('now.allWell')
        : t('now.troubled', { count: troubled.length });
  const time = clockTime(known.asOfMs ?? 0, language);
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div className="flex flex-col gap-1">
          <h1 className="text-title font-bold text-balance">{title}</h1>
          <p
            className={`text-small ${known.problem === null ? 'text-quiet' : 'font-semibold text-warn'}`}
            role="status"
          >
            {entries.length === 0
              ? t('now.emptyHint')
              : t(known.problem === null ? 'now.updated' : 'now.stale', { time })}
          </p>
        </div>
        {mayAdd && <AddRoom rooms={known.rooms} onAdded={known.refresh} />}
      </div>
      {entries.length > 0 && (
        <>
          <Counts entries={entries} />
          {troubled.length > 0 && <Troubled entries={troubled} />}
          <AllRooms entries={entries} />
        </>
      )}
    </>
  );
}

function Counts({ entries }: { entries: readonly Entry[] }) {
  const { t } = useTranslation('console');
  return (
    <ul aria-label={t('now.counts')} className="grid grid-cols-2 gap-3 sm:grid-cols-5">
      {healthStates.map((state) => {
        const count = entries.filter(({ health }) => health.state === state).length;
        const { icon, tone, ground } = stateMark[state];
        return (
          <li key={state} className={`flex flex-col gap-1 rounded-card p-4 ${count > 0 ? ground : 'bg-raised'}`}>
            <span
              className={`flex items-center gap-2 text-small font-semibold ${count > 0 && state !== 'ready' ? tone : 'text-quiet'}`}
            >
              <Icon of={icon} className="size-4" />
              {t(`state.${state}`)}
            </span>
            <span className={`numerals text-title font-bold ${count === 0 ? 'text-quiet' : ''}`}>{count}</span>
          </li>
        );
      })}
    </ul>
  );
}

const hrefOf = (room: RoomSummary): string => `#/rooms/${room.roomId}`;

function Troubled({ entries }: { entries: readonly Entry[] }) {
  const { t } = useTranslation('console');
  return (
    <Card title={t('now.troubleList')}>
      <ul className="flex flex-col">
        {entries.map(({ room, health }) => (
          <li
            key={room.roomId}
            className="grid gap-x-6 gap-y-2 border-t border-line py-4 first:border-t-0 first:pt-1 last:pb-0 sm:grid-cols-[minmax(0,1fr)_minmax(0,2fr)_9rem] sm:items-start"
          >
            <a href={hrefOf(room)} className="text-base font-semibold underline-offset-4 hover:underline">
              {room.roomName}
            </a>
            <div className="flex flex-col gap-3">
              {health.why.map((why) => (
                <WhyWords key={JSON.stringify(why)} why={why} />
              ))}
            </div>
            <Heard room={room} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Heard({ room }: { room: RoomSummary }) {
  const { t } = useTranslation('console');
  const seen = room.lastSeenMs;
  return (
    <span className="numerals text-small whitespace-nowrap text-quiet sm:text-right">
      {seen === null ? t('table.never') : ago(seen, Date.now(), currentLanguage())}
    </span>
  );
}

function AllRooms({ entries }: { entries: readonly Entry[] }) {
  const { t } = useTranslation('console');
  const alike = sameNamed(entries.map(({ room }) => room));
  const head = 'pb-2 pr-4 text-left text-small font-medium text-quiet';
  return (
    <Card title={t('now.rooms')}>
      <table className="w-full table-fixed border-collapse">
        <thead>
          <tr>
            <th scope="col" className={head}>
              {t('table.room')}
            </th>
            <th scope="col" className={`${head} w-36`}>
              {t('table.state')}
            </th>
            <th scope="col" className={`${head} hidden md:table-cell`}>
              {t('table.detail')}
            </th>
            <th scope="col" className={`${head} hidden w-36 sm:table-cell`}>
              {t('table.heard')}
            </th>
            <th scope="col" className="w-8">
              <span className="sr-only">{t('table.room')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map(({ room, health }) => (
            <tr key={room.roomId} className="relative border-t border-line hover:bg-lifted/50">
              <th scope="row" className="h-14 overflow-hidden py-2 pr-4 text-left font-semibold">
                <a
                  href={hrefOf(room)}
                  aria-label={t('table.open', { room: room.roomName })}
                  className="block truncate after:absolute after:inset-0"
                >
                  {room.roomName}
                </a>
                {alike.has(room.roomId) && <SameName words={t('sameName.mark')} />}
              </th>
              <td className="pr-4">
                <StateMark state={health.state} />
              </td>
              <td className="hidden truncate pr-4 text-quiet md:table-cell">
                <Detail room={room} health={health} />
              </td>
              <td className="hidden sm:table-cell">
                <Heard room={room} />
              </td>
              <td className="text-quiet">
                <Icon of={ChevronRight} className="size-5" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function Detail({ room, health }: Entry) {
  const { t } = useTranslation('console');
  const { t: errors } = useTranslation('errors');
  const { t: notices } = useTranslation('notices');
  const phase = room.state?.phase;
  if (health.state === 'in-call' && phase?.name === 'in-call') {
    return t('table.inMeeting', { title: phase.meetingTitle, count: phase.participantCount });
  }
  const [why] = health.why;
  if (why === undefined) return '';
  return why.kind === 'fleet'
    ? t(`why.${why.reason}.what`)
    : why.kind === 'blocked'
      ? t('why.blocked.what', { count: why.count })
      : why.kind === 'fault'
        ? errors(`${why.code}.what`)
        : notices(`${why.notice}.what`);
}
