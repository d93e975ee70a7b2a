/**
 * Over every scene of a room: that IT sees this screen or restarts it, for as long as it does; that IT is called, and its newest
 * answer, large at first and then as a line.
 */
import Eye from 'lucide-react/icons/eye';
import LifeBuoy from 'lucide-react/icons/life-buoy';
import RotateCw from 'lucide-react/icons/rotate-cw';
import { useTranslation } from 'react-i18next';
import type { ScreenView } from '#contract/screen-link.ts';
import { Icon } from '#ui/icon.tsx';
import { useShownAfter } from '../frame/clock.ts';

/** of an answer: everybody before the TV reads it */
const IN_FULL_MS = 60_000;

type HelpOverlayProps = {
  view: ScreenView;
  /** something is wrong, so that a person may want to call */
  hasTrouble: boolean;
};

export function HelpOverlay({ view, hasTrouble }: HelpOverlayProps) {
  const { t } = useTranslation('help');
  const { help, equipment } = view.projections;
  const request = help?.request ?? null;
  const answer = request?.messages.findLast(({ from }) => from === 'it') ?? null;
  const isRecent = useShownAfter(`${request?.helpId} ${request?.state} ${answer?.messageId}`, IN_FULL_MS);
  if (!help) return null;
  const state = request?.state ?? 'withdrawn';
  const shownState = state === 'withdrawn' || (state === 'solved' && !isRecent) ? null : state;
  const offersKey = help.isOffered && shownState === null && hasTrouble && equipment?.tv.control === 'cec';
  return (
    <div className="pointer-events-none absolute inset-0 z-30 text-ink">
      <div role="status" className="absolute inset-x-0 top-4">
        <ul className="flex flex-col items-center gap-3 empty:hidden">
          {help.it.map(({ kind, by, sinceMs }) => (
            <li
              key={`${kind} ${sinceMs}`}
              className="flex max-w-[90rem] items-center gap-4 rounded-control bg-ink px-7 py-3 text-tv-name font-semibold text-surface shadow-overlay"
            >
              <Icon of={kind === 'looks-at-screen' ? Eye : RotateCw} className="size-10" />
              <span className="truncate">{t(`presence.${kind}`, { by })}</span>
            </li>
          ))}
        </ul>
      </div>
      <div role="status" aria-live="polite" className="absolute bottom-10 left-24 max-w-[72rem]">
        {shownState !== null && (
          <div className="flex animate-rise items-start gap-5 rounded-card bg-raised px-8 py-5 shadow-overlay">
            <Icon of={LifeBuoy} className="mt-1 size-10 text-accent" />
            <div className="min-w-0">
              <p className="text-tv-name font-semibold">{t(`tv.${shownState}`)}</p>
              {answer !== null && isRecent && (
                <>
                  <p dir="auto" className="line-clamp-4 text-tv-name wrap-anywhere">
                    {answer.text}
                  </p>
                  {shownState !== 'solved' && <p className="text-tv-small text-quiet">{t('tv.answered')}</p>}
                </>
              )}
            </div>
          </div>
        )}
        {offersKey && <p className="rounded-card bg-raised px-8 py-4 text-tv-small">{t('tv.hint')}</p>}
      </div>
    </div>
  );
}
