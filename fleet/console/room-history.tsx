/** A room over a day, a week or a month: its calls' quality and its box as charts with a table, and its calls one by one. */
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CallOfRoom, fleetApi, type HealthSeries } from '#contract/http/fleet-api.ts';
import type { Language } from '#contract/schema.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { ToggleGroup } from '#ui/toggle-group.tsx';
import { dateAndTime, spokenDuration } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { ListStatus } from './list-parts.tsx';
import { TimeChart } from './time-chart.tsx';
import { isMeasured, meansOfSpans, type MeasuredValues } from './time-values.ts';
import { useFetched } from './use-fetched.ts';

const DAY_MS = 86_400_000;
const PERIODS = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS } as const;
/** rows of the table */
const SPANS = { day: 24, week: 28, month: 30 } as const;
type Period = keyof typeof PERIODS;

export function RoomHistory({ roomId }: { roomId: string }) {
  const { t } = useTranslation('fleet');
  const [{ period, toMs }, setPeriod] = useState<{ period: Period; toMs: number }>(() => ({
    period: 'day',
    toMs: Date.now(),
  }));
  const shown = useMemo(() => ({ fromMs: toMs - PERIODS[period], toMs }), [period, toMs]);
  return (
    <>
      <Card
        title={t('history.title')}
        aside={
          <ToggleGroup
            label={t('history.period')}
            className="w-full sm:w-72"
            choices={(Object.keys(PERIODS) as Period[]).map((key) => ({ key, words: t(`history.${key}`) }))}
            chosen={period}
            onChoose={(key) => setPeriod({ period: key, toMs: Date.now() })}
          />
        }
      >
        <Charts key={toMs} roomId={roomId} shown={shown} spanCount={SPANS[period]} />
      </Card>
      <Calls key={`calls ${toMs}`} roomId={roomId} shown={shown} />
    </>
  );
}

type Shown = { fromMs: number; toMs: number };
const QUALITY = ['lossPercent', 'roundTripMs'] as const;
const HEALTH = [
  'cpuPercent',
  'memoryUsedPercent',
  'temperatureCelsius',
  'diskFreePercent',
  'fleetRoundTripMs',
] as const;
type Measured = (typeof QUALITY)[number] | (typeof HEALTH)[number];

