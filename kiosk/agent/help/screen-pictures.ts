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

type Wanted = { pictureId: string; brought: PromiseWithResolvers<Buffer>; waiting: number };

export class ScreenPictures {
  readonly #options: ScreenPicturesOptions;
  #wanted: Wanted | null = null;

  constructor(options: ScreenPicturesOptions) {
    this.#options = options;
  }

  /**
   * A JPEG of what the TV shows now; several who ask at once get the same.
   * @throws OperationalError no-screen: none came in time, or the signal ended it
   */
  async take(signal: AbortSignal): Promise<Buffer> {
    const late = AbortSignal.any([signal, AbortSignal.timeout(BROUGHT_WITHIN_MS)]);
    const none = Promise.withResolvers<never>();
    const onLate = (): void => none.reject(new OperationalError('no-screen', 'no picture of the screen came'));
    if (late.aborted) onLate();
    else late.addEventListener('abort', onLate, { once: true });
    this.#wanted ??= this.#leave();
    const wanted = this.#wanted;
    wanted.waiting += 1;
    try {
      return await Promise.race([wanted.brought.promise, none.promise]);
    } finally {
      late.removeEventListener('abort', onLate);
      wanted.waiting -= 1;
      if (wanted.waiting === 0) this.#end(wanted);
    }
  }

  /** False: nobody waits for this one. */
  bring(pictureId: string, picture: Buffer): boolean {
    const wanted = this.#wanted;
    if (wanted?.pictureId !== pictureId) return false;
    // a later request needs a newer picture
    this.#end(wanted);
    wanted.brought.resolve(picture);
    return true;
  }

  #leave(): Wanted {
    const wanted = { pictureId: v7(), brought: Promise.withResolvers<Buffer>(), waiting: 0 };
    this.#options.leaveWish(wanted.pictureId);
    return wanted;
  }

  #end(wanted: Wanted): void {
    if (this.#wanted !== wanted) return;
    this.#wanted = null;
    this.#options.leaveWish(null);
  }
}
