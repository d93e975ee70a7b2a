/** Own time in meetings by day and week, for who wants it: asked for by a button, and shown to nobody else. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { recordApi } from '#contract/http/record-api.ts';
import { presenceMinutes } from '#contract/presence-minutes.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { dateOnly, dayAndDate } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { byDayOf, byWeekOf, type TimeSlot, type TimeInMeeting } from './own-time.ts';

export function OwnTimeCard() {
  const { t } = useTranslation('record');
  const [shown, setShown] = useState<{ spans: readonly TimeInMeeting[]; atMs: number } | null>(null);
  const { run, isPending, problem } = useAsyncAction();
  const show = async () => {
    const answer = await run(() => callApi(recordApi.ownTime));
    if (answer !== null) setShown({ spans: answer.intervals, atMs: Date.now() });
  };
  const language = currentLanguage();
  return (
    <Card title={t('ownTime.title')}>
      <div className="flex flex-col gap-4">
        <p className="text-base text-quiet">{t('ownTime.lead')}</p>
        <ProblemWords problem={problem} />
        {shown === null ? (
          <Button isPending={isPending} onPress={() => void show()}>
            {t('ownTime.show')}
          </Button>
        ) : (
          <>
            <TimeTable
              title={t('ownTime.byDay')}
              slots={byDayOf(shown.spans, shown.atMs)}
              nameOf={({ startMs }) => dayAndDate(startMs, language)}
            />
            <TimeTable
              title={t('ownTime.byWeek')}
              slots={byWeekOf(shown.spans, shown.atMs)}
              nameOf={({ startMs }) => t('ownTime.weekOf', { date: dateOnly(startMs, language) })}
            />
          </>
        )}
      </div>
    </Card>
  );
}

type TimeTableProps = { title: string; slots: readonly TimeSlot[]; nameOf: (slot: TimeSlot) => string };

function TimeTable({ title, slots, nameOf }: TimeTableProps) {
  const { t } = useTranslation('record');
  const words = (ms: number) => {
    const minutes = presenceMinutes(ms);
    if (minutes < 60) return t(minutes === 0 ? 'ownTime.none' : 'ownTime.minutes', { count: minutes });
    return t('ownTime.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  };
  return (
    <table className="w-full text-base">
      <caption className="pb-1 text-left text-small font-medium">{title}</caption>
      <tbody>
        {slots.map((slot) => (
          <tr key={slot.startMs} className="border-t border-line">
            <th scope="row" className="numerals py-1 text-left font-normal">
              {nameOf(slot)}
            </th>
            <td className={`numerals py-1 text-right ${slot.ms === 0 ? 'text-quiet' : 'font-medium'}`}>
              {words(slot.ms)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
