/** RTP and RTCP packets (RFC 3550) as the media node sends them: read, and the one packet that asks for a key frame. */

export type RtpPacket = {
  payloadType: number;
  isMarked: boolean;
  sequence: number;
  /** 32 bits, in the clock of the payload */
  timestamp: number;
  ssrc: number;
  payload: Buffer;
};

export type SenderReport = {
  ssrc: number;
  /** of the sender's NTP clock, whose start means nothing here */
  ntpMs: number;
  timestamp: number;
};

const FIXED_HEADER_BYTES = 12;
const SENDER_REPORT = 200;
const PAYLOAD_FEEDBACK = 206;
const PICTURE_LOSS = 1;

/** RFC 5761: on one port, the second byte shows which of the two it is. */
export const isRtcp = (packet: Buffer): boolean =>
  packet.length >= 2 && (packet[1] ?? 0) >= 192 && (packet[1] ?? 0) <= 223;

/** Null: it is no RTP, or cut short. */
export function readRtp(packet: Buffer): RtpPacket | null {
  if (packet.length < FIXED_HEADER_BYTES || packet.readUInt8(0) >> 6 !== 2) return null;
  const first = packet.readUInt8(0);
  const second = packet.readUInt8(1);
  let start = FIXED_HEADER_BYTES + (first & 15) * 4;
  if (first & 0x10) {
    if (packet.length < start + 4) return null;
    start += 4 + packet.readUInt16BE(start + 2) * 4;
  }
  const padding = first & 0x20 ? packet.readUInt8(packet.length - 1) : 0;
  const end = packet.length - padding;
  if (start >= end) return null;
  return {
    payloadType: second & 0x7f,
    isMarked: (second & 0x80) !== 0,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    payload: packet.subarray(start, end),
  };
}

/** The sender reports of a compound packet; what is cut short or unknown is passed over. */
export function readSenderReports(packet: Buffer): SenderReport[] {
  const reports: SenderReport[] = [];
  for (let at = 0; at + 4 <= packet.length; ) {
    const size = (packet.readUInt16BE(at + 2) + 1) * 4;
    if (packet.readUInt8(at) >> 6 !== 2 || at + size > packet.length) break;
    if (packet.readUInt8(at + 1) === SENDER_REPORT && size >= 28) {
      const ntpMs = packet.readUInt32BE(at + 8) * 1_000 + (packet.readUInt32BE(at + 12) * 1_000) / 2 ** 32;
      reports.push({ ssrc: packet.readUInt32BE(at + 4), ntpMs, timestamp: packet.readUInt32BE(at + 16) });
    }
    at += size;
  }
  return reports;
}

/** Asks for a key frame (RFC 4585, 6.3.1), behind the empty receiver report that a compound packet starts with. */
export function writePictureLoss(ownSsrc: number, mediaSsrc: number): Buffer {
  const packet = Buffer.alloc(20);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(201, 1);
  packet.writeUInt16BE(1, 2);
  packet.writeUInt32BE(ownSsrc, 4);
  packet.writeUInt8(0x80 | PICTURE_LOSS, 8);
  packet.writeUInt8(PAYLOAD_FEEDBACK, 9);
  packet.writeUInt16BE(2, 10);
  packet.writeUInt32BE(ownSsrc, 12);
  packet.writeUInt32BE(mediaSsrc, 16);
  return packet;
}
