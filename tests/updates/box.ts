/**
 * A room's box in the guest: its disk, and one boot of it after the other. Its clock is the number of instructions that were executed
 * (QEMU's icount), so times in it depend on no other load of the machine, and a wait in which nothing runs costs nothing.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BaseImage } from '../vm/base-image.ts';
import { type GuestEnd, runQemu } from '../vm/guest.ts';

const MEMORY = '640M,slots=3,maxmem=8G';
/** Each instruction lasts 2 ns, as on a slow processor; a wait without work is over at once. */
const CLOCK = 'shift=1,sleep=off';
/** of the emulator's processor; a machine that has other things to do is waited for longer */
const BOOT_PROCESSOR_LIMIT_MS = 15 * 60_000;
const BOOT_LIMIT_MS = 4 * BOOT_PROCESSOR_LIMIT_MS;

export type BoxParts = {
  image: BaseImage;
  diskPath: string;
  diskBytes: number;
  mediumPath: string;
  mediumBytes: number;
};

export type Boot = {
  /** `over`: it did all that it was to do; `reset`: the power was cut, or it restarted itself */
  ended: 'over' | 'reset' | 'hung';
  /** what was seen, in order */
  marks: string[];
  /** of the guest's own clock, at the last mark that has one */
  uptimeS: number;
  log: string;
};

/** Most of it is empty, and stays so. */
export function copyDisk(from: string, to: string): void {
  execFileSync('cp', ['--sparse=auto', '--reflink=auto', from, to]);
}

export class GuestBox {
  readonly #parts: BoxParts;
  readonly #folder: string;
  readonly #disk: string;

  /** On a copy of the disk, which goes with it. */
  constructor(parts: BoxParts) {
    this.#parts = parts;
    this.#folder = mkdtempSync(join(tmpdir(), 'maru-updates-guest-'));
    this.#disk = join(this.#folder, 'disk');
    copyDisk(parts.diskPath, this.#disk);
  }

  get diskPath(): string {
    return this.#disk;
  }

  /** @param words of the kernel's command line, as guest/driver.sh reads them */
  async boot(words: Record<string, string | number>): Promise<Boot> {
    const { image, diskBytes, mediumPath, mediumBytes } = this.#parts;
    const given = Object.entries(words).map(([name, value]) => `maru.${name}=${value}`);
    const kernelLine = ['console=ttyS0 panic=-1 mitigations=off nokaslr no_timer_check', ...given].join(' ');
    const memory = (id: string, path: string, bytes: number): string[] => [
      '-object',
      `memory-backend-file,id=${id},share=on,mem-path=${path},size=${bytes}`,
      '-device',
      `nvdimm,memdev=${id}`,
    ];
    const args = [
      ...['-M', 'q35,nvdimm=on', '-accel', 'tcg,thread=single', '-icount', CLOCK, '-m', MEMORY],
      ...memory('disk', this.#disk, diskBytes),
      ...memory('medium', mediumPath, mediumBytes),
      ...['-kernel', image.kernelPath, '-initrd', image.diskBootPath, '-append', kernelLine],
    ];
    const marks: string[] = [];
    const end = await runQemu({
      args,
      consolePath: join(this.#folder, 'console'),
      limitMs: BOOT_LIMIT_MS,
      processorLimitMs: BOOT_PROCESSOR_LIMIT_MS,
      onLine: (line) => line.event === 'mark' && marks.push(line.text.trim()),
    });
    return { ended: endOf(end), marks, uptimeS: lastTimeOf(marks), log: `${marks.join('\n')}\n${end.log}` };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const endOf = ({ exitCode, timedOut }: GuestEnd): Boot['ended'] =>
  timedOut ? 'hung' : exitCode === null ? 'reset' : 'over';

/** Seconds since its start: the last number with a point that a mark ends with. */
export function lastTimeOf(marks: readonly string[]): number {
  const times = marks.map((mark) => / (\d+\.\d+)$/.exec(mark)?.[1]).filter((time) => time !== undefined);
  return Number(times.at(-1) ?? 0);
}
