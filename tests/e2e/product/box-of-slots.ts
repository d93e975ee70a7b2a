/**
 * A room's box as its installer leaves it, in a folder: two slots, the link to the one that runs, a root of trust. Agent, window and
 * root's updater are the release's own programs, started on the release's own Node; the guard is the product's. What systemd does with their
 * units is played here: it starts them, starts them again, and looks for orders. tests/updates boots the units themselves.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MANIFEST_FILE } from '#contract/release.ts';
import { OBJECTS_FOLDER, PINNED_ROOT_FILE } from '#contract/update-feed.ts';
import type { FeedUnderTest, ReleaseUnderTest } from '../../../provisioning/release/signing/feed-under-test.ts';

const GUARD = fileURLToPath(
  new URL('../../../provisioning/system/files/kiosk/usr/local/lib/maru/guard.sh', import.meta.url),
);
/** Of the box, not of this machine: the release's updater compares them with its own. */
const UNITS = 'etc/systemd/system';
const STARTED_AGAIN_AFTER_MS = 1_000;
const LOOK_EACH_MS = 200;

type Unit = 'agent' | 'screen' | 'guard' | 'updater';

export class BoxOfSlots {
  readonly #folder: string;
  readonly #screenPort: number;
  /** of the next trial's guard: 180 on a box */
  provenWithinS = 150;
  readonly #running = new Map<Unit, ChildProcess>();
  readonly #ended = new AbortController();
  #handledLines = 0;

  constructor(folder: string, { screenPort }: { screenPort: number }) {
    this.#folder = folder;
    this.#screenPort = screenPort;
  }

