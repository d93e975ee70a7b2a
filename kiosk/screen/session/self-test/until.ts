/** Waits for something by looking at it, or for the end of the check. */
const LOOK_EVERY_MS = 50;

/** @throws the signal's reason */
export async function until(signal: AbortSignal, isThere: () => boolean): Promise<void> {
  while (!isThere()) {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  signal.throwIfAborted();
}
