/**
 * The stage's pictures as the signalling's `View`: the node forwards that and nothing else. Heights are device
 * pixels. Sending is paced here: the first change goes at once, those after it together.
 */
import type { View } from '#contract/signaling.ts';
import type { TilePicture, StageTile } from './tiles.ts';

const CAMERA_ASPECT = 16 / 9;
/** Changes within this time of the last one sent go together. */
export const VIEW_PAUSE_MS = 200;
const MAX_HEIGHT_PX = 4_320;

export function viewOf(tiles: readonly StageTile[], ownPeerId: string | null, devicePixelRatio: number): View {
  return {
    kind: 'exact',
    tiles: tiles.flatMap(({ peerId, source, rect }) =>
      peerId === null || peerId === ownPeerId
        ? []
        : [{ peerId, source, heightPx: neededHeightPx(rect, source, devicePixelRatio) }],
    ),
  };
}

/** A camera covers its tile, so a tall tile needs a picture as high as itself; one wider than 16:9 a higher one. */
function neededHeightPx(rect: StageTile['rect'], source: TilePicture['source'], devicePixelRatio: number): number {
  const height = source === 'screen' ? rect.height : Math.max(rect.height, rect.width / CAMERA_ASPECT);
  return Math.min(MAX_HEIGHT_PX, Math.max(1, Math.round(height * devicePixelRatio)));
}

type Clock = { nowMs: () => number; after: (delayMs: number, run: () => void) => () => void };
const browserClock: Clock = {
  nowMs: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Sends each view once, the first at once. `stop` drops the one that still waits. */
export class PacedView {
  readonly #say: (view: View) => void;
  readonly #clock: Clock;
  #said = '';
  #saidAtMs = Number.NEGATIVE_INFINITY;
  #waiting: View | null = null;
  #cancel: (() => void) | null = null;

  constructor(say: (view: View) => void, clock: Clock = browserClock) {
    this.#say = say;
    this.#clock = clock;
  }

  show(view: View): void {
    this.#waiting = view;
    if (this.#cancel !== null) return;
    const dueInMs = this.#saidAtMs + VIEW_PAUSE_MS - this.#clock.nowMs();
    if (dueInMs <= 0) this.#flush();
    else this.#cancel = this.#clock.after(dueInMs, () => this.#flush());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#waiting = null;
  }

  #flush(): void {
    this.#cancel = null;
    const view = this.#waiting;
    this.#waiting = null;
    if (view === null) return;
    const text = JSON.stringify(view);
    if (text === this.#said) return;
    this.#said = text;
    this.#saidAtMs = this.#clock.nowMs();
    this.#say(view);
  }
}
