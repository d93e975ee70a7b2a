/** The one question, answered in the first screenful: which rooms can't hold a meeting, and why. Then all rooms. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoomRow } from '#contract/http/rooms-api.ts';
import { Card } from '#ui/card.tsx';
import { clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { useMay } from './account.ts';
import { AddRoom } from './add-room.tsx';
import { AllRooms } from './all-rooms.tsx';
import { HealthCountTiles } from './health-count-tiles.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { Loading, WhyWords } from './parts.tsx';
import { Heard, hrefOf, More } from './room-list-parts.tsx';
import { type RoomListShown, useLiveState, usePaused, useRoomList } from './use-rooms.ts';

const TROUBLED_SHOWN = 20;
const ROOMS_SHOWN = 50;

export function NowPage() {
  const { t } = useTranslation('console');
  const language = currentLanguage();
  const mayAdd = useMay('rooms.create');
  const live = useLiveState();
  const [text, setText] = useState('');
  const troubled = useRoomList({ health: 'trouble', language, pageSize: TROUBLED_SHOWN });
  const all = useRoomList({ text: usePaused(text.trim()), language, pageSize: ROOMS_SHOWN });
  const counts = live.counts ?? all.counts;
  if (all.rows === null || troubled.rows === null || counts === null) {
    const problem = all.problem ?? troubled.problem;
    return problem === null ? (
      <Loading />
    ) : (
      <>
        <h1 className="sr-only">{t('now.nav')}</h1>
        <ProblemWords problem={problem} />
      </>
    );
  }
  const roomCount = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const isStale = !live.isConnected || all.problem !== null;
  const title =
    roomCount === 0
      ? t('now.empty')
      : counts.trouble === 0
        ? t('now.allWell')
        : t('now.troubled', { count: counts.trouble });
  const time = clockTime(live.asOfMs ?? all.fetchedAtMs, language);
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div className="flex flex-col gap-1">
          <h1 className="text-title font-bold text-balance">{title}</h1>
          <p className={`text-small ${isStale ? 'font-semibold text-warn' : 'text-quiet'}`} role="status">
            {roomCount === 0 ? t('now.emptyHint') : t(isStale ? 'now.stale' : 'now.updated', { time })}
          </p>
        </div>
        {mayAdd && <AddRoom />}
      </div>
      {roomCount > 0 && (
        <>
          <HealthCountTiles counts={counts} />
          {troubled.rows.length > 0 && <Troubled list={troubled} rows={troubled.rows} />}
          <AllRooms list={all} rows={all.rows} text={text} onText={setText} />
        </>
      )}
    </>
  );
}

function Troubled({ list, rows }: { list: RoomListShown; rows: readonly RoomRow[] }) {
  const { t } = useTranslation('console');
  return (
    <Card title={t('now.troubleList')}>
      <ul className="flex flex-col">
        {rows.map((room) => (
          <li
            key={room.roomId}
            className="grid gap-x-6 gap-y-2 border-t border-line py-4 first:border-t-0 first:pt-1 last:pb-0 sm:grid-cols-[minmax(0,1fr)_minmax(0,2fr)_9rem] sm:items-start"
          >
            <a href={hrefOf(room)} className="text-base font-semibold underline-offset-4 hover:underline">
              {room.roomName}
            </a>
            <div className="flex flex-col gap-3">
              {room.reasons.map((why) => (
                <WhyWords key={JSON.stringify(why)} why={why} />
              ))}
            </div>
            <Heard room={room} />
          </li>
        ))}
      </ul>
      <More list={list} shownCount={rows.length} />
    </Card>
  );
}
