/** What a person sees of work that lasts. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ShownProgress, sizeText } from './shown-progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const shown = (isTTY: boolean) => {
  const texts: string[] = [];
  return { isTTY, texts, write: (text: string) => texts.push(text) };
};

test('nothing is shown of a second or less, then how far it is, and nothing is left of it', () => {
  const out = shown(true);
  const progress = new ShownProgress(out);
  progress.bytes('writing', 1_000_000, 4_000_000);
  vi.advanceTimersByTime(900);
  expect(out.texts).toEqual([]);
  vi.advanceTimersByTime(600);
  expect(out.texts.at(-1)).toBe('\r\u001b[Kwriting: 25 % of 4.0 MB');
  progress.end();
  expect(out.texts.at(-1)).toBe('\r\u001b[K');
  vi.advanceTimersByTime(10_000);
  expect(out.texts.at(-1)).toBe('\r\u001b[K');
});

test('a log gets a line each ten seconds', () => {
  const out = shown(false);
  const progress = new ShownProgress(out);
  progress.step('reading ca/ca.crt.pem');
  vi.advanceTimersByTime(25_000);
  expect(out.texts).toEqual(Array(3).fill('reading ca/ca.crt.pem\n'));
  progress.end();
});

test('sizes are written as people read them', () => {
  expect([0, 999, 1_000, 433_000, 2_500_000_000, 3e15].map(sizeText)).toEqual([
    '0 bytes',
    '999 bytes',
    '1.0 KB',
    '433 KB',
    '2.5 GB',
    '3000 TB',
  ]);
});
