/** A plan for a release: where, in which rings, when it halts; what it would do is shown before it begins. */
import ArrowLeft from 'lucide-react/icons/arrow-left';
import Plus from 'lucide-react/icons/plus';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { updatesApi } from '#contract/http/updates-api.ts';
import type { OfferedRelease } from '#contract/rollout.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { Icon } from '#ui/icon.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { TextField } from '#ui/text-field.tsx';
import en from '#ui/words/en/updates.ts';
import { dateOnly } from '#ui/words/format.ts';
import ko from '#ui/words/ko/updates.ts';
import { addWords, currentLanguage } from '#ui/words/words.ts';
import { FreshSignIn, useFreshAction } from '../fresh-sign-in.tsx';
import { Loading } from '../parts.tsx';
import { SelectField } from '../select-field.tsx';
import { useFetched } from '../use-fetched.ts';
import { usePlaces } from '../use-places.ts';
import { PlaceChoice } from './place-choice.tsx';
import { RingFields, useRangeWords } from './ring-fields.tsx';
import {
  MOST_RINGS,
  numberIn,
  type NumberField,
  planOfDraft,
  ringProblemsOf,
  type RingDraft,
  usualDraft,
  withRing,
} from './rollout-draft.ts';
import { PreviewCard, roomsToChange, usePreview } from './rollout-preview.tsx';

addWords({ updates: { en, ko } });

export function NewRolloutPage() {
  const { t } = useTranslation('updates');
  const { answer, problem } = useFetched(() => callApi(updatesApi.updatesOverview));
  const releases = (answer?.releases ?? [])
    .filter(({ facts }) => facts.role === 'kiosk')
    .toSorted((a, b) => b.facts.madeAtMs - a.facts.madeAtMs);
  const [newest] = releases;
  return (
    <FreshSignIn>
      <a
        href="#/updates"
        className="inline-flex min-h-12 items-center gap-2 self-start text-small font-semibold text-accent"
      >
        <Icon of={ArrowLeft} className="size-4" />
        {t('plan.back')}
      </a>
      <div className="-mt-3 flex flex-col gap-1">
        <h1 className="text-title font-bold">{t('plan.title')}</h1>
        <p className="text-small text-quiet">{t('plan.lead')}</p>
      </div>
      <ProblemWords problem={problem} />
      {answer === null ? (
        problem === null && <Loading words={t('loading')} />
      ) : newest === undefined ? (
        <Card>
          <p>{t('plan.noRelease')}</p>
        </Card>
      ) : (
        <NewRollout releases={releases} newestId={newest.facts.releaseId} />
      )}
    </FreshSignIn>
  );
}

type NewRolloutProps = { releases: readonly OfferedRelease[]; newestId: string };
const RULES = ['haltAtFailedPercent', 'silentAfterMinutes', 'deadlineHours'] as const satisfies readonly NumberField[];
const RULE_WORDS = {
  haltAtFailedPercent: ['plan.haltAt', 'plan.haltAtHint'],
  silentAfterMinutes: ['plan.silentAfter', 'plan.silentAfterHint'],
  deadlineHours: ['plan.deadline', 'plan.deadlineHint'],
} as const;

