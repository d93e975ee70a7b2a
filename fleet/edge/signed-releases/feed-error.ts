/** Why a feed is refused: one error with the contract's word, whatever went wrong beneath. */
import type { FeedRefusal } from '#contract/update-feed.ts';

/** `detail` is for IT, in English; it never holds what an untrusted feed wrote beyond a name or a number. */
export class FeedError extends Error {
  readonly refusal: FeedRefusal;

  constructor(refusal: FeedRefusal, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'FeedError';
    this.refusal = refusal;
  }
}

/** What a disk answers when it is full, may not be written, or breaks. */
const DISK_CODES = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'EFBIG']);

/** For writing of our own: everything that the system refuses is the disk's. */
export function diskError(cause: unknown, what: string): FeedError {
  if (cause instanceof FeedError) return cause;
  const code = codeOf(cause);
  return new FeedError('disk', `${what}: ${code !== null && DISK_CODES.has(code) ? code : String(cause)}`, { cause });
}

export function codeOf(error: unknown): string | null {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : null;
}
