/**
 * A command in a bubblewrap sandbox of its own: no network, a read-only system, a bounded private scratch space, limits on
 * memory, processor and time. Results leave it by stdout alone, so it can write nothing on this machine. Its end ends
 * everything that it started; it ends with this process too.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { ProcessTreeWatch } from './process-tree-watch.ts';
import { systemCallFilter } from './system-call-filter.ts';

export type SandboxLimits = {
  /** of each process. Null for Node: WebAssembly reserves more than any machine has */
  addressSpaceBytes: number | null;
  /** of all its processes together */
  residentBytes: number;
  /** of each process */
  cpuSeconds: number;
  /** of all its processes together; root is bound by it too, which RLIMIT_NPROC does not do */
  threads: number;
  /** each of /tmp and /dev/shm */
  scratchBytes: number;
};

export type SandboxOptions = {
  /** as seen inside */
  command: readonly string[];
  /** what it reads beside programs and libraries: path inside -> path on this machine */
  readOnly: Readonly<Record<string, string>>;
  environment?: Readonly<Record<string, string>>;
  limits: SandboxLimits;
};

/** `killed`: it went over a limit or its deadline, or `kill()` was called. */
export type SandboxEnd =
  | { kind: 'exited'; code: number | null; signal: NodeJS.Signals | null }
  | { kind: 'killed'; why: KillReason };
export type KillReason = 'deadline' | 'memory' | 'threads' | 'unwanted' | 'misbehaved';

const FILTER = systemCallFilter();
const WATCH_EVERY_MS = 200;
const KEPT_STDERR_CHARS = 4_000;
const TRIAL_LIMITS = { addressSpaceBytes: 1e9, residentBytes: 1e9, cpuSeconds: 5, threads: 16, scratchBytes: 1e6 };
const TRIAL_DEADLINE_MS = 10_000;

/** What every program needs; `-try`, as Debian's releases and architectures differ. */
const SYSTEM = ['/usr/bin', '/usr/lib', '/usr/lib64', '/etc/ld.so.cache', '/etc/alternatives'];
const LINKS = { '/bin': 'usr/bin', '/lib': 'usr/lib', '/lib64': 'usr/lib64' };

/** The root and /dev are tmpfs without a bound: they are closed once they are furnished. */
function bubblewrapArgs({ readOnly, environment, limits }: SandboxOptions): string[] {
  const scratch = ['--size', String(limits.scratchBytes), '--perms', '0700', '--tmpfs'];
  const environmentInside = { PATH: '/usr/bin', HOME: '/tmp', TMPDIR: '/tmp', LANG: 'C.UTF-8', ...environment };
  return [
    ...['--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent', '--new-session'],
    ...['--cap-drop', 'ALL', '--uid', '1000', '--gid', '1000', '--hostname', 'sandbox', '--clearenv'],
    ...Object.entries(environmentInside).flatMap(([name, value]) => ['--setenv', name, value]),
    ...SYSTEM.flatMap((path) => ['--ro-bind-try', path, path]),
    ...Object.entries(LINKS).flatMap(([path, target]) => ['--symlink', target, path]),
    // writable, /proc would let a fleet that root runs set what belongs to the kernel
    ...['--proc', '/proc', '--remount-ro', '/proc'],
    ...['--dev', '/dev', ...scratch, '/dev/shm', '--remount-ro', '/dev', ...scratch, '/tmp'],
    ...Object.entries(readOnly).flatMap(([inside, path]) => ['--ro-bind', path, inside]),
    ...['--remount-ro', '/', '--chdir', '/tmp'],
  ];
}

/** Set inside, where NPROC counts the threads of this sandbox and no others of the user. */
function withLimits(
  { addressSpaceBytes, cpuSeconds, threads, scratchBytes }: SandboxLimits,
  command: readonly string[],
): string[] {
  return [
    '/usr/bin/prlimit',
    ...(addressSpaceBytes === null ? [] : [`--as=${addressSpaceBytes}`]),
    ...[`--cpu=${cpuSeconds}`, `--nproc=${threads}`, `--fsize=${scratchBytes}`, '--core=0', '--'],
    ...command,
  ];
}

