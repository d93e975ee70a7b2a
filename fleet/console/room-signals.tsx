/** What is watched in a room and is not quiet: what is wrong with what to do, since when, and what nobody can see now. */
import CircleHelp from 'lucide-react/icons/circle-question-mark';
import CircleX from 'lucide-react/icons/circle-x';
import Eye from 'lucide-react/icons/eye';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { useTranslation } from 'react-i18next';
import type { RoomOverview, RoomSignalState } from '#contract/http/rooms-api.ts';
import { signalOf } from '#contract/signals.ts';
import { Card } from '#ui/card.tsx';
import { Icon } from '#ui/icon.tsx';
import { useNow } from '#ui/use-now.ts';
import { ago, dateAndTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';

const AGES_EVERY_MS = 10_000;

export function RoomSignals({ room: { signals } }: { room: Pick<RoomOverview, 'signals'> }) {
  const { t } = useTranslation('fleet');
  const nowMs = useNow(AGES_EVERY_MS);
  const seen = signals.filter(({ state }) => state === 'raised' || state === 'watching').toSorted(byUrgency);
  const unknown = signals.flatMap(({ signal, state }) => (state === 'unknown' && signal !== 'unknown' ? signal : []));
  return (
    <Card title={t('signals.title')}>
      {seen.length === 0 && unknown.length === 0 && <p className="text-small text-quiet">{t('signals.well')}</p>}
      <ul className="flex flex-col empty:hidden">
        {seen.map((each) => (
          <SeenSignal key={each.signal} seen={each} nowMs={nowMs} />
        ))}
      </ul>
      {unknown.length > 0 && (
        <div className={`flex gap-3 ${seen.length > 0 ? 'mt-3 border-t border-line pt-3' : ''}`}>
          <Icon of={CircleHelp} className="mt-0.5 size-5 text-quiet" />
          <div className="flex flex-col">
            <p className="font-medium">{t('signals.unknown')}</p>
            <p className="text-small text-quiet">{unknown.map((signal) => t(`signals.name.${signal}`)).join(' · ')}</p>
          </div>
        </div>
      )}
    </Card>
  );
}

function SeenSignal({ seen: { signal, state, sinceMs }, nowMs }: { seen: RoomSignalState; nowMs: number }) {
  const { t } = useTranslation('fleet');
  const { t: console_ } = useTranslation('console');
  const { t: words } = useTranslation('signals');
  const language = currentLanguage();
  const isCritical = signal !== 'unknown' && signalOf(signal).severity === 'critical';
  const [icon, tone] =
    state === 'watching' ? [Eye, 'text-quiet'] : isCritical ? [CircleX, 'text-fault'] : [TriangleAlert, 'text-warn'];
  const [what, todo] =
    signal === 'unknown'
      ? [console_('why.unknown.what'), console_('why.unknown.todo')]
      : [words(`${signal}.what`), words(`${signal}.todo`)];
  return (
    <li className="flex gap-3 border-t border-line py-3 first:border-t-0 first:pt-0">
      <Icon of={icon} className={`mt-0.5 size-5 ${tone}`} />
      <div className="flex min-w-0 flex-1 flex-col">
        <span className="font-medium">{what}</span>
        <span className="text-small text-quiet">{todo}</span>
        {state === 'watching' && <span className="text-small text-quiet">{t('signals.watching')}</span>}
        {sinceMs !== null && (
          <span className="numerals text-small text-quiet">
            {t('service.since', { time: dateAndTime(sinceMs, language) })} · {ago(sinceMs, nowMs, language)}
          </span>
        )}
      </div>
    </li>
  );
}

/** Raised before watched, critical before warnings, the older first. */
function byUrgency(a: RoomSignalState, b: RoomSignalState): number {
  const rank = ({ signal, state }: RoomSignalState): number =>
    (state === 'raised' ? 0 : 2) + (signal !== 'unknown' && signalOf(signal).severity === 'critical' ? 0 : 1);
  return rank(a) - rank(b) || (a.sinceMs ?? 0) - (b.sinceMs ?? 0);
}