  /** The first release comes from a medium. */
  install(
    feed: FeedUnderTest,
    release: ReleaseUnderTest,
    { claim, settings }: { claim: string; settings: object },
  ): void {
    const slot = this.#path('opt/maru/releases', release.releaseId);
    for (const { path, mode, sha256 } of release.manifest.files) {
      mkdirSync(dirname(join(slot, path)), { recursive: true });
      const bytes = readFileSync(join(feed.folder, OBJECTS_FOLDER, sha256));
      writeFileSync(join(slot, path), bytes, { mode: Number.parseInt(mode, 8) });
    }
    writeFileSync(join(slot, MANIFEST_FILE), release.bytes);
    symlinkSync(join('releases', release.releaseId), this.#path('opt/maru/current'));
    for (const folder of ['run/maru', 'run/maru-updater', 'var/lib/maru', 'var/lib/maru-updater', 'bin', 'screen'])
      mkdirSync(this.#path(folder), { recursive: true });
    feed.pinIn(this.#path('usr/local/share/maru'));
    writeFileSync(this.#path('claim.json'), claim, { mode: 0o600 });
    writeFileSync(this.#path('var/lib/maru/settings.json'), JSON.stringify(settings));
    cpSync(GUARD, this.#path('guard.sh'));
    const placement = [...this.#updaterCommand(), '--place-system-files'];
    const place = placement.map((word) => `'${word}'`).join(' ');
    writeFileSync(
      this.#path('bin/systemctl'),
      `#!/bin/sh\ncase "$*" in "restart maru-placement.service") ${place} || exit 1 ;; esac\necho "$*" >> '${this.#path('orders')}'\n`,
      { mode: 0o755 },
    );
    const [program, ...args] = placement;
    execFileSync(program!, args, { env: this.#env, stdio: 'ignore' });
  }

  start(): void {
    this.#keepRunning('agent', () => this.#agentCommand());
    this.#keepRunning('screen', () => this.#screenCommand());
    void this.#playSystemd();
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    for (const unit of this.#running.keys()) await this.#end(unit);
  }

  /** By the link, as the next start of the box would read it. */
  get linkedRelease(): string {
    return realpathSync(this.#path('opt/maru/current')).split('/').at(-1)!;
  }

  /** NAME=VALUE of the guard's files; null: not there. */
  guardFile(name: 'trial' | 'confirmed' | 'returned'): Record<string, string> | null {
    const path = this.#path('var/lib/maru-updater', name);
    if (!existsSync(path)) return null;
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    return Object.fromEntries(lines.map((line) => line.split(/=(.*)/).slice(0, 2)));
  }

  log(unit: Unit): string {
    const path = this.#path(`${unit}.log`);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  #path(...names: string[]): string {
    return join(this.#folder, ...names);
  }
  get #env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PATH: `${this.#path('bin')}:${process.env.PATH}`,
      MARU_GUARD_STATE: this.#path('var/lib/maru-updater'),
      MARU_GUARD_HOME: this.#path('opt/maru'),
      MARU_GUARD_PROOF: this.#path('run/maru/update-proof'),
      MARU_GUARD_PROVE_WITHIN_S: String(this.provenWithinS),
    };
  }
  get #node(): string {
    return this.#path('opt/maru/current/node_modules/node/bin/node');
  }

  #agentCommand(): string[] {
    return [
      ...['unshare', '--mount', '/bin/sh', '-c', `mount --bind '${this.#path(UNITS)}' /${UNITS} && exec "$@"`, 'sh'],
      this.#node,
      'dist/kiosk-agent-main.js',
      `--data-dir=${this.#path('var/lib/maru')}`,
      `--claim-file=${this.#path('claim.json')}`,
      `--screen-port=${this.#screenPort}`,
      '--setup-port=0',
      `--shell-dir=${this.#path('screen/shell')}`,
      `--release-dir=${this.#path('opt/maru/current')}`,
      `--updates-run-dir=${this.#path('run/maru')}`,
      `--updater-state-dir=${this.#path('var/lib/maru-updater')}`,
      `--updater-report=${this.#path('run/maru-updater/report.json')}`,
      `--update-root=${this.#path('usr/local/share/maru', PINNED_ROOT_FILE)}`,
    ];
  }
  #screenCommand(): string[] {
    return [
      this.#node,
      'dist/kiosk-shell-main.js',
      `--url=http://127.0.0.1:${this.#screenPort}/`,
      `--profile-dir=${this.#path('screen/profile')}`,
      `--shell-dir=${this.#path('screen/shell')}`,
      '--shell=chromium',
      '--headless',
      '--fake-media',
    ];
  }
  #updaterCommand(): string[] {
    return [
      this.#node,
      this.#path('opt/maru/current/dist/kiosk-updater-main.js'),
      `--root=${this.#folder}`,
      `--home=${this.#path('opt/maru')}`,
      `--staging-dir=${this.#path('var/lib/maru/updates/feed')}`,
      `--order-file=${this.#path('run/maru/update-order.json')}`,
      `--proof-file=${this.#path('run/maru/update-proof')}`,
      `--report-file=${this.#path('run/maru-updater/report.json')}`,
      `--state-dir=${this.#path('var/lib/maru-updater')}`,
      `--pinned-root=${this.#path('usr/local/share/maru', PINNED_ROOT_FILE)}`,
    ];
  }

  async #playSystemd(): Promise<void> {
    const orders = this.#path('orders');
    while (!this.#ended.signal.aborted) {
      if (existsSync(this.#path('run/maru/update-order.json')) && !this.#running.has('updater'))
        this.#spawn('updater', this.#updaterCommand());
      const lines = existsSync(orders) ? readFileSync(orders, 'utf8').split('\n').slice(0, -1) : [];
      for (const line of lines.slice(this.#handledLines)) this.#obey(line);
      this.#handledLines = lines.length;
      await sleep(LOOK_EACH_MS);
    }
  }

  #obey(line: string): void {
    if (line.startsWith('start') && line.includes('maru-guard.service') && !this.#running.has('guard'))
      this.#spawn('guard', ['/bin/sh', this.#path('guard.sh')]);
    // both are started again by themselves
    if (line.startsWith('restart') && line.includes('maru-agent.service'))
      for (const unit of ['agent', 'screen'] as const) void this.#end(unit);
  }

  #keepRunning(unit: Unit, command: () => string[]): void {
    const child = this.#spawn(unit, command());
    child.once('exit', () => {
      const again = (): void => this.#keepRunning(unit, command);
      if (!this.#ended.signal.aborted) setTimeout(() => !this.#ended.signal.aborted && again(), STARTED_AGAIN_AFTER_MS);
    });
  }

  #spawn(unit: Unit, [program, ...args]: string[]): ChildProcess {
    const log = openSync(this.#path(`${unit}.log`), 'a');
    const child = spawn(program!, args, {
      // what runs keeps its release, though the link moves
      cwd: realpathSync(this.#path('opt/maru/current')),
      stdio: ['ignore', log, log],
      detached: true,
      env: this.#env,
    });
    closeSync(log);
    this.#running.set(unit, child);
    child.once('exit', () => this.#running.get(unit) === child && this.#running.delete(unit));
    return child;
  }

  /** With what it started: the window has many processes. */
  async #end(unit: Unit): Promise<void> {
    const child = this.#running.get(unit);
    if (child?.pid === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const killAll = (signal: NodeJS.Signals): void => {
      try {
        process.kill(-child.pid!, signal);
      } catch {
        // it is gone
      }
    };
    killAll('SIGTERM');
    await Promise.race([ended, sleep(10_000)]);
    killAll('SIGKILL');
  }
}
