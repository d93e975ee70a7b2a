/** A box as the guard sees it, in a folder: releases, what the updater notes, the agent's proof, a kernel's clock, and a systemctl. */
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const GUARD = join(import.meta.dirname, 'files/kiosk/usr/local/lib/maru/guard.sh');
const ENDS_WITHIN_MS = 50_000;
const IN_MEMORY = '/dev/shm';
/** In memory, where programs run there: what is synced on a disk waits for everything else that writes to it. */
export const SYNCED_QUICKLY = runsPrograms(IN_MEMORY) ? IN_MEMORY : tmpdir();

export type GuardRan = { code: number | null; words: string };

/** Another test's box, of which this one is the guard. */
export type GuardedFolders = { root: string; state: string; home: string; proof: string };

export class GuardedBox {
  readonly root: string;
  readonly state: string;
  readonly home: string;
  readonly proof: string;
  /** seconds since its start, as /proc/uptime has them */
  uptimeS = 100;
  proveWithinS = 180;
  #boot = 1;
  readonly #shell: string;

  constructor(shell: string, of?: GuardedFolders) {
    this.#shell = shell;
    this.root = of?.root ?? mkdtempSync(join(SYNCED_QUICKLY, 'maru-guard-'));
    this.state = of?.state ?? join(this.root, 'state');
    this.home = of?.home ?? join(this.root, 'home');
    this.proof = of?.proof ?? join(this.root, 'run/update-proof');
    if (of) {
      mkdirSync(join(this.root, 'proc/sys/kernel/random'), { recursive: true });
      this.#tick();
      return;
    }
    for (const folder of ['state', 'home/releases', 'run', 'bin', 'proc/sys/kernel/random'])
      mkdirSync(join(this.root, folder), { recursive: true });
    const log = join(this.root, 'systemctl.log');
    writeFileSync(join(this.root, 'bin/systemctl'), `#!/bin/sh\nprintf '%s\\n' "$*" >> '${log}'\n`, { mode: 0o755 });
    for (const id of ['old-1', 'new-2']) this.makeSlot(id);
    this.#tick();
  }

  makeSlot(id: string): void {
    mkdirSync(join(this.home, 'releases', id, 'node_modules/node/bin'), { recursive: true });
    writeFileSync(join(this.home, 'releases', id, 'node_modules/node/bin/node'), '', { mode: 0o755 });
  }

  link(id: string): void {
    rmSync(join(this.home, 'current'), { force: true });
    symlinkSync(`releases/${id}`, join(this.home, 'current'));
  }

  /** As the updater leaves it after a switch from old-1 to new-2. */
  switched(attempt = 3): void {
    this.link('new-2');
    this.keep('trial', `new=new-2\nold=old-1\nattempt=${attempt}\nboots=0\n`);
  }

  keep(name: string, text: string): void {
    writeFileSync(join(this.state, name), text);
  }

  prove(line: string): void {
    writeFileSync(this.proof, line);
  }

  /** The power went and came: nothing of /run is left. */
  restart(): void {
    this.#boot += 1;
    this.uptimeS = 10;
    rmSync(this.proof, { recursive: true, force: true });
    this.#tick();
  }

  passTime(seconds: number): void {
    this.uptimeS += seconds;
    this.#tick();
  }

  #tick(): void {
    writeFileSync(join(this.root, 'proc/sys/kernel/random/boot_id'), `boot-${this.#boot}\n`);
    writeFileSync(join(this.root, 'proc/uptime'), `${this.uptimeS}.42 7.00\n`);
  }

  get current(): string {
    return readlinkSync(join(this.home, 'current'));
  }
  /** null: it is not there */
  fields(name: string): Record<string, string> | null {
    const path = join(this.state, name);
    if (!existsSync(path)) return null;
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]));
  }
  get systemctl(): string[] {
    const path = join(this.root, 'systemctl.log');
    return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  }

  start(): { ended: Promise<GuardRan>; kill: () => void } {
    const child = spawn(this.#shell, [GUARD], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: `${join(this.root, 'bin')}:/usr/bin:/bin`,
        MARU_GUARD_STATE: this.state,
        MARU_GUARD_HOME: this.home,
        MARU_GUARD_PROOF: this.proof,
        MARU_GUARD_PROC: join(this.root, 'proc'),
        MARU_GUARD_PROVE_WITHIN_S: String(this.proveWithinS),
      },
    });
    let words = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => {
        words += part;
      });
    const timer = setTimeout(() => child.kill('SIGKILL'), ENDS_WITHIN_MS);
    const ended = new Promise<GuardRan>((resolve) =>
      child.once('close', (code) => {
        clearTimeout(timer);
        resolve({ code, words });
      }),
    );
    return { ended, kill: () => child.kill('SIGKILL') };
  }

  /** To its end. */
  run(): Promise<GuardRan> {
    return this.start().ended;
  }

  /** Until this boot is noted, and a little longer; then the power goes. */
  async runAndCut(): Promise<void> {
    const guard = this.start();
    const noted = () => this.fields('trial')?.boot === `boot-${this.#boot}`;
    for (let tries = 0; tries < 400 && !noted(); tries += 1) await sleep(20);
    guard.kill();
    await guard.ended;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

function runsPrograms(folder: string): boolean {
  const program = join(folder, `maru-program-${process.pid}`);
  try {
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
    return spawnSync(program).status === 0;
  } catch {
    return false;
  } finally {
    rmSync(program, { force: true });
  }
}
