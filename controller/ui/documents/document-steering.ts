/**
 * Sends what a presenter does to the shared document. Pointer, zoom and pen change faster than a line carries them:
 * what was not sent yet is joined, and the last of it always goes out.
 */
import { type DocumentAct, MAX_STROKE_NUMBERS, type Stroke } from '#contract/shared-document.ts';

/** Pointer, zoom and pen go out this often at most: 15 times a second. */
export const STEER_DOCUMENT_EVERY_MS = 66;
/** On a slow line acts are joined rather than piled up. */
const UNANSWERED_AT_MOST = 3;

type Dependencies = {
  send: (act: DocumentAct) => Promise<void>;
  /** once for each row of failures, after `send` rejected */
  onProblem: (error: unknown) => void;
};
type Flowing = Extract<DocumentAct, { act: 'point' | 'zoom' | 'draw' }>;

export class DocumentSteering {
  readonly #dependencies: Dependencies;
  #point: Extract<DocumentAct, { act: 'point' }> | null = null;
  #zoom: Extract<DocumentAct, { act: 'zoom' }> | null = null;
  #strokes: Stroke[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  #unanswered = 0;
  #isFailing = false;

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
  }

  /** Pointer, zoom and pen at most each STEER_DOCUMENT_EVERY_MS; any other act at once, after what it may refer to. */
  act(act: DocumentAct): void {
    switch (act.act) {
      case 'point':
      case 'zoom':
      case 'draw':
        this.#join(act);
        if (this.#timer === undefined) this.#start();
        return;
      case 'turn-page':
        // both are of the page that is left
        this.#point = null;
        this.#zoom = null;
    }
    this.#flush();
    this.#send(act);
  }

  /** What waits is sent; nothing is sent after it. */
  stop(): void {
    this.#flush();
    this.#pause();
  }

  #join(act: Flowing): void {
    if (act.act === 'point') this.#point = act;
    else if (act.act === 'zoom') this.#zoom = act;
    else this.#strokes = joinStroke(this.#strokes, act.stroke);
  }

  #start(): void {
    this.#flush();
    this.#timer = setInterval(() => {
      if (this.#unanswered >= UNANSWERED_AT_MOST) return;
      if (!this.#flush()) this.#pause();
    }, STEER_DOCUMENT_EVERY_MS);
  }

  #pause(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** @returns whether anything was sent */
  #flush(): boolean {
    const acts: DocumentAct[] = this.#strokes.map((stroke) => ({ act: 'draw', stroke }));
    if (this.#zoom !== null) acts.push(this.#zoom);
    if (this.#point !== null) acts.push(this.#point);
    this.#strokes = [];
    this.#zoom = null;
    this.#point = null;
    for (const act of acts) this.#send(act);
    return acts.length > 0;
  }

  #send(act: DocumentAct): void {
    this.#unanswered += 1;
    this.#dependencies
      .send(act)
      .then(
        () => {
          this.#isFailing = false;
        },
        (error: unknown) => {
          if (this.#isFailing) return;
          this.#isFailing = true;
          this.#dependencies.onProblem(error);
        },
      )
      .finally(() => {
        this.#unanswered -= 1;
      });
  }
}

/** Goes on with the last stroke where it is the same and stays within one message. */
function joinStroke(strokes: readonly Stroke[], next: Stroke): Stroke[] {
  const last = strokes.at(-1);
  if (last?.strokeId !== next.strokeId || last.points.length + next.points.length > MAX_STROKE_NUMBERS)
    return [...strokes, next];
  return [...strokes.slice(0, -1), { ...last, points: [...last.points, ...next.points] }];
}
