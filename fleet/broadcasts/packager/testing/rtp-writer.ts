/** For tests: RTP as a program's media node sends it, packet by packet. */
import { PROGRAM_PAYLOAD_TYPES } from '#contract/packager-link.ts';

export type WrittenRtp = {
  sequence: number;
  timestamp: number;
  ssrc: number;
  isMarked?: boolean;
  payloadType?: number;
};

export function writeRtp(header: WrittenRtp, payload: Buffer): Buffer {
  const { sequence, timestamp, ssrc, isMarked = false, payloadType = PROGRAM_PAYLOAD_TYPES.program } = header;
  const packet = Buffer.alloc(12);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8((isMarked ? 0x80 : 0) | payloadType, 1);
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE(((timestamp % 2 ** 32) + 2 ** 32) % 2 ** 32, 4);
  packet.writeUInt32BE(ssrc, 8);
  return Buffer.concat([packet, payload]);
}

export function writeSenderReport(ssrc: number, ntpMs: number, timestamp: number): Buffer {
  const packet = Buffer.alloc(28);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(200, 1);
  packet.writeUInt16BE(6, 2);
  packet.writeUInt32BE(ssrc, 4);
  packet.writeUInt32BE(Math.floor(ntpMs / 1_000), 8);
  packet.writeUInt32BE(Math.floor(((ntpMs % 1_000) / 1_000) * 2 ** 32), 12);
  packet.writeUInt32BE(((timestamp % 2 ** 32) + 2 ** 32) % 2 ** 32, 16);
  return packet;
}

/** As Chromium does: parameter sets in a STAP-A, large units in FU-A, the marker on the last. */
export function packetsOf(units: readonly Buffer[], mostBytes = 1_100): Buffer[] {
  const sets = units.filter((unit) => [7, 8].includes((unit[0] ?? 0) & 31));
  const others = units.filter((unit) => !sets.includes(unit));
  const payloads: Buffer[] = [];
  if (sets.length > 0)
    payloads.push(Buffer.concat([Buffer.from([0x78]), ...sets.flatMap((unit) => [sizeOf(unit), unit])]));
  for (const unit of others) {
    if (unit.length <= mostBytes) {
      payloads.push(unit);
      continue;
    }
    const type = (unit[0] ?? 0) & 31;
    for (let at = 1; at < unit.length; at += mostBytes) {
      const flags = (at === 1 ? 0x80 : 0) | (at + mostBytes >= unit.length ? 0x40 : 0);
      payloads.push(
        Buffer.concat([Buffer.from([((unit[0] ?? 0) & 0xe0) | 28, flags | type]), unit.subarray(at, at + mostBytes)]),
      );
    }
  }
  return payloads;
}

function sizeOf(unit: Buffer): Buffer {
  return Buffer.from([unit.length >> 8, unit.length & 255]);
}
