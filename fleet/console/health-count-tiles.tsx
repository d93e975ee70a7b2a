/** How many rooms are in each state, each the way to these rooms. */
import Hammer from 'lucide-react/icons/hammer';
import PowerOff from 'lucide-react/icons/power-off';
import { useTranslation } from 'react-i18next';
import { type HealthCounts, HealthState } from '#contract/http/rooms-api.ts';
import { Icon } from '#ui/icon.tsx';
import { stateMark } from './parts.tsx';

const QUIET = { tone: 'text-quiet', ground: 'bg-lifted' };

export function HealthCountTiles({ counts }: { counts: HealthCounts }) {
  const { t } = useTranslation('console');
  const { t: fleet } = useTranslation('fleet');
  const tiles = [
    ...HealthState.options.map((state) => ({
      key: state as keyof HealthCounts,
      words: t(`state.${state}`),
      href: `#/rooms?health=${state}`,
      ...stateMark[state],
    })),
    {
      key: 'being-set-up' as const,
      words: fleet('counted.being-set-up'),
      href: '#/rooms?service=new',
      icon: Hammer,
      ...QUIET,
    },
    {
      key: 'out-of-service' as const,
      words: fleet('counted.out-of-service'),
      href: '#/rooms?service=maintenance',
      icon: PowerOff,
      ...QUIET,
    },
    // what there is none of is not worth a place, but for the states of rooms that people count on
  ].filter(({ key }) => counts[key] > 0 || HealthState.safeParse(key).success);
  return (
    <ul
      aria-label={t('now.counts')}
      className="grid grid-cols-3 gap-2 sm:grid-cols-4 sm:gap-3 lg:grid-flow-col lg:auto-cols-fr lg:grid-cols-none"
    >
      {tiles.map(({ key, words, href, icon, tone, ground }) => {
        const count = counts[key];
        return (
          // on a phone the rooms in trouble are to be seen, not zeros
          <li key={key} className={count === 0 && key !== 'trouble' ? 'hidden sm:block' : ''}>
            <a
              href={href}
              className={`flex h-full flex-col gap-1 rounded-card p-3 hover:brightness-[1.04] sm:p-4 ${count > 0 ? ground : 'bg-raised'}`}
            >
              <span
                className={`flex items-center gap-1.5 text-small font-semibold sm:gap-2 ${count > 0 && key !== 'ready' ? tone : 'text-quiet'}`}
              >
                <Icon of={icon} className="size-4" />
                {words}
              </span>
              <span className={`numerals text-heading font-bold sm:text-title ${count === 0 ? 'text-quiet' : ''}`}>
                {count}
              </span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}
