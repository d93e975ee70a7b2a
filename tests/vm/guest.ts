/**
 * One guest: QEMU with the base image and today's files, everything emulated (/dev/kvm is not relied on). Tells each line
 * that the guest says; ends with the guest, or by a kill that it does not see coming.
 */
import { spawn } from 'node:child_process';
import { closeSync, copyFileSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { arch, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { existsSync } from 'node:fs';
import { type BaseImage, baseImage, NoGuestHere } from './base-image.ts';
import { writeGuestFiles } from './guest-files.ts';
import { type GuestLine, readLine } from './line.ts';

const QEMU = 'qemu-system-x86_64';
const MEMORY_MB = 1500;
const CONSOLE_TAIL_CHARACTERS = 3000;

export type GuestOptions = {
  image: BaseImage;
  /** from the checkout's top, and its arguments; run by Node in the guest */
  program: string;
  args?: string[];
  /** a raw image that becomes /dev/vda, written through to the file */
  diskPath?: string;
  limitMs: number;
  /** `kill` cuts the power at once */
  onLine: (line: GuestLine, kill: () => void) => void;
};
export type GuestEnd = {
  /** `over` was said: the program came to its end; null where the power was cut, or it hung */
  exitCode: number | null;
  /** what was said that was no GuestLine, and the end of the kernel's console */
  log: string;
  tookMs: number;
  timedOut: boolean;
};

/** @throws NoGuestHere */
export async function prepareGuests(progress: (line: string) => void): Promise<BaseImage> {
  if (arch() !== 'x64') throw new NoGuestHere(`guests are made for x64 machines so far, this one is ${arch()}`);
  const isThere = (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, QEMU)));
  if (!isThere) throw new NoGuestHere(`${QEMU} is not installed (Debian: qemu-system-x86)`);
  return baseImage(progress);
}

export async function runGuest(options: GuestOptions): Promise<GuestEnd> {
  const folder = mkdtempSync(join(tmpdir(), 'maru-guest-'));
  try {
    return await boot(options, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function boot(
  { image, program, args = [], diskPath, limitMs, onLine }: GuestOptions,
  folder: string,
): Promise<GuestEnd> {
  const initrd = join(folder, 'initrd');
  copyFileSync(image.archivePath, initrd);
  const files = join(folder, 'files');
  writeGuestFiles(files);
  append(initrd, readFileSync(files));
  const consolePath = join(folder, 'console');
  // spaces end the kernel's words
  const run = [program, ...args].join(',');
  // no_timer_check: an emulated clock that is late for a moment is no broken one, over which the kernel would panic
  const kernelLine = `console=ttyS0 quiet panic=-1 mitigations=off nokaslr no_timer_check maru.run=${run}`;
  const machine = ['-M', 'q35', '-accel', 'tcg,thread=multi', '-smp', '2'];
  const software = ['-m', String(MEMORY_MB), '-kernel', image.kernelPath, '-initrd', initrd, '-append', kernelLine];
  const disk = diskPath ? ['-drive', `file=${diskPath},format=raw,if=virtio,cache=writethrough`] : [];
  return runQemu({ args: [...machine, ...software, ...disk], consolePath, limitMs, onLine });
}

/** of /proc: so many a second of processor time, on any Linux */
const TICKS_PER_SECOND = 100;
const LOOK_EVERY_MS = 2_000;

export type QemuOptions = Pick<GuestOptions, 'limitMs' | 'onLine'> & {
  /** of the emulator's processor time; a guest that only waits for a busy machine does not hang */
  processorLimitMs?: number;
  /** of the machine and its software; the serial ports are set here */
  args: string[];
  /** what the kernel prints goes there */
  consolePath: string;
};

/** Ends with the guest, which does not start again; never rejects for what the guest does. */
export function runQemu({
  args,
  consolePath,
  limitMs,
  processorLimitMs = limitMs,
  onLine,
}: QemuOptions): Promise<GuestEnd> {
  const fixed = ['-nodefaults', '-no-user-config', '-cpu', 'max', '-display', 'none', '-monitor', 'none', '-no-reboot'];
  const lines = ['-serial', `file:${consolePath}`, '-serial', 'stdio'];
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(QEMU, [...fixed, ...args, ...lines], { stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    let unfinished = '';
    let exitCode: number | null = null;
    let timedOut = false;
    const kill = () => child.kill('SIGKILL');
    const limit = setInterval(() => {
      const isOver = performance.now() - startedAt > limitMs || processorMsOf(child.pid) > processorLimitMs;
      if (!isOver) return;
      timedOut = true;
      kill();
    }, LOOK_EVERY_MS);
    const stopWithUs = () => kill();
    process.on('exit', stopWithUs);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const said = (unfinished + chunk).split(/\r*\n/);
      unfinished = said.pop() ?? '';
      for (const text of said) {
        const line = readLine(text);
        if (line === null) log += `${text}\n`;
        else if (line.event === 'over') exitCode = line.exitCode;
        else onLine(line, kill);
      }
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      log += chunk;
    });
    child.on('error', reject);
    child.on('close', () => {
      clearInterval(limit);
      process.off('exit', stopWithUs);
      const kernel = existsSync(consolePath) ? readFileSync(consolePath, 'utf8').slice(-CONSOLE_TAIL_CHARACTERS) : '';
      log += `${unfinished}\n--- the guest's console\n${kernel}`;
      resolve({ exitCode, log, tookMs: performance.now() - startedAt, timedOut });
    });
  });
}

/** 0: it has ended */
function processorMsOf(pid: number | undefined): number {
  const path = `/proc/${pid}/stat`;
  if (pid === undefined || !existsSync(path)) return 0;
  // the program's name may have spaces; what follows it has none
  const fields = readFileSync(path, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND;
}

function append(path: string, content: Buffer): void {
  const file = openSync(path, 'a');
  for (let at = 0; at < content.length; ) at += writeSync(file, content, at);
  closeSync(file);
}
