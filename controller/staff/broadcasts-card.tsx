/** What is live now and what comes, each a link to the watch page. Draws nothing for an empty list. */
import CirclePlay from 'lucide-react/icons/circle-play';
import CalendarClock from 'lucide-react/icons/calendar-clock';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { broadcastsApi, type WatchedBroadcast } from '#contract/http/broadcasts-api.ts';
import { pagePaths } from '#contract/http/page-paths.ts';
import { Card } from '#ui/card.tsx';
import { FollowedHome } from '#ui/followed-home.ts';
import { Icon } from '#ui/icon.tsx';
import { clockTime, dayAndDate } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { useLiveHome } from './live-home.ts';

/** the watch page has all of them */
const MOST_COMING = 3;

export function BroadcastsCard() {
  const { t } = useTranslation('staff');
  const live = useLiveHome();
  const [followed] = useState(() => new FollowedHome(broadcastsApi.watchHome, { onSignedOut: live.onSignedOut }));
  useEffect(() => {
    followed.start();
    return () => followed.stop();
  }, [followed]);
  const { home } = useSyncExternalStore(followed.state.subscribe, followed.state.getSnapshot);
  if (home === null || home.live.length + home.coming.length + home.replays.length === 0) return null;
  return (
    <Card title={t('broadcasts.title')}>
      <ul className="flex flex-col">
        {home.live.map((broadcast) => (
          <Row key={broadcast.broadcastId} broadcast={broadcast} isLive />
        ))}
        {home.coming.slice(0, MOST_COMING).map((broadcast) => (
          <Row key={broadcast.broadcastId} broadcast={broadcast} isLive={false} />
        ))}
      </ul>
      <a
        href={`${pagePaths.watch}#all`}
        className="mt-1 flex min-h-12 w-fit items-center rounded-small text-base text-accent underline-offset-4 hover:underline"
      >
        {t('broadcasts.all')}
      </a>
    </Card>
  );
}

function Row({ broadcast, isLive }: { broadcast: WatchedBroadcast; isLive: boolean }) {
  const { t } = useTranslation('staff');
  const { broadcastId, title, presenterName, startsAtMs, watching } = broadcast;
  const language = currentLanguage();
  const when =
    startsAtMs === null || startsAtMs <= Date.now()
      ? t('broadcasts.soon')
      : `${dayAndDate(startsAtMs, language)}, ${clockTime(startsAtMs, language)}`;
  return (
    <li className="border-t border-line first:border-0">
      <a
        href={`${pagePaths.watch}/${broadcastId}`}
        className="-mx-2 flex min-h-14 items-center gap-3 rounded-small px-2 py-2 hover:bg-lifted"
      >
        <Icon of={isLive ? CirclePlay : CalendarClock} className={`size-5 ${isLive ? 'text-live' : 'text-accent'}`} />
        <span className="min-w-0 flex-1">
          {isLive ? (
            <span className="numerals flex items-center gap-2 text-small text-quiet">
              <span className="rounded-small bg-live-fill px-2 py-0.5 font-bold text-live-ink">
                {t('broadcasts.live')}
              </span>
              {t('broadcasts.watching', { count: watching })}
            </span>
          ) : (
            <span className="numerals block text-small text-quiet">{when}</span>
          )}
          <bdi className="line-clamp-2 text-base font-medium">{title}</bdi>
          <span className="block truncate text-small text-quiet">{t('broadcasts.by', { name: presenterName })}</span>
        </span>
      </a>
    </li>
  );
}
