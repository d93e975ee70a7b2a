/** What is live, what comes, and what can be watched again. Goes on to the broadcast where exactly one is live on arrival. */
import CalendarClock from 'lucide-react/icons/calendar-clock';
import CirclePlay from 'lucide-react/icons/circle-play';
import ClosedCaption from 'lucide-react/icons/closed-caption';
import Download from 'lucide-react/icons/download';
import Eye from 'lucide-react/icons/eye';
import Trash from 'lucide-react/icons/trash-2';
import WifiOff from 'lucide-react/icons/wifi-off';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { urlOf } from '#contract/http/answer.ts';
import { broadcastsApi, type WatchedBroadcast } from '#contract/http/broadcasts-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { Icon } from '#ui/icon.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { Spinner } from '#ui/progress.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { clockTime, dateOnly, dayAndDate, spokenDuration } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { captionFileUrl } from './caption-file.ts';
import { useFollowedWatchHome, useWatchHome } from './watch-home.ts';

export function WatchHomePage() {
  const { t } = useTranslation('watch');
  const { home, isConnected, refusal } = useWatchHome();
  const [, goTo] = useLocation();
  const arrived = useRef(location.hash === '#all');
  const only = home?.live.length === 1 ? home.live[0]!.broadcastId : null;
  const isKnown = home !== null;
  useEffect(() => {
    if (!isKnown || arrived.current) return;
    // once: who comes back to the list wants the list
    arrived.current = true;
    if (only !== null) goTo(`/${only}`, { replace: true });
  }, [isKnown, only, goTo]);
  return (
    <main className="mx-auto flex w-full max-w-5xl flex-1 flex-col gap-6 px-4 py-6 pb-[max(1.5rem,env(safe-area-inset-bottom))] lg:px-8 lg:py-8">
      <h1 className="sr-only">{t('home.title')}</h1>
      <ProblemWords problem={refusal} />
      {!isConnected && (
        <p role="status" className="flex items-center gap-3 rounded-control bg-warn-soft px-4 py-3 text-base">
          <Icon of={WifiOff} className="size-5 text-warn" />
          {t(home === null ? 'unanswered' : 'stale')}
        </p>
      )}
      {home === null && isConnected && refusal === null && (
        <p role="status" className="flex items-center gap-3 py-16 text-quiet">
          <Spinner /> {t('loading')}
        </p>
      )}
      {home !== null && (
        <>
          {home.live.length > 0 && (
            <section aria-label={t('home.live')} className="flex flex-col gap-4">
              <h2 className="text-heading font-bold">{t('home.live')}</h2>
              <ul className="flex flex-col gap-4">
                {home.live.map((broadcast) => (
                  <LiveBroadcast key={broadcast.broadcastId} broadcast={broadcast} />
                ))}
              </ul>
            </section>
          )}
          {home.live.length + home.coming.length === 0 && (
            <Card>
              <p className="text-base font-semibold">{t('home.nothing')}</p>
              <p className="mt-1 text-base text-quiet">{t('home.nothingLead')}</p>
            </Card>
          )}
          {home.coming.length > 0 && (
            <Card title={t('home.coming')}>
              <ul className="flex flex-col">
                {home.coming.map((broadcast) => (
                  <ComingBroadcast key={broadcast.broadcastId} broadcast={broadcast} />
                ))}
              </ul>
            </Card>
          )}
          <Card title={t('home.replays')}>
            {home.replays.length === 0 && <p className="text-base text-quiet">{t('home.noReplays')}</p>}
            <ul className="flex flex-col">
              {home.replays.map((broadcast) => (
                <Replay key={broadcast.broadcastId} broadcast={broadcast} />
              ))}
            </ul>
          </Card>
        </>
      )}
    </main>
  );
}

function LiveBroadcast({
  broadcast: { broadcastId, title, presenterName, watching },
}: {
  broadcast: WatchedBroadcast;
}) {
  const { t } = useTranslation('watch');
  return (
    <li>
      <Link
        href={`/${broadcastId}`}
        className="flex flex-col gap-3 rounded-card bg-raised p-6 shadow-card hover:brightness-[1.03] sm:flex-row sm:items-center sm:gap-6"
      >
        <span className="min-w-0 flex-1">
          <span className="mb-2 flex flex-wrap items-center gap-3">
            <span className="rounded-small bg-live-fill px-2.5 py-1 text-small font-bold text-live-ink">
              {t('player.live')}
            </span>
            <span className="numerals flex items-center gap-1.5 text-small text-quiet">
              <Icon of={Eye} className="size-4" />
              {t('home.watching', { count: watching })}
            </span>
          </span>
          <bdi className="line-clamp-3 text-heading font-bold text-balance">{title}</bdi>
          <span className="mt-1 block truncate text-base text-quiet">{t('home.by', { name: presenterName })}</span>
        </span>
        <span className="flex min-h-14 items-center justify-center gap-3 rounded-control bg-accent px-6 text-control font-semibold text-accent-ink">
          <Icon of={CirclePlay} />
          {t('home.watchShort')}
        </span>
      </Link>
    </li>
  );
}

