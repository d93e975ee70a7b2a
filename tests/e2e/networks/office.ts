/**
 * The product as an office runs it: the fleet on one host over TLS, each room's kiosk on another, each given only what it would
 * have there. Without hosts: all of them on this machine's loopback.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FleetReady, KioskReady } from '#contract/process-ready.ts';
import type { z } from '#contract/schema.ts';
import { FEW_PICTURES } from '../product/product.ts';
import type { Host } from './network-namespaces.ts';

type OfficeParts = {
  /** null: this machine */
  fleetHost: Host | null;
  kioskHost: Host | null;
  window?: string[];
  /** more options of the fleet */
  fleetArgs?: string[];
  /** the usual ports of the fleet, on a host of its own */
  hasUsualPorts?: boolean;
};
type BareBox = {
  /** of its folder and its log */
  name: string;
  host: Host | null;
  /** which shell, and what it does without on this machine */
  window: string[];
  /** instead of what the test's own process has */
  env?: Record<string, string>;
};
type Box = BareBox & {
  /** the file's text */
  claim: string;
  settings?: object;
};

const root = fileURLToPath(new URL('../../..', import.meta.url));
const READY_WITHIN_MS = 60_000;

export class Office {
  readonly #folder = mkdtempSync(join(tmpdir(), 'maru-office-'));
  readonly #children: ChildProcess[] = [];
  readonly #fleetHost: Host | null;
  readonly #kioskHost: Host | null;
  readonly #window: string[];
  readonly #fleetArgs: string[];
  readonly #hasUsualPorts: boolean;
  #fleetProcess: ChildProcess | null = null;
  fleet!: FleetReady;
  kiosk!: KioskReady;

  /** @param window of the first room; none, and a test's page is its TV */
  constructor({
    fleetHost,
    kioskHost,
    window = ['--shell', 'none'],
    fleetArgs = [],
    hasUsualPorts = false,
  }: OfficeParts) {
    this.#fleetHost = fleetHost;
    this.#kioskHost = kioskHost;
    this.#window = window;
    this.#fleetArgs = fleetArgs;
    this.#hasUsualPorts = hasUsualPorts;
  }

  async startFleet(): Promise<void> {
    this.fleet = await this.#runFleet(this.#fleetArgs);
  }

  /** The fleet, and the first room's kiosk. */
  async start(): Promise<void> {
    await this.startFleet();
    const claim = JSON.stringify(this.fleet.demonstration!.claim);
    this.kiosk = await this.addBox({ name: 'kiosk', host: this.#kioskHost, claim, window: this.#window });
  }

  /** As IT does after a change: with these options, and the same data and ports. */
  async restartFleet(fleetArgs: string[]): Promise<void> {
    await this.#end(this.#fleetProcess!);
    this.fleet = await this.#runFleet(fleetArgs);
  }

  /** A box as the guide for IT sets it up: the claim as a file, given to the kiosk. */
  addBox({ name, host, claim, settings, window, env }: Box): Promise<KioskReady> {
    const claimFile = join(this.#folder, `${name}-claim.json`);
    writeFileSync(claimFile, claim, { mode: 0o600 });
    mkdirSync(join(this.#folder, name), { mode: 0o700, recursive: true });
    if (settings) writeFileSync(join(this.#folder, name, 'settings.json'), JSON.stringify(settings));
    const args = ['--claim-file', claimFile, '--screen-port', '0', ...window];
    return this.#run(host, name, KioskReady, args, { program: 'kiosk', env });
  }

  /** One that nobody has given anything: its TV says what to do. With the usual ports, on a host of its own. */
  addBareBox({ name, host, window, env = {} }: BareBox): void {
    this.#spawn(host, name, window, { program: 'kiosk', env });
  }

  /** Where a part keeps what is its own. */
  folderOf(name: string): string {
    return join(this.#folder, name);
  }

  /** On the fleet's own host, the only place where the node tells. */
  mediaMetrics(): string {
    const { protocol, host } = new URL(this.fleet.signalingUrl);
    const localUrl = `${protocol === 'wss:' ? 'https' : 'http'}://127.0.0.1:${host.split(':')[1]}/metrics`;
    const ask = `const { get } = await import(${JSON.stringify(localUrl.split(':')[0])}); get(${JSON.stringify(localUrl)}, { ca: (await import('node:fs')).readFileSync(${JSON.stringify(this.fleet.caCertificatePath)}), servername: '' }, (answer) => answer.pipe(process.stdout)).on('error', (error) => { throw error; });`;
    const [program, ...args] = on(this.#fleetHost, [process.execPath, '--input-type=module', '-e', ask]);
    return execFileSync(program!, args, { encoding: 'utf8' });
  }

  log(part: string): string {
    const path = join(this.#folder, `${part}.log`);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  async stop(): Promise<void> {
    for (const child of this.#children.reverse()) await this.#end(child);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }

  async #runFleet(fleetArgs: string[]): Promise<FleetReady> {
    const lan = this.#fleetHost === null ? [] : ['--lan', '--host', this.#fleetHost.address];
    const ready = this.#run(this.#fleetHost, 'fleet', FleetReady, [
      ...lan,
      ...(this.#hasUsualPorts ? [] : ['--ephemeral-ports']),
      '--demonstration',
      '--json-logs',
      ...FEW_PICTURES,
      ...fleetArgs,
    ]);
    this.#fleetProcess = this.#children.at(-1)!;
    return ready;
  }

  async #run<T>(
    host: Host | null,
    part: string,
    ready: z.ZodType<T>,
    args: string[],
    { program = part, env = {} }: { program?: string; env?: Record<string, string> | undefined } = {},
  ): Promise<T> {
    const child = this.#spawn(host, part, args, { program, env });
    return new Promise((resolve, reject) => {
      const failed = (why: string) => reject(new Error(`the ${part} ${why}: ${this.log(part).slice(-2_000)}`));
      const timer = setTimeout(() => failed('was not ready in time'), READY_WITHIN_MS);
      child.once('exit', (code) => failed(`ended with ${code}`));
      child.on('message', (message) => {
        const told = ready.safeParse(message);
        if (!told.success) return;
        clearTimeout(timer);
        resolve(told.data);
      });
    });
  }

  #spawn(
    host: Host | null,
    part: string,
    args: string[],
    { program, env }: { program: string; env: Record<string, string> },
  ): ChildProcess {
    const logFile = openSync(join(this.#folder, `${part}.log`), 'a');
    const node = [process.execPath, `dist/${program}-main.js`, '--data-dir', join(this.#folder, part), ...args];
    const [command, ...rest] = on(host, node);
    const child = spawn(command!, rest, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', logFile, logFile, 'ipc'],
    });
    closeSync(logFile);
    this.#children.push(child);
    return child;
  }
}

const on = (host: Host | null, command: string[]): string[] =>
  host === null ? command : ['ip', 'netns', 'exec', host.namespace, ...command];
