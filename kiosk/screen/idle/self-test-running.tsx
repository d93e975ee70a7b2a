/** While the room tests itself: which check is under way and how those before it went. */
import { useTranslation } from 'react-i18next';
import Check from 'lucide-react/icons/check';
import Minus from 'lucide-react/icons/minus';
import X from 'lucide-react/icons/x';
import type { SelfTest } from '#contract/room-equipment.ts';
import { type TestLine, testLines } from '#ui/equipment/self-test.ts';
import { Icon } from '#ui/icon.tsx';
import { Spinner } from '#ui/progress.tsx';

export function SelfTestRunning({ test }: { test: SelfTest }) {
  const { t } = useTranslation('devices');
  return (
    <section role="status" className="rounded-card bg-raised px-7 py-5">
      <p className="text-tv-name font-semibold">{t('selfTest.running')}</p>
      <ul className="mt-2 grid grid-cols-2 gap-x-8 text-tv-small">
        {testLines(test).map(({ name, outcome }) => (
          <li key={name} className={`flex items-center gap-4 ${outcome === 'waiting' ? 'text-quiet' : ''}`}>
            <Mark outcome={outcome} />
            <span className="min-w-0 truncate">{t(`selfTest.check.${name}`)}</span>
            <span className="sr-only">{t(`selfTest.outcome.${outcome}`)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Mark({ outcome }: Pick<TestLine, 'outcome'>) {
  switch (outcome) {
    case 'running':
      return <Spinner className="size-7" />;
    case 'passed':
      return <Icon of={Check} className="size-7 text-accent" />;
    case 'failed':
      return <Icon of={X} className="size-7 text-fault" />;
    case 'skipped':
    case 'waiting':
      return <Icon of={Minus} className="size-7 text-quiet" />;
  }
}
