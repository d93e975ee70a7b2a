/** One broadcast: the picture with its title and chapters, or why there is none. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { isOnAir } from '#contract/broadcast.ts';
import { ErrorWords } from '#ui/error-words.tsx';
import { clockTime, dayAndDate } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { phaseOf, liveStartOf, broadcastViewOf } from './broadcast-view.ts';
import { ChapterList } from './chapter-list.tsx';
import { PageMessage } from './page-message.tsx';
import { PictureFrame } from './picture-frame.tsx';
import { useBroadcastCaption } from './use-broadcast-caption.ts';
import { usePlayer } from './use-player.ts';
import { useWatchHome } from './watch-home.ts';
import { BroadcastFollower } from './watched.ts';

type BroadcastPageProps = { broadcastId: string; onSignedOut: () => void };

export function BroadcastPage({ broadcastId, onSignedOut }: BroadcastPageProps) {
  const { t } = useTranslation('watch');
  const [line] = useState(() => new EventTarget());
  const [broadcast] = useState(
    () => new BroadcastFollower({ broadcastId, onSignedOut, onLineBack: () => line.dispatchEvent(new Event('back')) }),
  );
  useEffect(() => {
    broadcast.start();
    return () => broadcast.stop();
  }, [broadcast]);
  useDarkPage();
  const entry = useEntry(broadcastId);
  useEffect(() => {
    if (entry !== null) broadcast.changed();
  }, [broadcast, entry]);

  const watched = useSyncExternalStore(broadcast.state.subscribe, broadcast.state.getSnapshot);
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const ofPage = usePlayer(video, broadcast.refused);
  const { player, playback, cannotPlay } = ofPage;
  const { detail, liveUrl, status, clockAheadMs } = watched;

  const phase = phaseOf(watched);
  const [wantsReplay, setWantsReplay] = useState<boolean | null>(null);
  if (wantsReplay === null && phase !== null && detail !== null) setWantsReplay(phase === 'ended');
  const view = broadcastViewOf(watched, playback, wantsReplay ?? false);

  const kind = view.kind;
  const isShowing = kind === 'live' || kind === 'replay';
  const caption = useBroadcastCaption(player, {
    broadcastId,
    kind: isShowing ? kind : null,
    source: playback.source,
    hasCaptions: detail?.hasCaptions ?? false,
    liveAtMs: detail?.liveAtMs ?? null,
  });
  const startMs = detail === null ? null : liveStartOf(detail, Date.now() + clockAheadMs);
  useEffect(() => {
    if (!player || liveUrl === null || startMs === null) return;
    if (kind === 'live') player.show({ kind, liveUrl, broadcastId, startMs });
    if (kind === 'replay') player.show({ kind, liveUrl, broadcastId, startMs: 0 });
    if (kind === 'over') player.rest();
  }, [player, kind, liveUrl, broadcastId, startMs]);
  const canRewind = kind !== 'live' || view.canRewind;
  useEffect(() => player?.allowRewind(canRewind), [player, canRewind]);
  useEffect(() => {
    if (!player) return;
    line.addEventListener('back', player.lineIsBack);
    return () => line.removeEventListener('back', player.lineIsBack);
  }, [player, line]);
  const title = detail?.title ?? null;
  useEffect(() => {
    if (title !== null) document.title = `${title} · ${t('pageTitle')}`;
    return () => {
      document.title = t('pageTitle');
    };
  }, [title, t]);

  if (view.kind === 'denied')
    return view.code === 'not-found' || view.code === 'address-not-allowed' ? (
      <PageMessage
        title={t(view.code === 'not-found' ? 'denied.title' : 'elsewhere.title')}
        lead={t(view.code === 'not-found' ? 'denied.lead' : 'elsewhere.lead')}
      >
        {view.code !== 'not-found' && (
          <p className="text-small text-quiet">{t('errorCode', { ns: 'common', code: view.code })}</p>
        )}
      </PageMessage>
    ) : (
      <main className="mx-auto flex w-full max-w-xl flex-1 flex-col justify-center px-6 pb-24">
        <ErrorWords code={view.code} as="title" />
      </main>
    );
  if (cannotPlay && isShowing) return <PageMessage title={t('cannotPlay.title')} lead={t('cannotPlay.lead')} />;
  if (view.kind === 'no-server') return <PageMessage title={t('noServer.title')} lead={t('noServer.lead')} isWaiting />;
  if (view.kind === 'cancelled') return <PageMessage title={t('cancelled.title')} lead={t('cancelled.lead')} />;
  const language = currentLanguage();
  const atMs = detail?.liveAtMs ?? detail?.startsAtMs ?? null;
  const watching = status?.watching ?? detail?.watching ?? null;
  const chapters = isShowing && detail ? detail.chapters : [];
  return (
    <main className="mx-auto flex w-full max-w-7xl flex-1 flex-col gap-4 pb-6 sm:gap-6 lg:grid lg:grid-cols-[minmax(0,1fr)_auto] lg:content-start lg:items-start lg:px-8 lg:pt-6">
      <div className="flex min-w-0 flex-col gap-4 lg:overflow-hidden lg:rounded-card">
        <PictureFrame
          of={ofPage}
          view={view}
          chapters={chapters}
          watching={watching}
          clockAheadMs={clockAheadMs}
          video={video}
          setVideo={setVideo}
          caption={caption}
          onReplay={() => setWantsReplay(true)}
        />
        {detail !== null && (
          <div className="flex flex-col gap-1 px-4 lg:px-1">
            <h1 className="line-clamp-4 text-heading font-bold text-balance">
              <bdi>{detail.title}</bdi>
            </h1>
            <p className="numerals text-base text-quiet">
              {[
                t('home.by', { name: detail.presenterName }),
                ...(phase !== null && isOnAir(phase) && watching !== null
                  ? [t('home.watching', { count: watching })]
                  : []),
                ...(atMs === null || (phase !== null && isOnAir(phase))
                  ? []
                  : [`${dayAndDate(atMs, language)}, ${clockTime(atMs, language)}`]),
              ].join(' · ')}
            </p>
          </div>
        )}
      </div>
      <div className="px-4 empty:hidden lg:w-80 lg:px-0">
        <ChapterList
          chapters={chapters}
          positionMs={playback.positionMs}
          onSeek={player && canRewind && playback.lengthMs !== null ? player.seek : null}
        />
      </div>
    </main>
  );
}

/** Of the followed list, as text: it changes when the broadcast does. */
function useEntry(broadcastId: string): string | null {
  const { home } = useWatchHome();
  if (home === null) return null;
  const found = [...home.live, ...home.coming, ...home.replays].find((each) => each.broadcastId === broadcastId);
  // how many watch comes from the delivery
  return JSON.stringify(found === undefined ? null : { ...found, watching: 0 });
}

/** A picture is watched on a dark page. */
function useDarkPage(): void {
  useEffect(() => {
    const { dataset } = document.documentElement;
    dataset.scheme = 'dark';
    return () => {
      delete dataset.scheme;
    };
  }, []);
}
