import { expect, test } from 'vitest';
import { writeRtp, writeSenderReport } from '../testing/rtp-writer.ts';
import { isRtcp, readRtp, readSenderReports, writePictureLoss } from './rtp-packet.ts';

const header = { sequence: 65_535, timestamp: 2 ** 32 - 1, ssrc: 0xfedcba98, isMarked: true };

test('reads a packet with its widest values', () => {
  expect(readRtp(writeRtp(header, Buffer.from([1, 2, 3])))).toEqual({
    ...{ payloadType: 103, isMarked: true, sequence: 65_535, timestamp: 2 ** 32 - 1, ssrc: 0xfedcba98 },
    payload: Buffer.from([1, 2, 3]),
  });
});

test('passes over sources, an extension and padding', () => {
  const packet = writeRtp(header, Buffer.alloc(0));
  packet.writeUInt8(0x80 | 0x20 | 0x10 | 1, 0);
  const extension = Buffer.from([0xbe, 0xde, 0, 1, 9, 9, 9, 9]);
  const whole = Buffer.concat([packet, Buffer.alloc(4, 7), extension, Buffer.from([5, 6]), Buffer.from([0, 0, 3])]);
  expect(readRtp(whole)?.payload).toEqual(Buffer.from([5, 6]));
});

test('refuses what is cut short, of another version, or all padding', () => {
  const whole = writeRtp(header, Buffer.from([1]));
  expect(readRtp(whole.subarray(0, 12))).toBeNull();
  expect(readRtp(whole.subarray(0, 5))).toBeNull();
  const other = Buffer.from(whole);
  other.writeUInt8(0x40, 0);
  expect(readRtp(other)).toBeNull();
  const padded = Buffer.concat([whole, Buffer.from([200])]);
  padded.writeUInt8(0xa0, 0);
  expect(readRtp(padded)).toBeNull();
  const extended = Buffer.from(whole);
  extended.writeUInt8(0x90, 0);
  expect(readRtp(extended)).toBeNull();
});

test('finds sender reports among others, with a fraction of a millisecond', () => {
  const packet = Buffer.concat([
    writeSenderReport(5, 1_234_567.25, 42),
    writePictureLoss(1, 2),
    writeSenderReport(6, 1, 2),
  ]);
  const [first, second] = readSenderReports(packet);
  expect(first).toMatchObject({ ssrc: 5, timestamp: 42 });
  expect(first?.ntpMs).toBeCloseTo(1_234_567.25, 3);
  expect(second).toMatchObject({ ssrc: 6, timestamp: 2 });
  expect(readSenderReports(packet.subarray(0, 27))).toEqual([]);
});

test('RTCP is known from RTP on one port', () => {
  expect(isRtcp(writePictureLoss(1, 2))).toBe(true);
  expect(isRtcp(writeRtp(header, Buffer.from([1])))).toBe(false);
  expect(isRtcp(Buffer.from([0x80]))).toBe(false);
});

test('asks for a key frame as RFC 4585 has it', () => {
  expect(writePictureLoss(0x01020304, 0x0a0b0c0d).toString('hex')).toBe('80c900010102030481ce0002010203040a0b0c0d');
});
