import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { endOnceReplaced } from './replaced-release.ts';

const EACH_MS = 1000;
let home: string;
let link: string;
let isIdle: boolean;
const onIdle = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  onIdle.mockClear();
  isIdle = true;
  home = realpathSync(mkdtempSync(join(tmpdir(), 'maru-replaced-')));
  link = join(home, 'current');
  for (const name of ['a', 'b']) mkdirSync(join(home, name));
  symlinkSync('a', link);
  endOnceReplaced({ link, folder: join(home, 'a'), isIdle: () => isIdle, onIdle, lookedEachMs: EACH_MS });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(home, { recursive: true });
});
const replace = (): void => {
  unlinkSync(link);
  symlinkSync('b', link);
};

test('a process goes on while its release is the current one, or the link cannot be read', () => {
  vi.advanceTimersByTime(10 * EACH_MS);
  unlinkSync(link);
  vi.advanceTimersByTime(10 * EACH_MS);
  expect(onIdle).not.toHaveBeenCalled();
});

test('a process that is replaced goes on as long as it holds something', () => {
  isIdle = false;
  replace();
  vi.advanceTimersByTime(10 * EACH_MS);
  expect(onIdle).not.toHaveBeenCalled();
});

test('it ends at the second idle look in a row, once', () => {
  replace();
  vi.advanceTimersByTime(EACH_MS);
  isIdle = false;
  vi.advanceTimersByTime(EACH_MS);
  isIdle = true;
  vi.advanceTimersByTime(EACH_MS);
  expect(onIdle).not.toHaveBeenCalled();
  vi.advanceTimersByTime(EACH_MS);
  expect(onIdle).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(10 * EACH_MS);
  expect(onIdle).toHaveBeenCalledTimes(1);
});
