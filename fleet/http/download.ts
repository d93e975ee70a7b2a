/** A file as the answer: streamed, named for the person's folder (RFC 6266), never shown as a page of ours. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ByteRange, Download } from './route.ts';

export async function sendDownload(
  request: FastifyRequest,
  reply: FastifyReply,
  download: Download,
): Promise<FastifyReply> {
  const { contentType, fileName, sizeBytes } = download;
  reply.type(contentType).header('content-disposition', dispositionOf(fileName));
  if ('stream' in download) {
    // by holder: another's may be another picture, or refused
    if (download.isImmutable)
      reply.header('cache-control', 'private, max-age=86400, immutable').header('vary', 'authorization');
    if (sizeBytes !== null) reply.header('content-length', sizeBytes);
    return reply.send(download.stream);
  }
  const { etag, open, close } = download;
  reply.header('accept-ranges', 'bytes').header('etag', etag);
  const range = rangeOf(request.headers, download);
  if (range === 'unsatisfiable') {
    await close();
    return reply.code(416).header('content-range', `bytes */${download.sizeBytes}`).send();
  }
  const { start, end } = range ?? { start: 0, end: download.sizeBytes - 1 };
  if (range) reply.code(206).header('content-range', `bytes ${start}-${end}/${download.sizeBytes}`);
  reply.header('content-length', end - start + 1);
  return reply.send(open({ start, end }));
}

/** RFC 9110, 14.2: several ranges, or what is none, ask for the whole. Null: the whole. */
export function rangeOf(
  { range, 'if-range': ifRange }: { range?: string | undefined; 'if-range'?: string | string[] | undefined },
  { sizeBytes, etag }: { sizeBytes: number; etag: string },
): ByteRange | 'unsatisfiable' | null {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range?.trim() ?? '') ?? [];
  if (first === '' && last === '') return null;
  if (ifRange !== undefined && ifRange !== etag) return null;
  if (first === '') {
    const start = Math.max(0, sizeBytes - Number(last));
    return start < sizeBytes ? { start, end: sizeBytes - 1 } : 'unsatisfiable';
  }
  const start = Number(first);
  const end = last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (last !== '' && Number(last) < start) return null;
  return start < sizeBytes ? { start, end } : 'unsatisfiable';
}

/** ASCII for old clients, and the name itself by RFC 8187. */
export function dispositionOf(fileName: string): string {
  const name = fileName.toWellFormed();
  const ascii = name.normalize('NFC').replace(/[^\x20-\x7e]|["\\%/]/g, '_');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
