/**
 * The documents API of a page without a server: the list, and pages drawn on a canvas. Runs inside the page, before its
 * scripts. A page of the document that a picture cannot have (`missingFromPage`) stays on its way.
 */
import type { Page } from 'playwright-core';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { DocumentAccess } from '#contract/grants.ts';
import type { MeetingDocument } from '#contract/http/documents-api.ts';
import { ORIGIN } from './static-pages.ts';

export type PlayedDocuments = {
  documents: readonly MeetingDocument[];
  /** upright pages, as of a letter */
  isUpright?: boolean;
  /** pages from here on are still being made */
  missingFromPage?: number;
  /** what becomes of a new upload: it hangs after its first part, or is refused */
  uploads?: 'hang' | ErrorCode;
};

export const documentAccess: DocumentAccess = {
  url: ORIGIN,
  token: 'scene',
  expiresAtMs: 4_000_000_000_000,
  meetingId: '0193a0b0-0000-7000-8000-000000000002',
  documents: ['present', 'view'],
};

export async function playDocuments(page: Page, played: PlayedDocuments): Promise<void> {
  await page.addInitScript(playInPage, {
    uploads: 'hang' as const,
    missingFromPage: 10_000,
    isUpright: false,
    ...played,
  });
}

function playInPage(played: Required<PlayedDocuments>): void {
  const json = (status: number, body: unknown): Response =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
  const refused = (status: number, code: string): Response => json(status, { error: { code, message: '' } });

  const events = (): Response => {
    const event = `event: documents\ndata: ${JSON.stringify({ documents: played.documents })}\n\n`;
    // never ends
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(event)) });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };

  const picture = async (number: number, size: string): Promise<Response> => {
    const long = size === 'thumbnail' ? 320 : 1080;
    const short = Math.round(played.isUpright ? long / Math.SQRT2 : (long * 9) / 16);
    const [width, height] = played.isUpright ? [short, long] : [long, short];
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d')!;
    context.fillStyle = '#fdfcf9';
    context.fillRect(0, 0, width, height);
    context.fillStyle = '#1f2a44';
    context.font = `600 ${short * 0.09}px sans-serif`;
    context.fillText(number === 1 ? 'Plan 2027' : `${number}. 상반기 계획`, width * 0.07, short * 0.18);
    for (let line = 0; line < (played.isUpright ? 16 : 4); line += 1) {
      context.fillStyle = '#b9c0cc';
      context.fillRect(
        width * 0.07,
        short * (0.27 + line * 0.07),
        width * (0.5 + 0.3 * ((line * 7) % 3) * 0.5),
        short * 0.025,
      );
    }
    for (let bar = 0; bar < 6; bar += 1) {
      const tall = short * (0.1 + 0.05 * ((bar * 5 + number) % 6));
      context.fillStyle = bar === number % 6 ? '#d0643c' : '#8aa4c8';
      context.fillRect(width * (0.08 + bar * 0.145), height * 0.94 - tall, width * 0.1, tall);
    }
    return new Response(await canvas.convertToBlob({ type: 'image/webp' }), {
      headers: { 'content-type': 'image/webp' },
    });
  };

  const uploaded = (receivedBytes: number, sizeBytes: number, title: string) => ({
    document: {
      documentId: '0193a0b0-0000-7000-8000-0000000000ff',
      title,
      kind: null,
      state: 'uploading',
      sizeBytes,
      receivedBytes,
      pageCount: null,
      readyPages: 0,
      failure: null,
      isOwn: true,
      createdAtMs: Date.now(),
    },
  });
  let upload = { sizeBytes: 0, title: '' };

  const answer = async (path: string, init: RequestInit | undefined): Promise<Response> => {
    if (path === '/api/v1/document-changes') return events();
    const [, number, size] = /\/pages\/(\d+)\/([\w-]+)$/.exec(path) ?? [];
    if (number !== undefined)
      return Number(number) >= played.missingFromPage
        ? refused(409, 'not-ready')
        : picture(Number(number), size ?? 'phone');
    if (init?.method === 'POST') {
      if (played.uploads !== 'hang') return refused(413, played.uploads);
      const { fileName, sizeBytes } = JSON.parse(String(init.body));
      upload = { sizeBytes, title: fileName };
      return json(200, uploaded(0, sizeBytes, fileName));
    }
    const offset = /offset=(\d+)/.exec(path)?.[1];
    if (offset === '0') return json(200, uploaded(Math.round(upload.sizeBytes * 0.43), upload.sizeBytes, upload.title));
    return new Promise(() => {});
  };

  const real = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input), location.href);
    return url.pathname.startsWith('/api/v1/document') ? answer(url.pathname + url.search, init) : real(input, init);
  };
}
