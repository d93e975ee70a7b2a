/** The region of the picture: video, what stands over it, controls that hide, keys, full screen, picture in picture. */
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Chapter } from '#contract/broadcast.ts';
import { Caption } from '#ui/captions/caption.tsx';
import type { BroadcastView } from './broadcast-view.ts';
import { PlayerControls } from './player-controls.tsx';
import { Curtain } from './curtain.tsx';
import { FrozenPicture } from './frozen-picture.tsx';
import { FAR_STEP_MS, type PlayerKey, playerKeyOf, STEP_MS, VOLUME_STEP } from './player-keys.ts';
import type { ShownCaptions } from './use-broadcast-caption.ts';
import type { PlayerOfPage } from './use-player.ts';

const HIDDEN_AFTER_MS = 3_000;

type PictureFrameProps = {
  of: PlayerOfPage;
  view: BroadcastView;
  chapters: readonly Chapter[];
  watching: number | null;
  clockAheadMs: number;
  video: HTMLVideoElement | null;
  setVideo: (video: HTMLVideoElement | null) => void;
  caption: ShownCaptions;
  onReplay: () => void;
};

export function PictureFrame(props: PictureFrameProps) {
  const { of, view, chapters, watching, clockAheadMs, video, setVideo, caption, onReplay } = props;
  const { player, playback, frozen } = of;
  const { t } = useTranslation('watch');
  const [region, setRegion] = useState<HTMLElement | null>(null);
  const { isFull, toggleFull } = useFullScreen(region, video);
  const hasControls = player !== null && (view.kind === 'live' || view.kind === 'replay');
  const isMoving = hasControls && playback.picture === 'moving' && !playback.isPaused && !playback.isOver;
  const isShown = useShownControls(region, isMoving);
  const act = useCallback(
    (key: PlayerKey) => {
      if (!player || !hasControls) return;
      const { isPaused, isMuted, isOver, volumePercent, positionMs, lengthMs } = player.state.getSnapshot();
      const step = (ms: number): void => {
        if (positionMs !== null) player.seek(positionMs + ms);
      };
      const acts: Record<PlayerKey, () => void> = {
        'toggle-play': () => (isPaused || isOver ? player.play() : player.pause()),
        back: () => step(-STEP_MS),
        on: () => step(STEP_MS),
        'far-back': () => step(-FAR_STEP_MS),
        'far-on': () => step(FAR_STEP_MS),
        louder: () => player.setVolume(Math.min(100, volumePercent + VOLUME_STEP)),
        quieter: () => player.setVolume(Math.max(0, volumePercent - VOLUME_STEP)),
        'toggle-mute': () => player.setMuted(!isMuted),
        'toggle-full-screen': () => toggleFull?.(),
        'toggle-captions': () => caption.isOn !== null && caption.toggle(),
        'to-start': () => player.seek(0),
        'to-end': () => (view.kind === 'live' ? player.backToLive() : player.seek(lengthMs ?? 0)),
      };
      acts[key]();
    },
    [player, hasControls, toggleFull, caption, view.kind],
  );
  useKeys(region, act);
  const togglePictureInPicture =
    video !== null && document.pictureInPictureEnabled
      ? () => {
          const done = document.pictureInPictureElement
            ? document.exitPictureInPicture()
            : video.requestPictureInPicture();
          // refused by the browser: the picture stays where it is
          void done.catch(() => {});
        }
      : null;
  return (
    <section
      ref={setRegion}
      aria-label={t('player.region')}
      data-full={isFull ? '' : undefined}
      className={`group relative flex w-full flex-col bg-sunken text-ink data-full:h-dvh ${isMoving && !isShown ? 'over:cursor-none' : ''}`}
    >
      <div className="relative aspect-video w-full overflow-hidden group-data-full:aspect-auto group-data-full:min-h-0 group-data-full:flex-1 over:max-h-[calc(100dvh-4rem)] over:group-data-full:max-h-none">
        {/* biome-ignore lint/a11y/useMediaCaption: captions of what is spoken stand over it */}
        <video ref={setVideo} playsInline className="size-full object-contain" />
        {frozen && <FrozenPicture picture={frozen} />}
        {caption.isOn && hasControls && (
          <Caption
            cue={caption.cue}
            className={`pointer-events-none absolute inset-x-3 bottom-3 transition-transform ${isShown ? 'over:-translate-y-24' : ''}`}
            boxClassName="max-w-4xl text-base sm:text-control group-data-full:lg:text-title"
          />
        )}
        <Curtain
          view={view}
          playback={playback}
          clockAheadMs={clockAheadMs}
          onReplay={onReplay}
          onSound={() => player?.setMuted(false)}
          onPlay={() => player?.play()}
        />
      </div>
      {hasControls && (
        <div
          className={`z-10 px-3 pt-1 pb-[max(0.25rem,env(safe-area-inset-bottom))] transition-opacity over:absolute over:inset-x-0 over:bottom-0 over:bg-linear-to-t over:from-sunken over:via-sunken/80 over:to-transparent over:px-4 over:pt-10 ${isShown ? '' : 'over:pointer-events-none over:opacity-0 over:has-focus-visible:pointer-events-auto over:has-focus-visible:opacity-100'}`}
        >
          <PlayerControls
            player={player}
            playback={playback}
            isLive={view.kind === 'live'}
            canRewind={view.kind === 'replay' || (view.kind === 'live' && view.canRewind)}
            chapters={chapters}
            watching={watching}
            isFull={isFull}
            captions={caption}
            onPictureInPicture={togglePictureInPicture}
            onFullScreen={toggleFull}
          />
        </div>
      )}
    </section>
  );
}

