/** How much rooms are used in a period: a sorted line for each room or each place, and the same as a file. */
import ArrowDown from 'lucide-react/icons/arrow-down';
import ArrowUp from 'lucide-react/icons/arrow-up';
import Download from 'lucide-react/icons/download';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { urlOf } from '#contract/http/answer.ts';
import { fleetApi } from '#contract/http/fleet-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { callApi } from '#ui/http-client.ts';
import { Icon } from '#ui/icon.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { DateField } from '#ui/date-field.tsx';
import { ToggleGroup } from '#ui/toggle-group.tsx';
import en from '#ui/words/en/fleet.ts';
import ko from '#ui/words/ko/fleet.ts';
import { groupedNumber } from '#ui/words/format.ts';
import { addWords, currentLanguage } from '#ui/words/words.ts';
import { ListMore, ListStatus } from './list-parts.tsx';
import { SelectField } from './select-field.tsx';
import { type UsageColumn, linesOf, SUMS, type SumName, sortLines, sumOf, type UsageLine } from './usage-lines.ts';
import { useUrlFilters } from './url-filters.ts';
import { useFetched } from './use-fetched.ts';
import { usePlaces } from './use-places.ts';

addWords({ fleet: { en, ko } });

const FILTERS = ['from', 'to', 'place', 'by', 'sort'] as const;
const DAY_MS = 86_400_000;
const MOST_DAYS = 92;
const SHOWN = 100;
const PERIODS = { days7: 7, days30: 30, days90: 90 } as const;
const HOUR_MS = 3_600_000;

export function UsagePage() {
  const { t } = useTranslation('fleet');
  const [filters, change] = useUrlFilters(FILTERS);
  const { places } = usePlaces();
  const today = dayOf(Date.now());
  const from = isDay(filters.from) ? filters.from : dayOf(Date.now() - 29 * DAY_MS);
  const to = isDay(filters.to) ? filters.to : today;
  const by = filters.by === 'place' ? 'place' : 'room';
  const fromMs = Date.parse(from);
  const toMs = Date.parse(to) + DAY_MS;
  const isFit = fromMs < toMs && toMs - fromMs <= MOST_DAYS * DAY_MS;
  const period = Object.entries(PERIODS).find(([, days]) => to === today && toMs - fromMs === days * DAY_MS)?.[0] as
    | keyof typeof PERIODS
    | undefined;
  const query = { fromMs, toMs, ...(filters.place !== '' && { placeId: filters.place }) };
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div className="flex flex-col gap-1">
          <h1 className="text-title font-bold text-balance">{t('usage.title')}</h1>
          <p className="text-small text-quiet">{t('usage.lead')}</p>
        </div>
        {isFit && (
          <a
            href={urlOf(fleetApi.usageFile, { query: { ...query, by } })}
            download
            className="inline-flex min-h-12 items-center gap-2 rounded-control bg-lifted px-4 text-base font-semibold hover:brightness-[1.06]"
          >
            <Icon of={Download} className="size-5" />
            {t('usage.file')}
          </a>
        )}
      </div>
      <Card>
        <div className="mb-5 grid grid-cols-2 items-start gap-4 lg:grid-cols-[2fr_1fr_1fr_2fr]">
          <ToggleGroup
            label={t('usage.period')}
            // beside fields whose labels are seen
            className="col-span-2 lg:col-span-1 lg:mt-8"
            choices={(Object.keys(PERIODS) as (keyof typeof PERIODS)[]).map((key) => ({
              key,
              words: t(`usage.${key}`),
            }))}
            chosen={period ?? null}
            onChoose={(key) => change({ from: dayOf(Date.now() - (PERIODS[key] - 1) * DAY_MS), to: today }, true)}
          />
          <DateField
            label={t('usage.from')}
            value={from}
            onChange={(day) => change({ from: day })}
            problem={isFit ? null : t('usage.tooLong')}
          />
          <DateField label={t('usage.to')} value={to} onChange={(day) => change({ to: day })} />
          <SelectField
            label={t('list.place')}
            className="col-span-2 lg:col-span-1"
            choices={[
              { key: '', words: t('list.anyPlace') },
              ...(places ?? []).map(({ placeId, path }) => ({ key: placeId, words: path })),
            ]}
            chosen={filters.place}
            onChoose={(place) => change({ place }, true)}
          />
        </div>
        <ToggleGroup
          label={t('usage.by')}
          className="mb-4 max-w-xs"
          choices={[
            { key: 'room', words: t('usage.byRoom') },
            { key: 'place', words: t('usage.byPlace') },
          ]}
          chosen={by}
          onChoose={(key) => change({ by: key === 'room' ? '' : key }, true)}
        />
        {isFit && (
          <Usage
            key={JSON.stringify(query)}
            query={query}
            by={by}
            sort={filters.sort}
            onSort={(sort) => change({ sort }, true)}
          />
        )}
      </Card>
    </>
  );
}

