/** A file as the answer: streamed, named for the person's folder (RFC 6266), never shown as a page of ours. */
import type { FastifyReply } from 'fastify';
import type { Download } from './route.ts';

export function sendDownload(
  reply: FastifyReply,
  { stream, contentType, fileName, sizeBytes, isImmutable }: Download,
): FastifyReply {
  reply.type(contentType).header('content-disposition', dispositionOf(fileName));
  // by holder: another's may be another picture, or refused
  if (isImmutable) reply.header('cache-control', 'private, max-age=86400, immutable').header('vary', 'authorization');
  if (sizeBytes !== null) reply.header('content-length', sizeBytes);
  return reply.send(stream);
}

/** ASCII for old clients, and the name itself by RFC 8187. */
export function dispositionOf(fileName: string): string {
  const name = fileName.toWellFormed();
  const ascii = name.normalize('NFC').replace(/[^\x20-\x7e]|["\\%/]/g, '_');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
