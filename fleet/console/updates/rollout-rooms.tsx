/** The rooms of a rollout by ring and state, each with why it waits or what went wrong, as they change. */
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { RouteInput } from '#contract/http/route.ts';
import { updatesApi } from '#contract/http/updates-api.ts';
import { type Rollout, RoomInRollout, type RolloutRoom } from '#contract/rollout.ts';
import { Button } from '#ui/button.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { Bar } from '#ui/progress.tsx';
import { groupedNumber } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { ListMore, ListStatus } from '../list-parts.tsx';
import { SelectField } from '../select-field.tsx';
import { usePageList } from '../use-page-list.ts';
import { STATES_SHOWN } from './rollout-figures.ts';
import { StateDot } from './rollout-picture.tsx';
import { FailureDetail } from './update-failure.tsx';
import { useUpdateWords } from './update-words.ts';
import { useChangedRows } from './use-changed-rows.ts';
import type { UpdatesShown } from './use-updates.ts';

/** As the address has them; '' is all. */
export type RoomsFilter = { ring: string; state: string };
type RolloutRoomsProps = {
  rollout: Rollout;
  filter: RoomsFilter;
  onFilter: (filter: RoomsFilter) => void;
  followRooms: UpdatesShown['followRooms'];
};

export function RolloutRooms({ rollout, filter, onFilter, followRooms }: RolloutRoomsProps) {
  const { t } = useTranslation('updates');
  const language = currentLanguage();
  const { rolloutId } = rollout;
  const query = queryOf(filter, rollout.rings.length);
  const params = useMemo(() => ({ rolloutId }), [rolloutId]);
  const { list, problem, more, isFetchingMore, refresh } = usePageList(updatesApi.rolloutRooms, query, params);
  const { rows, markStale } = useChangedRows(list?.rows ?? null, refresh);
  useEffect(
    () => followRooms((change) => (change === 'all' || change.rolloutId === rolloutId ? markStale(change) : undefined)),
    [followRooms, rolloutId, markStale],
  );
  const isFiltered = filter.ring !== '' || filter.state !== '';
  return (
    <section aria-label={t('rooms.title')} className="flex flex-col gap-4 border-t border-line pt-5">
      <h3 className="text-base font-semibold">{t('rooms.title')}</h3>
      <div className="flex flex-wrap items-end gap-4">
        <SelectField
          className="min-w-40 flex-1"
          label={t('rooms.ring')}
          isWordy
          choices={[
            { key: '', words: t('rooms.anyRing') },
            ...rollout.rings.map(({ ring }, index) => ({ key: String(index), words: `${index + 1}. ${ring.name}` })),
          ]}
          chosen={query.ring === undefined ? '' : String(query.ring)}
          onChoose={(ring) => onFilter({ ...filter, ring })}
        />
        <SelectField
          className="min-w-40 flex-1"
          label={t('rooms.state')}
          isWordy
          choices={[
            { key: '', words: t('rooms.anyState') },
            ...STATES_SHOWN.map((key) => ({ key: key as string, words: t(`room.state.${key}`) })),
          ]}
          chosen={query.state ?? ''}
          onChoose={(state) => onFilter({ ...filter, state })}
        />
        {isFiltered && (
          <Button variant="quiet" className="min-h-14!" onPress={() => onFilter({ ring: '', state: '' })}>
            {t('rooms.clear')}
          </Button>
        )}
      </div>
      <ProblemWords problem={problem} />
      {rows === null ? (
        problem === null && <ListStatus words={t('rooms.loading')} isLoading />
      ) : rows.length === 0 ? (
        <ListStatus words={t(isFiltered ? 'rooms.none' : 'rooms.noneAtAll')} />
      ) : (
        <ul className="flex flex-col">
          {rows.map((room) => (
            <RoomRow key={room.roomId} room={room} rollout={rollout} />
          ))}
        </ul>
      )}
      {list !== null && more !== null && (
        <ListMore
          action={t('rooms.more')}
          words={t('rooms.shown', {
            shown: groupedNumber(list.rows.length, language),
            total: groupedNumber(list.total, language),
          })}
          isPending={isFetchingMore}
          onMore={more}
        />
      )}
    </section>
  );
}

/** What the address holds and this rollout has not is left out. */
function queryOf({ ring, state }: RoomsFilter, ringCount: number) {
  const index = /^\d$/.test(ring) && Number(ring) < ringCount ? Number(ring) : undefined;
  const known = RoomInRollout.safeParse(state).data;
  return {
    ...(index !== undefined && { ring: index }),
    ...(known !== undefined && { state: known }),
  } satisfies RouteInput<typeof updatesApi.rolloutRooms, 'query'>;
}

function RoomRow({ room, rollout }: { room: RolloutRoom; rollout: Rollout }) {
  const { t } = useTranslation('updates');
  const words = useUpdateWords();
  const ring = rollout.rings[room.ring];
  const { what, todo } = words.room(room, ring !== undefined && ring.state !== 'waiting');
  const { state, progressPercent, step } = room;
  return (
    <li className="relative grid gap-x-6 gap-y-1 border-t border-line py-3 hover:bg-lifted/50 sm:grid-cols-[minmax(0,1fr)_8rem_minmax(0,1.6fr)]">
      <span className="flex min-w-0 flex-col">
        <a
          href={`#/rooms/${room.roomId}`}
          className="font-semibold wrap-anywhere underline-offset-4 after:absolute after:inset-0 hover:underline"
        >
          {room.roomName}
        </a>
        <span className="text-small wrap-anywhere text-quiet">
          {ring?.ring.name} · {room.model ?? t('rooms.modelUnknown')}
        </span>
      </span>
      <span className="flex items-center gap-2 self-start font-medium">
        <StateDot state={state} />
        {t(`room.state.${state}`)}
      </span>
      <span className="flex min-w-0 flex-col gap-1">
        <span className="numerals wrap-anywhere">{what}</span>
        {todo !== '' && <span className="text-small text-quiet">{todo}</span>}
        {state === 'under-way' && step === 'fetch' && progressPercent !== null && (
          <Bar label={what} percent={progressPercent} />
        )}
        {state === 'failed' && room.failed !== null && <FailureDetail failed={room.failed} />}
      </span>
    </li>
  );
}
