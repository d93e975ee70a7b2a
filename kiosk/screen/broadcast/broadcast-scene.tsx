/** Nobody meets, and the TV shows a broadcast: its picture over the whole screen, and in words what is not a picture. */
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { ScreenView } from '#contract/screen-link.ts';
import { clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { spoken } from '../frame/pairing-card.tsx';
import type { ScreenBroadcast } from '../session/screen-broadcast.ts';
import { BroadcastPlayer, type PictureState, type Source } from './broadcast-player.ts';

const TITLE_SHOWN_MS = 5_000;

type BroadcastSceneProps = {
  broadcast: Pick<ScreenBroadcast, 'shown' | 'end'>;
  view: ScreenView;
  /** null: the browser's own choice */
  speakerId: string | null;
  onSpeakerFailed: (speakerId: string) => void;
};

export function BroadcastScene({ broadcast, view, speakerId, onSpeakerFailed }: BroadcastSceneProps) {
  const { t } = useTranslation('screen');
  const shown = useSyncExternalStore(broadcast.shown.subscribe, broadcast.shown.getSnapshot);
  const [picture, setPicture] = useState<PictureState | 'opening'>('opening');
  const video = useRef<HTMLVideoElement>(null);
  const broadcastId = shown?.viewing.broadcastId ?? null;

  useEffect(() => {
    if (broadcastId === null) return;
    setPicture('opening');
    return playInto(video.current!, broadcast, broadcastId, setPicture);
  }, [broadcast, broadcastId]);
  const { volumePercent } = view.state;
  useEffect(() => {
    video.current!.volume = Math.min(1, Math.max(0, volumePercent / 100));
  }, [volumePercent]);
  useEffect(() => {
    video.current!.setSinkId(speakerId ?? '').catch((error: unknown) => {
      console.warn('screen: the speaker could not be used', error);
      if (speakerId !== null) onSpeakerFailed(speakerId);
    });
  }, [speakerId, onSpeakerFailed]);

  const title = shown?.title ?? '';
  const isBare = picture === 'coming' || picture === 'opening';
  const offer = view.projections.broadcasts?.offered.find((each) => each.broadcastId === broadcastId);
  return (
    <main className="relative h-full overflow-hidden bg-sunken" aria-label={t('broadcast.stage')}>
      {/* biome-ignore lint/a11y/useMediaCaption: a live broadcast has no caption track */}
      <video ref={video} playsInline className="h-full w-full object-contain" />
      {isBare && (
        <div className="hall absolute inset-0 grid place-items-center">
          <div className="hall-floor" />
          <div className="relative max-w-[96rem] text-center">
            <h1 className="line-clamp-3 text-tv-title font-semibold">{title}</h1>
            <p role="status" className="mt-6 text-tv-lead text-quiet">
              {picture === 'opening' ? t('broadcast.opening') : <Soon atMs={offer?.startsAtMs ?? null} view={view} />}
            </p>
          </div>
        </div>
      )}
      {picture === 'away' && (
        <div className="absolute inset-0 grid place-items-center bg-veil">
          <p role="status" className="rounded-card bg-raised px-12 py-8 text-tv-lead shadow-overlay">
            {t('broadcast.away')}
          </p>
        </div>
      )}
      {!isBare && <Heading key={broadcastId} title={title} isLive={picture === 'playing'} />}
      {view.pairing !== null && (
        <p className="absolute right-8 bottom-6 rounded-control bg-veil px-4 py-1 numerals text-tv-small">
          {t('pairing.code')} <span className="font-semibold">{spoken(view.pairing.code)}</span>
        </p>
      )}
    </main>
  );
}

/** Large at first; then only the mark. */
function Heading({ title, isLive }: { title: string; isLive: boolean }) {
  const { t } = useTranslation('screen');
  const [isLarge, setLarge] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setLarge(false), TITLE_SHOWN_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="absolute top-8 left-8 flex max-w-[96rem] items-center gap-5 rounded-control bg-veil px-5 py-2">
      <span
        className={`flex shrink-0 items-center gap-3 rounded-small px-3 text-tv-small font-bold tracking-[0.06em] ${isLive ? 'bg-live-fill text-live-ink' : 'bg-raised text-quiet'}`}
      >
        {t('broadcast.live')}
      </span>
      {isLarge && <h1 className="line-clamp-2 text-tv-lead font-semibold">{title}</h1>}
      {!isLarge && <h1 className="sr-only">{title}</h1>}
    </div>
  );
}

function Soon({ atMs, view }: { atMs: number | null; view: ScreenView }) {
  const { t } = useTranslation('screen');
  if (atMs === null || atMs < Date.now()) return t('broadcast.soon');
  return t('broadcast.soonAt', { time: clockTime(atMs, currentLanguage(), view.projections.agenda?.timeZone) });
}

/** @returns ends it */
function playInto(
  video: HTMLVideoElement,
  broadcast: BroadcastSceneProps['broadcast'],
  broadcastId: string,
  onState: (state: PictureState) => void,
): () => void {
  let isOver = false;
  let player: BroadcastPlayer | null = null;
  const first = broadcast.shown.getSnapshot()!.viewing;
  const viewing = () => broadcast.shown.getSnapshot()?.viewing ?? first;
  // it is long: a TV without broadcasts does not run it
  void import('./hls-source.ts').then(
    ({ openHlsSource }) => {
      if (isOver) return;
      player = new BroadcastPlayer({
        video,
        viewing,
        openSource: (newest): Source => openHlsSource(video, newest),
        fetch: (url, init) => fetch(url, init),
        onState,
        onEnd: (code) => broadcast.end(broadcastId, code),
      });
      player.start();
    },
    () => broadcast.end(broadcastId, 'internal'),
  );
  return () => {
    isOver = true;
    player?.stop();
  };
}
