/** Serves the program's page to the browsers of this process, on loopback: files that hold no secret, and nothing else. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { send as readPage } from '@fastify/send';

/** The path of the page. */
const PAGE = '/program.html';
const HEADERS = {
  // wherever the media node is; plain only on this machine. Pages of documents come from the fleet server
  'content-security-policy':
    "default-src 'self'; connect-src 'self' ws://127.0.0.1:* ws://localhost:* http://127.0.0.1:* http://localhost:* wss: https:; img-src 'self' data: blob:; media-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'permissions-policy': 'display-capture=(self), camera=(), microphone=(), geolocation=()',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

export class PageServer {
  readonly #pageDir: string;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  /** @param pageDir controller/dist */
  constructor(pageDir: string) {
    this.#pageDir = pageDir;
  }

  /** On a free port. */
  async start(): Promise<void> {
    this.#server.listen({ host: '127.0.0.1', port: 0 });
    await once(this.#server, 'listening');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${PAGE}`;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeaders(new Map(Object.entries(HEADERS)));
    const { port } = this.#server.address() as AddressInfo;
    // a foreign name that resolves to loopback is another site's page
    if (request.headers.host !== `127.0.0.1:${port}`) return void response.writeHead(403).end();
    const path = request.url!.split('?', 1)[0]!;
    if (request.method !== 'GET') return void response.writeHead(405).end();
    if (path !== PAGE && !path.startsWith('/assets/')) return void response.writeHead(404).end();
    try {
      const page = await readPage(request, path, { root: this.#pageDir, maxAge: 0 });
      response.writeHead(page.statusCode, page.headers);
      page.stream.on('error', () => response.destroy()).pipe(response);
    } catch {
      response.destroy();
    }
  }
}
