/**
 * A power cut: a guest writes to a disk, is killed without a word, and another guest looks at what is left. What the dead
 * one's kernel had not given to the disk is gone, which killing a process does not do.
 */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BaseImage } from './base-image.ts';
import { runGuest } from './guest.ts';
import type { GuestLine } from './line.ts';

const DISK_BYTES = 64 * 1024 * 1024;
const LIMIT_MS = 120_000;

export type PowerCutOptions = {
  image: BaseImage;
  /**
   * From the checkout's top, run in the guest on an empty file system at /disk; says marks (`{ event: 'mark' }` by
   * writeLine) of what it holds for safe, and never ends.
   */
  writer: string;
  /** the power is cut at this mark, counted from 1 … */
  cutAtMark: number;
  /** … and so much later */
  cutAfterMs: number;
  /** run after it, on the same disk; says by marks what it found, and ends with 0 */
  reader: string;
};
export type PowerCut = {
  /** what the writer had said before the cut, in order; a mark said in the last instant may be missing */
  written: string[];
  found: string[];
};

/** @throws where the writer never came so far, or the reader failed: with all that the guest said */
export async function cutPower({ image, writer, cutAtMark, cutAfterMs, reader }: PowerCutOptions): Promise<PowerCut> {
  const folder = mkdtempSync(join(tmpdir(), 'maru-power-cut-'));
  const diskPath = join(folder, 'disk');
  writeFileSync(diskPath, '');
  truncateSync(diskPath, DISK_BYTES);
  try {
    const written: string[] = [];
    const cut = await runGuest({
      image,
      program: 'tests/vm/guest/with-disk.ts',
      args: ['new', writer],
      diskPath,
      limitMs: LIMIT_MS,
      onLine: (line, kill) => {
        if (line.event !== 'mark') return;
        written.push(line.text);
        if (written.length === cutAtMark) setTimeout(kill, cutAfterMs);
      },
    });
    if (written.length < cutAtMark || cut.exitCode !== null || cut.timedOut) {
      throw new Error(`the writer has said ${written.length} marks, and ended by itself or hung\n${cut.log}`);
    }
    const found: string[] = [];
    const looked = await runGuest({
      image,
      program: 'tests/vm/guest/with-disk.ts',
      args: ['kept', reader],
      diskPath,
      limitMs: LIMIT_MS,
      onLine: (line: GuestLine) => {
        if (line.event === 'mark') found.push(line.text);
      },
    });
    if (looked.exitCode !== 0) throw new Error(`the reader ended with ${looked.exitCode}\n${looked.log}`);
    return { written, found };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
