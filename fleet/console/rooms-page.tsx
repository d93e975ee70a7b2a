/** All rooms: found by what is in the address, as a table of which several can be selected for an act on each of them. */
import SlidersHorizontal from 'lucide-react/icons/sliders-horizontal';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { OperationalError } from '#contract/error-codes.ts';
import { roomsApi } from '#contract/http/rooms-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import en from '#ui/words/en/fleet.ts';
import { clockTime } from '#ui/words/format.ts';
import ko from '#ui/words/ko/fleet.ts';
import { addWords, currentLanguage } from '#ui/words/words.ts';
import { useMay } from './account.ts';
import { AddRoom } from './add-room.tsx';
import { BulkActions } from './bulk-actions.tsx';
import { FreshSignIn } from './fresh-sign-in.tsx';
import { Loading } from './parts.tsx';
import { More, rememberList } from './room-list-parts.tsx';
import { filterOf, isFilteredBy, RoomFilters, useRoomFilters } from './room-filters.tsx';
import { RoomTable } from './room-table.tsx';
import { MOST_SELECTED, useSelectedRooms } from './use-selected-rooms.ts';
import { usePathOfPlace } from './use-path-of-place.ts';
import { useLiveState, usePaused, useRoomList } from './use-rooms.ts';

addWords({ fleet: { en, ko } });

const ROOMS_SHOWN = 50;
const MOST_IN_PAGE = 200;

export function RoomsPage() {
  const { t } = useTranslation('console');
  const { t: fleet } = useTranslation('fleet');
  const language = currentLanguage();
  const mayAdd = useMay('rooms.create');
  const live = useLiveState();
  const [filters, change, clear] = useRoomFilters();
  const filter = filterOf({ ...filters, text: usePaused(filters.text.trim()) });
  const isFiltered = isFilteredBy(filters);
  const [isOpen, setOpen] = useState(isFiltered);
  const list = useRoomList({ filter, language, pageSize: ROOMS_SHOWN });
  const selection = useSelectedRooms();
  const pathOf = usePathOfPlace();
  useEffect(() => {
    void filters;
    rememberList(location.hash);
  }, [filters]);
  const { rows, total, problem } = list;
  const isStale = !live.isConnected || problem !== null;
  const time = clockTime(live.asOfMs ?? list.fetchedAtMs, language);
  const selectAllFound = async () => {
    let cursor: string | undefined;
    do {
      const query = { ...filter, language, limit: MOST_IN_PAGE, ...(cursor !== undefined && { cursor }) };
      const page = await callApi(roomsApi.listRooms, { query });
      selection.add(page.rows);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  };
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div className="flex flex-col gap-1">
          <h1 className="text-title font-bold">{fleet('list.title')}</h1>
          {rows !== null && (
            <p className={`numerals text-small ${isStale ? 'font-semibold text-warn' : 'text-quiet'}`} role="status">
              {isStale ? t('now.stale', { time }) : fleet('list.count', { count: total })}
            </p>
          )}
        </div>
        {mayAdd && <AddRoom />}
      </div>
      <Card>
        <Button
          icon={SlidersHorizontal}
          className="mb-4 sm:hidden"
          aria-expanded={isOpen}
          onPress={() => setOpen(!isOpen)}
        >
          {fleet('list.filters')}
        </Button>
        <RoomFilters filters={filters} onChange={change} isOpen={isOpen} />
        {isFiltered && (
          <Button className="mb-4" onPress={clear}>
            {fleet('list.clear')}
          </Button>
        )}
        {/* that no server answers is said above, where rooms are shown */}
        <ProblemWords problem={rows !== null && problem instanceof OperationalError ? null : problem} />
        {rows === null ? (
          problem === null && <Loading />
        ) : rows.length === 0 ? (
          <p role="status" className="border-t border-line py-6 text-center text-quiet">
            {fleet(isFiltered ? 'list.noneFound' : 'list.none')}
          </p>
        ) : (
          <RoomTable rows={rows} selection={selection} pathOf={pathOf} />
        )}
        <More list={list} shownCount={rows?.length ?? 0} />
      </Card>
      <FreshSignIn>
        <BulkActions
          selection={selection}
          foundCount={total}
          {...(total > selection.count &&
            total <= MOST_SELECTED && { onSelectAll: () => void selectAllFound().catch(() => {}) })}
        />
      </FreshSignIn>
    </>
  );
}
