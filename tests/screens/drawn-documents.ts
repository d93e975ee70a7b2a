/** The documents of a meeting without a fleet server: the list as an event stream that stays open, and drawn pages. */
import type { Page } from 'playwright-core';
import { MeetingDocument } from '#contract/http/documents-api.ts';
import type { DocumentAccess, DocumentRight } from '#contract/grants.ts';
import { type SharedDocument, type Stroke, WHOLE_PAGE } from '#contract/shared-document.ts';
import { id } from './screen-wires.ts';
import { ORIGIN } from './static-pages.ts';

export const LONG_FILE_NAME =
  '2027년 상반기 대리점 가격표 및 공급 조건 변경 안내 (최종_진짜최종_v7_법무 검토 완료) Price list and terms of delivery.pdf';

export const documentAccess = (documents: DocumentRight[] = ['present', 'view'], url = ORIGIN): DocumentAccess => ({
  url,
  token: 'of-a-scene',
  expiresAtMs: Date.now() + 3_600_000,
  meetingId: id(4),
  documents,
});

export function listedDocument(n: number, over: Partial<MeetingDocument> = {}): MeetingDocument {
  return MeetingDocument.parse({
    documentId: id(500 + n),
    title: 'Price list 2027.pdf',
    kind: 'pdf',
    state: 'ready',
    sizeBytes: 2_400_000,
    receivedBytes: 2_400_000,
    pageCount: 12,
    readyPages: 12,
    failure: null,
    isOwn: true,
    mayDelete: true,
    createdAtMs: Date.now() - n * 60_000,
    ...over,
  });
}

export const sharedDocument = (over: Partial<SharedDocument> = {}): SharedDocument => ({
  documentId: id(501),
  title: 'Price list 2027.pdf',
  pageCount: 12,
  page: 3,
  region: WHOLE_PAGE,
  presenter: null,
  pointer: null,
  strokes: [],
  ...over,
});

/** A circle and a line under it, as a hand draws them. */
export const drawing = (page: number): Stroke[] => {
  const circle = Array.from({ length: 40 }, (_, step) => {
    const turn = (step / 38) * 2 * Math.PI;
    return [43_000 + Math.round(11_000 * Math.cos(turn)), 27_000 + Math.round((9_000 + step * 30) * Math.sin(turn))];
  });
  const line = Array.from({ length: 30 }, (_, step) => [9_000 + step * 700, 52_000 + Math.round(500 * Math.sin(step))]);
  return [
    { strokeId: id(901), page, colour: 'red', points: circle.flat() },
    { strokeId: id(902), page, colour: 'marker', points: line.flat() },
  ];
};

export type PlayedDocuments = {
  documents?: MeetingDocument[];
  aspect?: 'slide' | 'sheet';
  upload?: 'stalls' | 'fails';
  /** pages from here on are still being made */
  notReadyFrom?: number;
};

/** Pictures of pages, drawn. */
export async function playPages(
  page: Page,
  origin: string,
  { aspect = 'slide', notReadyFrom = Number.POSITIVE_INFINITY }: Pick<PlayedDocuments, 'aspect' | 'notReadyFrom'> = {},
): Promise<void> {
  await page.route(`${origin}/api/v1/documents/*/pages/**`, (route) => {
    const [documentId = '', , number = '1', size = 'laptop'] = new URL(route.request().url()).pathname
      .split('/')
      .slice(4);
    if (Number(number) >= notReadyFrom) return route.fulfill({ status: 202 });
    const about = { number: Number(number), seed: Number(documentId.slice(-2)), size, aspect };
    return route.fulfill({ contentType: 'image/svg+xml', body: drawnPage(about) });
  });
}

