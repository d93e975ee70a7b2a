/** Writes the smallest OLE2 compound file that holds the given streams at its root: the old kinds of office documents. */

const sectorBytes = 512;
const endOfChain = 0xff_ff_ff_fe;
const none = 0xff_ff_ff_ff;
const inTable = 0xff_ff_ff_fd;

/** Sector 0 is the table, 1 the directory (at most three streams), then the streams, none of them in small pieces. */
export function compoundFileOf(streams: Record<string, Buffer>, looping = false): Buffer {
  const table: number[] = [inTable, looping ? 1 : endOfChain];
  const contents: Buffer[] = [];
  const entries = [directoryEntry('Root Entry', 5, { child: 1, start: endOfChain, sizeBytes: 0 })];
  const names = Object.keys(streams);
  for (const [at, name] of names.entries()) {
    const content = streams[name] ?? Buffer.alloc(0);
    const sectors = Math.ceil(content.length / sectorBytes);
    const start = table.length;
    for (let sector = 1; sector <= sectors; sector++) table.push(sector === sectors ? endOfChain : start + sector);
    contents.push(Buffer.concat([content, Buffer.alloc(sectors * sectorBytes - content.length)]));
    const right = at + 1 < names.length ? at + 2 : none;
    entries.push(directoryEntry(name, 2, { right, start, sizeBytes: content.length }));
  }
  while (entries.length < 4) entries.push(directoryEntry('', 0, {}));

  const header = Buffer.alloc(sectorBytes);
  header.write('d0cf11e0a1b11ae1', 'hex');
  header.writeUInt16LE(0x3e, 24);
  header.writeUInt16LE(3, 26);
  header.writeUInt16LE(0xff_fe, 28);
  header.writeUInt16LE(9, 30);
  header.writeUInt16LE(6, 32);
  header.writeUInt32LE(1, 44);
  header.writeUInt32LE(1, 48);
  // no stream is small enough for the small pieces
  header.writeUInt32LE(0, 56);
  header.writeUInt32LE(endOfChain, 60);
  header.writeUInt32LE(endOfChain, 68);
  header.fill(0xff, 76);
  header.writeUInt32LE(0, 76);
  const tableSector = Buffer.alloc(sectorBytes, 0xff);
  for (const [at, next] of table.entries()) tableSector.writeUInt32LE(next, at * 4);
  return Buffer.concat([header, tableSector, ...entries, ...contents]);
}

type Place = { child?: number; right?: number; start?: number; sizeBytes?: number };

function directoryEntry(name: string, type: number, { child, right, start, sizeBytes }: Place): Buffer {
  const entry = Buffer.alloc(128);
  entry.write(name, 'utf16le');
  entry.writeUInt16LE(name ? (name.length + 1) * 2 : 0, 64);
  entry[66] = type;
  entry[67] = 1;
  entry.writeUInt32LE(none, 68);
  entry.writeUInt32LE(right ?? none, 72);
  entry.writeUInt32LE(child ?? none, 76);
  entry.writeUInt32LE(start ?? 0, 116);
  entry.writeUInt32LE(sizeBytes ?? 0, 120);
  return entry;
}
