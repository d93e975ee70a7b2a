/** Rooms as a table: each a link to its page, and a box to select it for an act on several. */
import Check from 'lucide-react/icons/check';
import ChevronRight from 'lucide-react/icons/chevron-right';
import Minus from 'lucide-react/icons/minus';
import { memo, useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoomRow } from '#contract/http/rooms-api.ts';
import { Icon } from '#ui/icon.tsx';
import { ago } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { StateMark, useWhyWords } from './parts.tsx';
import { SameName } from './room-claim.tsx';
import { hrefOf } from './room-list-parts.tsx';
import type { SelectedRooms } from './use-selected-rooms.ts';

type RoomTableProps = {
  rows: readonly RoomRow[];
  selection: SelectedRooms;
  pathOf: (placeId: string | null) => string | null;
};

export function RoomTable({ rows, selection, pathOf }: RoomTableProps) {
  const { t } = useTranslation('fleet');
  const head = 'pb-2 pr-4 text-left text-small font-medium text-quiet';
  const selectedCount = rows.filter(({ roomId }) => selection.has(roomId)).length;
  const areAll = selectedCount === rows.length;
  return (
    <table className="w-full table-fixed border-collapse">
      <thead>
        <tr>
          <th scope="col" className="w-12 pb-2 text-left">
            <SelectBox
              label={t('list.selectShown')}
              isSelected={areAll}
              isPartly={selectedCount > 0 && !areAll}
              onToggle={() => (areAll ? selection.remove(rows) : selection.add(rows))}
            />
          </th>
          <th scope="col" className={head}>
            {t('list.columns.room')}
          </th>
          <th scope="col" className={`${head} w-34 sm:w-40`}>
            {t('list.columns.state')}
          </th>
          <th scope="col" className={`${head} hidden md:table-cell`}>
            {t('list.columns.detail')}
          </th>
          <th scope="col" className={`${head} hidden w-36 sm:table-cell`}>
            {t('list.columns.since')}
          </th>
          <th scope="col" className="hidden w-8 sm:table-cell">
            <span className="sr-only">{t('list.columns.room')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((room) => (
          <Row
            key={room.roomId}
            room={room}
            place={pathOf(room.placeId)}
            isSelected={selection.has(room.roomId)}
            onToggle={selection.toggle}
          />
        ))}
      </tbody>
    </table>
  );
}

type RowProps = { room: RoomRow; place: string | null; isSelected: boolean; onToggle: (room: RoomRow) => void };

// of 500 rows only those that changed are drawn again
const Row = memo(function Row({ room, place, isSelected, onToggle }: RowProps) {
  const { t } = useTranslation('console');
  const { t: fleet } = useTranslation('fleet');
  const { service } = room;
  // what nobody counts on is not in trouble
  const isCounted = service.state === 'in-service' || service.state === 'new';
  return (
    <tr className={`relative border-t border-line hover:bg-lifted/50 ${isSelected ? 'bg-accent-soft' : ''}`}>
      <td>
        <SelectBox
          label={fleet('list.selectRoom', { room: room.roomName })}
          isSelected={isSelected}
          onToggle={() => onToggle(room)}
        />
      </td>
      <th scope="row" className="h-14 overflow-hidden py-2 pr-4 text-left font-semibold">
        <a
          href={hrefOf(room)}
          aria-label={t('table.open', { room: room.roomName })}
          className="line-clamp-2 wrap-anywhere after:absolute after:inset-0 sm:line-clamp-1"
        >
          {room.roomName}
        </a>
        <span className="block truncate text-small font-normal text-quiet empty:hidden">{place}</span>
        {room.hasSameName && <SameName words={t('sameName.mark')} />}
      </th>
      <td className="py-2 pr-4">
        {isCounted && <StateMark state={room.health} />}
        {service.state !== 'in-service' && (
          <span className={`block font-semibold text-quiet ${isCounted ? 'text-small' : ''}`}>
            {fleet(`service.state.${service.state}`)}
          </span>
        )}
      </td>
      <td className="hidden truncate pr-4 text-quiet md:table-cell">
        <Detail room={room} />
      </td>
      <td className="numerals hidden text-small text-quiet sm:table-cell">
        {ago(room.healthSinceMs, Date.now(), currentLanguage())}
      </td>
      <td className="hidden text-quiet sm:table-cell">
        <Icon of={ChevronRight} className="size-5" />
      </td>
    </tr>
  );
});

function Detail({ room }: { room: RoomRow }) {
  const { t } = useTranslation('console');
  const words = useWhyWords();
  if (room.health === 'in-call' && room.call !== null)
    return t('table.inMeeting', { title: room.call.meetingTitle, count: room.call.participantCount });
  const [why] = room.reasons;
  if (why === undefined) return '';
  return words(why).what;
}

type SelectBoxProps = { label: string; isSelected: boolean; isPartly?: boolean; onToggle: () => void };

/** Above the link that lies over the whole row. The browser's own box: a list may have hundreds of them. */
function SelectBox({ label, isSelected, isPartly = false, onToggle }: SelectBoxProps) {
  const mark = useCallback(
    (box: HTMLInputElement | null) => {
      if (box) box.indeterminate = isPartly;
    },
    [isPartly],
  );
  return (
    <label className="relative z-10 -ml-3 grid size-12 cursor-pointer place-items-center">
      <input
        ref={mark}
        type="checkbox"
        aria-label={label}
        checked={isSelected}
        onChange={onToggle}
        className="peer sr-only"
      />
      <span className="grid size-6 place-items-center rounded-small border-2 border-edge bg-raised peer-checked:border-accent peer-checked:bg-accent peer-indeterminate:border-accent peer-indeterminate:bg-accent peer-focus-visible:outline-3 peer-focus-visible:outline-offset-3 peer-focus-visible:outline-accent">
        {(isSelected || isPartly) && <Icon of={isPartly ? Minus : Check} className="size-4 text-accent-ink" />}
      </span>
    </label>
  );
}