/** Call after `servePages`. */
export async function playDocuments(
  page: Page,
  { documents = [], upload = 'stalls', ...pages }: PlayedDocuments = {},
): Promise<void> {
  await page.addInitScript(keepListOpen, documents);
  await playPages(page, ORIGIN, pages);
  const begun = listedDocument(9, { state: 'uploading', pageCount: null, readyPages: 0, receivedBytes: 0 });
  await page.route(`${ORIGIN}/api/v1/documents`, (route) => {
    const { fileName = '', sizeBytes = 0 } = (route.request().postDataJSON() ?? {}) as {
      fileName?: string;
      sizeBytes?: number;
    };
    if (upload === 'fails')
      return route.fulfill({ status: 413, json: { error: { code: 'quota-exceeded', message: 'of a scene' } } });
    return route.fulfill({ json: { document: { ...begun, title: fileName, sizeBytes } } });
  });
  let sent = 0;
  await page.route(`${ORIGIN}/api/v1/documents/*/content*`, (route) => {
    // some parts arrive, then the line is slow
    if (sent >= 2) return;
    sent += 1;
    const received =
      Number(new URL(route.request().url()).searchParams.get('offset')) +
      (route.request().postDataBuffer()?.length ?? 0);
    return route.fulfill({ json: { document: { ...begun, sizeBytes: 2_400_000, receivedBytes: received } } });
  });
}

/** Runs in the page: a stream that is answered ends at once, which a page would see as a broken line. */
function keepListOpen(documents: MeetingDocument[]): void {
  const { fetch } = window;
  const encoder = new TextEncoder();
  window.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (!url.includes('/api/v1/document-changes')) return fetch(input, init);
    const body = new ReadableStream<Uint8Array>({
      start: (stream) => {
        stream.enqueue(encoder.encode(`event: documents\ndata: ${JSON.stringify({ documents })}\n\n`));
        setInterval(() => stream.enqueue(encoder.encode('event: beat\ndata: {}\n\n')), 5_000);
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
}

const WIDTHS: Record<string, number> = { thumbnail: 320, phone: 1080, laptop: 1440, tv: 1920, 'tv-4k': 3840 };

/** A page of a price list: heading, table, chart; as a slide, or upright as a sheet of paper. */
export function drawnPage({
  number,
  seed,
  size,
  aspect,
}: {
  number: number;
  seed: number;
  size: string;
  aspect: string;
}): string {
  const [width, height] = aspect === 'slide' ? [1600, 900] : [900, 1273];
  const scale = (WIDTHS[size] ?? 1440) / Math.max(width, height);
  const hue = (seed * 67 + number * 23) % 360;
  const rows = Array.from({ length: 8 }, (_, row) => {
    const y = 260 + row * 62;
    return `<rect x="80" y="${y}" width="${width * 0.46}" height="44" fill="${row % 2 ? '#f2f4f7' : '#e6eaf0'}"/><text x="100" y="${y + 31}" font-size="26" fill="#243">Maru ${number}0${row} · 회의실 단말</text><text x="${width * 0.48}" y="${y + 31}" font-size="26" fill="#243">${(number * 137 + row * 61) % 900},000</text>`;
  }).join('');
  const bars = Array.from({ length: 5 }, (_, bar) => {
    const length = 80 + ((number * 71 + bar * 97) % 320);
    return `<rect x="${width * 0.62 + bar * width * 0.06}" y="${760 - length}" width="${width * 0.045}" height="${length}" fill="hsl(${hue} 55% 45%)"/>`;
  }).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.round(width * scale)}" height="${Math.round(height * scale)}" viewBox="0 0 ${width} ${height}" font-family="Pretendard, sans-serif"><rect width="${width}" height="${height}" fill="#fff"/><rect width="${width}" height="18" fill="hsl(${hue} 55% 45%)"/><text x="80" y="130" font-size="64" font-weight="700" fill="#122">가격표 2027 · Price list</text><text x="80" y="200" font-size="34" fill="#567">${number}. 공급 조건 / Terms of delivery</text>${rows}${bars}</svg>`;
}
