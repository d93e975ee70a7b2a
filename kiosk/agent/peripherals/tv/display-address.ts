/**
 * The place in the tree of HDMI cables that a display gives this box, read from the display's EDID as the kernel keeps
 * it in /sys. A USB-CEC adapter sits in that cable and cannot read it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const BLOCK_BYTES = 128;
/** CEA-861 7.5: an extension block of data blocks, and among these HDMI's own. */
const CEA_EXTENSION = 0x02;
const FIRST_DATA_BLOCK = 4;
const VENDOR_SPECIFIC = 3;
const HDMI_VENDOR = [0x03, 0x0c, 0x00];

/** @returns null: no display gives one, as while none is plugged in. Of several displays the first by name counts. */
export function addressGivenByDisplay(folder = '/sys/class/drm'): number | null {
  for (const connector of namesIn(folder)) {
    try {
      const address = physicalAddressIn(readFileSync(join(folder, connector, 'edid')));
      if (address !== null) return address;
    } catch {
      // a graphics card, or a connector that is not there any more
    }
  }
  return null;
}

/** @returns null: a display without HDMI, or one that does not know its place */
export function physicalAddressIn(edid: Uint8Array): number | null {
  for (let at = BLOCK_BYTES; at + BLOCK_BYTES <= edid.length; at += BLOCK_BYTES) {
    const block = edid.subarray(at, at + BLOCK_BYTES);
    if (block[0] !== CEA_EXTENSION) continue;
    const end = Math.min(block[2] ?? 0, BLOCK_BYTES);
    for (let from = FIRST_DATA_BLOCK; from < end; from += 1 + ((block[from] ?? 0) & 0x1f)) {
      const head = block[from] ?? 0;
      const [high, low] = block.subarray(from + 4, from + 6);
      const isHdmi =
        head >> 5 === VENDOR_SPECIFIC && HDMI_VENDOR.every((byte, index) => block[from + 1 + index] === byte);
      if (!isHdmi || (head & 0x1f) < 5 || high === undefined || low === undefined) continue;
      const address = (high << 8) | low;
      // 0.0.0.0 is the display's own, f.f.f.f none
      if (address !== 0 && address !== 0xffff) return address;
    }
  }
  return null;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
