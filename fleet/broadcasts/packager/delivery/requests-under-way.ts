/** The requests of each viewing that are held or being answered: how many are held at once, and what ends them. */
import { UserError } from '#contract/error-codes.ts';
import type { Exchange } from './exchange.ts';

/** A player holds a playlist and, in Safari, a part; a person has a few pages open. */
const MOST_HELD = 12;
const MOST_OF_VIEWING = 64;

type UnderWay = { exchange: Exchange; isHeld: boolean };

export class RequestsUnderWay {
  readonly #ofViewing = new Map<string, Set<UnderWay>>();

  /**
   * Until it is answered.
   * @returns to be called when it is held, with what ends the wait
   * @throws UserError too-many-attempts
   */
  add(viewingId: string, exchange: Exchange): (endWait: () => void) => void {
    const ofViewing = this.#ofViewing.get(viewingId) ?? new Set();
    if (ofViewing.size >= MOST_OF_VIEWING) throw new UserError('too-many-attempts', 'too many requests at once');
    this.#ofViewing.set(viewingId, ofViewing);
    const underWay: UnderWay = { exchange, isHeld: false };
    ofViewing.add(underWay);
    let endWait = (): void => {};
    exchange.onClose(() => {
      endWait();
      ofViewing.delete(underWay);
      if (ofViewing.size === 0 && this.#ofViewing.get(viewingId) === ofViewing) this.#ofViewing.delete(viewingId);
    });
    return (end) => {
      endWait = end;
      underWay.isHeld = true;
      const held = [...ofViewing].filter((one) => one.isHeld && !one.exchange.isOver).length;
      if (held <= MOST_HELD) return;
      end();
      throw new UserError('too-many-attempts', 'too many requests are held');
    };
  }

  /** Readers that are too slow. */
  endLate(nowMs: number): void {
    for (const { exchange } of this.#all()) if (exchange.isLate(nowMs)) exchange.abort();
  }

  /** What is held is refused, what is being sent ends short. */
  endRevoked(isRevoked: (viewingId: string) => boolean): void {
    for (const [viewingId, ofViewing] of this.#ofViewing) {
      if (!isRevoked(viewingId)) continue;
      for (const { exchange } of ofViewing) exchange.refuse(new UserError('forbidden', 'the viewing is revoked'));
    }
  }

  *#all(): Iterable<UnderWay> {
    for (const ofViewing of this.#ofViewing.values()) yield* ofViewing;
  }
}
