/**
 * The rings of a rollout as columns, and their rooms as dots that sink through them: waiting, under way, updated; failed and
 * silent apart. Under each picture the same in numbers, each of which shows its rooms. On a phone a ring is a row.
 */
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { RingReport, Rollout, RoomInRollout } from '#contract/rollout.ts';
import { Button } from '#ui/button.tsx';
import { useNow } from '#ui/use-now.ts';
import { dateAndTime, groupedNumber, spokenDuration } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { percentOf, STATES_SHOWN, totalOf } from './rollout-figures.ts';
import { type Dot, type DotState, layoutOf, PITCH, type RingLayout, roomsPerDot } from './rollout-layout.ts';

type PictureProps = {
  rollout: Rollout;
  /** the rooms of a ring in a state */
  onShow: (ring: number, state: RoomInRollout) => void;
};

/** Dots side by side: in a column, the wider the fewer there are, and in the row of a phone. */
const ACROSS = { column: 8, wideColumn: 14, row: 20 } as const;
const FEW_RINGS = 4;

export function RolloutPicture({ rollout, onShow }: PictureProps) {
  const { t } = useTranslation('updates');
  const counts = rollout.rings.map((ring) => ring.counts);
  const layouts = {
    column: layoutOf(counts, counts.length <= FEW_RINGS ? ACROSS.wideColumn : ACROSS.column),
    row: counts.map((each) => layoutOf([each], ACROSS.row)[0]!),
  };
  const count = roomsPerDot(counts);
  const columns = { '--rings': counts.length, '--few': Math.min(counts.length, FEW_RINGS) } as CSSProperties;
  return (
    <section aria-label={t('picture.label')} className="flex flex-col gap-3">
      <ol
        style={columns}
        className="grid grid-cols-[minmax(0,1fr)] gap-3 md:grid-cols-[repeat(var(--few),minmax(0,1fr))] xl:grid-cols-[repeat(var(--rings),minmax(0,1fr))]"
      >
        {rollout.rings.map((report, index) => (
          <Ring
            // a ring has no identity but its place
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={index}
            index={index}
            report={report}
            column={layouts.column[index]!}
            row={layouts.row[index]!}
            isLive={rollout.state === 'running'}
            onShow={(state) => onShow(index, state)}
          />
        ))}
      </ol>
      <p className="text-small text-quiet">{t('picture.scale', { count })}</p>
    </section>
  );
}

type RingProps = {
  index: number;
  report: RingReport;
  column: RingLayout;
  row: RingLayout;
  isLive: boolean;
  onShow: (state: RoomInRollout) => void;
};

function Ring({ index, report, column, row, isLive, onShow }: RingProps) {
  const { t } = useTranslation('updates');
  const language = currentLanguage();
  const { ring, counts, state } = report;
  const total = totalOf(counts);
  const percent = percentOf(counts.updated ?? 0, total);
  const shown = STATES_SHOWN.filter((each) => (counts[each] ?? 0) > 0);
  const words = (each: RoomInRollout) => t(`room.state.${each}`);
  const number = (each: RoomInRollout) => groupedNumber(counts[each] ?? 0, language);
  const label = t('picture.column', {
    ring: ring.name,
    counts: shown.map((each) => t('picture.part', { state: words(each), number: number(each) })).join(', '),
  });
  const isActive = isLive && state !== 'waiting' && state !== 'done';
  return (
    <li
      className={`flex min-w-0 flex-col gap-3 rounded-control p-3 ${isActive ? 'bg-accent-soft' : 'bg-sunken'} ${state === 'waiting' ? 'text-quiet' : ''}`}
    >
      <div className="flex flex-col">
        <span className="text-small text-quiet">{t('ring.number', { number: index + 1 })}</span>
        <h3 dir="auto" className="font-semibold wrap-anywhere text-ink">
          {ring.name}
        </h3>
        <span className="numerals text-small">
          {t('ring.rooms', { count: total })}
          {total > 0 && ` · ${t('ring.share', { percent })}`}
        </span>
        <RingStateWords report={report} isLive={isLive} />
      </div>
      {total > 0 && (
        <>
          <Dots layout={column} label={label} className="hidden w-full max-w-72 md:block" />
          <Dots layout={row} label={label} className="w-full md:hidden" />
        </>
      )}
      <ul className="flex flex-wrap gap-1 md:flex-col">
        {shown.map((each) => (
          <li key={each}>
            <Button
              variant="quiet"
              className="w-full justify-start! gap-2! px-2! text-left! text-small!"
              aria-label={t('rooms.showStateOf', { state: words(each), number: number(each), ring: ring.name })}
              onPress={() => onShow(each)}
            >
              <StateDot state={each} />
              <span className="numerals">{t('rooms.showState', { state: words(each), number: number(each) })}</span>
            </Button>
          </li>
        ))}
      </ul>
    </li>
  );
}

