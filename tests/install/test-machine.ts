/** A machine that boots a Debian in namespaces (boot.sh), and a shell on it. What it writes goes with it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const CGROUPS = '/sys/fs/cgroup';
const BOOTED_WITHIN_MS = 60_000;
const CGROUP_TRIES = 100;

export type Ran = { status: number | null; stdout: string; stderr: string };

/** null: there can be one here */
export function whyNoMachine(): string | null {
  if (process.getuid?.() !== 0) return 'only root boots a systemd';
  if (spawnSync('mmdebstrap', ['--version']).status !== 0) return 'no mmdebstrap here';
  if (!['', 'systemd'].some((each) => existsSync(join(CGROUPS, each, 'cgroup.procs')))) return 'no cgroups here';
  return spawnSync('unshare', ['--mount', '--pid', '--fork', '--cgroup', '--net', 'true']).status === 0
    ? null
    : 'no namespaces here';
}

export class TestMachine {
  readonly #name = `maru-machine-${randomBytes(4).toString('hex')}`;
  readonly #unshare: ChildProcess;
  #words = '';

  private constructor(root: string, medium: string, neighbour: TestMachine | null) {
    const script = join(import.meta.dirname, 'boot.sh');
    const network = neighbour === null ? '' : String(neighbour.#systemd());
    // a test that is killed takes its machine with it
    const args = ['--pdeathsig', 'KILL', 'sh', script, root, medium, this.#name, network];
    this.#unshare = spawn('setpriv', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#unshare.stdout, this.#unshare.stderr])
      stream?.setEncoding('utf8').on('data', (part: string) => {
        this.#words += part;
      });
  }

  /**
   * @param medium a folder that it sees as /media/maru
   * @param neighbour in whose network it stands
   */
  static async boot(root: string, medium: string, neighbour: TestMachine | null = null): Promise<TestMachine> {
    const machine = new TestMachine(root, medium, neighbour);
    const until = performance.now() + BOOTED_WITHIN_MS;
    while (performance.now() < until) {
      await sleep(200);
      const { stdout } = await machine.run(
        // before the root is exchanged this would be the host's
        'test -e /run/systemd/container && systemctl is-active multi-user.target',
      );
      if (stdout.trim() === 'active') return machine;
    }
    await machine.stop();
    throw new Error(`the machine did not boot:\n${machine.#words}`);
  }

  /** A command of a root's shell on it. */
  async run(command: string): Promise<Ran> {
    const systemd = this.#systemd();
    if (systemd === null) return { status: null, stdout: '', stderr: this.#words };
    const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'];
    const environment = ['env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'LC_ALL=C.UTF-8'];
    const args = [`--target=${systemd}`, ...namespaces, ...environment, 'sh', '-c', `cd /root; ${command}`];
    const child = spawn('nsenter', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const ran: Ran = { status: null, stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (part: string) => {
        ran[name] += part;
      });
    ran.status = await new Promise((resolve) => child.once('close', resolve));
    return ran;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#unshare.once('close', resolve));
    const systemd = this.#systemd();
    // the first process of its namespace takes all others with it
    if (systemd !== null) process.kill(systemd, 'SIGKILL');
    this.#unshare.kill('SIGKILL');
    if (this.#unshare.exitCode === null && this.#unshare.signalCode === null) await ended;
    for (const parent of [CGROUPS, ...subfolders(CGROUPS)]) {
      const cgroup = join(parent, this.#name);
      // the kernel takes a moment to bury the last of its processes
      for (let tries = 0; existsSync(cgroup) && !isRemoved(cgroup) && tries < CGROUP_TRIES; tries += 1)
        await sleep(100);
    }
  }

  /** null: not yet, or not any more */
  #systemd(): number | null {
    const { pid } = this.#unshare;
    try {
      const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
      return child ? Number(child) : null;
    } catch {
      return null;
    }
  }
}

const subfolders = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [join(path, entry.name)] : []));

function isRemoved(cgroup: string): boolean {
  try {
    removeCgroup(cgroup);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EBUSY') return false;
    throw error;
  }
}

function removeCgroup(path: string): void {
  for (const each of subfolders(path)) removeCgroup(each);
  rmdirSync(path);
}
