import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LogLines } from '#contract/room-action.ts';
import { batchedLines } from './batched-lines.ts';
import type { LogLine } from './log-ring.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const line = (text: string): LogLine => ({ atMs: 1, from: 'agent', level: 'info', text });
function batched(signal: AbortSignal): { write: (line: LogLine) => void; sent: LogLines[] } {
  const sent: LogLines[] = [];
  return { write: batchedLines({ actionId: 'an action', send: (lines) => sent.push(lines), signal }), sent };
}

test('lines of a quarter of a second go together, and a quiet time sends nothing', () => {
  const { write, sent } = batched(new AbortController().signal);
  write(line('a'));
  write(line('b'));
  vi.advanceTimersByTime(249);
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(sent).toEqual([{ actionId: 'an action', lines: [line('a'), line('b')], skippedCount: 0 }]);
  vi.advanceTimersByTime(10_000);
  expect(sent).toHaveLength(1);
});

test('beyond fifty lines, or their letters, the rest is counted; the next message begins anew', () => {
  const { write, sent } = batched(new AbortController().signal);
  for (let n = 0; n < 53; n += 1) write(line(`${n}`));
  vi.advanceTimersByTime(250);
  write(line('x'.repeat(30_000)));
  write(line('y'.repeat(10_001)));
  write(line('z'.repeat(10_000)));
  vi.advanceTimersByTime(250);
  expect(sent.map(({ lines, skippedCount }) => [lines.length, skippedCount])).toEqual([
    [50, 3],
    [2, 1],
  ]);
});

test('nothing is sent after the signal, and nothing goes on', () => {
  const ends = new AbortController();
  const { write, sent } = batched(ends.signal);
  write(line('a'));
  ends.abort();
  write(line('b'));
  vi.advanceTimersByTime(1_000);
  expect([sent, vi.getTimerCount()]).toEqual([[], 0]);
});

test('a signal that had ended before starts nothing', () => {
  const { write, sent } = batched(AbortSignal.abort());
  write(line('a'));
  expect([sent, vi.getTimerCount()]).toEqual([[], 0]);
});
