/** One alert of the list: what is wrong where, since when, what explains it, and who looks after it. */
import CircleX from 'lucide-react/icons/circle-x';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { useTranslation } from 'react-i18next';
import type { Alert } from '#contract/http/alerts-api.ts';
import { signalOf } from '#contract/signals.ts';
import { Button } from '#ui/button.tsx';
import { Icon } from '#ui/icon.tsx';
import { ago, dateAndTime, spokenDuration } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';

type AlertListRowProps = {
  alert: Alert;
  /** with those above it; null: it stands in none, or is not known yet */
  placeName: string | null;
  /** what explains it, where it is on the list; null: it is not */
  cause: Alert | null;
  /** null: it cannot be done */
  onAcknowledge: (() => void) | null;
  onGiveBack: (() => void) | null;
};

export function AlertListRow({ alert, placeName, cause, onAcknowledge, onGiveBack }: AlertListRowProps) {
  const { t } = useTranslation('alerts');
  const { t: signals } = useTranslation('signals');
  const language = currentLanguage();
  const { signal, severity, roomId, placeId, state, sinceMs, closedAtMs, acknowledged, inhibitedBy } = alert;
  const what = signals(`${signal}.what`);
  const elsewhere = placeId === null ? t('organisation') : (placeName ?? t('aPlace'));
  const where = alert.roomName ?? (roomId === null ? elsewhere : t('goneRoom'));
  const isCritical = severity === 'critical' && state !== 'closed';
  const { raisedAfterMs, closedAfterMs } = signalOf(signal);
  const lasting = (ms: number): string => (ms === 0 ? t('atOnce') : spokenDuration(ms, language));
  return (
    <li className="grid gap-x-6 gap-y-3 border-t border-line py-4 lg:grid-cols-[minmax(0,1fr)_auto] lg:items-center">
      <div className="flex min-w-0 flex-col gap-1">
        <p className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
          {roomId === null || alert.roomName === null ? (
            <span className="font-semibold">{where}</span>
          ) : (
            <a href={`#/rooms/${roomId}`} className="font-semibold wrap-anywhere underline-offset-4 hover:underline">
              {where}
            </a>
          )}
          {roomId !== null && placeName !== null && (
            <span className="text-small wrap-anywhere text-quiet">{placeName}</span>
          )}
          <span
            className={`inline-flex items-center gap-1.5 text-small font-semibold ${isCritical ? 'text-fault' : 'text-quiet'}`}
          >
            <Icon of={severity === 'critical' ? CircleX : TriangleAlert} className="size-4 self-center" />
            {t(`severity.${severity}`)} · {t(`state.${state}`)}
          </span>
        </p>
        <p className="font-medium">{what}</p>
        {state !== 'closed' && <p className="text-small text-quiet">{signals(`${signal}.todo`)}</p>}
        <p className="numerals text-small text-quiet">
          {closedAtMs === null
            ? t('since', { time: dateAndTime(sinceMs, language), ago: ago(sinceMs, Date.now(), language) })
            : t('lasted', { from: dateAndTime(sinceMs, language), until: dateAndTime(closedAtMs, language) })}
        </p>
        {state !== 'closed' && raisedAfterMs + closedAfterMs > 0 && (
          <p className="numerals text-small text-quiet">
            {t('raisedAfter', { raised: lasting(raisedAfterMs), closed: lasting(closedAfterMs) })}
          </p>
        )}
        {inhibitedBy !== null && state !== 'closed' && (
          <p className="text-small text-quiet">
            {cause === null ? t('explainedByOther') : t('explainedBy', { signal: signals(`${cause.signal}.what`) })}
          </p>
        )}
        {acknowledged !== null && (
          <p className="text-small wrap-anywhere">
            {t('lookedAfter', { name: acknowledged.by, time: dateAndTime(acknowledged.atMs, language) })}
            {acknowledged.note !== '' && <bdi className="block">{t('note', { note: acknowledged.note })}</bdi>}
          </p>
        )}
      </div>
      {onAcknowledge && (
        <Button
          aria-label={t('acknowledge.name', { room: where, signal: what })}
          className="justify-self-start"
          onPress={onAcknowledge}
        >
          {t('acknowledge.action')}
        </Button>
      )}
      {onGiveBack && (
        <Button
          aria-label={t('acknowledge.backName', { room: where, signal: what })}
          className="justify-self-start"
          onPress={onGiveBack}
        >
          {t('acknowledge.back')}
        </Button>
      )}
    </li>
  );
}
