/** A page's picture on the disk: looked at first, for it was made where a stranger's document was open. */
import { randomUUID } from 'node:crypto';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pageFileName } from '#contract/converter-link.ts';
import { UserError } from '#contract/error-codes.ts';
import { PAGE_SIZES } from '#contract/http/documents-api.ts';
import { requireDiskRoom } from '#edge/disk-room.ts';
import type { DrawnPage } from './page-maker.ts';

const UNFINISHED = '.';

/** What a converter that was killed was writing. */
export async function removeUnfinishedPages(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name.startsWith(UNFINISHED)) await rm(join(folder, name), { force: true });
}

/** Written beside and renamed: whoever reads it finds all of it. @throws UserError `document-broken`; OperationalError `storage-failed`; Node's own errors */
export async function writePage(folder: string, { page, size, content }: DrawnPage): Promise<void> {
  const box = PAGE_SIZES[size];
  const found = webpSize(content);
  if (!found || found.width > box.width || found.height > box.height)
    throw new UserError('document-broken', `page ${page} came as no picture for ${size}`);
  await requireDiskRoom(folder, content.length);
  const beside = join(folder, `${UNFINISHED}${randomUUID()}`);
  try {
    await writeFile(beside, content, { mode: 0o600 });
    await rename(beside, join(folder, pageFileName(page, size)));
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/**
 * A WebP of one lossy picture and nothing else: no metadata, no animation, no colour profile (RFC 9649, 2.5).
 * @returns its size in pixels; null for anything else
 */
export function webpSize(content: Buffer): { width: number; height: number } | null {
  if (content.length < 30) return null;
  const chunkBytes = content.readUInt32LE(16);
  const isWhole =
    content.toString('latin1', 0, 4) === 'RIFF' &&
    content.readUInt32LE(4) === content.length - 8 &&
    content.toString('latin1', 8, 16) === 'WEBPVP8 ' &&
    // chunks are padded to an even number of bytes
    chunkBytes + (chunkBytes % 2) === content.length - 20;
  // RFC 6386, 9.1: a key frame, its start code, 14 bits a side
  const isKeyFrame = isWhole && (content.readUInt8(20) & 1) === 0 && content.readUIntBE(23, 3) === 0x9d012a;
  if (!isKeyFrame) return null;
  return { width: content.readUInt16LE(26) & 0x3fff, height: content.readUInt16LE(28) & 0x3fff };
}
