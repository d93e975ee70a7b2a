/** Where in the broadcast the picture is: dragged, tapped or moved by the keys; marks where chapters begin. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Chapter } from '#contract/broadcast.ts';
import { elapsed } from '#ui/words/format.ts';

type TimelineProps = {
  positionMs: number;
  lengthMs: number;
  chapters: readonly Chapter[];
  isAtLive: boolean;
  isDisabled: boolean;
  onSeek: (positionMs: number) => void;
};

export function TimelineSlider({ positionMs, lengthMs, chapters, isAtLive, isDisabled, onSeek }: TimelineProps) {
  const { t } = useTranslation('watch');
  const [input, setInput] = useState<HTMLInputElement | null>(null);
  /** while it is dragged */
  const [aheadMs, setAheadMs] = useState<number | null>(null);
  const lengthS = Math.max(1, Math.round(lengthMs / 1000));
  const shownMs = aheadMs ?? (isAtLive ? lengthMs : Math.min(positionMs, lengthMs));
  const share = (ms: number): string => `${Math.min(100, Math.max(0, (ms / (lengthS * 1000)) * 100))}%`;
  useEffect(() => {
    if (!input) return;
    // React's onChange is each step of a drag; this is its end
    const settle = (): void => {
      onSeek(Number(input.value) * 1000);
      setAheadMs(null);
    };
    input.addEventListener('change', settle);
    return () => input.removeEventListener('change', settle);
  }, [input, onSeek]);
  const position = elapsed(shownMs);
  const length = elapsed(lengthMs);
  return (
    <div className={`flex items-center gap-3 ${isDisabled ? 'opacity-50' : ''}`}>
      <span aria-hidden className="numerals min-w-12 text-small">
        {position}
      </span>
      <div className="relative flex h-12 min-w-0 flex-1 items-center">
        <input
          ref={setInput}
          type="range"
          data-player="timeline"
          aria-label={t('player.timeline')}
          aria-valuetext={
            isAtLive && aheadMs === null
              ? t('player.timelineLive', { position })
              : t('player.timelineAt', { position, length })
          }
          min={0}
          max={lengthS}
          step={1}
          value={Math.round(shownMs / 1000)}
          disabled={isDisabled}
          onChange={({ target }) => setAheadMs(Number(target.value) * 1000)}
          className="peer absolute inset-0 z-10 m-0 size-full cursor-pointer touch-none opacity-0 disabled:cursor-default"
        />
        <span className="absolute inset-x-0 h-1.5 rounded-full bg-ink/30" />
        <span
          className={`absolute left-0 h-1.5 rounded-full ${isAtLive ? 'bg-live' : 'bg-accent'}`}
          style={{ width: share(shownMs) }}
        />
        {chapters.map(({ atMs, title }) =>
          atMs > 0 && atMs < lengthMs ? (
            <span
              key={`${atMs} ${title}`}
              className="absolute h-3 w-0.5 -translate-x-1/2 rounded-full bg-ink"
              style={{ left: share(atMs) }}
            />
          ) : null,
        )}
        <span
          className={`absolute size-4 -translate-x-1/2 rounded-full border-2 border-ink peer-focus-visible:outline-3 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent ${isAtLive ? 'bg-live' : 'bg-accent'}`}
          style={{ left: share(shownMs) }}
        />
      </div>
      <span aria-hidden className="numerals min-w-12 text-right text-small">
        {length}
      </span>
    </div>
  );
}