const percent = (value: number): string => `${round(value)} %`;
const milliseconds = (value: number): string => `${round(value)} ms`;
const celsius = (value: number): string => `${round(value)} °C`;
const round = (value: number): number => (value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
const SHOW: Record<Measured, (value: number) => string> = {
  lossPercent: percent,
  roundTripMs: milliseconds,
  cpuPercent: percent,
  memoryUsedPercent: percent,
  temperatureCelsius: celsius,
  diskFreePercent: percent,
  fleetRoundTripMs: milliseconds,
};
/** a scale of percent is whole, but for losses, of which few are many */
const MOST: Partial<Record<Measured, number>> = {
  lossPercent: 5,
  roundTripMs: 100,
  cpuPercent: 100,
  memoryUsedPercent: 100,
  temperatureCelsius: 80,
  diskFreePercent: 100,
  fleetRoundTripMs: 20,
};

function Charts({ roomId, shown, spanCount }: { roomId: string; shown: Shown; spanCount: number }) {
  const { t } = useTranslation('fleet');
  const { answer, problem } = useFetched(async () => {
    const given = { params: { roomId }, query: shown };
    const [health, quality] = await Promise.all([
      callApi(fleetApi.roomHealthSeries, given),
      callApi(fleetApi.roomQualitySeries, given),
    ]);
    return { health, quality };
  });
  const columns = useMemo(() => {
    if (answer === null) return null;
    const { health, quality } = answer;
    const all: [Measured, { atMs: readonly number[]; values: MeasuredValues }][] = [
      ...QUALITY.map((name): [Measured, Column] => [name, { atMs: quality.atMs, values: quality[name] }]),
      ...HEALTH.map((name): [Measured, Column] => [name, { atMs: health.atMs, values: ofHealth(health, name) }]),
    ];
    return Object.fromEntries(all) as Record<Measured, Column>;
  }, [answer]);
  const [isTable, setTable] = useState(false);
  if (columns === null)
    return problem === null ? (
      <ListStatus words={t('history.loading')} isLoading />
    ) : (
      <ProblemWords problem={problem} />
    );
  const names = [...QUALITY, ...HEALTH];
  if (!names.some((name) => columns[name].values.some(isMeasured))) return <ListStatus words={t('history.none')} />;
  return (
    <div className="flex flex-col gap-6">
      <div className="grid grid-cols-[minmax(0,1fr)] gap-x-6 gap-y-5 md:grid-cols-2">
        {names.map((name) => (
          <Chart key={name} name={name} column={columns[name]} shown={shown} />
        ))}
      </div>
      <Button className="self-start" aria-expanded={isTable} onPress={() => setTable(!isTable)}>
        {t('history.asTable')}
      </Button>
      {isTable && <HistoryTable columns={columns} shown={shown} spanCount={spanCount} />}
    </div>
  );
}

type Column = { atMs: readonly number[]; values: MeasuredValues };
const ofHealth = (health: HealthSeries, name: (typeof HEALTH)[number]): MeasuredValues => health[name];

function Chart({ name, column, shown }: { name: Measured; column: Column; shown: Shown }) {
  const { t } = useTranslation('fleet');
  const title = t(`history.${name}`);
  const lines = useMemo(() => [{ name: title, values: column.values }], [title, column]);
  return (
    <TimeChart title={title} atMs={column.atMs} lines={lines} {...shown} show={SHOW[name]} most={MOST[name] ?? 0} />
  );
}

type TableProps = { columns: Record<Measured, Column>; shown: Shown; spanCount: number };

function HistoryTable({ columns, shown, spanCount }: TableProps) {
  const { t } = useTranslation('fleet');
  const language = currentLanguage();
  const names = Object.keys(columns) as Measured[];
  const head = 'pb-2 pr-4 text-left align-bottom text-small font-medium wrap-normal text-quiet';
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
    <section tabIndex={0} aria-label={t('history.table')} className="overflow-x-auto">
      <table className="w-full min-w-3xl border-collapse text-small">
        <thead>
          <tr>
            <th scope="col" className={head}>
              {t('history.time')}
            </th>
            {names.map((name) => (
              <th key={name} scope="col" className={head}>
                {t(`history.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="numerals">
          {meansOfSpans(columns, shown, spanCount).map(({ fromMs, means }) => (
            <tr key={fromMs} className="border-t border-line">
              <th scope="row" className="py-2 pr-4 text-left font-normal whitespace-nowrap text-quiet">
                {dateAndTime(fromMs, language)}
              </th>
              {names.map((name) => {
                const mean = means[name] ?? null;
                return (
                  <td key={name} className="py-2 pr-4">
                    {mean === null ? '–' : SHOW[name](mean)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const CALLS_SHOWN = 8;

function Calls({ roomId, shown }: { roomId: string; shown: Shown }) {
  const { t } = useTranslation('fleet');
  const { answer, problem } = useFetched(() => callApi(fleetApi.roomCalls, { params: { roomId }, query: shown }));
  const [wanted, setWanted] = useState(CALLS_SHOWN);
  const calls = answer?.calls ?? null;
  return (
    <Card title={t('calls.title')}>
      {calls === null ? (
        problem === null ? (
          <ListStatus words={t('history.loading')} isLoading />
        ) : (
          <ProblemWords problem={problem} />
        )
      ) : calls.length === 0 ? (
        <p className="text-small text-quiet">{t('calls.none')}</p>
      ) : (
        <>
          <ul className="flex flex-col">
            {calls.slice(0, wanted).map((call) => (
              <CallRow key={call.callId} roomId={roomId} call={call} />
            ))}
          </ul>
          {calls.length > wanted && (
            <Button className="mt-3" onPress={() => setWanted(wanted + CALLS_SHOWN)}>
              {t('calls.more')}
            </Button>
          )}
        </>
      )}
    </Card>
  );
}

function CallRow({ roomId, call }: { roomId: string; call: CallOfRoom }) {
  const { t } = useTranslation('fleet');
  const language: Language = currentLanguage();
  const [isOpen, setOpen] = useState(false);
  const { meetingTitle, fromMs, toMs, worst, feedback } = call;
  const words = [
    dateAndTime(fromMs, language),
    toMs === null ? t('calls.running') : spokenDuration(toMs - fromMs, language),
    worst === null
      ? t('calls.notMeasured')
      : t('calls.loss', {
          loss: worst.lossPercent === null ? '–' : percent(worst.lossPercent),
          roundTrip: worst.roundTripMs === null ? '–' : milliseconds(worst.roundTripMs),
        }),
    ...(feedback === null ? [] : [t(`calls.${feedback}`)]),
  ];
  return (
    <li className="flex flex-col gap-2 border-t border-line py-3 first:border-t-0 first:pt-0">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="flex min-w-0 flex-1 flex-col">
          <span dir="auto" className="font-medium wrap-anywhere">
            {meetingTitle}
          </span>
          <span className="numerals text-small text-quiet">{words.join(' · ')}</span>
        </span>
        {worst !== null && (
          <Button
            aria-expanded={isOpen}
            aria-label={t('calls.qualityOf', { title: meetingTitle })}
            onPress={() => setOpen(!isOpen)}
          >
            {t('calls.quality')}
          </Button>
        )}
      </div>
      {isOpen && <QualityOfCall roomId={roomId} call={call} />}
    </li>
  );
}

/** From both ends: the TV's page, and the media server. */
function QualityOfCall({ roomId, call }: { roomId: string; call: CallOfRoom }): ReactNode {
  const { t } = useTranslation('fleet');
  const { callId, fromMs } = call;
  const { answer, problem } = useFetched(() => callApi(fleetApi.callQuality, { params: { roomId, callId } }));
  const drawn = useMemo(() => {
    if (answer === null) return null;
    const { points } = answer;
    const atMs = points.map((point) => point.atMs);
    const lineOf = (end: 'room' | 'server', measure: (point: (typeof points)[number]['quality']) => number | null) =>
      points.map((point) => (point.end === end ? measure(point.quality) : undefined));
    type Quality = (typeof points)[number]['quality'];
    const loss = ({ sent, received }: Quality): number | null => {
      const known = [sent.lossPercent, received.lossPercent].filter((value) => value !== null);
      return known.length === 0 ? null : Math.max(...known);
    };
    const ends = ['room', 'server'] as const;
    const linesOf = (measure: (quality: Quality) => number | null) =>
      ends
        .map((end) => ({ name: t(`history.${end}`), values: lineOf(end, measure) }))
        .filter(({ values }) => values.some(isMeasured));
    return {
      atMs,
      toMs: Math.max(call.toMs ?? 0, atMs.at(-1) ?? 0, fromMs + 60_000),
      loss: linesOf(loss),
      roundTrip: linesOf(({ roundTripMs }) => roundTripMs),
    };
  }, [answer, call.toMs, fromMs, t]);
  if (drawn === null)
    return problem === null ? (
      <ListStatus words={t('history.loading')} isLoading />
    ) : (
      <ProblemWords problem={problem} />
    );
  const { atMs, toMs } = drawn;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-x-6 gap-y-4 md:grid-cols-2">
      <TimeChart
        title={t('history.lossPercent')}
        atMs={atMs}
        lines={drawn.loss}
        {...{ fromMs, toMs }}
        show={percent}
        most={MOST.lossPercent ?? 0}
      />
      <TimeChart
        title={t('history.roundTripMs')}
        atMs={atMs}
        lines={drawn.roundTrip}
        {...{ fromMs, toMs }}
        show={milliseconds}
        most={MOST.roundTripMs ?? 0}
      />
    </div>
  );
}
