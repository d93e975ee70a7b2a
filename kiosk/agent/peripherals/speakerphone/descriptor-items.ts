/**
 * The items that a report descriptor is made of (HID 1.11, 5.3 and 6.2.2): a prefix and 0, 1, 2 or 4 bytes each. What
 * they mean is report-descriptor.ts's.
 */
import { ProtocolError } from '#contract/error-codes.ts';

/** As much as the kernel takes (HID_MAX_DESCRIPTOR_SIZE); so many items at most, too. */
export const MAX_DESCRIPTOR_BYTES = 4096;

const LONG_ITEM = 0xfe;

export type Item = {
  type: 'main' | 'global' | 'local' | 'reserved';
  tag: number;
  /** 0, 1, 2 or 4: a usage of 4 bytes brings its own page */
  sizeBytes: number;
  unsigned: number;
  signed: number;
};

const TYPES = ['main', 'global', 'local', 'reserved'] as const;
const SIZES = [0, 1, 2, 4] as const;

/** @throws ProtocolError `device-malformed` where the descriptor is too large or ends within an item */
export function* itemsOf(descriptor: Uint8Array): Generator<Item> {
  if (descriptor.length > MAX_DESCRIPTOR_BYTES) throw malformed(`descriptor of ${descriptor.length} bytes`);
  let at = 0;
  while (at < descriptor.length) {
    const prefix = descriptor[at] as number;
    at += 1;
    if (prefix === LONG_ITEM) {
      // 6.2.2.3: none is defined, so each is skipped: data size, tag, data
      const sizeBytes = descriptor[at];
      if (sizeBytes === undefined || at + 2 + sizeBytes > descriptor.length)
        throw malformed('cut short in a long item');
      at += 2 + sizeBytes;
      continue;
    }
    const sizeBytes = SIZES[prefix & 3] as number;
    if (at + sizeBytes > descriptor.length) throw malformed('cut short in an item');
    let unsigned = 0;
    for (let i = 0; i < sizeBytes; i += 1) unsigned += (descriptor[at + i] as number) * 2 ** (8 * i);
    at += sizeBytes;
    const half = 2 ** (8 * sizeBytes - 1);
    const signed = sizeBytes > 0 && unsigned >= half ? unsigned - 2 * half : unsigned;
    yield { type: TYPES[(prefix >> 2) & 3] as Item['type'], tag: prefix >> 4, sizeBytes, unsigned, signed };
  }
}

export const malformed = (why: string): ProtocolError => new ProtocolError('device-malformed', `HID: ${why}`);
