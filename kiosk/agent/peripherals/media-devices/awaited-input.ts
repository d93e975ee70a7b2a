/** A wish to show an HDMI input, until the page says that it is shown: the phone's answer is what really happened. */
import type { ErrorCode } from '#contract/error-codes.ts';

/** A capture stick takes a moment to give its first picture; the phone waits no longer than COMMAND_TIMEOUT_MS. */
const SHOWN_WITHIN_MS = 4_000;

export class AwaitedInput {
  #awaited: { deviceId: string | null; settle: (code: ErrorCode | null) => void } | null = null;

  /** null: off. A newer wish takes the place of the one that waits. */
  wait(deviceId: string | null): Promise<ErrorCode | null> {
    this.giveUp('not-possible-now');
    return new Promise((resolve) => {
      const late = setTimeout(() => this.giveUp('device-gone'), SHOWN_WITHIN_MS);
      const settle = (code: ErrorCode | null): void => {
        clearTimeout(late);
        this.#awaited = null;
        resolve(code);
      };
      this.#awaited = { deviceId, settle };
    });
  }

  /** What the page shows now. */
  follow(deviceId: string | null): void {
    if (this.#awaited?.deviceId === deviceId) this.#awaited.settle(null);
  }

  giveUp(code: ErrorCode): void {
    this.#awaited?.settle(code);
  }
}
