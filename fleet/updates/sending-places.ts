/** How many files are sent at once, to one receiver and over all: a receiver that asks for more comes again. */
import { UserError } from '#contract/error-codes.ts';

export class SendingPlaces {
  readonly #ofOne: number;
  readonly #ofAll: number;
  /** receiver to how many are sent to it */
  readonly #sending = new Map<string, number>();

  constructor({ ofOne, ofAll }: { ofOne: number; ofAll: number }) {
    this.#ofOne = ofOne;
    this.#ofAll = ofAll;
  }

  /** @returns how its place is given back, once. @throws UserError too-many-attempts */
  enter(receiver: string): () => void {
    const own = this.#sending.get(receiver) ?? 0;
    const all = [...this.#sending.values()].reduce((sum, each) => sum + each, 0);
    if (own >= this.#ofOne || all >= this.#ofAll)
      throw new UserError('too-many-attempts', 'as many files are being fetched as this server sends at once');
    this.#sending.set(receiver, own + 1);
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      const left = (this.#sending.get(receiver) ?? 1) - 1;
      if (left > 0) this.#sending.set(receiver, left);
      else this.#sending.delete(receiver);
    };
  }
}
