/**
 * The one question, answered in the first screenful: which rooms can't hold a meeting now, and why. Apart from them those
 * that do not answer, of which nothing is known; then rooms by state, and what waits for somebody.
 */
import { useTranslation } from 'react-i18next';
import { alertsApi } from '#contract/http/alerts-api.ts';
import { helpApi } from '#contract/http/help-api.ts';
import type { HealthCounts, RoomRow } from '#contract/http/rooms-api.ts';
import { Card } from '#ui/card.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import en from '#ui/words/en/fleet.ts';
import { ago, clockTime, dateAndTime } from '#ui/words/format.ts';
import ko from '#ui/words/ko/fleet.ts';
import { addWords, currentLanguage } from '#ui/words/words.ts';
import { useMay, useMayAnywhere } from './account.ts';
import { AddRoom } from './add-room.tsx';
import { HealthCountTiles } from './health-count-tiles.tsx';
import { Loading, WhyWords } from './parts.tsx';
import { hrefOf, More } from './room-list-parts.tsx';
import { useLiveFetch } from './use-live-fetch.ts';
import { usePathOfPlace } from './use-path-of-place.ts';
import { type RoomListShown, useLiveState, useRoomList } from './use-rooms.ts';
import { WaitingKiosksList } from './waiting-kiosks.tsx';

addWords({ fleet: { en, ko } });

const SHOWN = 20;
const TROUBLED = { health: 'trouble', answering: 'true' } as const;
const SILENT = { health: 'trouble', answering: 'false' } as const;

export function NowPage() {
  const { t } = useTranslation('console');
  const { t: fleet } = useTranslation('fleet');
  const language = currentLanguage();
  const mayAdd = useMay('rooms.create');
  const mayClaim = useMay('kiosks.manage');
  const live = useLiveState();
  const troubled = useRoomList({ filter: TROUBLED, language, pageSize: SHOWN });
  const silent = useRoomList({ filter: SILENT, language, pageSize: SHOWN });
  const pathOf = usePathOfPlace();
  const counts = live.counts ?? troubled.counts;
  if (troubled.rows === null || silent.rows === null || counts === null) {
    const problem = troubled.problem ?? silent.problem;
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
  const isStale = !live.isConnected || troubled.problem !== null;
  const time = clockTime(live.asOfMs ?? troubled.fetchedAtMs, language);
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div className="flex flex-col gap-1">
          <Answer counts={counts} troubledCount={troubled.total} silentCount={silent.total} />
          <p className={`text-small ${isStale ? 'font-semibold text-warn' : 'text-quiet'}`} role="status">
            {roomCount === 0 ? t('now.emptyHint') : t(isStale ? 'now.stale' : 'now.updated', { time })}
          </p>
        </div>
        {mayAdd && <AddRoom />}
      </div>
      {mayClaim && <WaitingKiosksList />}
      {roomCount > 0 && (
        <>
          <HealthCountTiles counts={counts} />
          <Troubles title={fleet('now.troubled')} list={troubled} rows={troubled.rows} pathOf={pathOf} />
          <Troubles title={fleet('now.silent')} list={silent} rows={silent.rows} pathOf={pathOf} />
          <WhatIsOpen />
          <a
            href="#/rooms"
            className="inline-flex min-h-12 items-center self-start font-semibold text-accent underline-offset-4 hover:underline"
          >
            {fleet('now.rooms')}
          </a>
        </>
      )}
    </>
  );
}

type AnswerProps = { counts: HealthCounts; troubledCount: number; silentCount: number };

/** In one sentence. */
function Answer({ counts, troubledCount, silentCount }: AnswerProps) {
  const { t } = useTranslation('console');
  const { t: fleet } = useTranslation('fleet');
  const { 'being-set-up': beingSetUp, 'out-of-service': outOfService, ...inService } = counts;
  const counted = Object.values(inService).reduce((sum, count) => sum + count, 0);
  const title =
    counted + beingSetUp + outOfService === 0
      ? t('now.empty')
      : counted === 0
        ? fleet('now.noneInService')
        : troubledCount > 0
          ? t('now.troubled', { count: troubledCount })
          : silentCount > 0
            ? fleet('now.silentTitle', { count: silentCount })
            : t('now.allWell');
  return (
    <>
      <h1 className="text-title font-bold text-balance">{title}</h1>
      {counted === 0 && beingSetUp > 0 && <p>{fleet('now.noneInServiceHint')}</p>}
      {troubledCount > 0 && silentCount > 0 && (
        <p className="font-semibold">{fleet('now.silentBeside', { count: silentCount })}</p>
      )}
    </>
  );
}

