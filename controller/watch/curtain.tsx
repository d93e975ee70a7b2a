/** What stands over the picture: why there is none yet or no more, and what the viewer should know meanwhile. */
import Play from 'lucide-react/icons/play';
import RotateCcw from 'lucide-react/icons/rotate-ccw';
import VolumeX from 'lucide-react/icons/volume-x';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { Spinner } from '#ui/progress.tsx';
import { clockTime, dayAndDate, elapsed } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import type { Playback } from './watch-player.ts';
import type { BroadcastView } from './broadcast-view.ts';

/** farther ahead, the date is enough */
const COUNTED_MS = 60 * 60_000;
/** then seconds alone */
const LAST_SECONDS_MS = 60_000;

type CurtainProps = {
  view: BroadcastView;
  playback: Playback;
  clockAheadMs: number;
  /** asked for by the person: the recording from the start */
  onReplay: () => void;
  onSound: () => void;
  onPlay: () => void;
};

export function Curtain({ view, playback, clockAheadMs, onReplay, onSound, onPlay }: CurtainProps) {
  const { t } = useTranslation('watch');
  switch (view.kind) {
    case 'soon':
      return <Soon {...view} clockAheadMs={clockAheadMs} />;
    case 'over':
      return (
        <Whole>
          <h2 className="text-heading font-bold sm:text-title">{t('over.title')}</h2>
          <p className="text-base">{t(view.hasReplay ? 'over.thanks' : 'over.noReplay')}</p>
          {view.hasReplay && (
            <Button variant="primary" size="large" icon={RotateCcw} onPress={onReplay}>
              {t('over.replay')}
            </Button>
          )}
        </Whole>
      );
    case 'live':
    case 'replay':
      return <OverPicture view={view} playback={playback} onSound={onSound} onPlay={onPlay} />;
    default:
      return (
        <Whole>
          <Spinner className="size-10" label={t('loading')} />
        </Whole>
      );
  }
}

const Whole = ({ children }: { children: ReactNode }) => (
  <div className="absolute inset-0 flex flex-col items-center justify-center gap-3 bg-veil p-4 text-center sm:gap-4 sm:p-6">
    {children}
  </div>
);

function OverPicture({
  view,
  playback: { picture, isPaused, isOver, needsTap },
  onSound,
  onPlay,
}: Pick<CurtainProps, 'view' | 'playback' | 'onSound' | 'onPlay'>) {
  const { t } = useTranslation('watch');
  const isLive = view.kind === 'live';
  const note =
    isLive && picture === 'moving' && view.isOnSlate
      ? t('player.onSlate')
      : isLive && picture === 'moving' && view.isHeld
        ? t('player.held')
        : isLive && picture === 'moving' && !view.canRewind
          ? t('player.noRewind')
          : null;
  return (
    <>
      <div role="status" className="pointer-events-none absolute inset-x-0 top-0 flex justify-center p-3">
        {note !== null && <p className="rounded-control bg-surface/85 px-4 py-2 text-base font-medium">{note}</p>}
        {picture === 'waiting' && !isPaused && (
          <p className="flex items-center gap-3 rounded-control bg-surface/85 px-4 py-2 text-base font-medium">
            <Spinner className="size-5" />
            {t('player.reconnecting')}
          </p>
        )}
      </div>
      {picture === 'none' && !isPaused && (
        <div className="absolute inset-0 grid place-items-center">
          <Spinner className="size-10" label={t('player.startingPicture')} />
        </div>
      )}
      {needsTap && !isPaused && (
        <div className="pointer-events-none absolute inset-0 grid place-items-center">
          <Button variant="inverted" size="large" icon={VolumeX} className="pointer-events-auto" onPress={onSound}>
            {t('player.tapForSound')}
          </Button>
        </div>
      )}
      {(isPaused || (isOver && view.kind === 'replay')) && (
        <div className="pointer-events-none absolute inset-0 grid place-items-center">
          <Button
            variant="inverted"
            size="hero"
            icon={isOver ? RotateCcw : Play}
            aria-label={t(isOver ? 'over.replay' : 'player.play')}
            className="pointer-events-auto rounded-full!"
            onPress={onPlay}
          />
        </div>
      )}
    </>
  );
}

type SoonProps = { startsAtMs: number | null; liveAtMs: number | null; clockAheadMs: number };

function Soon({ startsAtMs, liveAtMs, clockAheadMs }: SoonProps) {
  const { t } = useTranslation('watch');
  const language = currentLanguage();
  const nowMs = useSecond() + clockAheadMs;
  const dueMs = liveAtMs ?? startsAtMs;
  const leftMs = dueMs === null ? 0 : dueMs - nowMs;
  const isCounted = leftMs > 0 && leftMs < COUNTED_MS;
  return (
    <Whole>
      {isCounted ? (
        <>
          <p className="text-base">{t('soon.in')}</p>
          <p role="timer" className="numerals text-display font-bold">
            {liveAtMs === null || leftMs > LAST_SECONDS_MS ? elapsed(leftMs + 999) : Math.ceil(leftMs / 1000)}
          </p>
        </>
      ) : (
        <h2 className="text-heading font-bold text-balance sm:text-title">
          {leftMs > 0 && dueMs !== null
            ? t('soon.at', { when: `${dayAndDate(dueMs, language)}, ${clockTime(dueMs, language)}` })
            : t('soon.title')}
        </h2>
      )}
      <p className="text-small sm:text-base">{t('soon.lead')}</p>
    </Whole>
  );
}

function useSecond(): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