type UsageProps = {
  query: { fromMs: number; toMs: number; placeId?: string };
  by: 'room' | 'place';
  /** `-callMs`: the most first */
  sort: string;
  onSort: (sort: string) => void;
};

function Usage({ query, by, sort, onSort }: UsageProps) {
  const { t } = useTranslation('fleet');
  const language = currentLanguage();
  const { answer, problem } = useFetched(() => callApi(fleetApi.usage, { query }));
  const [wanted, setWanted] = useState(SHOWN);
  const lines = useMemo(
    () => (answer === null ? null : sortLines(linesOf(answer, by), sort, language)),
    [answer, by, sort, language],
  );
  if (lines === null || answer === null)
    return problem === null ? <ListStatus words={t('usage.loading')} isLoading /> : <ProblemWords problem={problem} />;
  if (lines.length === 0) return <ListStatus words={t('usage.none')} />;
  return (
    <>
      <UsageTable lines={lines.slice(0, wanted)} sum={sumOf(answer.rooms)} by={by} sort={sort} onSort={onSort} />
      {lines.length > wanted && (
        <ListMore
          action={t('usage.more')}
          words={t('usage.shown', { shown: wanted, total: lines.length })}
          isPending={false}
          onMore={() => setWanted(wanted + SHOWN)}
        />
      )}
    </>
  );
}

type TableProps = {
  lines: readonly UsageLine[];
  sum: Pick<UsageLine, SumName>;
  by: 'room' | 'place';
  sort: string;
  onSort: (sort: string) => void;
};

function UsageTable({ lines, sum, by, sort, onSort }: TableProps) {
  const { t } = useTranslation('fleet');
  const second: UsageColumn = by === 'room' ? 'place' : 'roomCount';
  const columns: readonly UsageColumn[] = ['name', second, ...SUMS];
  const cell = 'numerals py-3 pr-4 text-right';
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
    <section tabIndex={0} aria-label={t('usage.title')} className="overflow-x-auto">
      <table className="w-full min-w-3xl border-collapse">
        <thead>
          <tr>
            {columns.map((column) => (
              <Heading key={column} column={column} by={by} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.id} className="border-t border-line">
              <th scope="row" className="max-w-64 py-1 pr-4 text-left font-semibold wrap-anywhere">
                <a
                  href={by === 'room' ? `#/rooms/${line.id}` : `#/rooms?place=${line.id}`}
                  className="inline-flex min-h-12 items-center underline-offset-4 hover:underline"
                >
                  {line.name}
                </a>
              </th>
              <td className={by === 'room' ? 'max-w-56 py-3 pr-4 text-small wrap-anywhere text-quiet' : cell}>
                {by === 'room' ? line.place : line.roomCount}
              </td>
              {SUMS.map((name) => (
                <td key={name} className={cell}>
                  <Amount name={name} value={line[name]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="border-t-2 border-edge font-semibold">
            <th scope="row" colSpan={2} className="py-3 pr-4 text-left">
              {t('usage.sum')}
            </th>
            {SUMS.map((name) => (
              <td key={name} className={cell}>
                <Amount name={name} value={sum[name]} />
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

type HeadingProps = Pick<TableProps, 'by' | 'sort' | 'onSort'> & { column: UsageColumn };

function Heading({ column, by, sort, onSort }: HeadingProps) {
  const { t } = useTranslation('fleet');
  const isText = column === 'name' || column === 'place';
  const isSorted = sort === column || sort === `-${column}` || (sort === '' && column === 'name');
  const isDown = sort === `-${column}`;
  const words =
    column === 'name'
      ? t(by === 'room' ? 'usage.columns.name' : 'usage.columns.placeName')
      : column === 'roomCount'
        ? t('usage.columns.rooms')
        : t(`usage.columns.${column}`);
  // text begins with A, numbers with the most
  const next = isSorted ? (isDown ? column : `-${column}`) : isText ? column : `-${column}`;
  return (
    <th
      scope="col"
      aria-sort={isSorted ? (isDown ? 'descending' : 'ascending') : undefined}
      className={`text-small font-medium text-quiet ${isText ? 'text-left' : 'text-right'}`}
    >
      <Button
        variant="quiet"
        className={`text-small! ${isText ? '-ml-4' : '-mr-0'} ${isSorted ? 'text-ink!' : 'text-quiet!'}`}
        {...(isSorted && { icon: isDown ? ArrowDown : ArrowUp })}
        aria-label={t('usage.sortBy', { column: words })}
        onPress={() => onSort(next)}
      >
        {words}
      </Button>
    </th>
  );
}

function Amount({ name, value }: { name: SumName; value: number }) {
  const { t } = useTranslation('fleet');
  const language = currentLanguage();
  if (!name.endsWith('Ms')) return groupedNumber(value, language);
  const hours = Math.round((10 * value) / HOUR_MS) / 10;
  return t('usage.hours', { hours: groupedNumber(hours, language) });
}

const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