function NewRollout({ releases, newestId }: NewRolloutProps) {
  const { t } = useTranslation('updates');
  const language = currentLanguage();
  const range = useRangeWords();
  const { places, problem: placesProblem } = usePlaces();
  const [draft, setDraft] = useState(() =>
    usualDraft(newestId, {
      canary: t('plan.preset.canary'),
      tenth: t('plan.preset.tenth'),
      half: t('plan.preset.half'),
      rest: t('plan.preset.rest'),
    }),
  );
  const [isChecked, setChecked] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const starting = useFreshAction();
  const plan = planOfDraft(draft);
  const shown = usePreview(plan);
  const { version } = releases.find(({ facts }) => facts.releaseId === draft.releaseId)!.facts;
  const count = shown.preview === null ? 0 : roomsToChange(shown.preview);
  const change = (changes: Partial<typeof draft>) => setDraft((former) => ({ ...former, ...changes }));
  const changeRing = (key: number, changes: Partial<RingDraft>) =>
    setDraft((former) => ({
      ...former,
      rings: former.rings.map((ring) => (ring.key === key ? { ...ring, ...changes } : ring)),
    }));
  const ask = () => {
    setChecked(true);
    if (plan !== null && count > 0) setAsking(true);
  };
  const start = async () => {
    setAsking(false);
    if (plan === null) return;
    const rollout = await starting.run(() => callApi(updatesApi.startRollout, { body: plan }));
    if (rollout !== null) location.hash = '#/updates';
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)] lg:items-start">
      <div className="flex flex-col gap-6">
        <Card>
          <div className="flex flex-col gap-5">
            <SelectField
              label={t('plan.release')}
              choices={releases.map(({ facts }) => ({
                key: facts.releaseId,
                words: `${facts.version} (${t('releases.made', { time: dateOnly(facts.madeAtMs, language) })})`,
              }))}
              chosen={draft.releaseId}
              isWordy
              onChoose={(releaseId) => change({ releaseId })}
            />
            <ProblemWords problem={placesProblem} />
            <PlaceChoice
              label={t('plan.places')}
              hint={t('plan.placesHint')}
              none={t('plan.placesToggle', { count: 0 })}
              places={places ?? []}
              chosen={draft.placeIds}
              onChange={(placeIds) => change({ placeIds })}
            />
          </div>
        </Card>
        <div className="flex flex-col gap-1">
          <h2 className="text-heading font-semibold">{t('plan.rings')}</h2>
          <p className="text-small text-quiet">{t('plan.ringsHint')}</p>
        </div>
        <ol className="flex flex-col gap-4">
          {draft.rings.map((ring, index) => (
            <RingFields
              key={ring.key}
              ring={ring}
              index={index}
              isLast={index === draft.rings.length - 1}
              onRemove={
                draft.rings.length === 1
                  ? null
                  : () => change({ rings: draft.rings.filter(({ key }) => key !== ring.key) })
              }
              places={places ?? []}
              problems={isChecked ? ringProblemsOf(draft, index) : []}
              onChange={(changes) => changeRing(ring.key, changes)}
            />
          ))}
        </ol>
        {draft.rings.length < MOST_RINGS && (
          <Button
            icon={Plus}
            className="self-start"
            onPress={() => setDraft(withRing(draft, t('plan.preset.more', { number: draft.rings.length })))}
          >
            {t('plan.addRing')}
          </Button>
        )}
        <Card title={t('plan.rules')}>
          <div className="flex flex-col gap-5">
            {RULES.map((field) => (
              <TextField
                key={field}
                label={t(RULE_WORDS[field][0])}
                hint={t(RULE_WORDS[field][1])}
                inputMode="numeric"
                value={draft[field]}
                onChange={(typed) => change({ [field]: typed })}
                problem={isChecked && numberIn(field, draft[field]) === null ? range(field) : null}
              />
            ))}
          </div>
        </Card>
      </div>
      <div className="flex flex-col gap-6 lg:sticky lg:top-6">
        <PreviewCard {...shown} />
        <ProblemWords problem={starting.problem} />
        <Button
          variant="primary"
          size="large"
          isPending={starting.isPending}
          isDisabled={plan !== null && (shown.isLoading || count === 0)}
          onPress={ask}
        >
          {t('plan.start')}
        </Button>
      </div>
      <Dialog
        title={t('plan.startTitle', { version })}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        role="alertdialog"
      >
        <p className="text-base text-quiet">{t('plan.startBody', { count, ring: firstRing(shown.preview) })}</p>
        <div className="mt-1 flex flex-col gap-3 sm:flex-row-reverse">
          <Button variant="primary" size="large" className="flex-auto" onPress={() => void start()}>
            {t('plan.start')}
          </Button>
          <Button size="large" className="flex-auto" onPress={() => setAsking(false)}>
            {t('plan.cancel')}
          </Button>
        </div>
      </Dialog>
    </div>
  );
}

/** The first one that has a room. */
const firstRing = (preview: { rings: readonly { name: string; rooms: number }[] } | null): string =>
  preview?.rings.find(({ rooms }) => rooms > 0)?.name ?? '';
