/**
 * A fleet server as far as a guest's page needs it: the built page, the exchange of an invite for a grant, and the documents of
 * one meeting with drawn pages. A test decides when a document has its pages, and reads what was asked for.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { CallGrant, DocumentRight } from '#contract/grants.ts';
import type { MeetingDocument } from '#contract/http/documents-api.ts';
import { FakeDocuments } from '../../fleet/call/testing/fake-documents.ts';
import { builtPage } from './built-pages.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
export const TOKEN = 'a-token-that-stands-in-no-url';

/** By the invite in the link. */
export type PlayedGrant = (
  invite: string,
) => Promise<{ grant: Omit<CallGrant, 'documents'>; documents: DocumentRight[] }>;

export class PlayedDocuments {
  /** method, path and query of each request to the documents API */
  readonly asked: string[] = [];
  /** parts of an upload are left without an answer from here on */
  isStalled = false;
  readonly #api = new FakeDocuments();
  readonly #dist = builtPage('join');
  readonly #server: Server;
  readonly #grantFor: PlayedGrant;

  constructor(grantFor: PlayedGrant) {
    this.#grantFor = grantFor;
    this.#api.validToken = TOKEN;
    this.#api.drawPage = ({ page }) =>
      new Response(drawn(Number(page)), { headers: { 'content-type': 'image/svg+xml' } });
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The newest first. */
  get documents(): MeetingDocument[] {
    return this.#api.listed;
  }

  /** As before the first test. */
  reset(): void {
    this.#api.documents.clear();
    this.asked.length = 0;
    this.isStalled = false;
  }

  /** Everybody who follows the list has it. */
  set(documentId: string, over: Partial<MeetingDocument>): void {
    Object.assign(this.#api.documents.get(documentId)!, over);
    for (let page = 1; page <= (over.readyPages ?? 0); page += 1) this.#api.readyPages.add(`${documentId}/${page}`);
    this.#api.publish();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search, href } = new URL(request.url!, this.origin);
    if (pathname === '/join') return this.#file(response, 'join.html');
    if (pathname.startsWith('/assets/')) return this.#file(response, pathname);
    const body = await bodyOf(request);
    if (pathname === '/api/v1/guest-entries') {
      const { grant, documents } = await this.#grantFor((JSON.parse(body.toString()) as { invite: string }).invite);
      const { meetingId, expiresAtMs, meetingTitle } = grant;
      const access = { url: this.origin, token: TOKEN, expiresAtMs, meetingId, documents };
      return send(response, {
        kind: 'admitted',
        meetingId,
        meetingTitle,
        hostName: 'Hall',
        displayName: null,
        admission: 'all-enter',
        grant: { ...grant, documents: documents.length > 0 ? access : null },
      });
    }
    if (!pathname.startsWith('/api/v1/document')) return void response.writeHead(404).end();
    this.asked.push(`${request.method} ${pathname}${search}`);
    if (this.isStalled && pathname.endsWith('/content')) return;
    await this.#answer(href, request, body, response);
  }

  async #answer(url: string, { method = 'GET', headers }: IncomingMessage, body: Buffer, response: ServerResponse) {
    const left = new AbortController();
    response.on('close', () => left.abort());
    const answer = await this.#api.fetch(url, {
      method,
      headers: { authorization: headers.authorization ?? '' },
      signal: left.signal,
      ...(method === 'POST' && { body: body.toString() }),
      ...(method === 'PUT' && { body: new Blob([new Uint8Array(body)]) }),
    });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    // who left reads no more
    if (answer.body === null) response.end();
    else await pipeline(answer.body, response).catch(() => {});
    if (method === 'PUT' || method === 'DELETE') this.#api.publish();
  }

  async #file(response: ServerResponse, path: string): Promise<void> {
    const body = await readFile(join(this.#dist, path));
    response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(body);
  }
}

/** Each page has a hue of its own. */
const drawn = (page: number): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="900"><rect width="1600" height="900" fill="hsl(${page * 40} 90% 50%)"/></svg>`;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const send = (response: ServerResponse, body: object): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
