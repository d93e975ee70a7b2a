/** For tests: what ffmpeg wrote into an Ogg stream. */

/** Of pages that hold whole packets. */
export function packetsOfOgg(stream: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  for (let at = 0; at + 27 <= stream.length; ) {
    const laces = stream.subarray(at + 27, at + 27 + stream.readUInt8(at + 26));
    let start = at + 27 + laces.length;
    let size = 0;
    for (const lace of laces) {
      size += lace;
      if (lace === 255) continue;
      packets.push(stream.subarray(start, start + size));
      start += size;
      size = 0;
    }
    at = start;
  }
  return packets;
}
