/**
 * When a signal is raised and closed: pure. A finding is evaluated at a moment, in any order within the same moment: what
 * comes last decides, and nothing that was overtaken stays. What is not known neither raises nor closes.
 */
import type { signalOf } from '#contract/signals.ts';

/** What the words of a signal are filled with. */
export type AlertFacts = Record<string, string | number | null>;
/** Facts: the cause is there; null: it is not; `unknown`: nobody can see whether it is. */
export type SignalFinding = AlertFacts | null | 'unknown';

export type SignalState =
  | { phase: 'quiet' }
  | { phase: 'watching'; facts: AlertFacts; sinceMs: number; raiseAtMs: number }
  | { phase: 'raised'; facts: AlertFacts; sinceMs: number }
  | { phase: 'closing'; facts: AlertFacts; sinceMs: number; closeAtMs: number };
type Delays = Pick<ReturnType<typeof signalOf>, 'raisedAfterMs' | 'closedAfterMs'>;

export const QUIET: SignalState = { phase: 'quiet' };

/** @param nowMs of a clock that only goes forward, never before that of an earlier step */
export function stepSignal(
  { raisedAfterMs, closedAfterMs }: Delays,
  state: SignalState,
  finding: SignalFinding,
  nowMs: number,
): SignalState {
  switch (state.phase) {
    case 'quiet':
    case 'watching': {
      if (finding === null || finding === 'unknown') return QUIET;
      const { sinceMs, raiseAtMs } =
        state.phase === 'watching' ? state : { sinceMs: nowMs, raiseAtMs: nowMs + raisedAfterMs };
      return nowMs >= raiseAtMs
        ? { phase: 'raised', facts: finding, sinceMs }
        : { phase: 'watching', facts: finding, sinceMs, raiseAtMs };
    }
    case 'raised':
    case 'closing': {
      const { facts, sinceMs } = state;
      if (finding === 'unknown') return { phase: 'raised', facts, sinceMs };
      if (finding !== null) return { phase: 'raised', facts: finding, sinceMs };
      const closeAtMs = state.phase === 'closing' ? state.closeAtMs : nowMs + closedAfterMs;
      return nowMs >= closeAtMs ? QUIET : { phase: 'closing', facts, sinceMs, closeAtMs };
    }
  }
}

export const isRaised = (state: SignalState): state is Extract<SignalState, { phase: 'raised' | 'closing' }> =>
  state.phase === 'raised' || state.phase === 'closing';

/** When it changes though the finding stays; null: never. */
export const signalDueAtMs = (state: SignalState): number | null =>
  state.phase === 'watching' ? state.raiseAtMs : state.phase === 'closing' ? state.closeAtMs : null;
