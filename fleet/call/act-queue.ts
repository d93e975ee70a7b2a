/**
 * What we do with the shown document, in its order and at a pace that the node permits. While points and pieces of strokes wait
 * for their turn, a later point replaces an earlier one, and pieces of one stroke become one.
 */
import { type DocumentAct, MAX_STROKE_NUMBERS } from '#contract/shared-document.ts';

/** The node permits 60 points and pieces of strokes a second. */
const DRAWING_INTERVAL_MS = 20;

type Answered = { done: () => void; failed: (error: unknown) => void };
type Waiting = { act: DocumentAct; answered: Answered[] };

export class ActQueue {
  readonly #send: (act: DocumentAct) => Promise<unknown>;
  #waiting: Waiting[] = [];
  #drawnAtMs = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** @param send returns the node's answer to one act */
  constructor(send: (act: DocumentAct) => Promise<unknown>) {
    this.#send = send;
  }

  /** Resolves once it counts, or once the act counts that it became part of. @throws what `send` rejects with */
  push(act: DocumentAct): Promise<void> {
    return new Promise((resolve, reject) => {
      const answered = { done: resolve, failed: reject };
      // only points and strokes wait, and which of them comes first makes no difference
      const earlier = this.#waiting.findLast((each) => isOfOneKind(each.act, act));
      const both = earlier && joined(earlier.act, act);
      if (both) {
        earlier.act = both;
        earlier.answered.push(answered);
        return;
      }
      this.#waiting.push({ act, answered: [answered] });
      // what changes the page waits for no pace, and what came before it goes before it
      this.#work(!isDrawing(act));
    });
  }

  /** What waits is not sent any more. Twice is harmless. */
  clear(reason: Error): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const { answered } of this.#waiting.splice(0)) for (const { failed } of answered) failed(reason);
  }

  #work(atOnce: boolean): void {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      if (isDrawing(next.act) && !atOnce) {
        const pauseMs = this.#drawnAtMs + DRAWING_INTERVAL_MS - performance.now();
        if (pauseMs > 0) {
          this.#timer ??= setTimeout(() => {
            this.#timer = null;
            this.#work(false);
          }, pauseMs);
          return;
        }
      }
      if (isDrawing(next.act)) this.#drawnAtMs = performance.now();
      this.#waiting.shift();
      const { act, answered } = next;
      this.#send(act).then(
        () => {
          for (const { done } of answered) done();
        },
        (error: unknown) => {
          for (const { failed } of answered) failed(error);
        },
      );
    }
  }
}

const isDrawing = ({ act }: DocumentAct): boolean => act === 'point' || act === 'draw';

/** Both points, or both pieces of one stroke: their own order counts. */
const isOfOneKind = (a: DocumentAct, b: DocumentAct): boolean =>
  a.act === 'draw' && b.act === 'draw'
    ? a.stroke.strokeId === b.stroke.strokeId
    : a.act === 'point' && b.act === 'point';

/** One act that does what both do; null: there is none. */
function joined(first: DocumentAct, second: DocumentAct): DocumentAct | null {
  if (first.act === 'point' && second.act === 'point') return second;
  if (first.act !== 'draw' || second.act !== 'draw') return null;
  const { points } = second.stroke;
  if (first.stroke.points.length + points.length > MAX_STROKE_NUMBERS) return null;
  return { act: 'draw', stroke: { ...first.stroke, points: [...first.stroke.points, ...points] } };
}
