/** A body that is streamed to its handler: refused before it comes where its announcement is too large, cut where it is not. */
import { type Readable, Transform } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { InvalidStateError, ProtocolError } from '#contract/error-codes.ts';
import type { UploadRoute } from '#contract/http/route.ts';

/** within each such time at least so much comes, or the sender has stopped; a byte now and then is none */
const WINDOW_MS = 30_000;
const MIN_WINDOW_BYTES = 16 * 1024;

/** @throws ProtocolError bad-message, too-large: before a byte of the body is read */
export function refuseUpload({ headers }: FastifyRequest, { contentTypes, maxBytes }: UploadRoute): void {
  const contentType = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (!contentType || !contentTypes.includes(contentType))
    throw new ProtocolError('bad-message', `content type ${contentType ?? 'missing'}: not of ${contentTypes.join()}`);
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
}

/**
 * What comes of `body`, ended by `too-large` beyond `maxBytes`, and by `bad-message` where it breaks off. A sender that stops
 * gets `upload-offset`: its line may be back before the answer is lost, and it goes on from what came.
 */
export function limitUpload(body: Readable, maxBytes: number): Readable {
  let sizeBytes = 0;
  const limited = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      done(sizeBytes > maxBytes ? tooLarge(maxBytes) : null, chunk);
    },
  });
  let windowStartBytes = 0;
  const timer = setInterval(() => {
    // its reader may be what is slow
    const isUnread = body.readableLength > 0 || limited.readableLength > 0;
    if (!isUnread && sizeBytes - windowStartBytes < MIN_WINDOW_BYTES)
      limited.destroy(new InvalidStateError('upload-offset', 'the upload stopped'));
    windowStartBytes = sizeBytes;
  }, WINDOW_MS);
  body.once('error', (cause) => limited.destroy(new ProtocolError('bad-message', 'the upload broke off', { cause })));
  body.once('close', () => {
    if (!body.readableEnded) limited.destroy(new ProtocolError('bad-message', 'the upload broke off'));
  });
  // a handler that has not begun to read, or has stopped, is not where it is handled
  limited.on('error', () => {});
  limited.once('close', () => {
    clearInterval(timer);
    body.unpipe(limited);
  });
  return body.pipe(limited);
}

const tooLarge = (maxBytes: number): ProtocolError => new ProtocolError('too-large', `more than ${maxBytes} bytes`);
