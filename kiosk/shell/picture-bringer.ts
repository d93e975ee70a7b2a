/**
 * Brings the agent a picture of the window when it wants one: the wish is a file of the folder that the two share, the picture
 * goes to the agent's port with a proof of the screen's key. Nothing is drawn that nobody wants.
 */
import { pictureProof, SCREEN_PICTURE_PATH, SCREEN_PICTURE_PROOF_HEADER } from '#contract/screen-link.ts';

export type PictureBringerOptions = {
  /** null: none is wanted */
  wanted: () => string | null;
  key: () => string | null;
  /** a JPEG of the window; null: there is none at the moment */
  take: () => Promise<Buffer<ArrayBuffer> | null>;
  /** the agent's */
  origin: string;
  log: (line: string) => void;
};

const LOOK_EACH_MS = 500;
const BROUGHT_WITHIN_MS = 3_000;

export class PictureBringer {
  readonly #options: PictureBringerOptions;
  #timer: NodeJS.Timeout | undefined;
  #isBusy = false;
  #lastId: string | null = null;

  constructor(options: PictureBringerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#look(), LOOK_EACH_MS);
  }
  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { wanted, key, take, origin, log } = this.#options;
    const pictureId = wanted();
    const screenKey = key();
    // each once, also where it could not be brought: the agent wishes for another
    if (this.#isBusy || pictureId === null || screenKey === null || pictureId === this.#lastId) return;
    this.#isBusy = true;
    this.#lastId = pictureId;
    try {
      const picture = await take();
      if (picture === null) return;
      const answer = await fetch(`${origin}${SCREEN_PICTURE_PATH}?id=${pictureId}`, {
        method: 'POST',
        headers: {
          'content-type': 'image/jpeg',
          [SCREEN_PICTURE_PROOF_HEADER]: await pictureProof(screenKey, pictureId, picture),
        },
        body: picture,
        signal: AbortSignal.timeout(BROUGHT_WITHIN_MS),
      });
      await answer.body?.cancel();
      if (!answer.ok && answer.status !== 410) log(`a picture was refused (${answer.status})`);
    } catch (error) {
      log(`a picture could not be brought: ${(error as Error).message}`);
    } finally {
      this.#isBusy = false;
    }
  }
}
