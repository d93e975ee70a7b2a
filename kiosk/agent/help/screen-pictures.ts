/**
 * Pictures of the screen: a wish is left for the shell, which draws the window's picture by its own means and brings it to the
 * agent's port, with a proof that it has the screen's key. Owns the wish; `screen-server.ts` checks who brings the picture.
 */
import { v7 } from 'uuid';
import { OperationalError } from '#contract/error-codes.ts';

export type ScreenPicturesOptions = {
  /** for the shell; null: no wish */
  leaveWish: (pictureId: string | null) => void;
};

const BROUGHT_WITHIN_MS = 5_000;

export class ScreenPictures {
  readonly #options: ScreenPicturesOptions;
  #wanted: { pictureId: string; resolve: (picture: Buffer) => void } | null = null;

  constructor(options: ScreenPicturesOptions) {
    this.#options = options;
  }

  /** A JPEG of what the TV shows now. @throws OperationalError no-screen: none came in time, or the signal ended it */
  async take(signal: AbortSignal): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    const wanted = { pictureId: v7(), resolve };
    const late = AbortSignal.any([signal, AbortSignal.timeout(BROUGHT_WITHIN_MS)]);
    const onLate = (): void => reject(new OperationalError('no-screen', 'no picture of the screen came'));
    late.addEventListener('abort', onLate, { once: true });
    this.#wanted = wanted;
    this.#options.leaveWish(wanted.pictureId);
    try {
      return await promise;
    } finally {
      late.removeEventListener('abort', onLate);
      if (this.#wanted === wanted) {
        this.#wanted = null;
        this.#options.leaveWish(null);
      }
    }
  }

  /** False: nobody waits for this one. */
  bring(pictureId: string, picture: Buffer): boolean {
    if (this.#wanted?.pictureId !== pictureId) return false;
    this.#wanted.resolve(picture);
    return true;
  }
}
