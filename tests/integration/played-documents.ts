/**
 * A fleet server as far as a guest's page needs it: the built page, the exchange of an invite for a grant, and the documents of
 * one meeting with drawn pages. A test decides when a document has its pages, and reads what was asked for.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { CallGrant, DocumentRight } from '#contract/grants.ts';
import type { MeetingDocument } from '#contract/http/documents-api.ts';
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
  documents: MeetingDocument[] = [];
  /** method, path and query of each request to the documents API */
  readonly asked: string[] = [];
  /** parts of an upload are left without an answer from here on */
  isStalled = false;
  readonly #dist = builtPage('join');
  readonly #streams = new Set<ServerResponse>();
  readonly #server: Server;
  readonly #grantFor: PlayedGrant;

  constructor(grantFor: PlayedGrant) {
    this.#grantFor = grantFor;
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

  /** Everybody who follows the list has it. */
  set(documentId: string, over: Partial<MeetingDocument>): void {
    this.documents = this.documents.map((each) => (each.documentId === documentId ? { ...each, ...over } : each));
    for (const stream of this.#streams) this.#sendList(stream);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams, search } = new URL(request.url!, this.origin);
    if (pathname === '/join') return this.#file(response, 'join.html');
    if (pathname.startsWith('/assets/')) return this.#file(response, pathname);
    const body = await bodyOf(request);
    if (pathname === '/api/v1/guest-entries') {
      const { grant, documents } = await this.#grantFor((JSON.parse(body.toString()) as { invite: string }).invite);
      const { meetingId, expiresAtMs, meetingTitle } = grant;
      const access = { url: this.origin, token: TOKEN, expiresAtMs, meetingId, documents };
      return send(response, {
        meetingTitle,
        displayName: null,
        admission: 'admitted',
        grant: { ...grant, documents: documents.length > 0 ? access : null },
      });
    }
    if (!pathname.startsWith('/api/v1/document')) return send(response, refusal(404, 'not-found'));
    this.asked.push(`${request.method} ${pathname}${search}`);
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return send(response, refusal(401, 'token-invalid'));
    const answer = this.#documents(request, response, { pathname, body, offset: Number(searchParams.get('offset')) });
    if (answer !== null) send(response, answer);
  }

  /** null: it is answered here, or not at all */
  #documents(
    { method }: IncomingMessage,
    response: ServerResponse,
    { pathname, body, offset }: { pathname: string; body: Buffer; offset: number },
  ): Answer | null {
    const [documentId, what, page] = pathname.split('/').slice(4);
    if (pathname.endsWith('document-changes')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      this.#streams.add(response);
      response.on('close', () => this.#streams.delete(response));
      this.#sendList(response);
      return null;
    }
    if (method === 'POST') {
      const { fileName, sizeBytes } = JSON.parse(body.toString()) as { fileName: string; sizeBytes: number };
      const document = announced(fileName, sizeBytes);
      this.documents = [document, ...this.documents];
      return { document };
    }
    const document = this.documents.find((each) => each.documentId === documentId);
    if (!document) return refusal(404, 'not-found');
    if (what === 'content') {
      if (this.isStalled) return null;
      if (offset !== document.receivedBytes) return refusal(409, 'upload-offset');
      const receivedBytes = offset + body.length;
      const isWhole = receivedBytes === document.sizeBytes;
      this.set(document.documentId, { receivedBytes, ...(isWhole && { state: 'waiting' }) });
      return { document: this.documents.find((each) => each.documentId === documentId) };
    }
    if (what === 'pages') {
      if (Number(page) > document.readyPages) {
        response.writeHead(202).end();
        return null;
      }
      response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(drawn(Number(page)));
      return null;
    }
    if (method === 'DELETE') {
      this.documents = this.documents.filter((each) => each !== document);
      for (const stream of this.#streams) this.#sendList(stream);
      return {};
    }
    return { document };
  }

  #sendList(stream: ServerResponse): void {
    stream.write(`event: documents\ndata: ${JSON.stringify({ documents: this.documents })}\n\n`);
  }

  async #file(response: ServerResponse, path: string): Promise<void> {
    const body = await readFile(join(this.#dist, path));
    response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(body);
  }
}

const announced = (title: string, sizeBytes: number): MeetingDocument => ({
  documentId: uuidv7(),
  title,
  state: 'uploading',
  sizeBytes,
  receivedBytes: 0,
  pageCount: null,
  readyPages: 0,
  failure: null,
  isOwn: true,
  mayDelete: true,
  createdAtMs: Date.now(),
});

/** Each page has a hue of its own. */
const drawn = (page: number): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="900"><rect width="1600" height="900" fill="hsl(${page * 40} 90% 50%)"/></svg>`;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

type Answer = { status?: number } & Record<string, unknown>;

const send = (response: ServerResponse, { status = 200, ...body }: Answer): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const refusal = (status: number, code: ErrorCode): Answer => ({ status, error: { code, message: code } });
