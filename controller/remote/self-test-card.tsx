/** The self-test: started here, followed check by check, with advice for each that failed. */
import Check from 'lucide-react/icons/check';
import ListChecks from 'lucide-react/icons/list-checks';
import Minus from 'lucide-react/icons/minus';
import X from 'lucide-react/icons/x';
import { useTranslation } from 'react-i18next';
import type { SelfTest } from '#contract/room-equipment.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { type TestLine, testLines } from '#ui/equipment/self-test.ts';
import { Icon } from '#ui/icon.tsx';
import { Spinner } from '#ui/progress.tsx';
import { ago } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import type { Asking } from './use-room.ts';

type SelfTestCardProps = { selfTest: SelfTest | null; inCall: boolean; nowMs: number; asking: Asking };

export function SelfTestCard({ selfTest, inCall, nowMs, asking }: SelfTestCardProps) {
  const { t } = useTranslation('devices');
  const isRunning = selfTest?.state === 'running';
  const lines = selfTest === null ? [] : testLines(selfTest);
  const startedAtMs = selfTest?.startedAtMs ?? null;
  return (
    <Card title={t('selfTest.title')}>
      {selfTest !== null && <Verdict selfTest={selfTest} lines={lines} nowMs={nowMs} />}
      {selfTest === null && <p className="text-base text-quiet">{t('selfTest.lead')}</p>}
      {lines.length > 0 && (
        <ul className="mt-3 flex flex-col">
          {lines.map((line) => (
            <Line key={line.name} line={line} />
          ))}
        </ul>
      )}
      {inCall ? (
        <p className="mt-3 text-small text-quiet">{t('selfTest.notInCall')}</p>
      ) : (
        !isRunning && (
          <Button
            icon={ListChecks}
            className="mt-4 w-full"
            isPending={asking.pending('run-self-test') !== null}
            onPress={() =>
              asking.ask({ name: 'run-self-test' }, (_, { projections: { equipment } }) =>
                Boolean(equipment?.selfTest && equipment.selfTest.startedAtMs !== startedAtMs),
              )
            }
          >
            {selfTest === null ? t('selfTest.run') : t('selfTest.again')}
          </Button>
        )
      )}
    </Card>
  );
}

type VerdictProps = { selfTest: SelfTest; lines: readonly TestLine[]; nowMs: number };

function Verdict({ selfTest, lines, nowMs }: VerdictProps) {
  const { t } = useTranslation('devices');
  const failed = lines.filter(({ outcome }) => outcome === 'failed').length;
  if (selfTest.state === 'running')
    return (
      <p role="status" className="text-base font-semibold">
        {t('selfTest.running')}
      </p>
    );
  const when = [
    t('selfTest.ranAgo', { ago: ago(selfTest.startedAtMs, nowMs, currentLanguage()) }),
    selfTest.because === 'booking' ? t('selfTest.beforeBooking') : null,
  ].filter((part) => part !== null);
  return (
    <div role="status">
      <p className={`text-base font-semibold ${failed > 0 ? 'text-fault' : 'text-accent'}`}>
        {failed > 0 ? t('selfTest.failed', { count: failed }) : t('selfTest.passed')}
      </p>
      <p className="text-small text-quiet">{when.join(' · ')}</p>
    </div>
  );
}

const marks = {
  passed: { icon: Check, className: 'text-accent' },
  failed: { icon: X, className: 'text-fault' },
  skipped: { icon: Minus, className: 'text-quiet' },
  waiting: { icon: Minus, className: 'text-quiet' },
} as const;

function Line({ line: { name, outcome, reason } }: { line: TestLine }) {
  const { t } = useTranslation('devices');
  return (
    <li className="flex gap-3 border-t border-line py-2.5 first:border-t-0">
      {outcome === 'running' ? (
        <Spinner className="mt-0.5 size-5 text-accent" />
      ) : (
        <Icon of={marks[outcome].icon} className={`mt-0.5 size-5 ${marks[outcome].className}`} />
      )}
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap justify-between gap-x-3 text-base">
          <span className={outcome === 'waiting' ? 'text-quiet' : 'font-medium'}>{t(`selfTest.check.${name}`)}</span>
          <span className={outcome === 'failed' ? 'font-semibold text-fault' : 'text-quiet'}>
            {reason === null ? t(`selfTest.outcome.${outcome}`) : t(`selfTest.reason.${reason}.what`)}
          </span>
        </p>
        {reason !== null && <p className="text-small">{t(`selfTest.reason.${reason}.todo`)}</p>}
      </div>
    </li>
  );
}
