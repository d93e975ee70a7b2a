/** AAC frames out of an ADTS stream (ISO/IEC 13818-7, 6.2), in whatever pieces it comes. */

const HEADER_BYTES = 7;
/** AAC LC, 48 kHz, stereo: the one format that our tracks declare. */
const isOurs = (bytes: Buffer, at: number): boolean =>
  bytes.readUInt8(at) === 0xff &&
  (bytes.readUInt8(at + 1) & 0xf6) === 0xf0 &&
  (bytes.readUInt8(at + 2) & 0xfd) === 0x4c &&
  (bytes.readUInt8(at + 3) & 0xc0) === 0x80;

export class AdtsReader {
  readonly #onFrame: (frame: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(onFrame: (frame: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  /** @throws RangeError what comes is no AAC of ours */
  add(bytes: Buffer): void {
    let rest = Buffer.concat([this.#rest, bytes]);
    while (rest.length >= HEADER_BYTES) {
      if (!isOurs(rest, 0)) throw new RangeError('no ADTS frame');
      const size = ((rest.readUInt8(3) & 3) << 11) | (rest.readUInt8(4) << 3) | (rest.readUInt8(5) >> 5);
      const header = rest.readUInt8(1) & 1 ? HEADER_BYTES : HEADER_BYTES + 2;
      if (size <= header) throw new RangeError('an ADTS frame without content');
      if (rest.length < size) break;
      this.#onFrame(Buffer.from(rest.subarray(header, size)));
      rest = rest.subarray(size);
    }
    this.#rest = rest;
  }
}
