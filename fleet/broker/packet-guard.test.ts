import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PacketGuard } from './packet-guard.ts';

const limits = { maxPacketBytes: 1000, packetsPerSecond: 10, burstPackets: 20 };

/** PUBLISH to topic `t`, made by hand */
function publish(payloadBytes: number): Buffer {
  const lengthBytes: number[] = [];
  for (let rest = payloadBytes + 3; ; rest = Math.floor(rest / 128)) {
    lengthBytes.push(rest >= 128 ? (rest % 128) + 128 : rest);
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([0x30, ...lengthBytes, 0, 1, 0x74]), Buffer.alloc(payloadBytes)]);
}

test('packets within the limit pass, however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 15 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 300 })),
      (sizes, cuts) => {
        const guard = new PacketGuard(limits, 0);
        const stream = Buffer.concat(sizes.map(publish));
        for (let at = 0; at < stream.length; ) {
          const size = cuts.next().value as number;
          expect(guard.inspect(stream.subarray(at, at + size), 0)).toBe('pass');
          at += size;
        }
      },
    ),
  );
});

test('a packet too large is known by its header alone, even byte by byte', () => {
  const header = publish(10_000_000).subarray(0, 5);
  expect(new PacketGuard(limits, 0).inspect(header, 0)).toBe('too-large');
  const guard = new PacketGuard(limits, 0);
  const verdicts = [...header].map((byte) => guard.inspect(Uint8Array.of(byte), 0));
  expect(verdicts.slice(0, 2)).toEqual(['pass', 'pass']);
  expect(verdicts).toContain('too-large');
});

test('the limit itself passes, and not one byte more', () => {
  // the topic and its length are three bytes of the packet
  expect(new PacketGuard(limits, 0).inspect(publish(997), 0)).toBe('pass');
  expect(new PacketGuard(limits, 0).inspect(publish(998), 0)).toBe('too-large');
});

test('a large packet after small ones in one chunk is seen', () => {
  expect(new PacketGuard(limits, 0).inspect(Buffer.concat([publish(10), publish(1001)]), 0)).toBe('too-large');
});

test('a length of five bytes is malformed', () => {
  expect(
    new PacketGuard({ ...limits, maxPacketBytes: 2 ** 28 }, 0).inspect(
      Uint8Array.of(0x30, 0x80, 0x80, 0x80, 0x80, 1),
      0,
    ),
  ).toBe('malformed');
});

test('packets faster than the limit are a flood, slower ones are not', () => {
  const ping = Uint8Array.of(0xc0, 0);
  const fast = new PacketGuard(limits, 0);
  expect(Array.from({ length: 21 }, () => fast.inspect(ping, 0)).at(-1)).toBe('flood');
  const slow = new PacketGuard(limits, 0);
  for (let i = 0; i < 100; i += 1) expect(slow.inspect(ping, i * 100)).toBe('pass');
});
