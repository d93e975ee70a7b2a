import { expect, test } from 'vitest';
import { AdtsReader } from './adts.ts';
import { OggOpusWriter, OPUS_SILENCE, opusSamples } from './ogg-opus.ts';
import { packetsOfOgg } from '#edge/ogg-packets-under-test.ts';
import { SILENCE } from './silence.ts';

/** As ffmpeg writes it for AAC LC, 48 kHz, two channels. */
const FRAME = Buffer.concat([Buffer.from('fff14c8001bffc', 'hex'), SILENCE]);

test('frames come out whole, in whatever pieces they come', () => {
  for (const size of [1, 2, 5, 13, 14, 100]) {
    const frames: Buffer[] = [];
    const reader = new AdtsReader((frame) => frames.push(frame));
    const stream = Buffer.concat([FRAME, FRAME, FRAME, FRAME.subarray(0, 9)]);
    for (let at = 0; at < stream.length; at += size) reader.add(stream.subarray(at, at + size));
    expect(frames, `pieces of ${size}`).toEqual([SILENCE, SILENCE, SILENCE]);
  }
});

test('rubbish, another rate and a frame without content are refused', () => {
  const read = (bytes: Buffer) => () => new AdtsReader(() => {}).add(bytes);
  expect(read(Buffer.from('what is this'))).toThrow(RangeError);
  expect(read(Buffer.from('fff1508001bffc', 'hex'))).toThrow(RangeError);
  expect(read(Buffer.from('fff14c8000fffc', 'hex'))).toThrow(RangeError);
});

test('packets stand one a page, and come back', () => {
  const writer = new OggOpusWriter();
  const packets = [OPUS_SILENCE, Buffer.alloc(255, 0xfc), Buffer.alloc(600, 0xfc)];
  const stream = Buffer.concat([writer.headers(), ...packets.map((packet) => writer.packet(packet)!)]);
  expect(packetsOfOgg(stream).slice(2)).toEqual(packets);
  expect(writer.packet(Buffer.alloc(0))).toBeNull();
});

test('how long a packet is stands in its first byte', () => {
  expect(opusSamples(OPUS_SILENCE)).toBe(960);
  expect(opusSamples(Buffer.from([0x08]))).toBe(960);
  expect(opusSamples(Buffer.from([0xe0]))).toBe(120);
  expect(opusSamples(Buffer.from([0xfd]))).toBe(1_920);
  expect(opusSamples(Buffer.from([0xff, 6]))).toBe(5_760);
  expect(opusSamples(Buffer.from([0xff, 7]))).toBe(0);
  expect(opusSamples(Buffer.alloc(0))).toBe(0);
});