function ComingBroadcast({
  broadcast: { broadcastId, title, presenterName, startsAtMs },
}: {
  broadcast: WatchedBroadcast;
}) {
  const { t } = useTranslation('watch');
  const language = currentLanguage();
  const isLate = startsAtMs === null || startsAtMs <= Date.now();
  return (
    <li className="border-t border-line first:border-0">
      <Link
        href={`/${broadcastId}`}
        className="-mx-2 flex min-h-14 items-center gap-4 rounded-small px-2 py-2 hover:bg-lifted"
      >
        <Icon of={CalendarClock} className="size-5 text-accent" />
        <span className="min-w-0 flex-1">
          <span className="numerals block text-small text-quiet">
            {isLate ? t('home.soon') : `${dayAndDate(startsAtMs, language)}, ${clockTime(startsAtMs, language)}`}
          </span>
          <bdi className="line-clamp-2 text-base font-medium">{title}</bdi>
          <span className="block truncate text-small text-quiet">{t('home.by', { name: presenterName })}</span>
        </span>
      </Link>
    </li>
  );
}

function Replay({ broadcast }: { broadcast: WatchedBroadcast }) {
  const { t } = useTranslation('watch');
  const live = useFollowedWatchHome();
  const [isAsked, setIsAsked] = useState(false);
  const { run, isPending, problem } = useAsyncAction();
  const { broadcastId, kind, title, presenterName, endedAtMs, liveAtMs, durationMs, recording, deletedAtMs } =
    broadcast;
  const language = currentLanguage();
  const atMs = liveAtMs ?? endedAtMs;
  const about = [
    ...(atMs === null ? [] : [`${dayAndDate(atMs, language)}, ${clockTime(atMs, language)}`]),
    ...(durationMs === null ? [] : [spokenDuration(durationMs, language)]),
  ];
  const notes = [
    ...(broadcast.mayDownload && recording === 'finishing' ? [t('home.finishing')] : []),
    ...(broadcast.mayDownload && recording === 'failed' ? [t('home.failed')] : []),
    ...(deletedAtMs === null ? [] : [t('home.deletedOn', { date: dateOnly(deletedAtMs, language) })]),
  ];
  const remove = async () => {
    await run(async () => {
      try {
        await callApi(broadcastsApi.deleteRecording, { params: { broadcastId } });
      } catch (error) {
        if (!live.failed(error)) throw error;
      }
    });
    setIsAsked(false);
  };
  return (
    <li className="border-t border-line py-1 first:border-0">
      <div className="flex items-center gap-1">
        <Link
          href={`/${broadcastId}`}
          className="-mx-2 flex min-h-14 min-w-0 flex-1 items-center gap-4 rounded-small px-2 py-2 hover:bg-lifted"
        >
          <Icon of={CirclePlay} className="size-6 text-accent" />
          <span className="min-w-0 flex-1">
            <bdi className="line-clamp-2 text-base font-medium">{title}</bdi>
            <span className="numerals block text-small text-quiet">{about.join(' · ')}</span>
            <span className="block text-small text-quiet">
              {t(kind === 'recording' ? 'home.recorded' : 'home.by', { name: presenterName })}
            </span>
            {notes.length > 0 && <span className="numerals block text-small text-quiet">{notes.join(' · ')}</span>}
          </span>
        </Link>
        {broadcast.mayDownload && recording === 'ready' && (
          <a
            href={urlOf(broadcastsApi.recordingFile, { params: { broadcastId } })}
            download
            aria-label={t('home.downloadOf', { title })}
            className="grid size-12 shrink-0 place-items-center rounded-control hover:bg-lifted"
          >
            <Icon of={Download} className="size-5" />
          </a>
        )}
        {broadcast.mayDownload && recording === 'ready' && broadcast.hasCaptions === true && (
          <a
            href={captionFileUrl(broadcastId)}
            download
            aria-label={t('home.captionsOf', { title })}
            // a phone's row has room for the file alone
            className="grid size-12 shrink-0 max-sm:hidden place-items-center rounded-control hover:bg-lifted"
          >
            <Icon of={ClosedCaption} className="size-5" />
          </a>
        )}
        {broadcast.mayDelete && (
          <Button
            variant="danger-quiet"
            icon={Trash}
            aria-label={t('home.deleteOf', { title })}
            onPress={() => setIsAsked(true)}
          />
        )}
      </div>
      <ProblemWords problem={problem} />
      <ConfirmDialog
        title={t('home.deleteTitle')}
        body={t('home.deleteBody', { title })}
        action={t('home.delete')}
        isOpen={isAsked}
        isPending={isPending}
        onConfirm={() => void remove()}
        onClose={() => setIsAsked(false)}
      />
    </li>
  );
}
