/** What a plan would do before it begins: rooms and hardware models of each ring, as the server counts them. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import { type RolloutPreview, updatesApi } from '#contract/http/updates-api.ts';
import type { RolloutPlan } from '#contract/rollout.ts';
import { Card } from '#ui/card.tsx';
import { callApi } from '#ui/http-client.ts';
import { Icon } from '#ui/icon.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { Spinner } from '#ui/progress.tsx';
import { usePaused, useLiveRooms } from '../use-rooms.ts';

type PreviewShown = { preview: RolloutPreview | null; problem: MaruError | null; isLoading: boolean };

/** Asked again when the typing pauses. @param plan null: it is not complete */
export function usePreview(plan: RolloutPlan | null): PreviewShown {
  const live = useLiveRooms();
  const newest = plan === null ? '' : JSON.stringify(plan);
  const key = usePaused(newest);
  const [shown, setShown] = useState<{ key: string } & Omit<PreviewShown, 'isLoading'>>({
    ...{ key: '', preview: null, problem: null },
  });
  useEffect(() => {
    if (key === '') return;
    const ending = new AbortController();
    const body = JSON.parse(key) as RolloutPlan;
    callApi(updatesApi.previewRollout, { body, signal: ending.signal }).then(
      (preview) => setShown({ key, preview, problem: null }),
      (error: unknown) => {
        if (ending.signal.aborted) return;
        live.failed(error);
        setShown({ key, preview: null, problem: toMaruError(error) });
      },
    );
    return () => ending.abort();
  }, [key, live]);
  const isOfPlan = newest !== '' && shown.key === newest;
  return {
    preview: isOfPlan ? shown.preview : null,
    problem: isOfPlan ? shown.problem : null,
    isLoading: newest !== '' && !isOfPlan,
  };
}

/** Rooms that would change. */
export const roomsToChange = (preview: RolloutPreview): number =>
  preview.rings.reduce((sum, { rooms }) => sum + rooms, 0);

export function PreviewCard({ preview, problem, isLoading }: PreviewShown) {
  const { t } = useTranslation('updates');
  return (
    <Card title={t('plan.preview.title')}>
      <ProblemWords problem={problem} />
      {isLoading && (
        <p role="status" className="flex items-center gap-3 text-quiet">
          <Spinner /> {t('plan.preview.loading')}
        </p>
      )}
      {!isLoading && preview === null && problem === null && <p className="text-quiet">{t('plan.preview.unready')}</p>}
      {preview !== null && (
        <div className="flex flex-col gap-4">
          {roomsToChange(preview) === 0 && <p className="font-semibold text-warn">{t('plan.preview.nothing')}</p>}
          <ol className="flex flex-col">
            {preview.rings.map((ring, index) => (
              // a ring has no identity but its place
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <PreviewedRing key={index} ring={ring} />
            ))}
          </ol>
          <p className="numerals flex flex-col gap-1 text-small text-quiet empty:hidden">
            {preview.alreadyUpdated > 0 && <span>{t('plan.preview.already', { count: preview.alreadyUpdated })}</span>}
            {preview.leftOut > 0 && <span>{t('plan.preview.leftOut', { count: preview.leftOut })}</span>}
          </p>
        </div>
      )}
    </Card>
  );
}

function PreviewedRing({ ring: { name, rooms, models, missingModels } }: { ring: RolloutPreview['rings'][number] }) {
  const { t } = useTranslation('updates');
  return (
    <li className="flex flex-col gap-1 border-t border-line py-3 first:border-t-0 first:pt-0">
      <span className="flex flex-wrap justify-between gap-x-4">
        <bdi className="min-w-0 font-semibold wrap-anywhere">{name}</bdi>
        <span className="numerals font-medium">{t('plan.preview.rooms', { count: rooms })}</span>
      </span>
      {rooms === 0 ? (
        <span className="text-small text-quiet">{t('plan.preview.emptyRing')}</span>
      ) : (
        <span className="text-small wrap-anywhere text-quiet">
          {models.length === 0 ? t('plan.preview.noModels') : t('plan.preview.models', { models: models.join(', ') })}
        </span>
      )}
      {rooms > 0 && missingModels.length > 0 && (
        <span className="flex gap-2 text-small font-medium text-warn">
          <Icon of={TriangleAlert} className="mt-0.5 size-4 shrink-0" />
          <span className="wrap-anywhere">{t('plan.preview.missing', { models: missingModels.join(', ') })}</span>
        </span>
      )}
    </li>
  );
}
