/** RTP from its bytes: what is none, is cut off or lies about its lengths carries nothing. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rtpContent } from './rtp-packet.ts';

const header = (first: number, timestamp = 960): number[] => [
  ...[first, 111, 0, 7],
  ...[timestamp >>> 24, (timestamp >>> 16) & 255, (timestamp >>> 8) & 255, timestamp & 255],
  ...[0, 0, 0, 9],
];
const read = (...bytes: number[]) => {
  const content = rtpContent(Uint8Array.from(bytes));
  return content && { ...content, payload: [...content.payload] };
};

it('finds the payload behind sources and extensions, and before padding', () => {
  expect(read(...header(0x80, 0xffff_fffe), 1, 2, 3)).toEqual({ payload: [1, 2, 3], timestamp: 0xffff_fffe });
  expect(read(...header(0x82), 0, 0, 0, 1, 0, 0, 0, 2, 5)).toEqual({ payload: [5], timestamp: 960 });
  expect(read(...header(0x90), 0xbe, 0xde, 0, 1, 9, 9, 9, 9, 6)).toEqual({ payload: [6], timestamp: 960 });
  expect(read(...header(0xa0), 7, 0, 2)).toEqual({ payload: [7], timestamp: 960 });
});

it.each([
  ['another version', [...header(0x40), 1]],
  ['too short', header(0x80).slice(0, 11)],
  ['nothing in it', header(0x80)],
  ['more sources than bytes', [...header(0x8f), 1, 2, 3]],
  ['an extension without its length', [...header(0x90), 0xbe, 0xde]],
  ['a longer extension than the packet', [...header(0x90), 0xbe, 0xde, 0xff, 0xff, 1]],
  ['padding alone', [...header(0xa0), 0, 2]],
  ['more padding than payload', [...header(0xa0), 1, 200]],
  ['padding of no byte', [...header(0xa0), 1, 0]],
])('has nothing of %s', (_, bytes) => {
  expect(read(...bytes)).toBeNull();
});

it('reads any bytes without an error, and never beyond them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(8), (bytes, offset) => {
      // a view into something larger, as packets come
      const around = new Uint8Array(bytes.length + offset + 20).fill(0xee);
      around.set(bytes, offset);
      const content = rtpContent(around.subarray(offset, offset + bytes.length));
      if (content === null) return;
      expect(content.payload.length).toBeGreaterThan(0);
      expect(content.payload.length).toBeLessThanOrEqual(bytes.length - 12);
      expect(content).toEqual(rtpContent(bytes));
    }),
  );
});