export class Sandbox {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** when its first process has ended; the kernel ends the others with it */
  readonly ended: Promise<SandboxEnd>;
  readonly #process: ChildProcess;
  readonly #watch: ProcessTreeWatch;
  #killedFor: KillReason | null = null;
  #deadline: NodeJS.Timeout | undefined;
  #stderr = '';

  /** Starts at once. */
  constructor(options: SandboxOptions) {
    const { limits } = options;
    // its first process shows its command line inside: paths of this machine go another way
    const command = [
      '--args',
      '3',
      ...(FILTER ? ['--seccomp', '4'] : []),
      '--',
      ...withLimits(limits, options.command),
    ];
    const started = spawn('/usr/bin/bwrap', command, { stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'], env: {} });
    const [stdin, stdout, stderr, args, filter] = started.stdio as [Writable, Readable, Readable, Writable, Writable];
    // what a sandbox that ended does not read is no error: `ended` reports it
    for (const stream of [stdin, stdout, stderr, args, filter]) stream.on('error', () => {});
    filter.end(FILTER);
    args.end(
      bubblewrapArgs(options)
        .map((arg) => `${arg}\0`)
        .join(''),
    );
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_STDERR_CHARS);
    });
    this.#process = started;
    this.stdin = stdin;
    this.stdout = stdout;
    this.#watch = new ProcessTreeWatch(this.#process.pid, WATCH_EVERY_MS, ({ residentBytes, threads }) => {
      if (residentBytes > limits.residentBytes) this.kill('memory');
      // two of them are bubblewrap's own
      else if (threads > limits.threads + 2) this.kill('threads');
    });
    this.ended = new Promise((resolve) => {
      const onEnd = (code: number | null, signal: NodeJS.Signals | null): void => {
        clearTimeout(this.#deadline);
        this.#watch.stop();
        resolve(this.#killedFor ? { kind: 'killed', why: this.#killedFor } : { kind: 'exited', code, signal });
      };
      // not `close`: that waits until somebody has read what is left
      this.#process.once('exit', onEnd);
      // never started
      this.#process.once('error', () => onEnd(null, null));
    });
  }

  get isRunning(): boolean {
    return this.#process.pid !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** The last that its programs printed: for the log of this machine, never for people. */
  get stderr(): string {
    return this.#stderr;
  }

  /** From now on; instead of any deadline before. */
  setDeadline(deadlineMs: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.kill('deadline'), deadlineMs);
  }

  /** It waits for its next request. */
  clearDeadline(): void {
    clearTimeout(this.#deadline);
  }

  /** Others come before what it still does. */
  lowerPriority(): void {
    this.#watch.lowerPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  }

  /** Everything in it, whatever state it is in. Harmless once it has ended. */
  kill(why: KillReason = 'unwanted'): void {
    this.#killedFor ??= why;
    this.#process.kill('SIGKILL');
    this.stdout.destroy();
  }
}

/**
 * Tries a real one.
 * @returns why no document can be converted on this machine, in English, for IT; null: it can
 */
export async function whyNoSandbox(): Promise<string | null> {
  for (const [program, debianPackage] of Object.entries({ bwrap: 'bubblewrap', prlimit: 'util-linux' }))
    if (!existsSync(`/usr/bin/${program}`)) return `${program} is missing: install the package ${debianPackage}`;
  const sandbox = new Sandbox({ command: ['/usr/bin/true'], readOnly: {}, limits: TRIAL_LIMITS });
  sandbox.setDeadline(TRIAL_DEADLINE_MS);
  sandbox.stdout.resume();
  const end = await sandbox.ended;
  if (end.kind === 'exited' && end.code === 0) return null;
  return `bubblewrap makes no sandbox here: ${sandbox.stderr.trim() || JSON.stringify(end)}`;
}
