/** One rollout: whether it is done and who is not, its picture, what a person may do, and its rooms. */
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rollout } from '#contract/rollout.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Bar } from '#ui/progress.tsx';
import { dateAndTime, groupedNumber } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { RolloutActs } from './rollout-acts.tsx';
import { awaitedGo, countsOfRollout, hasEndedRollout, percentOf, STATES_SHOWN, totalOf } from './rollout-figures.ts';
import { RolloutPicture, StateDot } from './rollout-picture.tsx';
import { RolloutRooms, type RoomsFilter } from './rollout-rooms.tsx';
import type { UpdatesShown } from './use-updates.ts';

/** Are we done? In one sentence. */
export function useRolloutAnswer(): (rollout: Rollout) => string {
  const { t } = useTranslation('updates');
  const language = currentLanguage();
  return (rollout) => {
    const counts = countsOfRollout(rollout);
    const all = totalOf(counts);
    const updated = counts.updated ?? 0;
    const { version } = rollout.release;
    const given = { updated: groupedNumber(updated, language), total: groupedNumber(all, language), version };
    if (all === 0) return t('answer.noRooms', { version });
    if (rollout.state === 'halted' || rollout.state === 'paused') return t(`answer.${rollout.state}`, given);
    if (!hasEndedRollout(rollout)) return t('answer.open', given);
    return updated === all ? t('answer.allDone', given) : t('answer.over', given);
  };
}

type RolloutCardProps = {
  rollout: Rollout;
  mayManage: boolean;
  /** null: its rooms are not shown */
  filter: RoomsFilter | null;
  onFilter: (filter: RoomsFilter) => void;
  onChanged: (rollout: Rollout) => void;
  followRooms: UpdatesShown['followRooms'];
};

export function RolloutCard({ rollout, mayManage, filter, onFilter, onChanged, followRooms }: RolloutCardProps) {
  const { t } = useTranslation('updates');
  const language = currentLanguage();
  const answer = useRolloutAnswer();
  const rooms = useRef<HTMLDivElement>(null);
  const { state, startedBy, startedAtMs, endedAtMs, release } = rollout;
  const counts = countsOfRollout(rollout);
  const all = totalOf(counts);
  const percent = percentOf(counts.updated ?? 0, all);
  const needsLook = state === 'halted' || state === 'paused';
  return (
    <Card
      title={`${release.version} · ${t(`state.${state}`)}`}
      aside={
        <span className="numerals text-small text-quiet">
          {t('started', { by: startedBy, time: dateAndTime(startedAtMs, language) })}
          {endedAtMs !== null && ` · ${t('ended', { time: dateAndTime(endedAtMs, language) })}`}
        </span>
      }
    >
      <div className="flex flex-col gap-5">
        {needsLook && <WhyStopped rollout={rollout} />}
        {state === 'running' && awaitedGo(rollout) !== null && (
          <p role="status" className="rounded-control bg-warn-soft p-4 font-semibold">
            {t('ring.needsGo')}
          </p>
        )}
        {all > 0 && (
          <div className="flex flex-col gap-2">
            <Bar label={answer(rollout)} percent={percent} className="h-3" />
            <ul className="flex flex-wrap gap-x-5 gap-y-1">
              {STATES_SHOWN.filter((each) => (counts[each] ?? 0) > 0).map((each) => (
                <li key={each} className="numerals inline-flex items-center gap-2 text-small font-medium">
                  <StateDot state={each} />
                  {t('picture.part', {
                    state: t(`room.state.${each}`),
                    number: groupedNumber(counts[each] ?? 0, language),
                  })}
                  {each === 'updated' && ` (${percent} %)`}
                </li>
              ))}
            </ul>
          </div>
        )}
        {mayManage && <RolloutActs rollout={rollout} onChanged={onChanged} />}
        <RolloutPicture
          rollout={rollout}
          onShow={(ring, of) => {
            onFilter({ ring: String(ring), state: of });
            rooms.current?.scrollIntoView({ behavior: 'smooth', block: 'nearest' });
          }}
        />
        <div ref={rooms}>
          {filter === null ? (
            <Button onPress={() => onFilter({ ring: '', state: '' })}>{t('rooms.show')}</Button>
          ) : (
            <RolloutRooms rollout={rollout} filter={filter} onFilter={onFilter} followRooms={followRooms} />
          )}
        </div>
      </div>
    </Card>
  );
}

/** By a person, or by itself and why; and what to do. */
function WhyStopped({ rollout: { state, halt } }: { rollout: Rollout }) {
  const { t } = useTranslation('updates');
  if (state !== 'halted' || halt === null) return <p className="rounded-control bg-lifted p-4">{t('pausedHint')}</p>;
  return (
    <div role="status" className="flex flex-col gap-1 rounded-control bg-fault-soft p-4">
      <p className="font-semibold">{t(`halt.${halt.reason}.what`)}</p>
      <p>{t(`halt.${halt.reason}.todo`)}</p>
      {halt.detail !== '' && (
        <p className="text-small wrap-anywhere text-quiet">{t('failure.detail', { detail: halt.detail })}</p>
      )}
    </div>
  );
}
