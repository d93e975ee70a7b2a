/** What every shell is to the loop that keeps it: one window over the screen's page, for as long as it is sound. */
export type ShellWindow = {
  /** @throws when the screen's page is not shown within `withinMs` */
  start(withinMs: number): Promise<void>;
  /** @returns why it cannot be watched any longer: crashed, frozen, elsewhere, gone */
  watch(): Promise<string>;
  /** A JPEG of what the window shows; null: it can't be had at the moment. */
  picture(): Promise<Buffer<ArrayBuffer> | null>;
  /** Harmless when it has ended already. Leaves no process behind. */
  stop(): Promise<void>;
};

/** Asked each second; a page that has not answered by then is frozen. */
export const LOOK_MS = 1_000;
export const FROZEN_AFTER_MS = 2_000;

export const SHELLS = ['electron', 'chromium'] as const;
export type ShellName = (typeof SHELLS)[number];
