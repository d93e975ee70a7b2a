/** Waits until something read again and again is as wanted; says what was read last where it never is. For tests, hooks and command lines alike. */
import { setTimeout as sleep } from 'node:timers/promises';

export type EventuallyOptions = { timeoutMs?: number; everyMs?: number };

/** @throws Error naming `what` and the last value, or the last failure to read it */
export async function eventually<T>(
  what: string,
  read: () => Promise<T> | T,
  met: (value: T) => boolean,
  { timeoutMs = 15_000, everyMs = 50 }: EventuallyOptions = {},
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    let last: { value: T } | { error: unknown };
    try {
      const value = await read();
      if (met(value)) return value;
      last = { value };
    } catch (error) {
      last = { error };
    }
    if (performance.now() > deadlineMs) {
      const read = 'value' in last ? `last: ${JSON.stringify(last.value)}` : 'it could not be read';
      throw new Error(`${what} did not come true in ${timeoutMs} ms; ${read}`, {
        cause: 'error' in last ? last.error : undefined,
      });
    }
    await sleep(everyMs);
  }
}
