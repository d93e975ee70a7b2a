/** For tests: a machine that trusts a repository, and an HTTPS server with a feed's files. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeedKind, FeedRefusal } from '#contract/update-feed.ts';
import { OfficeCa } from '../office-ca-under-test.ts';
import { FeedError } from './feed-error.ts';
import type { FeedSource } from './feed-source.ts';
import { HttpFeed, type HttpFeedOptions } from './http-feed.ts';
import { ReleaseTrust, type VerifiedFeed } from './release-trust.ts';

export class MachineUnderTest {
  readonly folder = mkdtempSync(join(tmpdir(), 'maru-trust-'));
  readonly trust: ReleaseTrust;
  feed: VerifiedFeed | null = null;

  constructor(pinnedRoot: Buffer) {
    this.trust = new ReleaseTrust({ folder: this.folder, pinnedRoot });
  }

  /** @returns why it is refused, or `verified` */
  async refresh(source: FeedSource, kind: FeedKind = 'online', fleetNowMs?: number): Promise<FeedRefusal | 'verified'> {
    return refusalBy(async () => {
      this.feed = await this.trust.verify(source, kind, fleetNowMs);
    });
  }

  /** Of what is trusted, as `root` or `online/timestamp`; null: nothing is. */
  version(name: string): number | null {
    const path = join(this.folder, `${name}.json`);
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).signed.version : null;
  }
  /** [root, timestamp, snapshot, targets] */
  get versions(): (number | null)[] {
    return ['root', 'online/timestamp', 'online/snapshot', 'online/targets'].map((name) => this.version(name));
  }
}

/** Anything but a FeedError is a crash, and thrown. */
export async function refusalBy(work: () => Promise<unknown>): Promise<FeedRefusal | 'verified'> {
  try {
    await work();
    return 'verified';
  } catch (error) {
    if (error instanceof FeedError) return error.refusal;
    throw error;
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse, path: string) => void;

/** Answers from `files`, with ranges, until a test puts another handler in. */
export class FeedServerUnderTest {
  files: ReadonlyMap<string, Buffer> = new Map();
  handler: Handler | null = null;
  readonly requests: { path: string; range: string | undefined }[] = [];
  #server!: Server;
  ca!: string;

  static async start(): Promise<FeedServerUnderTest> {
    const server = new FeedServerUnderTest();
    const office = await OfficeCa.create();
    const { certPem, keyPem } = await office.issue('127.0.0.1');
    server.ca = office.pem;
    server.#server = createServer({ cert: certPem, key: keyPem }, (request, response) => {
      const path = (request.url ?? '').slice(1);
      server.requests.push({ path, range: request.headers.range });
      if (server.handler) server.handler(request, response, path);
      else server.answer(request, response, path);
    });
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }
  feed(options: Partial<HttpFeedOptions> = {}): HttpFeed {
    return new HttpFeed({ url: this.url, https: { ca: this.ca }, ...options });
  }

  answer(request: IncomingMessage, response: ServerResponse, path: string): void {
    const bytes = this.files.get(path);
    if (bytes === undefined) return void response.writeHead(404).end();
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? -1);
    if (from < 0) return void response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
    if (from >= bytes.length) return void response.writeHead(416).end();
    response.writeHead(206, {
      'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}`,
      'content-length': bytes.length - from,
    });
    response.end(bytes.subarray(from));
  }
}
