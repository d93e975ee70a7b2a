/** A body that does not come ends its connection; what an upload has to bring in time is in upload.ts. */
import type { FastifyRequest } from 'fastify';

const BODY_TIMEOUT_MS = 30_000;

export function limitBodyTime({ raw, routeOptions }: FastifyRequest): void {
  if (raw.complete || routeOptions.config?.isUpload) return;
  const timer = setTimeout(() => {
    if (!raw.complete) raw.socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n').destroySoon();
  }, BODY_TIMEOUT_MS);
  timer.unref();
  raw.once('close', () => clearTimeout(timer));
}
