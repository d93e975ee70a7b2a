/** 5, 4, 3, 2, 1: for everybody in the call, and large in the green room and on the TV. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { COUNTDOWN_MS } from '#contract/broadcast.ts';
import { useNow } from '../use-now.ts';
import { countdownEndMs, secondsLeft } from './air.ts';

/** Short enough that each number stands for its second. */
const LOOK_MS = 100;

/** @param of null: none runs. `liveAtMs` by this device's clock. @returns null: none runs */
export function useCountdown(of: { liveAtMs: number | null } | null): number | null {
  const runs = of !== null;
  const liveAtMs = of?.liveAtMs ?? null;
  const [endMs, setEndMs] = useState<number | null>(null);
  useEffect(() => setEndMs(runs ? countdownEndMs(liveAtMs, Date.now()) : null), [runs, liveAtMs]);
  const nowMs = useNow(LOOK_MS, runs);
  if (!runs) return null;
  return endMs === null ? COUNTDOWN_MS / 1_000 : secondsLeft(endMs, nowMs);
}

/** `note`: a line on a page; `page`: in the middle of a sheet; `tv`: over the whole picture */
type Scale = 'note' | 'page' | 'tv';
const leadClass: Record<Scale, string> = { note: '', page: 'text-control', tv: 'text-tv-title' };
const numberClass: Record<Scale, string> = { note: '', page: 'text-display', tv: 'text-tv-clock' };

export function Countdown({ seconds, scale }: { seconds: number; scale: Scale }) {
  const { t } = useTranslation('broadcast');
  if (scale === 'note')
    return (
      <p role="timer" className="rounded-small bg-ink px-3 py-1 text-center font-bold text-surface numerals">
        {t('mark.countdown', { seconds })}
      </p>
    );
  return (
    <div
      role="timer"
      aria-label={t('mark.countdown', { seconds })}
      className="flex flex-col items-center gap-2 text-center"
    >
      <span className={`font-semibold ${leadClass[scale]}`}>{t('mark.countdownLead')}</span>
      <span className={`font-bold numerals ${numberClass[scale]}`}>{seconds}</span>
    </div>
  );
}
