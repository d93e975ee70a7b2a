/**
 * Opens a WebSocket and does not give up: the first try at once, then again after growing, jittered pauses of half a
 * second at most, later of a second. One try at a time, because browsers let one handshake per host wait (RFC 6455, 4.1),
 * and a try that hangs in a dead network is abandoned early: after the network's return the next one must start within
 * the second.
 */
import { retryAfterMs } from '#contract/retry-after.ts';

export type OpenSocket = (url: string) => WebSocket;

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 500;
const LONGEST_PATIENT_PAUSE_MS = 1_000;
/** A hanging try is given up after this; later ones are given more, for links so slow that they need it. */
const TRY_MS = 1_000;
const PATIENT_AFTER_TRIES = 14;
const LONGEST_TRY_MS = 6_000;

export function pauseBeforeTryMs(triesMade: number, random: () => number): number {
  const longestMs = triesMade < PATIENT_AFTER_TRIES ? LONGEST_PAUSE_MS : LONGEST_PATIENT_PAUSE_MS;
  return retryAfterMs(triesMade - 1, { firstMs: FIRST_PAUSE_MS, longestMs }, random());
}

export function tryLimitMs(triesMade: number, firstTryMs = TRY_MS): number {
  if (triesMade === 0) return firstTryMs;
  return Math.min(LONGEST_TRY_MS, TRY_MS + Math.max(0, triesMade - PATIENT_AFTER_TRIES) * 500);
}

export type OpenOptions = {
  url: string;
  openSocket: OpenSocket;
  signal: AbortSignal;
  /** patience of the first try: long where a person waits for the first connection, short after a drop */
  firstTryMs?: number;
  random?: () => number;
};

/** @throws the signal's reason; nothing else ends it */
export function openPersistently({
  url,
  openSocket,
  signal,
  firstTryMs,
  random = Math.random,
}: OpenOptions): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    let triesMade = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let abandon = (): void => {};

    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      globalThis.removeEventListener?.('online', tryNow);
    };
    const onAbort = (): void => {
      abandon();
      finish();
      reject(signal.reason);
    };
    const tryNow = (): void => {
      clearTimeout(timer);
      abandon();
      const socket = openSocket(url);
      const drop = new AbortController();
      const again = (): void => {
        abandon();
        triesMade += 1;
        timer = setTimeout(tryNow, pauseBeforeTryMs(triesMade, random));
      };
      abandon = () => {
        clearTimeout(timer);
        drop.abort();
        socket.close();
      };
      const opened = (): void => {
        drop.abort();
        finish();
        resolve(socket);
      };
      if (socket.readyState === socket.OPEN) {
        opened();
        return;
      }
      socket.addEventListener('open', opened, { signal: drop.signal });
      socket.addEventListener('error', again, { signal: drop.signal });
      socket.addEventListener('close', again, { signal: drop.signal });
      timer = setTimeout(again, tryLimitMs(triesMade, firstTryMs));
    };

    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', onAbort);
    globalThis.addEventListener?.('online', tryNow);
    tryNow();
  });
}