/** Of a band's ground around its dots. */
const EDGE = 2;

/** What its rooms wait for as a whole: the soak, or a person. */
function RingStateWords({ report, isLive }: { report: RingReport; isLive: boolean }) {
  const { t } = useTranslation('updates');
  const language = currentLanguage();
  const { state, soaksUntilMs } = report;
  const isSoaking = state === 'soaking' && soaksUntilMs !== null;
  const now = useNow(15_000, isSoaking);
  const needsPerson = state === 'needs-go';
  return (
    <span className={`text-small ${needsPerson ? 'font-semibold text-warn' : 'font-medium'}`}>
      {t(`ring.state.${state}`)}
      {isSoaking && isLive && (
        <span className="numerals block text-quiet">
          {t('ring.soakLeft', {
            duration: spokenDuration(Math.max(0, soaksUntilMs - now), language),
            time: dateAndTime(soaksUntilMs, language),
          })}
        </span>
      )}
    </span>
  );
}

const tones: Record<DotState, string> = {
  updated: 'text-accent',
  'under-way': 'text-accent',
  waiting: 'text-edge',
  offline: 'text-edge',
  failed: 'text-fault',
  silent: 'text-warn',
};

/** Told apart by their form, not by colour alone. */
function Mark({ state }: { state: DotState }) {
  switch (state) {
    case 'updated':
      return <circle r="5" fill="currentColor" />;
    case 'under-way':
      return (
        <>
          <circle r="4" fill="none" stroke="currentColor" strokeWidth="2" />
          <path d="M0-5A5 5 0 0 1 0 5Z" fill="currentColor" />
        </>
      );
    case 'waiting':
      return <circle r="4" fill="none" stroke="currentColor" strokeWidth="2" />;
    case 'offline':
      return <circle r="4" fill="none" stroke="currentColor" strokeWidth="2" strokeDasharray="2.5 2.5" />;
    case 'failed':
      return <path d="M-4-4 4 4M4-4-4 4" stroke="currentColor" strokeWidth="3" strokeLinecap="round" />;
    case 'silent':
      return <path d="M0-5 5 4H-5Z" fill="currentColor" />;
  }
}

function Dots({ layout, label, className }: { layout: RingLayout; label: string; className: string }) {
  return (
    <svg
      viewBox={`0 ${-EDGE} ${layout.width} ${layout.height + 2 * EDGE}`}
      role="img"
      aria-label={label}
      className={className}
    >
      {layout.bands.map(({ y, height }, band) =>
        height === 0 ? null : (
          <rect
            // the bands never change their order
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={band}
            x="0"
            y={y - EDGE}
            width={layout.width}
            height={height + 2 * EDGE}
            rx="4"
            className="fill-raised"
          />
        ),
      )}
      {layout.dots.map((dot: Dot, index) => (
        <g
          // the same dot moves on when its rooms do
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          key={index}
          style={{ transform: `translate(${dot.x}px, ${dot.y}px)` }}
          className={`transition-transform duration-700 ${tones[dot.state]}`}
        >
          <Mark state={dot.state} />
        </g>
      ))}
    </svg>
  );
}

/** The mark of a state beside its name. */
export function StateDot({ state }: { state: RoomInRollout }) {
  return (
    <svg
      viewBox={`${-PITCH / 2} ${-PITCH / 2} ${PITCH} ${PITCH}`}
      aria-hidden="true"
      className={`size-3.5 shrink-0 ${state === 'left-out' ? 'text-edge' : tones[state]}`}
    >
      {state === 'left-out' ? <path d="M-4 0H4" stroke="currentColor" strokeWidth="2" /> : <Mark state={state} />}
    </svg>
  );
}
