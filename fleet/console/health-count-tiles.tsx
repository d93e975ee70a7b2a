/** How many rooms are in each state. */
import { useTranslation } from 'react-i18next';
import { type HealthCounts, HealthState } from '#contract/http/rooms-api.ts';
import { Icon } from '#ui/icon.tsx';
import { stateMark } from './parts.tsx';

export function HealthCountTiles({ counts }: { counts: HealthCounts }) {
  const { t } = useTranslation('console');
  return (
    <ul aria-label={t('now.counts')} className="grid grid-cols-2 gap-3 sm:grid-cols-5">
      {HealthState.options.map((state) => {
        const count = counts[state];
        const { icon, tone, ground } = stateMark[state];
        return (
          <li key={state} className={`flex flex-col gap-1 rounded-card p-4 ${count > 0 ? ground : 'bg-raised'}`}>
            <span
              className={`flex items-center gap-2 text-small font-semibold ${count > 0 && state !== 'ready' ? tone : 'text-quiet'}`}
            >
              <Icon of={icon} className="size-4" />
              {t(`state.${state}`)}
            </span>
            <span className={`numerals text-title font-bold ${count === 0 ? 'text-quiet' : ''}`}>{count}</span>
          </li>
        );
      })}
    </ul>
  );
}
