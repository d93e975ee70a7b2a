/** Bits of an H264 unit (ITU-T H.264, 7.2 and 9.1), and the bytes that keep start codes out of it (7.4.1). */

/** @throws RangeError past the end */
export class BitReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  bits(count: number): number {
    let value = 0;
    for (let left = count; left > 0; left -= 1) {
      const byte = this.#bytes[this.#at >> 3];
      if (byte === undefined) throw new RangeError('a unit is cut short');
      value = value * 2 + ((byte >> (7 - (this.#at & 7))) & 1);
      this.#at += 1;
    }
    return value;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  /** ue(v) */
  unsigned(): number {
    let zeros = 0;
    while (this.bits(1) === 0) {
      zeros += 1;
      if (zeros > 31) throw new RangeError('no Exp-Golomb code');
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** se(v) */
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }
}

export class BitWriter {
  readonly #bits: number[] = [];

  bits(value: number, count: number): this {
    for (let left = count - 1; left >= 0; left -= 1) this.#bits.push(Math.floor(value / 2 ** left) & 1);
    return this;
  }

  /** ue(v) */
  unsigned(value: number): this {
    const length = Math.floor(Math.log2(value + 1));
    return this.bits(0, length).bits(value + 1, length + 1);
  }

  /** The one, and zeros up to a whole byte: rbsp_trailing_bits(). */
  end(): Buffer {
    this.bits(1, 1);
    while (this.#bits.length % 8 !== 0) this.#bits.push(0);
    const bytes = Buffer.alloc(this.#bits.length / 8);
    for (const [index, bit] of this.#bits.entries())
      bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (bit << (7 - (index & 7)));
    return bytes;
  }
}

/** Of at most `limit` bytes: headers stand in front. */
export function withoutEscapes(unit: Buffer, limit = unit.length): Buffer {
  const bytes: number[] = [];
  let zeros = 0;
  for (const byte of unit.subarray(0, limit)) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    bytes.push(byte);
  }
  return Buffer.from(bytes);
}

export function withEscapes(bytes: Buffer): Buffer {
  const unit: number[] = [];
  let zeros = 0;
  for (const byte of bytes) {
    if (zeros >= 2 && byte <= 3) {
      unit.push(3);
      zeros = 0;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    unit.push(byte);
  }
  return Buffer.from(unit);
}
