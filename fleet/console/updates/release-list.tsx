/** Releases that the server holds, with their notes and how long they are offered; what runs where; a feed that was not taken in. */
import ChevronDown from 'lucide-react/icons/chevron-down';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OfferedRelease } from '#contract/rollout.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Icon } from '#ui/icon.tsx';
import { Bar } from '#ui/progress.tsx';
import { useNow } from '#ui/use-now.ts';
import { dateAndTime, dateOnly, fileSize } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { ListStatus } from '../list-parts.tsx';
import { ReleaseNotes } from './release-notes.tsx';
import { percentOf } from './rollout-figures.ts';
import type { UpdatesOverview } from './use-updates.ts';

const DAY_MS = 86_400_000;
/** An online feed is signed anew by a machine; a medium by people, who need time for it. */
const WARN_BEFORE_MS = { online: DAY_MS, medium: 21 * DAY_MS };
const EXPIRY_LOOKED_AT_MS = 60_000;

export function FeedFaultNotice({ fault }: { fault: NonNullable<UpdatesOverview['feedFault']> }) {
  const { t } = useTranslation('updates');
  const { refusal, detail, atMs } = fault;
  return (
    <section role="alert" className="flex gap-3 rounded-card bg-warn-soft p-5">
      <Icon of={TriangleAlert} className="mt-0.5 size-5 shrink-0 text-warn" />
      <div className="flex min-w-0 flex-col gap-1">
        <h2 className="font-semibold">{t('fault.title')}</h2>
        {typeof refusal === 'string' && (
          <p>
            {t(`refusal.${refusal}.what`)}. {t(`refusal.${refusal}.todo`)}
          </p>
        )}
        <p className="numerals">{t('fault.since', { time: dateAndTime(atMs, currentLanguage()) })}</p>
        <p className="text-small wrap-anywhere text-quiet">{t('fault.detail', { detail })}</p>
      </div>
    </section>
  );
}

export function ReleaseList({ releases }: { releases: readonly OfferedRelease[] }) {
  const { t } = useTranslation('updates');
  const sorted = releases.toSorted((a, b) => b.facts.madeAtMs - a.facts.madeAtMs);
  return (
    <Card title={t('releases.title')}>
      {sorted.length === 0 ? (
        <ListStatus words={t('releases.none')} />
      ) : (
        <ul className="flex flex-col">
          {sorted.map((release) => (
            <Release key={`${release.facts.role} ${release.facts.releaseId}`} release={release} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Release({ release: { facts, feeds, expiresAtMs, runningRooms } }: { release: OfferedRelease }) {
  const { t } = useTranslation('updates');
  const language = currentLanguage();
  const [isOpen, setOpen] = useState(false);
  const notesId = useId();
  const now = useNow(EXPIRY_LOOKED_AT_MS);
  const warnBeforeMs = feeds.includes('online') ? WARN_BEFORE_MS.online : WARN_BEFORE_MS.medium;
  const expiry = expiresAtMs <= now ? 'expired' : expiresAtMs - now < warnBeforeMs ? 'expiresSoon' : 'expires';
  const { version, role } = facts;
  return (
    <li className="flex flex-col gap-1 border-t border-line py-3 first:border-t-0 first:pt-0">
      <div className="flex flex-wrap items-center justify-between gap-x-4">
        <span className="flex min-w-0 flex-wrap items-baseline gap-x-3">
          <span className="font-semibold wrap-anywhere">{version}</span>
          <span className="text-small">{t(`releases.${role}`)}</span>
        </span>
        <Button
          variant="quiet"
          icon={ChevronDown}
          aria-expanded={isOpen}
          aria-controls={notesId}
          aria-label={t('releases.notesOf', { version })}
          onPress={() => setOpen(!isOpen)}
        >
          {t('releases.notes')}
        </Button>
      </div>
      <p className="numerals text-small text-quiet">
        {[
          t('releases.made', { time: dateOnly(facts.madeAtMs, language) }),
          fileSize(facts.sizeBytes, language),
          ...feeds.map((feed) => t(`releases.feeds.${feed}`)),
          ...(role === 'kiosk' ? [t('releases.runs', { count: runningRooms })] : []),
        ].join(' · ')}
      </p>
      <p className={`numerals text-small ${expiry === 'expires' ? 'text-quiet' : 'font-semibold text-warn'}`}>
        {t(`releases.${expiry}`, { time: dateAndTime(expiresAtMs, language) })}
      </p>
      <p className="font-mono text-small wrap-anywhere text-quiet">{facts.releaseId}</p>
      <div id={notesId} className="empty:hidden">
        {isOpen &&
          (facts.notes.trim() === '' ? (
            <p className="py-2 text-small text-quiet">{t('releases.noNotes')}</p>
          ) : (
            <div className="mt-2 rounded-control bg-sunken p-4">
              <ReleaseNotes notes={facts.notes} label={t('releases.notesOf', { version })} />
            </div>
          ))}
      </div>
    </li>
  );
}

export function WhatRuns({ running }: { running: UpdatesOverview['running'] }) {
  const { t } = useTranslation('updates');
  const total = running.reduce((sum, { rooms }) => sum + rooms, 0);
  const sorted = running.toSorted((a, b) => b.rooms - a.rooms);
  return (
    <Card title={t('running.title')}>
      {sorted.length === 0 ? (
        <ListStatus words={t('running.none')} />
      ) : (
        <ul className="flex flex-col gap-4">
          {sorted.map(({ releaseId, version, rooms }) => {
            const name = version ?? t('running.unknown');
            const percent = percentOf(rooms, total);
            return (
              <li key={`${version} ${releaseId}`} className="flex flex-col gap-1">
                <span className="flex flex-wrap justify-between gap-x-4">
                  {version === null ? (
                    <span className="font-semibold">{name}</span>
                  ) : (
                    <a
                      href={`#/rooms?${new URLSearchParams({ version }).toString()}`}
                      className="-my-3 inline-flex min-h-12 items-center font-semibold wrap-anywhere underline-offset-4 hover:underline"
                    >
                      {name}
                    </a>
                  )}
                  <span className="numerals text-small">
                    {t('running.rooms', { count: rooms })} · {percent} %
                  </span>
                </span>
                {version !== null && (
                  <span className="font-mono text-small wrap-anywhere text-quiet">
                    {releaseId ?? <span className="font-sans">{t('running.checkout')}</span>}
                  </span>
                )}
                <Bar label={t('running.bar', { version: name, percent })} percent={percent} />
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}
