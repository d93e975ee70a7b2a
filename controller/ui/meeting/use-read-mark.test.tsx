// @vitest-environment happy-dom
/** Marks of what a page showed: at a pace, each message once, and again after a line that was lost. */
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MARK_READ_EVERY_MS } from '#contract/chat.ts';
import { useReadMark } from './use-read-mark.ts';

let root: Root;
let onSeen: (messageId: string) => void;
const mark = vi.fn<(messageId: string) => Promise<void>>();
beforeEach(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  mark.mockReset().mockResolvedValue();
  document.body.innerHTML = '<main></main>';
  root = createRoot(document.querySelector('main')!);
  await act(async () => root.render(<Page />));
});
afterEach(async () => {
  await act(async () => root.unmount());
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function Page() {
  onSeen = useReadMark(mark);
  return null;
}
const marked = () => mark.mock.calls.map(([messageId]) => messageId);
const pace = (times = 1) => vi.advanceTimersByTimeAsync(times * MARK_READ_EVERY_MS);

it('marks the newest of many once', async () => {
  for (const messageId of ['a', 'b', 'c']) onSeen(messageId);
  await pace();
  onSeen('c');
  await pace();
  expect(marked()).toEqual(['c']);
});

it('marks again what was not marked because the line was lost, though nothing more is written', async () => {
  mark.mockRejectedValueOnce(new Error('no line'));
  onSeen('a');
  await pace();
  expect(marked()).toEqual(['a']);
  await pace(10);
  expect(marked()).toEqual(['a', 'a']);
  await pace(30);
  expect(marked()).toEqual(['a', 'a']);
});

it('what is refused for good is asked at an ever slower pace, and a newer message goes at once', async () => {
  mark.mockRejectedValue(new Error('refused'));
  onSeen('a');
  await pace(1_000);
  expect(mark.mock.calls.length).toBeGreaterThan(3);
  expect(mark.mock.calls.length).toBeLessThan(20);
  mark.mockResolvedValue();
  onSeen('b');
  await pace();
  expect(marked().at(-1)).toBe('b');
});
