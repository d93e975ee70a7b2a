/**
 * "Are we done, and who isn't?", answered in the first screenful: each rollout that is not over with its rings and rooms. Below:
 * what runs where, the releases that the server holds, former rollouts. The address has which rooms are looked at.
 */
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rollout } from '#contract/rollout.ts';
import { Card } from '#ui/card.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import en from '#ui/words/en/updates.ts';
import { clockTime, dateOnly } from '#ui/words/format.ts';
import ko from '#ui/words/ko/updates.ts';
import { addWords, currentLanguage } from '#ui/words/words.ts';
import { useMay } from '../account.ts';
import { FreshSignIn } from '../fresh-sign-in.tsx';
import { Loading } from '../parts.tsx';
import { useUrlFilters } from '../url-filters.ts';
import { FeedFaultNotice, ReleaseList, WhatRuns } from './release-list.tsx';
import { RolloutCard, useRolloutAnswer } from './rollout-card.tsx';
import { countsOfRollout, totalOf } from './rollout-figures.ts';
import { type UpdatesOverview, useUpdates } from './use-updates.ts';

addWords({ updates: { en, ko } });

const FILTERS = ['rollout', 'ring', 'state'] as const;

export function UpdatesPage() {
  const { t } = useTranslation('updates');
  const shown = useUpdates();
  const { overview, problem } = shown;
  if (overview === null)
    return (
      <>
        <h1 className="text-title font-bold">{t('title')}</h1>
        {problem === null ? <Loading words={t('loading')} /> : <ProblemWords problem={problem} />}
      </>
    );
  return (
    <FreshSignIn>
      <Updates {...shown} overview={overview} />
    </FreshSignIn>
  );
}

type UpdatesProps = ReturnType<typeof useUpdates> & { overview: UpdatesOverview };

function Updates({ overview, problem, isConnected, asOfMs, onRollout, followRooms }: UpdatesProps) {
  const { t } = useTranslation('updates');
  const mayManage = useMay('updates.manage');
  const [filters, change] = useUrlFilters(FILTERS);
  const { rollouts, ended, releases, running, feedFault } = overview;
  const isEmpty = releases.length === 0 && rollouts.length === 0 && ended.length === 0;
  const looked = [...rollouts, ...ended].find(({ rolloutId }) => rolloutId === filters.rollout);
  const chosen = looked ?? rollouts[0];
  const cards = chosen === undefined || rollouts.includes(chosen) ? rollouts : [chosen, ...rollouts];
  const isStale = !isConnected || problem !== null;
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div className="flex min-w-0 flex-col gap-1">
          <p className="text-small font-semibold text-quiet">{t('title')}</p>
          <Answer rollouts={rollouts} isEmpty={isEmpty} />
          <p role="status" className={`text-small ${isStale ? 'font-semibold text-warn' : 'text-quiet'}`}>
            {isStale ? t('stale', { time: clockTime(asOfMs, currentLanguage()) }) : t('lead')}
          </p>
        </div>
        {mayManage && !isEmpty && (
          <a
            href="#/updates/new"
            className="inline-flex min-h-12 items-center rounded-control bg-accent px-4 text-base font-semibold text-accent-ink hover:bg-accent-strong"
          >
            {t('newRollout')}
          </a>
        )}
      </div>
      {feedFault !== null && <FeedFaultNotice fault={feedFault} />}
      {isEmpty && (
        <Card>
          <p>{t('empty.body')}</p>
          <p className="mt-2 text-quiet">{t('empty.guide')}</p>
        </Card>
      )}
      {cards.map((rollout) => (
        <InView key={rollout.rolloutId} isAsked={rollout === looked && looked !== rollouts[0] && filters.ring === ''}>
          <RolloutCard
            rollout={rollout}
            mayManage={mayManage}
            filter={rollout === chosen ? filters : null}
            onFilter={({ ring, state }) => change({ rollout: rollout.rolloutId, ring, state }, true)}
            onChanged={onRollout}
            followRooms={followRooms}
          />
        </InView>
      ))}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6 lg:grid-cols-2 lg:items-start">
        <WhatRuns running={running} />
        {!isEmpty && <ReleaseList releases={releases} />}
      </div>
      {ended.length > 0 && (
        <FormerRollouts
          rollouts={ended}
          hrefOf={(rolloutId) => `#/updates?${new URLSearchParams({ rollout: rolloutId }).toString()}`}
        />
      )}
    </>
  );
}

function Answer({ rollouts, isEmpty }: { rollouts: readonly Rollout[]; isEmpty: boolean }) {
  const { t } = useTranslation('updates');
  const answer = useRolloutAnswer();
  const [first] = rollouts;
  const words = isEmpty
    ? t('empty.title')
    : first === undefined
      ? t('answer.none')
      : rollouts.length === 1
        ? answer(first)
        : t('answer.several', { count: rollouts.length });
  return <h1 className="numerals text-title font-bold text-balance wrap-anywhere">{words}</h1>;
}

/** A rollout that was chosen from below is scrolled to. */
function InView({ isAsked, children }: { isAsked: boolean; children: React.ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isAsked) place.current?.scrollIntoView({ block: 'start' });
  }, [isAsked]);
  return <div ref={place}>{children}</div>;
}

type FormerProps = { rollouts: readonly Rollout[]; hrefOf: (rolloutId: string) => string };

function FormerRollouts({ rollouts, hrefOf }: FormerProps) {
  const { t } = useTranslation('updates');
  const language = currentLanguage();
  return (
    <Card title={t('former.title')}>
      <ul className="flex flex-col">
        {rollouts.map((rollout) => {
          const { rolloutId, release, state, startedAtMs } = rollout;
          const counts = countsOfRollout(rollout);
          const failed = (counts.failed ?? 0) + (counts.silent ?? 0);
          const time = dateOnly(startedAtMs, language);
          return (
            <li
              key={rolloutId}
              className="relative flex flex-col border-t border-line py-3 first:border-t-0 hover:bg-lifted/50"
            >
              <a
                href={hrefOf(rolloutId)}
                className="font-semibold wrap-anywhere underline-offset-4 after:absolute after:inset-0 hover:underline"
              >
                {release.version} · {t(`state.${state}`)}
              </a>
              <span className="numerals text-small text-quiet">
                {[
                  time,
                  t('former.counts', { updated: counts.updated ?? 0, total: totalOf(counts) }),
                  ...(failed > 0 ? [t('former.failed', { count: failed })] : []),
                ].join(' · ')}
              </span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
