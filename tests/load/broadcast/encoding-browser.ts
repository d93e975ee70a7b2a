/** A headless Chromium of its own with the page that encodes one camera, so that its processor time can be read. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlePage } from '../../simulators/bundle-page.ts';

const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];

export class EncodingBrowser {
  readonly #folder = mkdtempSync(join(tmpdir(), 'maru-encoding-'));
  readonly #server: Server;
  readonly #child: ChildProcess;

  private constructor(server: Server) {
    this.#server = server;
    // an encoder wants a secure context: loopback is one, a `data:` URL is not
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const flags = [...FLAGS, `--user-data-dir=${this.#folder}`, '--window-size=1280,720', url];
    this.#child = spawn('/usr/bin/chromium', flags, { detached: true, stdio: 'ignore' });
  }

  static async start(): Promise<EncodingBrowser> {
    const script = await bundlePage(new URL('encoding-page.ts', import.meta.url).href);
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<!doctype html><body><script>${script.replaceAll('</script', '<\\/script')}</script>`);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new EncodingBrowser(server);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit');
    process.kill(-this.pid, 'SIGKILL');
    await ended;
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
