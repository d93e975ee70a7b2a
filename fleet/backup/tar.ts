/**
 * The archive inside of a backup: POSIX tar (ustar), so that `tar` opens it where Maru is not at hand. Ordinary files alone;
 * whatever else an archive may hold is refused.
 */
import { BackupFault } from './backup-fault.ts';
import type { ByteSource } from './byte-source.ts';

export type TarEntry = { path: string; sizeBytes: number };

const BLOCK_BYTES = 512;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
/** eleven octal digits; a larger size stands there in binary, as GNU tar writes and reads it */
const MAX_OCTAL = 8 ** 11;
const ORDINARY_FILE = '0';
const MODE = 0o600;
const CHECKSUM_AT = 148;

/** After the last entry. */
export const TAR_END = new Uint8Array(2 * BLOCK_BYTES);

/** How many zeros follow a content of that size. */
export const paddingBytes = (sizeBytes: number): number => (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES;

/** Whether a path is short enough for an archive. */
export const fitsTar = (path: string): boolean => splitPath(path) !== null;

/** The block before an entry's content. `path` has passed `fitsTar`. */
export function tarHeader({ path, sizeBytes }: TarEntry, mtimeMs: number): Buffer {
  const parts = splitPath(path);
  if (!parts) throw new Error(`${path} is too long for an archive`);
  const block = Buffer.alloc(BLOCK_BYTES);
  block.write(parts.name, 0, 'utf8');
  block.write(octal(MODE, 8), 100, 'latin1');
  block.write(octal(0, 8), 108, 'latin1');
  block.write(octal(0, 8), 116, 'latin1');
  if (sizeBytes < MAX_OCTAL) block.write(octal(sizeBytes, 12), 124, 'latin1');
  else {
    block.writeBigUInt64BE(BigInt(sizeBytes), 128);
    block[124] = 0x80;
  }
  block.write(octal(Math.floor(mtimeMs / 1000), 12), 136, 'latin1');
  block.write(ORDINARY_FILE, 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.write(parts.prefix, 345, 'utf8');
  block.write(`${octal(checksumOf(block), 7)} `, CHECKSUM_AT, 'latin1');
  return block;
}

/**
 * The next entry; its content, padded to a whole block, is for the caller to read. null: the archive ends here.
 * @throws BackupFault backup-damaged
 */
export async function readTarHeader(source: ByteSource): Promise<TarEntry | null> {
  const block = Buffer.from(await source.exactly(BLOCK_BYTES));
  if (block.every((byte) => byte === 0)) {
    if ((await source.exactly(BLOCK_BYTES)).some((byte) => byte !== 0)) throw damaged('its archive ends in the middle');
    return null;
  }
  if (numberAt(block, CHECKSUM_AT, 8) !== checksumOf(block)) throw damaged('the checksum of an entry is wrong');
  if (textAt(block, 257, 6) !== 'ustar' || textAt(block, 156, 1) !== ORDINARY_FILE)
    throw damaged('an entry is no ordinary file');
  const [name, prefix] = [textAt(block, 0, NAME_BYTES), textAt(block, 345, PREFIX_BYTES)];
  const isBinary = block[124] === 0x80;
  const sizeBytes = isBinary ? Number(block.readBigUInt64BE(128)) : numberAt(block, 124, 12);
  if (!Number.isSafeInteger(sizeBytes)) throw damaged('the size of an entry is no number');
  return { path: prefix === '' ? name : `${prefix}/${name}`, sizeBytes };
}

/** A long path is divided at a slash; null: no slash divides it into parts that fit. */
function splitPath(path: string): { name: string; prefix: string } | null {
  if (Buffer.byteLength(path) <= NAME_BYTES) return { name: path, prefix: '' };
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(prefix) <= PREFIX_BYTES && Buffer.byteLength(name) <= NAME_BYTES) return { name, prefix };
  }
  return null;
}

const octal = (value: number, bytes: number): string => `${value.toString(8).padStart(bytes - 1, '0')}\0`;

/** Its own field counts as spaces. */
function checksumOf(block: Buffer): number {
  let sum = 8 * 0x20;
  for (const [at, byte] of block.entries()) if (at < CHECKSUM_AT || at >= CHECKSUM_AT + 8) sum += byte;
  return sum;
}

function textAt(block: Buffer, at: number, bytes: number): string {
  const field = block.subarray(at, at + bytes);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? bytes : end);
}

function numberAt(block: Buffer, at: number, bytes: number): number {
  const text = textAt(block, at, bytes).trim();
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
}

const damaged = (what: string): BackupFault => new BackupFault('backup-damaged', `The backup is damaged: ${what}.`);
