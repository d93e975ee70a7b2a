/** Who waits to be let in, and the two answers for each. Shows nothing while nobody waits; decides nothing. */
import Check from 'lucide-react/icons/check';
import ShieldCheck from 'lucide-react/icons/shield-check';
import X from 'lucide-react/icons/x';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WaitingDecision, WaitingList, WaitingPerson } from '#contract/waiting.ts';
import { Button } from '../button.tsx';
import { Icon } from '../icon.tsx';
import { ago } from '../words/format.ts';
import { currentLanguage } from '../words/words.ts';
import { numberedNames } from './numbered-names.ts';

const SINCE_REDRAWN_MS = 15_000;

type WaitingRegionProps = {
  waiting: WaitingList;
  /** false: the list may be old */
  isConnected?: boolean;
  /** under way for this ticket, or for `all` */
  pending: (key: string) => WaitingDecision['name'] | null;
  onDecide: (decision: WaitingDecision, key: string) => void;
  className?: string;
};

export function WaitingRegion(props: WaitingRegionProps) {
  const { waiting, isConnected = true, pending, onDecide, className = '' } = props;
  const { t } = useTranslation('meeting');
  const people = waiting.waiting;
  const nowMs = useNow(people.length > 0);
  const names = numberedNames(people, ({ displayName }) => displayName);
  if (people.length === 0) return null;
  const more = waiting.count - people.length;
  return (
    <section
      aria-label={t('waiting.title')}
      className={`flex animate-appear flex-col gap-2 rounded-card bg-raised p-4 text-ink ${className}`}
    >
      <div className="flex min-h-12 flex-wrap items-center gap-x-3">
        <h2 className="flex-1 text-base font-semibold" aria-live="polite">
          {t('waiting.count', { count: waiting.count })}
        </h2>
        {waiting.count > 1 && (
          <Button
            variant="quiet"
            isPending={pending('all') !== null}
            onPress={() => onDecide({ name: 'admit-all' }, 'all')}
          >
            {t('waiting.admitAll')}
          </Button>
        )}
      </div>
      {!isConnected && <p className="text-small text-warn">{t('waiting.stale')}</p>}
      <ul className="flex min-h-0 flex-col overflow-y-auto">
        {people.map((person, index) => (
          <li
            key={person.ticketId}
            className="flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line py-2 first:border-0"
          >
            <WhoWaits person={person} name={names[index]!} nowMs={nowMs} />
            <div className="flex w-full gap-2">
              {(['admit', 'decline'] as const).map((name) => (
                <Button
                  key={name}
                  variant={name === 'admit' ? 'primary' : 'plain'}
                  icon={name === 'admit' ? Check : X}
                  className="flex-1 whitespace-nowrap"
                  isPending={pending(person.ticketId) === name}
                  aria-label={t(`waiting.${name}Name`, { name: names[index]! })}
                  onPress={() => onDecide({ name, ticketId: person.ticketId }, person.ticketId)}
                >
                  {t(`waiting.${name}`)}
                </Button>
              ))}
            </div>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="text-small text-quiet">{t('waiting.more', { count: more })}</p>}
    </section>
  );
}

function WhoWaits({ person, name, nowMs }: { person: WaitingPerson; name: string; nowMs: number }) {
  const { t } = useTranslation('meeting');
  const { organisation, isKnown, sinceMs } = person;
  return (
    <div className="min-w-40 flex-1">
      <p className="flex items-center gap-2 text-base font-medium">
        <bdi className="line-clamp-2 min-w-0">{name}</bdi>
        {isKnown && <Icon of={ShieldCheck} className="size-4 text-accent" />}
      </p>
      <p className="text-small text-quiet">
        {organisation !== null && (
          <>
            <bdi>{organisation}</bdi>
            {' · '}
          </>
        )}
        {t(isKnown ? 'waiting.known' : 'waiting.unknown')} · {ago(sinceMs, nowMs, currentLanguage())}
      </p>
    </div>
  );
}

function useNow(runs: boolean): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    if (!runs) return;
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), SINCE_REDRAWN_MS);
    return () => clearInterval(timer);
  }, [runs]);
  return nowMs;
}
