/** Debian's nginx as a process of a test or a bench, over TLS: with what a subclass configures, and what it wrote where it fails. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../simulators/eventually.ts';
import type { Host } from './network-namespaces.ts';

export type TlsFiles = { certFile: string; keyFile: string };
export type NginxOptions = TlsFiles & {
  listen: { host: string; port: number };
  /** null: this process's own */
  on?: Host | null;
};

export abstract class Nginx {
  readonly origin: string;
  readonly #options: NginxOptions;
  /** for what nginx writes; its pid stands in `nginx.pid` */
  protected readonly folder = mkdtempSync(join(tmpdir(), 'maru-nginx-'));
  #process: ChildProcess | null = null;
  #complaints = '';

  constructor(options: NginxOptions) {
    this.#options = options;
    this.origin = `https://${options.listen.host}:${options.listen.port}`;
  }

  /** @param listen the lines that make a server listen */
  protected abstract configuration(listen: string): string;

  /** @throws Error with what nginx wrote where it does not start */
  async start(): Promise<void> {
    const { listen, certFile, keyFile, on = null } = this.#options;
    const text = this.configuration(
      `listen ${listen.host}:${listen.port} ssl http2; server_name ${listen.host}; ssl_certificate ${certFile}; ssl_certificate_key ${keyFile};`,
    );
    const path = join(this.folder, 'nginx.conf');
    // its unit runs it as the user whose files it sends: here that is the user of the test
    writeFileSync(path, process.getuid?.() === 0 ? `user root;\n${text}` : text);
    const command = ['/usr/sbin/nginx', '-e', 'stderr', '-p', this.folder, '-c', path];
    const [file, ...args] = on === null ? command : ['ip', 'netns', 'exec', on.namespace, ...command];
    const nginx = spawn(file!, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = nginx;
    nginx.stderr.on('data', (chunk: Buffer) => (this.#complaints += chunk.toString()));
    // written when it listens
    await eventually(
      'nginx serves',
      () => nginx.exitCode !== null || existsSync(join(this.folder, 'nginx.pid')),
      (isSettled) => isSettled,
    );
    if (nginx.exitCode !== null) throw new Error(`nginx ended with ${nginx.exitCode}: ${this.#complaints}`);
  }

  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error('nginx is not started');
    return pid;
  }

  /** What nginx has written so far. */
  get complaints(): string {
    return this.#complaints;
  }

  async stop(): Promise<void> {
    const nginx = this.#process;
    if (nginx !== null && nginx.exitCode === null && nginx.signalCode === null) {
      const ended = new Promise((resolve) => nginx.once('exit', resolve));
      nginx.kill();
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
