/** On a disk of a few pages that runs full while it is written to: what was kept before is still whole. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readlinkSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from '#contract/schema.ts';
import { KeptFile } from './kept-file.ts';

const Kept = z.object({ text: z.string(), turn: z.number() });
const large = (turn: number) => ({ text: 'x'.repeat(10_000), turn });
let disk: string;
let mounted = false;

beforeAll(() => {
  disk = mkdtempSync(join(tmpdir(), 'maru-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24k', 'tmpfs', disk], { stdio: 'pipe' });
    mounted = true;
  } catch {
    // said below
  }
});
afterAll(() => {
  if (mounted) execFileSync('umount', [disk]);
  rmdirSync(disk);
});

const openFiles = (): string[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)].filter((path) => path.startsWith(disk));
    } catch {
      return [];
    }
  });

test('a disk that runs full in the middle of a write costs the new value, not the old one', (context) => {
  context.skip(!mounted, 'mounting a small disk needs root');
  const file = new KeptFile(join(disk, 'room.json'), Kept);
  file.write(large(1));
  // one page is left: the next write begins well, and goes no further
  writeFileSync(join(disk, 'others'), Buffer.alloc(8_000));
  for (let turn = 2; turn < 20; turn += 1) expect(() => file.write(large(turn))).toThrow(/ENOSPC/);
  expect(file.read()).toEqual(large(1));
  expect(openFiles()).toEqual([]);
  rmSync(join(disk, 'others'));
  file.write(large(20));
  expect(file.read()).toEqual(large(20));
});
