/**
 * What we do with the shown document, in its order and at the pace of its line. While they wait for their turn, a later point
 * or zoom replaces an earlier one, and pieces of one stroke become one.
 */
import { type DocumentAct, MAX_STROKE_NUMBERS } from '#contract/shared-document.ts';

type Flowing = 'point' | 'draw' | 'zoom';
/** `intervalMs`: from an act of each kind that flows to the next; `unansweredAtMost`: while so many acts are, none that flows is sent */
export type ActPace = { intervalMs: { readonly [A in Flowing]: number }; unansweredAtMost: number };

/** A media node permits 60 points and pieces of strokes a second, and 20 of all other acts. */
const NODE_PACE: ActPace = {
  intervalMs: { point: 20, draw: 20, zoom: 66 },
  unansweredAtMost: Number.POSITIVE_INFINITY,
};

type Answered = { done: () => void; failed: (error: unknown) => void };
type Waiting = { act: DocumentAct; answered: Answered[] };

export class ActQueue {
  readonly #send: (act: DocumentAct) => Promise<unknown>;
  readonly #pace: ActPace;
  #waiting: Waiting[] = [];
  #unanswered = 0;
  /** when the last act that flows may be followed by the next */
  #nextAtMs = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** @param send returns the answer to one act */
  constructor(send: (act: DocumentAct) => Promise<unknown>, pace: ActPace = NODE_PACE) {
    this.#send = send;
    this.#pace = pace;
  }

  /** Resolves once it counts, or once the act counts that it became part of. @throws what `send` rejects with */
  push(act: DocumentAct): Promise<void> {
    return new Promise((resolve, reject) => {
      const answered = { done: resolve, failed: reject };
      // only acts that flow wait, and which of them comes first makes no difference
      const earlier = this.#waiting.findLast((each) => isOfOneKind(each.act, act));
      const both = earlier && joined(earlier.act, act);
      if (both) {
        earlier.act = both;
        earlier.answered.push(answered);
        return;
      }
      if (act.act === 'turn-page') this.#dropPlaces();
      this.#waiting.push({ act, answered: [answered] });
      // what changes the page waits for no pace, and what came before it goes before it
      this.#work(!isFlowing(act));
    });
  }

  /** What waits is sent now. */
  flush(): void {
    this.#stopTimer();
    this.#work(true);
  }

  /** What waits is not sent any more. Twice is harmless. */
  clear(reason: Error): void {
    this.#stopTimer();
    for (const { answered } of this.#waiting.splice(0)) for (const { failed } of answered) failed(reason);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Pointer and zoom are of the page that is left. */
  #dropPlaces(): void {
    const dropped = this.#waiting.filter(({ act }) => act.act === 'point' || act.act === 'zoom');
    this.#waiting = this.#waiting.filter((each) => !dropped.includes(each));
    for (const { answered } of dropped) for (const { done } of answered) done();
  }

  #work(atOnce: boolean): void {
    const { intervalMs, unansweredAtMost } = this.#pace;
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      const { act, answered } = next;
      if (isFlowing(act)) {
        if (!atOnce) {
          // an answer goes on with the work
          if (this.#unanswered >= unansweredAtMost) return;
          const pauseMs = this.#nextAtMs - performance.now();
          if (pauseMs > 0) {
            this.#workIn(pauseMs);
            return;
          }
        }
        this.#nextAtMs = performance.now() + intervalMs[act.act];
      }
      this.#waiting.shift();
      this.#sendNow(act, answered);
    }
  }

  #workIn(delayMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#work(false);
    }, delayMs);
  }

  #sendNow(act: DocumentAct, answered: readonly Answered[]): void {
    this.#unanswered += 1;
    const settle = (settled: (one: Answered) => void): void => {
      this.#unanswered -= 1;
      for (const one of answered) settled(one);
      this.#work(false);
    };
    this.#send(act).then(
      () => settle(({ done }) => done()),
      (error: unknown) => settle(({ failed }) => failed(error)),
    );
  }
}

const isFlowing = (act: DocumentAct): act is Extract<DocumentAct, { act: Flowing }> =>
  act.act === 'point' || act.act === 'draw' || act.act === 'zoom';

/** Both points, both zooms, or both pieces of one stroke: their own order counts. */
const isOfOneKind = (a: DocumentAct, b: DocumentAct): boolean =>
  a.act === 'draw' && b.act === 'draw'
    ? a.stroke.strokeId === b.stroke.strokeId
    : a.act === b.act && (a.act === 'point' || a.act === 'zoom');

/** One act that does what both do; null: there is none. */
function joined(first: DocumentAct, second: DocumentAct): DocumentAct | null {
  if (first.act === second.act && (second.act === 'point' || second.act === 'zoom')) return second;
  if (first.act !== 'draw' || second.act !== 'draw') return null;
  const { points } = second.stroke;
  if (first.stroke.points.length + points.length > MAX_STROKE_NUMBERS) return null;
  return { act: 'draw', stroke: { ...first.stroke, points: [...first.stroke.points, ...points] } };
}
