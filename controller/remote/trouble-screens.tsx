/** The screens of a remote that cannot do its work: the room is gone, has a fault, or refuses this phone. */
import MonitorX from 'lucide-react/icons/monitor-x';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import WifiOff from 'lucide-react/icons/wifi-off';
import { useTranslation } from 'react-i18next';
import type { ErrorCode } from '#contract/error-codes.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ErrorWords } from '#ui/error-words.tsx';
import { Icon } from '#ui/icon.tsx';
import { Spinner } from '#ui/progress.tsx';
import { ago, clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { useNow } from '#ui/use-now.ts';
import { Notices } from './notes.tsx';
import type { RemoteView } from './projection.ts';
import type { Asking } from './use-room.ts';

const frame = 'mx-auto flex w-full max-w-xl flex-1 flex-col gap-6 px-5 pb-[max(1.25rem,env(safe-area-inset-bottom))]';

export function GoneScreen({ view }: { view: Extract<RemoteView, { screen: 'gone' }> }) {
  const { t } = useTranslation('remote');
  const now = useNow(1_000);
  const language = currentLanguage();
  const { why, sinceMs } = view;
  const since = sinceMs === null ? null : { time: clockTime(sinceMs, language), ago: ago(sinceMs, now, language) };
  const ways = [
    ...(why === 'line' ? [t('gone.checkWifi')] : [t('gone.checkTv'), t('gone.checkPower')]),
    t('gone.checkOther'),
  ];
  return (
    <main className={`${frame} justify-center`}>
      <div className="flex flex-col gap-3">
        <Icon of={why === 'line' ? WifiOff : MonitorX} className="mb-2 size-14 text-warn" />
        <h1 className="text-title font-bold text-balance">{t(`gone.${why}Title`)}</h1>
        <p className="text-control text-quiet">{t(`gone.${why}Meaning`)}</p>
      </div>
      <Card>
        <p role="status" className="flex items-center gap-3 text-base font-semibold">
          <Spinner className="size-5 text-accent" />
          {t('gone.retrying')}
        </p>
        {since && (
          <p className="numerals mt-2 pl-8 text-small text-quiet">
            {why === 'line' ? t('gone.lostSince', since) : t('gone.since', since)}
          </p>
        )}
      </Card>
      <section aria-labelledby="ways">
        <h2 id="ways" className="mb-3 text-base font-semibold">
          {t('gone.todoTitle')}
        </h2>
        <ol className="flex flex-col gap-3">
          {ways.map((way, index) => (
            <li key={way} className="flex gap-3 text-base">
              <span
                aria-hidden="true"
                className="numerals flex size-6 shrink-0 items-center justify-center rounded-full bg-lifted text-small font-semibold"
              >
                {index + 1}
              </span>
              {way}
            </li>
          ))}
        </ol>
      </section>
    </main>
  );
}

export function FaultScreen({ view, asking }: { view: Extract<RemoteView, { screen: 'fault' }>; asking: Asking }) {
  const { t } = useTranslation('remote');
  return (
    <main className={frame}>
      <div className="flex flex-1 flex-col justify-center gap-4">
        <Icon of={TriangleAlert} className="mb-2 size-14 text-fault" />
        <ErrorWords code={view.phase.code} as="title" className="gap-3!" />
        <p className="numerals text-small text-quiet">
          {t('fault.since', { time: clockTime(view.phase.sinceMs, currentLanguage()) })}
        </p>
      </div>
      <Notices notices={view.state.notices} />
      <Button
        variant="primary"
        size="hero"
        className="w-full"
        isPending={asking.pending('join-call') !== null}
        onPress={() => asking.ask({ name: 'join-call' }, (state) => state.phase.name !== 'fault')}
      >
        {t('fault.again')}
      </Button>
    </main>
  );
}

/** Versions that do not fit: pairing again would not help, a reload may. */
export function RefusedScreen({ code }: { code: ErrorCode }) {
  const { t } = useTranslation('remote');
  return (
    <main className={frame}>
      <div className="flex flex-1 flex-col justify-center gap-4">
        <Icon of={TriangleAlert} className="mb-2 size-14 text-fault" />
        <ErrorWords code={code} as="title" className="gap-3!" />
      </div>
      <Button variant="primary" size="hero" className="w-full" onPress={() => location.reload()}>
        {t('refused.reload')}
      </Button>
    </main>
  );
}
