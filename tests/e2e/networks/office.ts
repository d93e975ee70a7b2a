/** The product as an office runs it: the fleet on one host over TLS, the room's kiosk on another, each told only what it would be there. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FleetReady, KioskReady } from '#contract/process-ready.ts';
import type { z } from '#contract/schema.ts';
import type { Host } from './network-namespaces.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const READY_WITHIN_MS = 60_000;

export class Office {
  readonly #folder = mkdtempSync(join(tmpdir(), 'maru-office-'));
  readonly #children: ChildProcess[] = [];
  readonly #fleetHost: Host;
  readonly #kioskHost: Host;
  fleet!: FleetReady;
  kiosk!: KioskReady;

  constructor({ fleetHost, kioskHost }: { fleetHost: Host; kioskHost: Host }) {
    this.#fleetHost = fleetHost;
    this.#kioskHost = kioskHost;
  }

  async start(): Promise<void> {
    const { address } = this.#fleetHost;
    this.fleet = await this.#run(this.#fleetHost, 'fleet', FleetReady, [
      '--lan',
      '--host',
      address,
      '--ephemeral-ports',
      '--demonstration',
      '--json-logs',
    ]);
    const claimFile = join(this.#folder, 'claim.json');
    writeFileSync(claimFile, JSON.stringify(this.fleet.demonstration!.claim), { mode: 0o600 });
    this.kiosk = await this.#run(this.#kioskHost, 'kiosk', KioskReady, [
      '--claim-file',
      claimFile,
      '--screen-port',
      '0',
      '--shell',
      'none',
    ]);
  }

  /** On the fleet's own host, the only place where the node tells. */
  mediaMetrics(): string {
    const { protocol, host } = new URL(this.fleet.signalingUrl);
    const localUrl = `${protocol === 'wss:' ? 'https' : 'http'}://127.0.0.1:${host.split(':')[1]}/metrics`;
    const ask = `const { get } = await import(${JSON.stringify(localUrl.split(':')[0])}); get(${JSON.stringify(localUrl)}, { ca: (await import('node:fs')).readFileSync(${JSON.stringify(this.fleet.caCertificatePath)}), servername: '' }, (answer) => answer.pipe(process.stdout)).on('error', (error) => { throw error; });`;
    return execFileSync(
      'ip',
      ['netns', 'exec', this.#fleetHost.namespace, process.execPath, '--input-type=module', '-e', ask],
      { encoding: 'utf8' },
    );
  }

  log(part: 'fleet' | 'kiosk'): string {
    return readFileSync(join(this.#folder, `${part}.log`), 'utf8');
  }

  async stop(): Promise<void> {
    for (const child of this.#children.reverse()) {
      if (child.exitCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #run<T>(host: Host, part: 'fleet' | 'kiosk', ready: z.ZodType<T>, args: string[]): Promise<T> {
    const logFile = openSync(join(this.#folder, `${part}.log`), 'a');
    const child = spawn(
      'ip',
      [
        'netns',
        'exec',
        host.namespace,
        process.execPath,
        `dist/${part}-main.js`,
        '--data-dir',
        join(this.#folder, part),
        ...args,
      ],
      {
        cwd: root,
        stdio: ['ignore', logFile, logFile, 'ipc'],
      },
    );
    closeSync(logFile);
    this.#children.push(child);
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
}
