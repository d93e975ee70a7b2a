/**
 * The names at the root of an OLE2 compound file, and the first bytes of one stream ([MS-CFB]). Every chain that the file
 * describes is walked for a bounded number of steps: a loop of sectors ends as document-broken.
 */
import type { FileHandle } from 'node:fs/promises';
import { UserError } from '#contract/error-codes.ts';

const headerBytes = 512;
const entryBytes = 128;
const miniSectorBytes = 64;
/** More entries than any document has; also the bound of every walk through the directory. */
const maxEntries = 8_192;
const maxSectorId = 0xff_ff_ff_fa;
const noEntry = 0xff_ff_ff_ff;

type StreamEntry = {
  name: string;
  type: number;
  start: number;
  sizeBytes: number;
  siblings: [number, number];
  child: number;
};

export type CompoundFile = {
  rootNames: ReadonlySet<string>;
  /** At most 64 bytes, from the start of a stream at the root; empty where there is none. */
  firstBytes: (name: string) => Promise<Buffer>;
};

export const compoundFileSignature = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/** UserError document-broken where the file contradicts itself. */
export async function openCompoundFile(file: FileHandle): Promise<CompoundFile> {
  const { size: fileBytes } = await file.stat();
  const header = await read(file, 0, headerBytes);
  const sectorShift = header.readUInt16LE(30);
  if (sectorShift !== 9 && sectorShift !== 12) throw broken('sector size');
  const sectorBytes = 1 << sectorShift;
  const miniCutoffBytes = header.readUInt32LE(56);
  const maxSectors = Math.ceil(fileBytes / sectorBytes);
  const sector = (id: number) => {
    if (id > maxSectorId) throw broken('sector number');
    return read(file, (id + 1) * sectorBytes, sectorBytes);
  };
  const fatSectors = await fatSectorIds(header, sector, sectorBytes);
  const following = async (id: number) => {
    const idsInSector = sectorBytes / 4;
    const fatSector = fatSectors[Math.floor(id / idsInSector)];
    if (fatSector === undefined) throw broken('sector outside of the table');
    return (await sector(fatSector)).readUInt32LE((id % idsInSector) * 4);
  };

  const entries: StreamEntry[] = [];
  let directorySector = header.readUInt32LE(48);
  while (directorySector <= maxSectorId) {
    if (entries.length >= maxEntries || entries.length * entryBytes >= maxSectors * sectorBytes)
      throw broken('directory');
    const bytes = await sector(directorySector);
    for (let at = 0; at < sectorBytes; at += entryBytes) entries.push(readEntry(bytes.subarray(at, at + entryBytes)));
    directorySector = await following(directorySector);
  }
  const root = entries[0];
  if (root?.type !== 5) throw broken('no root');
  const atRoot = childrenOf(entries, root);

  return {
    rootNames: new Set(atRoot.keys()),
    async firstBytes(name) {
      const entry = atRoot.get(name);
      if (entry?.type !== 2 || entry.sizeBytes === 0) return Buffer.alloc(0);
      const length = Math.min(entry.sizeBytes, miniSectorBytes);
      if (entry.sizeBytes >= miniCutoffBytes) return (await sector(entry.start)).subarray(0, length);
      // small streams lie in 64-byte pieces inside the root's own stream
      const offset = entry.start * miniSectorBytes;
      let sectorId = root.start;
      for (let skipped = 0; skipped < Math.floor(offset / sectorBytes); skipped++) {
        if (skipped > maxSectors) throw broken('small streams');
        sectorId = await following(sectorId);
      }
      const within = offset % sectorBytes;
      return (await sector(sectorId)).subarray(within, within + length);
    },
  };
}

async function fatSectorIds(header: Buffer, sector: (id: number) => Promise<Buffer>, sectorBytes: number) {
  const count = header.readUInt32LE(44);
  const ids: number[] = [];
  const collect = (bytes: Buffer) => {
    for (let at = 0; at + 4 <= bytes.length && ids.length < count; at += 4) ids.push(bytes.readUInt32LE(at));
  };
  collect(header.subarray(76));
  let next = header.readUInt32LE(68);
  // a file of 2 GB in sectors of 512 bytes has 257 such sectors
  for (let walked = 0; ids.length < count && next <= maxSectorId; walked++) {
    if (walked > 1_024) throw broken('sector table');
    const bytes = await sector(next);
    collect(bytes.subarray(0, sectorBytes - 4));
    next = bytes.readUInt32LE(sectorBytes - 4);
  }
  return ids;
}

function readEntry(bytes: Buffer): StreamEntry {
  const nameBytes = Math.min(64, bytes.readUInt16LE(64));
  return {
    name: bytes.toString('utf16le', 0, Math.max(0, nameBytes - 2)),
    type: bytes[66] ?? 0,
    siblings: [bytes.readUInt32LE(68), bytes.readUInt32LE(72)],
    child: bytes.readUInt32LE(76),
    start: bytes.readUInt32LE(116),
    sizeBytes: bytes.readUInt32LE(120),
  };
}

/** Names of an embedded document lie deeper: only the root's own children count. */
function childrenOf(entries: StreamEntry[], root: StreamEntry): Map<string, StreamEntry> {
  const children = new Map<string, StreamEntry>();
  const seen = new Set<number>();
  const open = [root.child];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const entry = entries[id];
    if (id === noEntry || seen.has(id)) continue;
    if (!entry) throw broken('directory entry');
    seen.add(id);
    children.set(entry.name, entry);
    open.push(...entry.siblings);
  }
  return children;
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  // the last sector of a file may be cut short
  if (bytesRead === 0) throw broken('cut short');
  return buffer;
}

const broken = (what: string) => new UserError('document-broken', `compound file: ${what}`);
