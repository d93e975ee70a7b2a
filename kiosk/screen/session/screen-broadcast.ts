/** The broadcast on this idle TV, as the agent wants it, and how it ended. Its picture is broadcast/broadcast-player.ts. */
import { Observable } from '#call/observable.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { ScreenEffect, ScreenToAgent } from '#contract/screen-link.ts';

export type ShownBroadcast = NonNullable<Extract<ScreenEffect, { name: 'show-broadcast' }>['shown']>;

export class ScreenBroadcast {
  /** null: none */
  readonly shown = new Observable<ShownBroadcast | null>(null);
  readonly #tell: (report: ScreenToAgent) => void;

  constructor({ tell }: { tell: (report: ScreenToAgent) => void }) {
    this.#tell = tell;
  }

  /** The same one again: a newer token. */
  show(shown: ShownBroadcast | null): void {
    this.shown.set(shown);
  }

  /** @param code why it can't be shown; null: it is over */
  end(broadcastId: string, code: ErrorCode | null): void {
    if (this.shown.getSnapshot()?.viewing.broadcastId !== broadcastId) return;
    this.shown.set(null);
    this.#tell({ type: 'broadcast-ended', broadcastId, code });
  }
}
