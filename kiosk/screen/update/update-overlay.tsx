/**
 * Over an idle TV: that Maru is about to change its software and the screen goes dark for it, and afterwards how it went. Large, for
 * people at the far end of the table; nothing of it is in a meeting.
 */
import CircleCheck from 'lucide-react/icons/circle-check';
import RefreshCw from 'lucide-react/icons/refresh-cw';
import Undo from 'lucide-react/icons/undo-2';
import { useTranslation } from 'react-i18next';
import { type RoomUpdate, UPDATE_COUNTDOWN_MS } from '#contract/room-update.ts';
import type { ScreenView } from '#contract/screen-link.ts';
import type { LucideIcon } from '#ui/icon.tsx';
import { Icon } from '#ui/icon.tsx';
import { clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { useMinute } from '../frame/clock.ts';
import { updateNews } from './update-news.ts';

export function UpdateOverlay({ view }: { view: ScreenView }) {
  const nowMs = useMinute();
  const { update, agenda } = view.projections;
  const news = update ? updateNews(update, nowMs) : null;
  return (
    <div
      role="status"
      className="pointer-events-none absolute bottom-16 left-16 z-20 min-w-[60rem] max-w-[76rem] text-ink"
    >
      {update && news === 'countdown' && <Countdown update={update} timeZone={agenda?.timeZone} />}
      {news !== null && news !== 'countdown' && <News kind={news} />}
    </div>
  );
}

function Countdown({ update, timeZone }: { update: RoomUpdate; timeZone: string | undefined }) {
  const { t } = useTranslation('room-update');
  const atMs = update.restartsAtMs!;
  return (
    <div className="animate-rise overflow-hidden rounded-card bg-raised shadow-overlay">
      <div className="flex items-start gap-8 px-10 pt-8 pb-7">
        <Icon of={RefreshCw} className="mt-2 size-14 shrink-0 text-accent" />
        <div className="min-w-0">
          <p className="text-tv-title font-semibold text-balance">
            {t('tv.soon', { time: clockTime(atMs, currentLanguage(), timeZone) })}
          </p>
          <p className="mt-2 text-tv-lead text-pretty">{t('tv.dark')}</p>
          <p className="mt-3 text-tv-name text-pretty text-quiet">
            {update.offersNotNow ? t('tv.putOff') : t('tv.startMeeting')}
          </p>
        </div>
      </div>
      <Left atMs={atMs} />
    </div>
  );
}

/** Runs out with the time: one animation of the compositor, no frame of ours. */
function Left({ atMs }: { atMs: number }) {
  const goneMs = Math.min(UPDATE_COUNTDOWN_MS, Math.max(0, UPDATE_COUNTDOWN_MS - (atMs - Date.now())));
  return (
    <div aria-hidden="true" className="h-2 bg-lifted">
      <div
        key={atMs}
        className="update-left h-full origin-left bg-accent"
        style={{ animationDuration: `${UPDATE_COUNTDOWN_MS}ms`, animationDelay: `-${goneMs}ms` }}
      />
    </div>
  );
}

const ICONS: Record<'checks' | 'updated' | 'wentBack', LucideIcon> = {
  checks: RefreshCw,
  updated: CircleCheck,
  wentBack: Undo,
};

function News({ kind }: { kind: keyof typeof ICONS }) {
  const { t } = useTranslation('room-update');
  return (
    <p className="flex animate-rise items-start gap-5 rounded-card bg-raised px-8 py-5 text-tv-lead font-semibold shadow-overlay">
      <Icon of={ICONS[kind]} className={`mt-2 size-10 shrink-0 ${kind === 'wentBack' ? 'text-warn' : 'text-accent'}`} />
      <span className="min-w-0 text-pretty">{t(`tv.${kind}`)}</span>
    </p>
  );
}
