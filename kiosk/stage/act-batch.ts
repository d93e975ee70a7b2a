/**
 * Joins what a finger or pen does into one message of each kind in 33 ms: the last position, the last region, all points of
 * a stroke. The first goes at once, and the last always goes.
 */
import {
  type DocumentAct,
  MAX_STROKE_NUMBERS,
  type PagePoint,
  type PageRegion,
  type Stroke,
} from '#contract/shared-document.ts';

export const ACT_EVERY_MS = 33;

export class ActBatch {
  readonly #send: (act: DocumentAct) => void;
  #strokes: Stroke[] = [];
  #region: PageRegion | null = null;
  /** undefined: nothing to send */
  #pointer: PagePoint | null | undefined;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(send: (act: DocumentAct) => void) {
    this.#send = send;
  }

  add(act: Extract<DocumentAct, { act: 'point' | 'zoom' | 'draw' }>): void {
    if (act.act === 'point') this.#pointer = act.at;
    else if (act.act === 'zoom') this.#region = act.region;
    else this.#addStroke(act.stroke);
    if (this.#timer === null) this.#flush();
  }

  /** Sends what waits, at once: before an act that comes after it. */
  finish(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#flush();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #addStroke(stroke: Stroke): void {
    const last = this.#strokes.at(-1);
    const fits = last?.strokeId === stroke.strokeId && last.points.length + stroke.points.length <= MAX_STROKE_NUMBERS;
    if (fits) this.#strokes.splice(-1, 1, { ...last, points: [...last.points, ...stroke.points] });
    else this.#strokes.push(stroke);
  }

  #flush(): void {
    this.#timer = null;
    const [strokes, region, pointer] = [this.#strokes, this.#region, this.#pointer];
    [this.#strokes, this.#region, this.#pointer] = [[], null, undefined];
    for (const stroke of strokes) this.#send({ act: 'draw', stroke });
    if (region !== null) this.#send({ act: 'zoom', region });
    if (pointer !== undefined) this.#send({ act: 'point', at: pointer });
    if (strokes.length > 0 || region !== null || pointer !== undefined) {
      this.#timer = setTimeout(() => this.#flush(), ACT_EVERY_MS);
    }
  }
}
