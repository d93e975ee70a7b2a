/** The product as `npm start` starts it, without its own browser unless it is given a display: addresses, processes by role, logs, and what the media node counts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PICTURES_PER_SECOND } from '#contract/program-page.ts';
import { processTree } from '../../load/processes.ts';

export type Addresses = Record<
  | 'consoleUrl'
  | 'controllerUrl'
  | 'staffUrl'
  | 'watchUrl'
  | 'joinUrl'
  | 'tvUrl'
  | 'fleetUrl'
  | 'adminUser'
  | 'adminPassword'
  | 'roomId',
  string
>;
export type Role = keyof typeof scripts;

const root = fileURLToPath(new URL('../../..', import.meta.url));
const scripts = {
  'fleet-supervisor': 'dist/fleet-main.js',
  'fleet-server': 'dist/fleet-server.js',
  'media-node': 'dist/fleet-media-main.js',
  converter: 'dist/fleet-documents-converter-main.js',
  program: 'dist/fleet-broadcasts-program-main.js',
  packager: 'dist/fleet-broadcasts-packager-main.js',
  'kiosk-supervisor': 'dist/kiosk-main.js',
  agent: 'dist/kiosk-agent-main.js',
  shell: 'dist/kiosk-shell-main.js',
  'media-worker': 'mediasoup-worker',
} as const;

/**
 * Of a broadcast: it is drawn, encoded, decoded and drawn again by the processors that all browsers of a test share. What measures
 * broadcasts asks for the usual number after it.
 */
export const FEW_PICTURES = ['--pictures-per-second', '10'] as const;
export const USUAL_PICTURES = ['--pictures-per-second', `${PICTURES_PER_SECOND.usual}`] as const;

export class Product {
  readonly addresses: Addresses;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, addresses: Addresses) {
    this.#child = child;
    this.addresses = addresses;
    const dataDir = /--data-dir\0([^\0]+)/.exec(
      readFileSync(`/proc/${this.pid('kiosk-supervisor')}/cmdline`, 'utf8'),
    )?.[1];
    if (dataDir === undefined) throw new Error('the kiosk has no data folder');
    this.#folder = dirname(dataDir);
  }

  /** @param display where the TV's own window opens, as DISPLAY; null: no window, a test's page is the TV */
  static async start(extra: string[] = [], display: string | null = null): Promise<Product> {
    const window = display === null ? ['--headless', '--no-shell'] : [];
    const child = spawn(
      process.execPath,
      ['provisioning/demonstration/main.ts', ...window, '--ephemeral', '--json', ...FEW_PICTURES, ...extra],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'inherit'],
        env: display === null ? process.env : { ...process.env, DISPLAY: display },
      },
    );
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve);
      child.once('exit', (code) => reject(new Error(`the product ended with ${code} before it was ready`)));
    });
    return new Product(child, JSON.parse(line) as Addresses);
  }

  get folder(): string {
    return this.#folder;
  }

  pids(role: Role): number[] {
    return processTree(this.#child.pid!).filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
          .split('\0')
          .some((argument) => argument.endsWith(scripts[role]));
      } catch {
        return false;
      }
    });
  }

  pid(role: Role): number {
    const [pid] = this.pids(role);
    if (pid === undefined) throw new Error(`no ${role} runs`);
    return pid;
  }

  kill(role: Role, signal: NodeJS.Signals = 'SIGKILL'): number {
    const pid = this.pid(role);
    process.kill(pid, signal);
    return pid;
  }

  /** Gone, and nobody starts it again; media node and room go on. Lasts until `bringBackFleetServer`. */
  takeAwayFleetServer(): void {
    process.kill(this.pid('fleet-supervisor'), 'SIGSTOP');
    this.kill('fleet-server');
  }

  bringBackFleetServer(): void {
    process.kill(this.pid('fleet-supervisor'), 'SIGCONT');
  }

  /** The worker that carries a call, by what the media node has logged of its workers. */
  workerPid(index: number): number {
    const lines = this.log('fleet')
      .split('\n')
      .filter((line) => line.includes('"media worker serves"'));
    const last = lines
      .map((line) => JSON.parse(line) as { worker: number; pid: number })
      .findLast(({ worker }) => worker === index);
    if (last === undefined) throw new Error(`worker ${index} was never said to serve`);
    return last.pid;
  }

  /** Another process of this role runs. */
  async replaced(role: Role, formerPid: number, timeoutMs = 15_000): Promise<void> {
    const deadlineMs = Date.now() + timeoutMs;
    while (!this.pids(role).some((pid) => pid !== formerPid)) {
      if (Date.now() > deadlineMs) throw new Error(`the ${role} did not come back`);
      await sleep(50);
    }
  }

  /** What the parts have logged so far. */
  log(part: 'fleet' | 'kiosk'): string {
    const path = join(this.#folder, `${part}.log`);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    // a test that failed in between has left it stopped
    for (const supervisor of this.pids('fleet-supervisor')) process.kill(supervisor, 'SIGCONT');
    this.#child.kill('SIGTERM');
    await ended;
  }
}
