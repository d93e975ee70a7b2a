/** Opus packets as an Ogg stream (RFC 3533, RFC 7845), one packet a page, so that a decoder has each as soon as it came. */

export const OPUS_HZ = 48_000;
/** 20 ms of silence: CELT, full band, stereo, without a frame. */
export const OPUS_SILENCE = Buffer.from([0xfc, 0xff, 0xfe]);
const SERIAL = 1;
const BEGINS = 2;
/** 255 lacing values of 255, less the one that ends the packet. */
const MAX_PACKET_BYTES = 254 * 255;

const table = new Uint32Array(256).map((_, index) => {
  let value = index * 2 ** 24;
  for (let bit = 0; bit < 8; bit += 1) value = ((value << 1) ^ (value & 0x80000000 ? 0x04c11db7 : 0)) >>> 0;
  return value;
});
function checksum(bytes: Buffer): number {
  let value = 0;
  for (const byte of bytes) value = ((value << 8) ^ (table[((value >>> 24) & 255) ^ byte] ?? 0)) >>> 0;
  return value;
}

/** How many samples of 48 kHz it holds (RFC 6716, 3.1); 0: it is no Opus packet. */
export function opusSamples(packet: Buffer): number {
  const toc = packet[0];
  if (toc === undefined || packet.length > MAX_PACKET_BYTES) return 0;
  const config = toc >> 3;
  const base =
    config < 12
      ? [480, 960, 1_920, 2_880][config & 3]
      : config < 16
        ? [480, 960][config & 1]
        : [120, 240, 480, 960][config & 3];
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 63;
  const samples = (base ?? 0) * frames;
  return samples <= OPUS_HZ * 0.12 ? samples : 0;
}

export class OggOpusWriter {
  #page = 0;
  #granule = 0;

  /** The two header packets, a page each. */
  headers(): Buffer {
    const head = Buffer.from('OpusHead\x01\x02\0\0\0\0\0\0\0\0\0', 'latin1');
    head.writeUInt32LE(OPUS_HZ, 12);
    const tags = Buffer.from('OpusTags\x04\0\0\0maru\0\0\0\0', 'latin1');
    return Buffer.concat([this.#write(head, BEGINS), this.#write(tags, 0)]);
  }

  /** @returns its page; null: it is no Opus packet */
  packet(packet: Buffer): Buffer | null {
    const samples = opusSamples(packet);
    if (samples === 0) return null;
    this.#granule += samples;
    return this.#write(packet, 0);
  }

  #write(packet: Buffer, flags: number): Buffer {
    const laces = Math.floor(packet.length / 255) + 1;
    const header = Buffer.alloc(27 + laces, 255);
    header.write('OggS\0', 0, 'latin1');
    header.writeUInt8(flags, 5);
    header.writeBigUInt64LE(BigInt(this.#granule), 6);
    header.writeUInt32LE(SERIAL, 14);
    header.writeUInt32LE(this.#page, 18);
    header.writeUInt32LE(0, 22);
    header.writeUInt8(laces, 26);
    header.writeUInt8(packet.length % 255, 26 + laces);
    this.#page += 1;
    const page = Buffer.concat([header, packet]);
    page.writeUInt32LE(checksum(page), 22);
    return page;
  }
}
