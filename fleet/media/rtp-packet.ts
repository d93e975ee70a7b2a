/** What an RTP packet carries (RFC 3550, 5.1), from its bytes. Pure. */

const FIXED_HEADER_BYTES = 12;
const VERSION = 2;

export type RtpContent = {
  payload: Uint8Array<ArrayBuffer>;
  /** of the media's clock; wraps round */
  timestamp: number;
};

/** The payload is a copy. null: no RTP, cut off, or nothing in it, as what keeps a line open has */
export function rtpContent(packet: Uint8Array): RtpContent | null {
  if (packet.length < FIXED_HEADER_BYTES) return null;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const first = view.getUint8(0);
  if (first >> 6 !== VERSION) return null;
  let from = FIXED_HEADER_BYTES + (first & 0x0f) * 4;
  if (first & 0x10) {
    if (packet.length < from + 4) return null;
    from += 4 + view.getUint16(from + 2) * 4;
  }
  if (packet.length <= from) return null;
  const paddingBytes = first & 0x20 ? view.getUint8(packet.length - 1) : 0;
  const until = packet.length - paddingBytes;
  if (until <= from || (first & 0x20 && paddingBytes === 0)) return null;
  return { payload: new Uint8Array(packet.subarray(from, until)), timestamp: view.getUint32(4) };
}
