/** For tests: the packager's process under a supervisor, as the fleet's, and a client that remembers what it was sent. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { livePath } from '#contract/live-delivery.ts';
import { BROADCASTS_FOLDER } from '#contract/packager-link.ts';
import { SupervisedProcess } from '#edge/supervised-process.ts';
import { v7 } from 'uuid';
import { type PackagerEvent, PackagerLink } from '../client.ts';

type EventOf<Name extends PackagerEvent['name']> = PackagerEvent & { name: Name };

export class PackagerUnderTest {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'packager-'));
  readonly link: PackagerLink;
  readonly events: PackagerEvent[] = [];
  readonly #pidFile = join(this.dataDir, 'packager.pid');
  #process: SupervisedProcess | null = null;
  #origin = '';

  /** @param keys that verify viewers' tokens */
  constructor(keys: { kid: string; kty: string }[] = []) {
    this.link = new PackagerLink({
      dataDir: this.dataDir,
      hello: () => ({ keys, origins: [], revokedViewingIds: [] }),
      onEvent: (event) => this.events.push(event),
      log: () => {},
    });
  }

  async start(): Promise<void> {
    const port = await freePort();
    this.#origin = `http://127.0.0.1:${port}`;
    this.#process = new SupervisedProcess({
      script: fileURLToPath(new URL('../main.ts', import.meta.url)),
      args: () => ['--data-dir', this.dataDir, '--live-at', `127.0.0.1:${port}`, '--json-logs'],
      pidFile: this.#pidFile,
      compiledDir: join(this.dataDir, 'compiled'),
      log: () => {},
    });
    this.#process.start();
    this.link.start();
  }

  /** Its process alone. */
  async end(): Promise<void> {
    await this.#process?.stop();
  }

  async stop(): Promise<void> {
    this.link.stop();
    await this.end();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  get pid(): number {
    return Number(readFileSync(this.#pidFile, 'utf8'));
  }

  /** For viewers. */
  url(broadcastId: string, file: string): string {
    return this.#origin + livePath(broadcastId, file);
  }

  open(partMs: 500 | 200 = 500): { broadcastId: string; folder: string } {
    const broadcastId = v7();
    const folder = join(this.dataDir, BROADCASTS_FOLDER, broadcastId);
    mkdirSync(folder, { recursive: true });
    const quality = { height: 720, partMs } as const;
    this.link.open({ broadcastId, kind: 'broadcast', folder, quality, wentLiveAtMs: null });
    return { broadcastId, folder };
  }

  all<Name extends PackagerEvent['name']>(name: Name): EventOf<Name>[] {
    return this.events.filter((event): event is EventOf<Name> => event.name === name);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
