/**
 * Turns a camera while a control is held: sends the direction again and again, because the room stops by itself
 * CAMERA_STEER_MS after the last command, and sends a stop on release. The page owns the controls and their look.
 */
import { CAMERA_STEER_MS } from '#contract/limits.ts';
import type { RoomCommand } from '#contract/room-command.ts';

/** -1 left, down, wide; 1 right, up, near; 0 still */
export type Direction = { pan: number; tilt: number; zoom: number };
type SteerCommand = Extract<RoomCommand, { name: 'steer-camera' }>;

export const STEER_AGAIN_MS = CAMERA_STEER_MS / 3;
/** On a slow line words are left out rather than piled up: they would go on moving after the finger is gone. */
const UNANSWERED_AT_MOST = 3;
const STILL: Direction = { pan: 0, tilt: 0, zoom: 0 };

type Dependencies = {
  send: (command: SteerCommand) => Promise<void>;
  /** the room refused or did not answer: nothing moves until it is held anew */
  onProblem: (error: unknown) => void;
};

export class Steering {
  readonly #dependencies: Dependencies;
  #held: Direction | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #unanswered = 0;

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
  }

  /** Sent at once where nothing was held; another direction goes out with the next repetition. */
  hold(direction: Direction): void {
    const begins = this.#held === null;
    this.#held = direction;
    if (!begins) return;
    this.#tell(direction);
    this.#timer = setInterval(() => {
      if (this.#held !== null && this.#unanswered < UNANSWERED_AT_MOST) this.#tell(this.#held);
    }, STEER_AGAIN_MS);
  }

  /** Harmless where nothing is held. */
  release(): void {
    if (this.#held === null) return;
    this.#letGo();
    this.#tell(STILL);
  }

  #letGo(): void {
    clearInterval(this.#timer);
    this.#held = null;
  }

  #tell(direction: Direction): void {
    this.#unanswered += 1;
    this.#dependencies
      .send({ name: 'steer-camera', ...direction })
      .catch((error: unknown) => {
        // one word about it, not one for each repetition
        if (this.#held === null && direction !== STILL) return;
        this.#letGo();
        this.#dependencies.onProblem(error);
      })
      .finally(() => {
        this.#unanswered -= 1;
      });
  }
}

/** Closer to the middle than this (of the radius) is still: a finger trembles. */
const DEAD_ZONE = 0.18;

/** Where the knob is dragged to, in parts of the radius, y down, as a direction; outside of the ring is full speed. */
export function directionOf(x: number, y: number): Direction {
  const distance = Math.hypot(x, y);
  if (distance < DEAD_ZONE) return STILL;
  const speed = Math.min(1, (distance - DEAD_ZONE) / (1 - DEAD_ZONE)) / distance;
  const part = (of: number): number => Math.round(of * speed * 100) / 100 + 0;
  return { pan: part(x), tilt: part(-y), zoom: 0 };
}

/** By the arrow keys that are down: opposite ones cancel each other out. */
export function directionOfKeys(keys: ReadonlySet<string>): Direction {
  const of = (more: string, less: string): number => Number(keys.has(more)) - Number(keys.has(less));
  return { pan: of('ArrowRight', 'ArrowLeft'), tilt: of('ArrowUp', 'ArrowDown'), zoom: 0 };
}
