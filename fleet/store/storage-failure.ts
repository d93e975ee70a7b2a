/** SQLite's error codes, sorted: what the disk does is `storage-failed`; a constraint or a wrong statement is not. */
import { OperationalError } from '#contract/error-codes.ts';

const OF_THE_DISK = /^SQLITE_(FULL|IOERR|CANTOPEN|READONLY|BUSY|LOCKED|CORRUPT|NOTADB|PROTOCOL|NOMEM|PERM)/;
const DAMAGE = /^SQLITE_(CORRUPT|NOTADB)/;

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code);

export const isOfTheDisk = (error: unknown): boolean => OF_THE_DISK.test(codeOf(error));

/** A page of the file is not what it should be; trying again does not mend it. */
export const isDamage = (error: unknown): boolean =>
  DAMAGE.test(codeOf(error)) || (error instanceof OperationalError && DAMAGE.test(codeOf(error.cause)));

export const isStorageFailed = (error: unknown): boolean => codeOf(error) === 'storage-failed';

/** What a caller of the store gets: OperationalError `storage-failed` for the disk's errors, all else as it is. */
export function asStorageError(error: unknown): unknown {
  return isOfTheDisk(error)
    ? new OperationalError('storage-failed', (error as Error).message, { cause: error })
    : error;
}
