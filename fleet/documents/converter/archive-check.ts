/**
 * Judges a zip by its directory alone, before any program opens it: too many entries, too much to unpack, names that lead
 * outside, encrypted entries. The sizes of a directory can be false: the sandbox's limits hold for what is then unpacked.
 */
import { UserError } from '#contract/error-codes.ts';
import { openPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';

const maxEntries = 2_000;
const maxUnpackedBytes = 500_000_000;
/** A sheet of empty cells packs well too: the ratio counts only where it hides much. */
const ratioCountsFromBytes = 20_000_000;
const maxRatio = 200;

export type Archive = {
  names: ReadonlySet<string>;
  /** The text of an entry, '' where there is none. UserError document-too-large over `maxBytes`. */
  readText: (name: string, maxBytes: number) => Promise<string>;
  close: () => void;
};

/** Opens a zip that passed every check; the caller closes it. UserError document-broken, -too-large or -encrypted. */
export async function openCheckedArchive(path: string): Promise<Archive> {
  const zip = await openPromise(path, { autoClose: false }).catch(broken);
  try {
    const entries = await checkedEntries(zip);
    return {
      names: new Set(entries.keys()),
      readText: (name, maxBytes) => readText(zip, entries.get(name), maxBytes).catch(broken),
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    return broken(error);
  }
}

async function checkedEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > maxEntries) throw new UserError('document-too-large', `${zip.entryCount} entries`);
  const entries = new Map<string, Entry>();
  let unpackedBytes = 0;
  let packedBytes = 0;
  // yauzl refuses absolute names and `..` by itself
  for await (const entry of zip.eachEntry()) {
    if (entry.isEncrypted()) throw new UserError('document-encrypted');
    unpackedBytes += entry.uncompressedSize;
    packedBytes += entry.compressedSize;
    if (unpackedBytes > maxUnpackedBytes) throw new UserError('document-too-large', 'unpacks to too many bytes');
    if (entry.uncompressedSize > ratioCountsFromBytes && entry.uncompressedSize > entry.compressedSize * maxRatio) {
      throw new UserError('document-too-large', 'packed too densely');
    }
    // a second entry of one name: two readers may see two documents
    if (entries.has(entry.fileName)) throw new UserError('document-broken', 'two entries of one name');
    entries.set(entry.fileName, entry);
  }
  // entries that lie over one another unpack the same bytes again and again
  if (packedBytes > zip.fileSize) throw new UserError('document-broken', 'entries overlap');
  return entries;
}

async function readText(zip: ZipFile, entry: Entry | undefined, maxBytes: number): Promise<string> {
  if (!entry) return '';
  if (entry.uncompressedSize > maxBytes) throw new UserError('document-too-large', 'a describing entry is too large');
  const chunks: Buffer[] = [];
  // yauzl ends the stream with an error once it gives more than the directory says
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return bytes.toString(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf16le' : 'utf8');
}

function broken(cause: unknown): never {
  if (cause instanceof UserError) throw cause;
  throw new UserError('document-broken', 'not a readable zip', { cause });
}
