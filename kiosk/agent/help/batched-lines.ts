/** Lines of logs on their way to who follows them: at most 50 in a message and 4 messages a second; the rest is counted. */
import type { LogLines } from '#contract/room-action.ts';
import type { LogLine } from './log-ring.ts';

const EACH_MS = 250;
const MOST_LINES = 50;
/** of a packet of MQTT, beside its heading */
const MOST_LETTERS = 40_000;

/** @returns takes one line; nothing is sent after the signal */
export function batchedLines({
  actionId,
  send,
  signal,
}: {
  actionId: string;
  send: (lines: LogLines) => void;
  signal: AbortSignal;
}): (line: LogLine) => void {
  if (signal.aborted) return () => {};
  let lines: LogLine[] = [];
  let letters = 0;
  let skippedCount = 0;
  const timer = setInterval(() => {
    if (lines.length === 0 && skippedCount === 0) return;
    send({ actionId, lines, skippedCount });
    lines = [];
    letters = 0;
    skippedCount = 0;
  }, EACH_MS);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  return (line) => {
    if (signal.aborted) return;
    if (lines.length >= MOST_LINES || letters + line.text.length > MOST_LETTERS) {
      skippedCount += 1;
      return;
    }
    lines.push(line);
    letters += line.text.length;
  };
}