type AppleVideo = HTMLVideoElement & { webkitEnterFullscreen?: () => void };

function useFullScreen(region: HTMLElement | null, video: HTMLVideoElement | null) {
  const [isFull, setIsFull] = useState(false);
  useEffect(() => {
    const look = (): void => setIsFull(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', look);
    return () => document.removeEventListener('fullscreenchange', look);
  }, []);
  const toggle = useCallback(() => {
    if (document.fullscreenElement) return void document.exitFullscreen();
    if (document.fullscreenEnabled) return void region?.requestFullscreen().catch(() => {});
    // an iPhone shows nothing but a video in full
    (video as AppleVideo | null)?.webkitEnterFullscreen?.();
  }, [region, video]);
  const isPossible = document.fullscreenEnabled || (video !== null && 'webkitEnterFullscreen' in video);
  return { isFull, toggleFull: isPossible ? toggle : null };
}

/** Shown while somebody moves, points or presses, and while the picture stands. */
function useShownControls(region: HTMLElement | null, isMoving: boolean): boolean {
  const [isAwake, setIsAwake] = useState(true);
  useEffect(() => {
    if (!region) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wake = (): void => {
      setIsAwake(true);
      clearTimeout(timer);
      timer = setTimeout(() => setIsAwake(false), HIDDEN_AFTER_MS);
    };
    const leave = (): void => setIsAwake(false);
    wake();
    const events = ['pointermove', 'pointerdown', 'keydown', 'focusin'] as const;
    for (const event of events) region.addEventListener(event, wake);
    region.addEventListener('pointerleave', leave);
    return () => {
      clearTimeout(timer);
      for (const event of events) region.removeEventListener(event, wake);
      region.removeEventListener('pointerleave', leave);
    };
  }, [region]);
  return isAwake || !isMoving;
}

function useKeys(region: HTMLElement | null, act: (key: PlayerKey) => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const key = playerKeyOf(event, focusOf(event.target, region));
      if (key === null) return;
      event.preventDefault();
      event.stopPropagation();
      act(key);
    };
    // before what has the focus moves by itself
    window.addEventListener('keydown', pressed, true);
    return () => window.removeEventListener('keydown', pressed, true);
  }, [region, act]);
}

function focusOf(target: EventTarget | null, region: HTMLElement | null): Parameters<typeof playerKeyOf>[1] {
  if (!(target instanceof HTMLElement)) return 'page';
  if (target.dataset.player === 'timeline') return 'timeline';
  if (target.dataset.player === 'slider') return 'slider';
  if (target.closest('[role=dialog], [role=alertdialog], select, textarea, input, [contenteditable]')) return 'types';
  if (target.closest('button, a, summary')) return 'pressed';
  return region?.contains(target) || document.fullscreenElement ? 'player' : 'page';
}
