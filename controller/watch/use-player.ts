/** The player of a page: made as soon as there is a video element and what plays HLS here, ended with the page. */
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { Observable } from '#call/observable.ts';
import { WatchPlayer, NOT_PLAYING, type Playback } from './watch-player.ts';
import { sourceOpener } from './source-opener.ts';

const LOAD_AGAIN_MS = 2_000;
const nothing = new Observable<Playback>(NOT_PLAYING);

export type PlayerOfPage = {
  player: WatchPlayer | null;
  playback: Playback;
  /** this browser plays no HLS */
  cannotPlay: boolean;
  /** over the picture while it is changed for another; null: none needed */
  frozen: ImageBitmap | null;
};

export function usePlayer(video: HTMLVideoElement | null, onRefused: () => void): PlayerOfPage {
  const [player, setPlayer] = useState<WatchPlayer | null>(null);
  const [cannotPlay, setCannotPlay] = useState(false);
  const [frozen, setFrozen] = useState<ImageBitmap | null>(null);
  const freeze = useCallback(async (of: HTMLVideoElement) => {
    if (of.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    const picture = await createImageBitmap(of).catch(() => null);
    if (picture) setFrozen(picture);
  }, []);
  useEffect(() => {
    if (!video) return;
    let isOver = false;
    let made: WatchPlayer | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = (): void => {
      sourceOpener(video).then(
        (openSource) => {
          if (isOver) return;
          if (!openSource) return setCannotPlay(true);
          made = new WatchPlayer({ video, openSource, onRefused, onSwitch: () => void freeze(video) });
          made.start();
          setPlayer(made);
        },
        () => {
          if (!isOver) timer = setTimeout(load, LOAD_AGAIN_MS);
        },
      );
    };
    load();
    return () => {
      isOver = true;
      clearTimeout(timer);
      made?.stop();
      setPlayer(null);
    };
  }, [video, onRefused, freeze]);
  const state = player?.state ?? nothing;
  const playback = useSyncExternalStore(state.subscribe, state.getSnapshot);
  return { player, playback, cannotPlay, frozen: playback.picture === 'moving' ? null : frozen };
}
