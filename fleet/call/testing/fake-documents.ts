/** The documents API in memory for tests: documents, uploads by parts, the stream of changes, pages; and a line that can be cut. */
import type { ErrorCode } from '#contract/error-codes.ts';
import type { DocumentAccess } from '#contract/grants.ts';
import type { MeetingDocument } from '#contract/http/documents-api.ts';
import { v7 as uuidv7 } from 'uuid';

export type Asked = { method: string; path: string; token: string; aborted: boolean };
type Stream = { send: (text: string) => void; end: () => void; signal: AbortSignal };

export class FakeDocuments {
  /** `cut`: no answer comes, and requests fail; `lost`: the server does what it is asked, and the answer is lost */
  network: 'up' | 'cut' | 'lost' = 'up';
  /** before anything is done about it */
  onAsked: () => void = () => {};
  /** pages wait until `release` */
  held = false;
  readonly access: DocumentAccess = {
    url: 'https://fleet.test',
    token: 'secret-1',
    expiresAtMs: 1,
    meetingId: uuidv7(),
    documents: ['present', 'view'],
  };
  validToken = this.access.token;
  readonly asked: Asked[] = [];
  readonly documents = new Map<string, MeetingDocument & { content: Uint8Array[] }>();
  readonly streams: Stream[] = [];
  /** by `documentId/page`; the others are still being made */
  readonly readyPages = new Set<string>();
  /** not made of any page yet */
  readonly missingSizes = new Set<string>();
  /** its picture */
  drawPage: (key: { documentId: string; page: string; size: string }) => Response = ({ documentId, page, size }) =>
    new Response(`${documentId}/${page}/${size}`, { headers: { 'content-type': 'image/webp' } });
  /** the answer to what is asked next, by a part of its path */
  refusals: { path: string; code: ErrorCode; status: number }[] = [];
  #releases: (() => void)[] = [];

  release(): void {
    this.held = false;
    for (const release of this.#releases.splice(0)) release();
  }

  paths(): string[] {
    return this.asked.map(({ method, path }) => `${method} ${path}`);
  }

  get listed(): MeetingDocument[] {
    return [...this.documents.values()].map(({ content: _, ...document }) => document).reverse();
  }

  contentOf(documentId: string): string {
    return new TextDecoder().decode(Buffer.concat(this.documents.get(documentId)!.content));
  }

  /** To all who follow. */
  publish(): void {
    const text = `event: documents\ndata: ${JSON.stringify({ documents: this.listed })}\n\n`;
    for (const { send } of this.streams) send(text);
  }

  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { pathname: path, searchParams } = new URL(url);
    const method = init.method ?? 'GET';
    const signal = init.signal!;
    const token = new Headers(init.headers).get('authorization')?.replace('Bearer ', '') ?? '';
    const asked: Asked = { method, path, token, aborted: false };
    this.asked.push(asked);
    signal.addEventListener('abort', () => {
      asked.aborted = true;
    });
    signal.throwIfAborted();
    this.onAsked();
    if (this.network === 'cut') throw new TypeError('Failed to fetch');
    if (token !== this.validToken) return refused(401, 'token-expired');
    const planned = this.refusals.findIndex((each) => path.includes(each.path));
    if (planned >= 0) {
      const [{ status, code }] = this.refusals.splice(planned, 1) as [FakeDocuments['refusals'][number]];
      return refused(status, code);
    }
    const answer = await this.#answer(method, path, searchParams, init);
    if (this.network === 'lost') throw new TypeError('Failed to fetch');
    if (this.held && path.includes('/pages/')) {
      await new Promise<void>((resolve, reject) => {
        this.#releases.push(resolve);
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    }
    return answer;
  };

  async #answer(method: string, path: string, query: URLSearchParams, init: RequestInit): Promise<Response> {
    if (path.endsWith('/document-changes')) return this.#stream(init.signal!);
    const [, documentId = '', rest = ''] = /documents\/?([^/]*)\/?(.*)$/.exec(path) ?? [];
    if (method === 'POST') {
      const { fileName, sizeBytes } = JSON.parse(String(init.body)) as { fileName: string; sizeBytes: number };
      return Response.json({ document: this.#add(fileName, sizeBytes) });
    }
    if (rest.startsWith('pages/')) {
      const [, page = '', size = ''] = rest.split('/');
      if (!this.readyPages.has(`${documentId}/${page}`) || this.missingSizes.has(size))
        return new Response(null, { status: 202 });
      return this.drawPage({ documentId, page, size });
    }
    const document = this.documents.get(documentId);
    if (!document) return refused(404, 'not-found');
    if (method === 'DELETE') {
      this.documents.delete(documentId);
      return Response.json({});
    }
    if (method === 'PUT') {
      if (Number(query.get('offset')) !== document.receivedBytes) return refused(409, 'upload-offset');
      const part = new Uint8Array(await (init.body as Blob).arrayBuffer());
      document.content.push(part);
      document.receivedBytes += part.length;
      if (document.receivedBytes === document.sizeBytes) document.state = 'waiting';
    }
    const { content: _, ...shown } = document;
    return Response.json({ document: shown });
  }

  #add(title: string, sizeBytes: number): MeetingDocument {
    const document: MeetingDocument = {
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
      createdAtMs: 1,
    };
    this.documents.set(document.documentId, { ...document, content: [] });
    return document;
  }

  #stream(signal: AbortSignal): Response {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const encoder = new TextEncoder();
        const stream: Stream = {
          send: (text) => controller.enqueue(encoder.encode(text)),
          end: () => {
            this.streams.splice(this.streams.indexOf(stream), 1);
            controller.close();
          },
          signal,
        };
        this.streams.push(stream);
        signal.addEventListener('abort', () => {
          if (this.streams.includes(stream)) this.streams.splice(this.streams.indexOf(stream), 1);
          controller.error(signal.reason);
        });
        stream.send(`retry: 1000\n\nevent: documents\ndata: ${JSON.stringify({ documents: this.listed })}\n\n`);
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
  }
}

const refused = (status: number, code: ErrorCode): Response =>
  Response.json({ error: { code, message: code } }, { status });
