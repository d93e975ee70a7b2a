/**
 * The kiosk's own page for a phone, as long as the kiosk belongs to no room: here a person names the fleet's address. It is
 * plain HTTP, because a kiosk without a room has no certificate: what is typed is no secret, and the fingerprints on
 * TV and console show who answered. Only who read the QR off the TV has its key.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { z } from '#contract/schema.ts';
import type { FleetAddress } from '#contract/enrolment.ts';
import { deviceApiUrlOf, sha256Of } from './fleet-address.ts';
import { setupPage, setupPageHeaders } from './setup-page.ts';

const MAX_BODY_BYTES = 2_000;
const REQUEST_TIMEOUT_MS = 5_000;
const TRIES_PER_MINUTE = 10;
const Body = z.strictObject({
  key: z.string().max(100),
  address: z.string().max(300),
  caSha256: z.string().max(200).default(''),
});

export type SetupServerOptions = {
  /** 0: any free one */
  port: number;
  onAddress: (address: FleetAddress) => void;
};

export class SetupServer {
  readonly #options: SetupServerOptions;
  readonly #key = randomBytes(18).toString('base64url');
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #tries: number[] = [];

  constructor(options: SetupServerOptions) {
    this.#options = options;
  }

  /** Once it runs, it does nothing. @throws where the port is taken */
  async start(): Promise<void> {
    if (this.#server.listening) return;
    this.#server.requestTimeout = REQUEST_TIMEOUT_MS;
    this.#server.headersTimeout = REQUEST_TIMEOUT_MS;
    this.#server.maxConnections = 20;
    this.#server.listen({ host: '0.0.0.0', port: this.#options.port });
    await once(this.#server, 'listening');
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** By the first address on a network; null: there is none, or the server does not run. */
  get url(): string | null {
    const address = lanAddresses()[0];
    if (!this.#server.listening || address === undefined) return null;
    return `http://${address}:${(this.#server.address() as AddressInfo).port}/#${this.#key}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => {});
    try {
      if (request.method === 'GET' && request.url === '/') {
        response.writeHead(200, setupPageHeaders).end(setupPage);
        return;
      }
      if (request.method !== 'POST' || request.url !== '/address') return answerWith(response, 404);
      if (request.headers['content-type'] !== 'application/json') return answerWith(response, 415);
      const { key, address, caSha256 } = Body.parse(JSON.parse(await bodyOf(request)));
      if (!this.#mayTry()) return answerWith(response, 429);
      if (!isSame(key, this.#key)) return answerWith(response, 403);
      const deviceApiUrl = deviceApiUrlOf(address);
      const fingerprint = sha256Of(caSha256);
      if (deviceApiUrl === null || (caSha256.trim() !== '' && fingerprint === null)) return answerWith(response, 422);
      this.#options.onAddress({ deviceApiUrl, caSha256: fingerprint, claimCode: null });
      answerWith(response, 204);
    } catch {
      answerWith(response, 400);
    }
  }

  #mayTry(): boolean {
    const nowMs = performance.now();
    this.#tries = this.#tries.filter((atMs) => nowMs - atMs < 60_000);
    if (this.#tries.length >= TRIES_PER_MINUTE) return false;
    this.#tries.push(nowMs);
    return true;
  }
}

/** Addresses of this machine that a phone on the same network reaches, IPv4 first. */
export function lanAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return all
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address)
    .slice(0, 8);
}

function answerWith(response: ServerResponse, status: number): void {
  if (!response.headersSent) response.writeHead(status, { 'cache-control': 'no-store' });
  response.end();
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) {
    text += part;
    if (text.length > MAX_BODY_BYTES) throw new Error('too large');
  }
  return text;
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
