import { expect, test } from 'vitest';
import { seeded } from '../testing/seeded.ts';
import { BitReader, BitWriter, withEscapes, withoutEscapes } from './bits.ts';
import { readPps, readSps, withoutTrailingZeros, writeAvcC } from './parameter-sets.ts';

/** As Chromium 156 writes them, inside an aggregate with a zero at the end. */
const SPS = Buffer.from('6742c01f8c8d402802dd37010d010784423500', 'hex');
const PPS = Buffer.from('68ce3c80', 'hex');

test('reads what Chromium writes', () => {
  expect(readSps(withoutTrailingZeros(SPS))).toEqual({
    ...{ codec: 'avc1.42c01f', width: 1_280, height: 720, macroblocks: 3_600 },
    ...{ frameNumBits: 15, orderCountType: 0, orderCountBits: 16, isFrameOnly: true },
  });
  expect(readPps(PPS)).toMatchObject({ ppsId: 0, usesCabac: false, hasDeblockingControl: true });
});

test('zeros at the end are no part of a set', () => {
  const avcC = writeAvcC({ sps: withoutTrailingZeros(SPS), pps: PPS });
  expect(avcC.toString('hex')).toBe('0142c01fffe100126742c01f8c8d402802dd37010d010784423501000468ce3c80');
});

test('what is none, is cut short, or of a profile with more fields is refused', () => {
  expect(() => readSps(PPS)).toThrow(RangeError);
  expect(() => readPps(SPS)).toThrow(RangeError);
  for (let size = 0; size < 9; size += 1)
    expect(() => readSps(SPS.subarray(0, size)), `${size} bytes`).toThrow(RangeError);
  expect(() => readSps(Buffer.from('67640028acd940780227e5', 'hex'))).toThrow(RangeError);
});

test('rubbish is read or refused, never anything else', () => {
  const random = seeded(7);
  for (let each = 0; each < 20_000; each += 1) {
    const bytes = Buffer.from(Array.from({ length: 2 + (each % 30) }, () => Math.floor(random.next() * 256)));
    for (const [read, type] of [
      [readSps, 0x67],
      [readPps, 0x68],
    ] as const) {
      bytes[0] = type;
      try {
        read(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }
  }
});

test('bits come back as they were written, start codes kept out', () => {
  const random = seeded(3);
  for (let each = 0; each < 500; each += 1) {
    const values = Array.from({ length: 20 }, () => Math.floor(random.next() ** 4 * 70_000));
    const writer = new BitWriter().bits(0, 24);
    for (const value of values) writer.unsigned(value);
    const unit = withEscapes(writer.end());
    expect(unit.includes(Buffer.from([0, 0, 0])) || unit.includes(Buffer.from([0, 0, 1]))).toBe(false);
    const reader = new BitReader(withoutEscapes(unit));
    reader.bits(24);
    expect(values.map(() => reader.unsigned())).toEqual(values);
  }
});
