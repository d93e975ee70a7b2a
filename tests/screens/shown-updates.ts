/** A room's update for scenes: what its agent publishes of it, at a time of the made-up day. */
import type { ProjectionContent } from '#contract/relayed-projections.ts';
import { at } from './rooms-day.ts';

type Content = ProjectionContent<'update'>;
const [OLD, NEW] = [`1.4.0-${'0'.repeat(16)}`, `1.5.0-${'1'.repeat(16)}`];

const quiet: Content = {
  running: { releaseId: OLD, version: '1.4.0', isConfirmed: true },
  wanted: { releaseId: NEW, version: '1.5.0', rolloutId: null, attempt: 0 },
  step: 'wait',
  stepSinceMs: at('03:00'),
  progress: null,
  waitsFor: 'hours',
  restartsAtMs: null,
  offersNotNow: false,
  notNowUntilMs: null,
  failed: null,
  confirmed: null,
};

/** The page's clock stands at 03:09. */
export const COUNTDOWN_TIME = '03:09';
export const shownUpdates = {
  countdown: { ...quiet, waitsFor: 'countdown', restartsAtMs: at('03:10') - 20_000, offersNotNow: true },
  /** it was put off before, or IT offers no "not now" */
  last: { ...quiet, waitsFor: 'countdown', restartsAtMs: at('03:10') - 20_000 },
  checks: {
    ...quiet,
    running: { releaseId: NEW, version: '1.5.0', isConfirmed: false },
    step: 'prove',
    waitsFor: null,
  },
  updated: {
    ...quiet,
    running: { releaseId: NEW, version: '1.5.0', isConfirmed: true },
    step: 'none',
    waitsFor: null,
    confirmed: { releaseId: NEW, atMs: at('03:09') - 30_000 },
  },
  wentBack: {
    ...quiet,
    step: 'none',
    waitsFor: null,
    failed: {
      releaseId: NEW,
      attempt: 0,
      failure: 'proof-failed',
      refusal: null,
      check: 'camera',
      detail: 'frozen',
      atMs: at('03:09') - 30_000,
      isHeld: true,
    },
  },
} as const satisfies Record<string, Content>;
