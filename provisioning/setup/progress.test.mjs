import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createProgress, elapsedText } from './progress.mjs';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function heard({ isTTY }) {
  const said = [];
  return { said, progress: createProgress({ isTTY, columns: 80, write: (text) => said.push(text) }) };
}

it('says a line as a step starts and ends, and one every so often in between, where nobody can redraw', async () => {
  const { said, progress } = heard({ isTTY: false });
  const step = progress.step('worker', async (detail) => {
    detail('12 of 261');
    await new Promise((resolve) => setTimeout(resolve, 31_000));
  });
  await vi.advanceTimersByTimeAsync(31_000);
  await step;
  expect(said).toEqual([
    '  · worker\n',
    '  … worker: 12 of 261 (15 s)\n',
    '  … worker: 12 of 261 (30 s)\n',
    '  ✓ worker (31 s)\n',
  ]);
});

it('redraws one line on a terminal, no wider than it', async () => {
  const { said, progress } = heard({ isTTY: true });
  const step = progress.step(
    'a step with a name '.repeat(10),
    () => new Promise((resolve) => setTimeout(resolve, 2000)),
  );
  await vi.advanceTimersByTimeAsync(2000);
  await step;
  const drawn = said.filter((text) => text.startsWith('  …'));
  expect(drawn.length).toBeGreaterThan(2);
  expect(drawn.every((text) => text.length < 80 && !text.includes('\n'))).toBe(true);
});

it('marks the step that failed, and passes the error on', async () => {
  const { said, progress } = heard({ isTTY: false });
  await expect(progress.step('npm', () => Promise.reject(new Error('offline')))).rejects.toThrow('offline');
  expect(said.at(-1)).toBe('  ✗ npm (0 s)\n');
});

it('tells time as a person would', () => {
  expect([elapsedText(900), elapsedText(59_400), elapsedText(65_000)]).toEqual(['1 s', '59 s', '1 min 05 s']);
});