type TroublesProps = {
  title: string;
  list: RoomListShown;
  rows: readonly RoomRow[];
  pathOf: (placeId: string | null) => string | null;
};

function Troubles({ title, list, rows, pathOf }: TroublesProps) {
  if (rows.length === 0) return null;
  return (
    <Card title={`${title} · ${list.total}`}>
      <ul className="flex flex-col">
        {rows.map((room) => (
          <li
            key={room.roomId}
            className="relative grid gap-x-6 gap-y-2 border-t border-line py-4 first:border-t-0 first:pt-1 last:pb-0 hover:bg-lifted/50 sm:grid-cols-[minmax(0,1fr)_minmax(0,2fr)_9rem] sm:items-start"
          >
            <span className="flex min-w-0 flex-col">
              <a
                href={hrefOf(room)}
                className="font-semibold wrap-anywhere underline-offset-4 after:absolute after:inset-0 hover:underline"
              >
                {room.roomName}
              </a>
              <span className="text-small wrap-anywhere text-quiet empty:hidden">{pathOf(room.placeId)}</span>
            </span>
            <div className="flex flex-col gap-3">
              {room.reasons.map((why) => (
                <WhyWords key={JSON.stringify(why)} why={why} />
              ))}
            </div>
            <SinceWhen sinceMs={room.healthSinceMs} />
          </li>
        ))}
      </ul>
      <More list={list} shownCount={rows.length} />
    </Card>
  );
}

function SinceWhen({ sinceMs }: { sinceMs: number }) {
  const { t } = useTranslation('fleet');
  const language = currentLanguage();
  const isToday = new Date(sinceMs).toDateString() === new Date().toDateString();
  const time = isToday ? clockTime(sinceMs, language) : dateAndTime(sinceMs, language);
  return (
    <span className="numerals flex flex-wrap gap-x-2 text-small text-quiet sm:flex-col sm:items-end sm:text-right">
      <span className="font-semibold text-ink">{ago(sinceMs, Date.now(), language)}</span>
      <time dateTime={new Date(sinceMs).toISOString()}>{t('now.since', { time })}</time>
    </span>
  );
}

/** What waits for somebody: calls for help, and alerts. */
function WhatIsOpen() {
  const { t } = useTranslation('fleet');
  const mayHelp = useMayAnywhere('rooms.help');
  return (
    <section aria-label={t('now.open')} className="grid gap-3 sm:grid-cols-2">
      {mayHelp && <OpenHelp />}
      <OpenAlerts />
    </section>
  );
}

function OpenHelp() {
  const { t } = useTranslation('fleet');
  const help = useLiveFetch((signal) => callApi(helpApi.listHelp, { query: { limit: 1 }, signal }));
  const { open, unseen } = help?.counts ?? { open: 0, unseen: 0 };
  return (
    <OpenLink
      href="#/help"
      title={t('now.help')}
      isUrgent={unseen > 0}
      words={[open > 0 && t('now.helpOpen', { count: open }), unseen > 0 && t('now.helpUnseen', { count: unseen })]}
    />
  );
}

function OpenAlerts() {
  const { t } = useTranslation('fleet');
  const alerts = useLiveFetch((signal) => callApi(alertsApi.listAlerts, { query: { limit: 1 }, signal }));
  const { open, acknowledged, critical } = alerts?.counts ?? { open: 0, acknowledged: 0, critical: 0 };
  return (
    <OpenLink
      href="#/alerts"
      title={t('now.alerts')}
      isUrgent={open > 0 && critical > 0}
      words={[
        open > 0 && t('now.alertsOpen', { count: open }),
        critical > 0 && t('now.alertsCritical', { count: critical }),
        acknowledged > 0 && t('now.alertsAcknowledged', { count: acknowledged }),
      ]}
    />
  );
}

type OpenLinkProps = { href: string; title: string; isUrgent: boolean; words: readonly (string | false)[] };

function OpenLink({ href, title, isUrgent, words }: OpenLinkProps) {
  const { t } = useTranslation('fleet');
  const shown = words.filter((each) => each !== false);
  return (
    <a href={href} className="flex flex-col gap-1 rounded-card bg-raised p-5 shadow-card hover:brightness-[1.04]">
      <span className="font-semibold">{title}</span>
      <span className={`numerals text-small ${isUrgent ? 'font-semibold text-fault' : 'text-quiet'}`}>
        {shown.length === 0 ? t('now.nothingOpen') : shown.join(' · ')}
      </span>
    </a>
  );
}
