/**
 * The glass of a TV whose window a kiosk's own shell opened, on a host apart: the shell's Chromium lets a test look, by a port
 * that no network reaches. A window that the shell opens anew is followed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { eventually } from '../../simulators/eventually.ts';
import type { Host } from './network-namespaces.ts';

const PORT = 9_333;
/** On that host: what comes by the file goes to the port. */
const FORWARD = `const net = require('node:net');
net.createServer((from) => {
  const to = net.connect(${PORT}, '127.0.0.1');
  from.pipe(to).pipe(from);
  for (const [one, other] of [[from, to], [to, from]]) one.on('error', () => other.destroy());
}).listen(process.argv[1]);`;

export class TvOfShell {
  readonly #folder = mkdtempSync(join(tmpdir(), 'maru-tv-'));
  readonly #forwarder: ChildProcess;
  readonly #server: Server;
  #browser: Browser | null = null;
  /** to be started in Chromium's place */
  readonly chromium = join(this.#folder, 'chromium');

  constructor({ namespace }: Host) {
    const flags = `--remote-debugging-port=${PORT}`;
    writeFileSync(this.chromium, `#!/bin/sh\nexec /usr/bin/chromium ${flags} "$@"\n`, { mode: 0o755 });
    const way = join(this.#folder, 'way');
    this.#forwarder = spawn('ip', ['netns', 'exec', namespace, process.execPath, '-e', FORWARD, way], {
      stdio: 'ignore',
    });
    this.#server = createServer((from) => {
      const to = connect(way);
      from.pipe(to).pipe(from);
      from.on('error', () => to.destroy());
      to.on('error', () => from.destroy());
    });
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** The page that stands on the TV now. */
  page(timeoutMs = 30_000): Promise<Page> {
    return eventually(
      'the page on the TV',
      () => this.#look(),
      (page) => page !== undefined,
      {
        timeoutMs,
        everyMs: 200,
      },
    ) as Promise<Page>;
  }

  /** What a person before the TV reads. */
  async shows(text: string | RegExp, timeoutMs = 20_000): Promise<void> {
    const read = async (): Promise<string> =>
      ((await (await this.page()).locator('body').textContent()) ?? '').replaceAll(/\s+/g, ' ');
    const isThere = (shown: string): boolean => (typeof text === 'string' ? shown.includes(text) : text.test(shown));
    await eventually(`${text} on the TV`, read, isThere, { timeoutMs, everyMs: 200 });
  }

  async stop(): Promise<void> {
    await this.#browser?.close().catch(() => {});
    this.#server.close();
    this.#forwarder.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #look(): Promise<Page | undefined> {
    if (this.#browser?.isConnected() !== true) {
      const { port } = this.#server.address() as AddressInfo;
      this.#browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`, { timeout: 5_000 });
    }
    return this.#browser
      .contexts()
      .flatMap((context) => context.pages())
      .find((page) => page.url().startsWith('http://127.0.0.1:'));
  }
}
