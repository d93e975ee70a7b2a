/** Who waits to be let in: large when it changes, then small until somebody of the room or a host has decided. */
import UserRoundPlus from 'lucide-react/icons/user-round-plus';
import { useTranslation } from 'react-i18next';
import type { ScreenFrame } from '#contract/screen-link.ts';
import { Icon } from '#ui/icon.tsx';
import { useShownAfter } from '../frame/clock.ts';

const IN_FULL_MS = 8_000;

export function WaitingMark({ waiting }: { waiting: ScreenFrame['waiting'] }) {
  const { t } = useTranslation('screen');
  const name = waiting?.displayName ?? '';
  const others = (waiting?.count ?? 1) - 1;
  const inFull = useShownAfter(`${others} ${name}`, IN_FULL_MS);
  return (
    <div role="status" aria-live="polite">
      {waiting !== null && (
        <div
          className={`flex animate-rise items-center gap-4 rounded-control text-tv-small shadow-overlay ${inFull ? 'bg-ink px-7 py-5 text-surface' : 'bg-[rgb(15_11_8/0.92)] px-5 py-2 text-ink'}`}
        >
          <Icon of={UserRoundPlus} className="size-8 shrink-0" />
          <div className="min-w-0">
            <p className={`line-clamp-2 ${inFull ? 'font-semibold' : ''}`}>
              {others === 0 ? t('waiting.one', { name }) : t('waiting.more', { name, count: others })}
            </p>
            {inFull && <p>{t('waiting.admit')}</p>}
          </div>
        </div>
      )}
    </div>
  );
}
