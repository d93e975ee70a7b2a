/** The newest alerts of a room, and the way to all alerts. */
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { type Alert, alertsApi } from '#contract/http/alerts-api.ts';
import { Card } from '#ui/card.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { dateAndTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { ListStatus } from './list-parts.tsx';
import { usePageList } from './use-page-list.ts';

const SHOWN = 5;

/** @param props.openCount of the room's row: a change means that there is another alert */
export function RoomAlerts({ roomId, openCount }: { roomId: string; openCount: number }) {
  const { t } = useTranslation('fleet');
  const { list, problem, refresh } = usePageList(alertsApi.listAlerts, { roomId, sort: 'newest', limit: SHOWN });
  useEffect(() => {
    void openCount;
    refresh();
  }, [openCount, refresh]);
  return (
    <Card
      title={t('alerts.title')}
      aside={
        <a
          href={`#/alerts?roomId=${roomId}`}
          className="inline-flex min-h-12 items-center text-small font-semibold text-accent underline-offset-4 hover:underline"
        >
          {t('alerts.all')}
        </a>
      }
    >
      <ProblemWords problem={problem} />
      {list === null ? (
        problem === null && <ListStatus words={t('alerts.loading')} isLoading />
      ) : list.rows.length === 0 ? (
        <p className="text-small text-quiet">{t('alerts.none')}</p>
      ) : (
        <ul className="flex flex-col">
          {list.rows.map((alert) => (
            <AlertRow key={alert.alertId} alert={alert} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function AlertRow({ alert: { signal, state, openedAtMs, closedAtMs, acknowledged } }: { alert: Alert }) {
  const { t } = useTranslation('fleet');
  const { t: words } = useTranslation('signals');
  const language = currentLanguage();
  const states =
    state === 'closed' && closedAtMs !== null
      ? t('alerts.closed', { time: dateAndTime(closedAtMs, language) })
      : acknowledged !== null
        ? t('alerts.acknowledged', { name: acknowledged.by })
        : t('alerts.open');
  return (
    <li className="flex flex-col border-t border-line py-2 first:border-t-0 first:pt-0">
      <span className="font-medium">{words(`${signal}.what`)}</span>
      <span className="numerals text-small text-quiet">
        {t('alerts.opened', { time: dateAndTime(openedAtMs, language) })} ·{' '}
        <span className={state === 'open' ? 'font-semibold text-fault' : ''}>{states}</span>
      </span>
    </li>
  );
}
