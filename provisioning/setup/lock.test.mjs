import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { holderOf, withLock } from './lock.mjs';

let folder;
let path;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maru-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const never = () => expect.unreachable('there was nobody to wait for');

it('lets one after the other in, and says who is waited for', async () => {
  const order = [];
  const waited = [];
  const { promise: opened, resolve: open } = Promise.withResolvers();
  const first = withLock(path, never, async () => {
    order.push('first in');
    await opened;
    order.push('first out');
  });
  const second = withLock(
    path,
    (pid) => waited.push(pid),
    async () => order.push('second in'),
  );
  await expect.poll(() => waited).toEqual([process.pid]);
  open();
  await Promise.all([first, second]);
  expect(order).toEqual(['first in', 'first out', 'second in']);
  expect(holderOf(path)).toBeNull();
});

it('is free again when the work failed', async () => {
  await expect(withLock(path, never, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(holderOf(path)).toBeNull();
});

it.each([
  ['a process that is gone', '4194304 1'],
  ['a pid that was given to another process', `${process.pid} 1`],
])('is taken over from %s', async (_whom, content) => {
  writeFileSync(path, content);
  expect(await withLock(path, never, async () => 'done')).toBe('done');
});

it('is taken over from a symbolic link whose target is gone', async () => {
  symlinkSync(join(folder, 'gone'), path);
  expect(await withLock(path, never, async () => 'done')).toBe('done');
});
