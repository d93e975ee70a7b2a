/** All rooms as a table, found by a part of their name. */
import ChevronRight from 'lucide-react/icons/chevron-right';
import { useTranslation } from 'react-i18next';
import { OperationalError } from '#contract/error-codes.ts';
import type { RoomRow } from '#contract/http/rooms-api.ts';
import { Card } from '#ui/card.tsx';
import { Icon } from '#ui/icon.tsx';
import { TextField } from '#ui/text-field.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { StateMark, useWhyWords } from './parts.tsx';
import { Heard, hrefOf, More } from './room-list-parts.tsx';
import { SameName } from './room-claim.tsx';
import type { RoomListShown } from './use-rooms.ts';

type AllRoomsProps = {
  list: RoomListShown;
  rows: readonly RoomRow[];
  text: string;
  onText: (text: string) => void;
};

export function AllRooms({ list, rows, text, onText }: AllRoomsProps) {
  const { t } = useTranslation('console');
  const head = 'pb-2 pr-4 text-left text-small font-medium text-quiet';
  return (
    <Card title={t('now.rooms')}>
      {(list.more !== null || text !== '') && (
        <TextField className="mb-4 max-w-sm" label={t('now.find')} type="search" value={text} onChange={onText} />
      )}
      {rows.length === 0 ? (
        <p role="status" className="border-t border-line py-6 text-center text-quiet">
          {t('now.noneFound')}
        </p>
      ) : (
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
            {rows.map((room) => (
              <Row key={room.roomId} room={room} />
            ))}
          </tbody>
        </table>
      )}
      <ProblemWords problem={list.problem instanceof OperationalError ? null : list.problem} />
      <More list={list} shownCount={rows.length} />
    </Card>
  );
}

function Row({ room }: { room: RoomRow }) {
  const { t } = useTranslation('console');
  return (
    <tr className="relative border-t border-line hover:bg-lifted/50">
      <th scope="row" className="h-14 overflow-hidden py-2 pr-4 text-left font-semibold">
        <a
          href={hrefOf(room)}
          aria-label={t('table.open', { room: room.roomName })}
          className="block truncate after:absolute after:inset-0"
        >
          {room.roomName}
        </a>
        {room.hasSameName && <SameName words={t('sameName.mark')} />}
      </th>
      <td className="pr-4">
        <StateMark state={room.health} />
      </td>
      <td className="hidden truncate pr-4 text-quiet md:table-cell">
        <Detail room={room} />
      </td>
      <td className="hidden sm:table-cell">
        <Heard room={room} />
      </td>
      <td className="text-quiet">
        <Icon of={ChevronRight} className="size-5" />
      </td>
    </tr>
  );
}

function Detail({ room }: { room: RoomRow }) {
  const { t } = useTranslation('console');
  const words = useWhyWords();
  if (room.health === 'in-call' && room.call !== null)
    return t('table.inMeeting', { title: room.call.meetingTitle, count: room.call.participantCount });
  const [why] = room.reasons;
  if (why === undefined) return '';
  return words(why).what;
}
