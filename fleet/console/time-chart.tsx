/**
 * One measured thing over time, drawn by uPlot on a canvas: gaps stay gaps. The canvas is a picture to screen readers; its
 * name says the last, least and greatest value, and the table of values stands beside it (history-table.tsx).
 */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Language } from '#contract/schema.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { extentOf, type MeasuredValues } from './time-values.ts';

export type ChartLine = { name: string; values: MeasuredValues };
type TimeChartProps = {
  title: string;
  /** as many as each line has values */
  atMs: readonly number[];
  lines: readonly ChartLine[];
  fromMs: number;
  toMs: number;
  /** as people read a value */
  show: (value: number) => string;
  /** the scale holds at least these */
  least?: number;
  most?: number;
};

const HEIGHT_PX = 150;
const DAY_S = 86_400;
/** by role: of the first and the second line */
const INKS = ['--color-accent', '--color-warn'];

export function TimeChart({ title, atMs, lines, fromMs, toMs, show, least = 0, most }: TimeChartProps) {
  const { t } = useTranslation('fleet');
  const language = currentLanguage();
  const isDark = useIsDark();
  const place = useRef<HTMLDivElement>(null);
  const known = extentOf(lines.flatMap(({ values }) => values));
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    // colours are read again when the scheme changes
    void isDark;
    const ink = (name: string) => getComputedStyle(element).getPropertyValue(name);
    const axis = {
      stroke: ink('--color-quiet'),
      grid: { stroke: ink('--color-line'), width: 1 },
      ticks: { show: false },
    };
    const font = `12px ${getComputedStyle(element).fontFamily}`;
    const chart = new UPlot(
      {
        width: Math.max(1, element.clientWidth),
        height: HEIGHT_PX,
        padding: [8, 22, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: true, range: () => [fromMs / 1_000, toMs / 1_000] },
          y: {
            range: (_, min, max) => [Math.min(least, min ?? least), Math.max(most ?? 0, (max ?? 0) * 1.05, least + 1)],
          },
        },
        axes: [
          {
            ...axis,
            font,
            space: 72,
            size: 28,
            values: (_, splits, _axis, _space, stepS) => splits.map((s) => tick(s, stepS, language)),
          },
          { ...axis, font, size: 56, space: 36, values: (_, splits) => splits.map((value) => show(value)) },
        ],
        series: [
          {},
          ...lines.map((_, index) => ({
            stroke: ink(INKS[index % INKS.length]!),
            width: 2,
            spanGaps: false,
            points: { show: isLonely(lines[index]!.values) },
          })),
        ],
      },
      [atMs.map((each) => each / 1_000), ...lines.map(({ values }) => [...values])],
      element,
    );
    const resize = new ResizeObserver(() =>
      chart.setSize({ width: Math.max(1, element.clientWidth), height: HEIGHT_PX }),
    );
    resize.observe(element);
    return () => {
      resize.disconnect();
      chart.destroy();
    };
  }, [atMs, lines, fromMs, toMs, show, least, most, isDark, language]);
  const summary =
    known === null
      ? t('history.noValue')
      : t('history.summary', { last: show(known.last), least: show(known.least), most: show(known.most) });
  return (
    <figure className="flex min-w-0 flex-col gap-1">
      <figcaption className="flex flex-col">
        <span className="font-medium">{title}</span>
        <span className="numerals text-small text-quiet">{summary}</span>
        {lines.length > 1 && (
          <span className="flex gap-4 text-small">
            {lines.map(({ name }, index) => (
              <span key={name} className="flex items-center gap-2">
                <span className={`h-0.5 w-5 ${index === 0 ? 'bg-accent' : 'bg-warn'}`} />
                {name}
              </span>
            ))}
          </span>
        )}
      </figcaption>
      {known === null ? null : (
        <div ref={place} role="img" aria-label={`${title}: ${summary}`} className="h-37.5 w-full overflow-hidden" />
      )}
    </figure>
  );
}

/** A value between two gaps makes no line: it is drawn as a point. */
function isLonely(values: MeasuredValues): boolean {
  const own = values.filter((value) => value !== undefined);
  return own.some((value, at) => value !== null && (own[at - 1] ?? null) === null && (own[at + 1] ?? null) === null);
}

function tick(atS: number, stepS: number, language: Language): string {
  const at = new Date(atS * 1_000);
  const isMidnight = at.getHours() === 0 && at.getMinutes() === 0;
  const locale = language === 'ko' ? 'ko-KR' : 'en-GB';
  return stepS >= DAY_S || isMidnight
    ? new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }).format(at)
    : new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

function useIsDark(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const scheme = matchMedia('(prefers-color-scheme: dark)');
      scheme.addEventListener('change', changed);
      return () => scheme.removeEventListener('change', changed);
    },
    () => matchMedia('(prefers-color-scheme: dark)').matches,
  );
}
