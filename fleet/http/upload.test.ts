/** How long an upload may take: as long as it comes. */
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { toMaruError } from '#contract/error-codes.ts';
import { limitUpload } from './upload.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => vi.useRealTimers());

/** One piece each ten seconds, for `minutes`. */
async function send(pieceBytes: number, minutes: number, { isRead = true } = {}): Promise<string | null> {
  const body = new PassThrough();
  const limited = limitUpload(body, 1_000_000_000);
  let failure: string | null = null;
  limited.on('error', (error) => (failure = toMaruError(error).code));
  if (isRead) limited.resume();
  for (let sent = 0; sent < minutes * 6 && failure === null; sent += 1) {
    body.write(Buffer.alloc(pieceBytes));
    await vi.advanceTimersByTimeAsync(10_000);
  }
  limited.destroy();
  return failure;
}

it('may take hours over a slow line', async () => {
  expect(await send(20_000, 120)).toBeNull();
});

it('is ended where its sender sends a byte now and then, with a code after which a sender goes on', async () => {
  expect(await send(1, 10)).toBe('upload-offset');
});

it('is not ended where its reader is what is slow', async () => {
  expect(await send(1, 10, { isRead: false })).toBeNull();
});
