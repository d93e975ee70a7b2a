/** The media node's half: runs the transcriber, and hands it what is spoken, as much as it can keep up with. */
import { fileURLToPath } from 'node:url';
import { FromTranscriber, type ToTranscriber } from '#contract/transcriber-link.ts';
import { SupervisedProcess } from '#edge/supervised-process.ts';

export type TranscriberOptions = {
  /** names the engine; IT's file */
  speechConfig: string;
  jsonLogs: boolean;
  /** reads nothing of what it was sent for so long: killed, and started again */
  hangsAfterMs?: number;
  log: (what: string, details: { err?: unknown; [detail: string]: unknown }) => void;
};

export type Transcriber = {
  /** Never waits. Lost while it is not ready; sound is also lost while the transcriber does not keep up. */
  send: (message: ToTranscriber) => void;
  /**
   * `ready` comes at each of its starts, and then it knows no track: start each open one again. An `engine` that was failing
   * is reported anew after that.
   */
  onMessage: (handle: (message: FromTranscriber) => void) => void;
  /** it ended, and is started again */
  onGone: (handle: () => void) => void;
  readonly isReady: boolean;
  stop: () => Promise<void>;
};

/** Ten seconds of twenty microphones. */
const MAX_UNWRITTEN = 10_000;
/** A process that has the machine's last place still reads something in this time. */
const HANGS_AFTER_MS = 30_000;

/** Starts the process; it is started again when it ends. */
export function startTranscriber(options: TranscriberOptions): Transcriber {
  const { speechConfig, jsonLogs, hangsAfterMs = HANGS_AFTER_MS, log } = options;
  const handlers: ((message: FromTranscriber) => void)[] = [];
  const goneHandlers: (() => void)[] = [];
  let isReady = false;
  let unwritten = 0;
  let lost = 0;
  /** since then nothing was read of what waits */
  let waitingSinceMs = performance.now();
  const child = new SupervisedProcess({
    script: fileURLToPath(new URL('./main.ts', import.meta.url)),
    args: () => ['--speech-config', speechConfig, ...(jsonLogs ? ['--json-logs'] : [])],
    pidFile: null,
    compiledDir: null,
    serialization: 'advanced',
    log: (what, details) => log(`transcriber: ${what}`, details),
    onMessage: (raw) => {
      const message = FromTranscriber.parse(raw);
      if (message.name === 'ready') isReady = true;
      for (const handle of handlers) handle(message);
    },
    onEnded: () => {
      isReady = false;
      for (const handle of goneHandlers) handle();
    },
  });
  const write = (message: ToTranscriber): void => {
    if (unwritten === 0) waitingSinceMs = performance.now();
    unwritten += 1;
    child.send(message, () => {
      unwritten -= 1;
      waitingSinceMs = performance.now();
    });
  };
  /** Else everybody would read that what is spoken is written, and nothing would be. */
  const endHanging = (): void => {
    if (unwritten === 0 || performance.now() - waitingSinceMs < hangsAfterMs) return;
    waitingSinceMs = performance.now();
    log('transcriber: it hangs, and is killed', { waiting: unwritten });
    child.killHanging();
  };
  child.start();
  return {
    send: (message) => {
      if (!isReady) return;
      endHanging();
      if (message.name === 'sound' && unwritten >= MAX_UNWRITTEN) {
        lost += 1;
        return;
      }
      if (lost > 0 && unwritten < MAX_UNWRITTEN / 2) {
        log('transcriber: it did not keep up, and sound was lost', { packets: lost });
        lost = 0;
      }
      write(message);
    },
    onMessage: (handle) => void handlers.push(handle),
    onGone: (handle) => void goneHandlers.push(handle),
    get isReady() {
      return isReady;
    },
    stop: () => child.stop(),
  };
}
