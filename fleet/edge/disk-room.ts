/** Room on a disk that databases share with what people put there: so much is left to the databases, whatever comes. */
import { statfs } from 'node:fs/promises';
import { OperationalError } from '#contract/error-codes.ts';

const RESERVED_SHARE = 0.1;
const RESERVED_BYTES = 1024 ** 3;

/** @throws OperationalError storage-failed: there is no room for so many bytes more; Node's error where there is no folder */
export async function requireDiskRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, blocks, bsize } = await statfs(folder);
  const reservedBytes = Math.min(RESERVED_BYTES, blocks * bsize * RESERVED_SHARE);
  if (bavail * bsize - bytes < reservedBytes) throw new OperationalError('storage-failed', 'the disk is nearly full');
}
