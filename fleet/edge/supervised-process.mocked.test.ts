import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SupervisedProcess } from './supervised-process.ts';

const fork = vi.hoisted(() => vi.fn());
vi.mock('node:child_process', () => ({ fork }));
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const noMemory = (): never => {
  throw new Error('spawn ENOMEM');
};
/** Without a pid it never was, so that it never exits either. */
const noProcess = (): EventEmitter => {
  const child = new EventEmitter();
  queueMicrotask(() => child.emit('error', new Error('spawn EAGAIN')));
  return child;
};

test.each([
  ['is refused at once', noMemory],
  ['fails a moment later', noProcess],
])('a start that %s is tried again', async (_, start) => {
  fork.mockReset().mockImplementation(start);
  const child = new SupervisedProcess({
    script: '/none',
    args: () => [],
    pidFile: '/none/child.pid',
    compiledDir: '/none',
    log: () => {},
  });
  child.start();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(fork.mock.calls.length).toBeGreaterThanOrEqual(3);
  await child.stop();
});
