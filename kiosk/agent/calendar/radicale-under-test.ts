/** For tests: a real Radicale (Debian's) on a free port with a folder and accounts of its own, and a proxy in front of it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export const hasRadicale = ((): boolean => {
  try {
    execFileSync('radicale', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

const USER = 'kiwi';
const PASSWORD = '회의실 pass:word';

export class RadicaleUnderTest {
  readonly folder = mkdtempSync(join(tmpdir(), 'maru-radicale-'));
  readonly userName = USER;
  readonly passwordFile = join(this.folder, 'password');
  /** the room's calendar, through the proxy */
  url = '';
  readonly #stderr: string[] = [];
  #process: ChildProcess | null = null;
  #proxy: Server | null = null;
  #port = 0;
  requests: { method: string; ifMatch: string | undefined }[] = [];
  /** called before a request goes on, e.g. to change something first */
  before: (request: IncomingMessage) => Promise<void> = async () => {};
  /** what its answers become on their way, e.g. what another server would have stored or named; null: they stay */
  changed: ((body: string) => string) | null = null;

  async start(): Promise<void> {
    this.#port = await freePort();
    writeFileSync(this.passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
    writeFileSync(join(this.folder, 'users'), `${USER}:${PASSWORD}\n`);
    mkdirSync(join(this.folder, 'collections'));
    writeFileSync(
      join(this.folder, 'config'),
      `[server]\nhosts = 127.0.0.1:${this.#port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = ${join(this.folder, 'users')}\nhtpasswd_encryption = plain\ndelay = 0\n[rights]\ntype = owner_only\n[storage]\nfilesystem_folder = ${join(this.folder, 'collections')}\n`,
    );
    const child = spawn('radicale', ['--config', join(this.folder, 'config')], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', (chunk: Buffer) => this.#stderr.push(String(chunk)));
    this.#process = child;
    await this.#startProxy();
    this.url = `http://127.0.0.1:${(this.#proxy!.address() as AddressInfo).port}/${USER}/room/`;
    for (let tries = 0; ; tries += 1) {
      const made = await this.#direct('MKCALENDAR', '').catch(() => null);
      if (made?.status === 201) return;
      if (tries === 100) throw new Error(`radicale does not start:\n${this.#stderr.join('')}`);
      await sleep(100);
    }
  }

  async stop(): Promise<void> {
    this.#proxy?.closeAllConnections();
    this.#proxy?.close();
    if (this.#process && this.#process.exitCode === null) {
      const exited = once(this.#process, 'exit');
      this.#process.kill();
      await exited;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** As another program would, past the proxy. */
  async put(name: string, calendar: string): Promise<void> {
    const { status } = await this.#direct('PUT', name, calendar.replaceAll('\n', '\r\n'));
    if (status >= 300) throw new Error(`PUT ${name}: ${status}\n${this.#stderr.join('').slice(-2000)}`);
  }
  async get(name: string): Promise<string> {
    const { status, text } = await this.#direct('GET', name);
    if (status !== 200) throw new Error(`GET ${name}: ${status}`);
    return text.replaceAll(/\r?\n[ \t]/g, '').replaceAll('\r', '');
  }
  async remove(name: string): Promise<void> {
    await this.#direct('DELETE', name);
  }

  async #direct(method: string, name: string, body?: string): Promise<{ status: number; text: string }> {
    const response = await fetch(`http://127.0.0.1:${this.#port}/${USER}/room/${name}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`,
        ...(body !== undefined && { 'content-type': 'text/calendar; charset=utf-8' }),
      },
      ...(body !== undefined && { body }),
    });
    return { status: response.status, text: await response.text() };
  }

  async #startProxy(): Promise<void> {
    const proxy = createServer((from, to) => {
      void this.#forward(from)
        .then(({ answer, body }) => {
          const sent = this.changed === null ? body : this.changed(String(body));
          const { 'content-length': _, ...headers } = answer.headers;
          to.writeHead(answer.statusCode ?? 502, headers);
          to.end(sent);
        })
        .catch(() => to.destroy());
    });
    this.#proxy = proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
  }

  async #forward(from: IncomingMessage): Promise<{ answer: IncomingMessage; body: Buffer }> {
    this.requests.push({ method: from.method ?? '', ifMatch: from.headers['if-match'] });
    const sent = await buffer(from);
    await this.before(from);
    const { method, url: path } = from;
    // what is packed cannot be changed on its way
    const headers = { ...from.headers, 'accept-encoding': 'identity' };
    const call = request({ host: '127.0.0.1', port: this.#port, path, method, headers });
    call.end(sent);
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    return { answer, body: await buffer(answer) };
  }
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
