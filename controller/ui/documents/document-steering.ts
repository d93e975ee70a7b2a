/** Sends a phone's acts on the shared document to its room, paced for the way over fleet and kiosk; a line that fails is reported. */
import { ActQueue } from '#call/act-queue.ts';
import type { DocumentAct } from '#contract/shared-document.ts';

/** Pointer, zoom and pen go out this often at most: 15 times a second. */
export const STEER_DOCUMENT_EVERY_MS = 66;
const EVERY_MS = {
  point: STEER_DOCUMENT_EVERY_MS,
  draw: STEER_DOCUMENT_EVERY_MS,
  zoom: STEER_DOCUMENT_EVERY_MS,
} as const;
/** On a slow line acts are joined rather than piled up. */
const UNANSWERED_AT_MOST = 3;

type Dependencies = {
  send: (act: DocumentAct) => Promise<void>;
  /** once for each row of failures, after `send` rejected */
  onProblem: (error: unknown) => void;
};

export class DocumentSteering {
  readonly #queue: ActQueue;
  readonly #onProblem: Dependencies['onProblem'];
  #isFailing = false;

  constructor({ send, onProblem }: Dependencies) {
    this.#queue = new ActQueue(send, { intervalMs: EVERY_MS, unansweredAtMost: UNANSWERED_AT_MOST });
    this.#onProblem = onProblem;
  }

  act(act: DocumentAct): void {
    this.#queue.push(act).then(
      () => {
        this.#isFailing = false;
      },
      (error: unknown) => {
        if (this.#isFailing) return;
        this.#isFailing = true;
        this.#onProblem(error);
      },
    );
  }

  /** What waits is sent. */
  stop(): void {
    this.#queue.flush();
  }
}
