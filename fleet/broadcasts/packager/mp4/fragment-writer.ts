/**
 * Fragmented MP4 (ISO/IEC 14496-12) of one H264 and one AAC track: the init segment, and parts of one `moof` and `mdat` each, which
 * stand for themselves (CMAF: default-base-is-moof, tfdt).
 */
import { type ParameterSets, writeAvcC } from './parameter-sets.ts';

export const VIDEO_HZ = 90_000;
export const AUDIO_HZ = 48_000;
/** Of one AAC frame. */
export const AUDIO_FRAME = 1_024;
const VIDEO_TRACK = 1;
const AUDIO_TRACK = 2;
const AUDIO_BPS = 128_000;
/** AudioSpecificConfig: AAC LC, 48 kHz, two channels. */
export const AUDIO_CONFIG = Buffer.from([0x11, 0x90]);
export const AUDIO_CODEC = 'mp4a.40.2';

export type VideoSample = {
  /** slices with their lengths in front */
  bytes: Buffer;
  /** of VIDEO_HZ */
  duration: number;
  isKey: boolean;
};

export type Fragment = {
  /** grows from one to the next */
  sequence: number;
  /** of VIDEO_HZ */
  videoTime: number;
  /** of AUDIO_HZ */
  audioTime: number;
  video: readonly VideoSample[];
  audio: readonly Buffer[];
};

/** ISO/IEC 14496-12, 8.8.3.1: depends on no other; on others and no point to start at. */
const KEY_FLAGS = 0x02000000;
const OTHER_FLAGS = 0x01010000;

function box(type: string, ...content: (Buffer | readonly number[])[]): Buffer {
  const parts = content.map((each) => (Buffer.isBuffer(each) ? each : Buffer.from(each)));
  const size = parts.reduce((sum, part) => sum + part.length, 8);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(size, 0);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, ...parts], size);
}

const u32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
};
const u16 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2);
  return bytes;
};
const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};
const full = (type: string, version: number, flags: number, ...content: (Buffer | readonly number[])[]): Buffer =>
  box(type, u32(version * 2 ** 24 + flags), ...content);
const text = (value: string): Buffer => Buffer.from(value, 'latin1');

const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
const UNDETERMINED = 0x55c4;

function trackHeader(id: number, width: number, height: number): Buffer {
  const isSound = width === 0;
  return full(
    'tkhd',
    0,
    7,
    u32(0, 0, id, 0, 0, 0, 0),
    u16(0, 0, isSound ? 0x100 : 0, 0),
    MATRIX,
    u32(width * 65_536, height * 65_536),
  );
}

function media(rateHz: number, handler: 'vide' | 'soun', header: Buffer, entry: Buffer): Buffer {
  const empty = ['stts', 'stsc', 'stco'].map((type) => full(type, 0, 0, u32(0)));
  const table = box('stbl', full('stsd', 0, 0, u32(1), entry), ...empty, full('stsz', 0, 0, u32(0, 0)));
  const data = box('dinf', full('dref', 0, 0, u32(1), full('url ', 0, 1)));
  return box(
    'mdia',
    full('mdhd', 0, 0, u32(0, 0, rateHz, 0), u16(UNDETERMINED, 0)),
    full('hdlr', 0, 0, u32(0), text(handler), u32(0, 0, 0), [0]),
    box('minf', header, data, table),
  );
}

/** ES_Descriptor (ISO/IEC 14496-1, 7.2.6.5). */
function soundDescriptor(): Buffer {
  const descriptor = (tag: number, ...content: Buffer[]): Buffer => {
    const bytes = Buffer.concat(content);
    return Buffer.concat([Buffer.from([tag, bytes.length]), bytes]);
  };
  const specific = descriptor(5, AUDIO_CONFIG);
  const config = descriptor(4, Buffer.from([0x40, 0x15, 0, 0, 0]), u32(AUDIO_BPS, AUDIO_BPS), specific);
  return full('esds', 0, 0, descriptor(3, u16(AUDIO_TRACK), Buffer.from([0]), config, descriptor(6, Buffer.from([2]))));
}

/** @param size of its pictures */
export function writeInit(sets: ParameterSets, size: { width: number; height: number }): Buffer {
  const { width, height } = size;
  const picture = box(
    'avc1',
    u32(0),
    u16(0, 1, 0, 0),
    u32(0, 0, 0),
    u16(width, height),
    u32(0x480000, 0x480000, 0),
    u16(1),
    Buffer.alloc(32),
    u16(24, 0xffff),
    box('avcC', writeAvcC(sets)),
  );
  const sound = box('mp4a', u32(0), u16(0, 1), u32(0, 0), u16(2, 16, 0, 0), u32(AUDIO_HZ * 65_536), soundDescriptor());
  const video = media(VIDEO_HZ, 'vide', full('vmhd', 0, 1, u16(0, 0, 0, 0)), picture);
  const audio = media(AUDIO_HZ, 'soun', full('smhd', 0, 0, u16(0, 0)), sound);
  const extends_ = (track: number): Buffer => full('trex', 0, 0, u32(track, 1, 0, 0, 0));
  return Buffer.concat([
    box('ftyp', text('iso6'), u32(0), text('iso6cmfcmp41')),
    box(
      'moov',
      full(
        'mvhd',
        0,
        0,
        u32(0, 0, 1_000, 0, 0x10000),
        u16(0x100, 0),
        u32(0, 0),
        MATRIX,
        u32(0, 0, 0, 0, 0, 0, AUDIO_TRACK + 1),
      ),
      box('trak', trackHeader(VIDEO_TRACK, width, height), video),
      box('trak', trackHeader(AUDIO_TRACK, 0, 0), audio),
      box('mvex', extends_(VIDEO_TRACK), extends_(AUDIO_TRACK)),
    ),
  ]);
}

const dataOffset = 1;
const sampleDuration = 0x100;
const sampleSize = 0x200;
const sampleFlags = 0x400;

export function writeFragment({ sequence, videoTime, audioTime, video, audio }: Fragment): Buffer {
  const videoBytes = video.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const write = (moofBytes: number): Buffer =>
    box(
      'moof',
      full('mfhd', 0, 0, u32(sequence)),
      box(
        'traf',
        full('tfhd', 0, 0x20000, u32(VIDEO_TRACK)),
        full('tfdt', 1, 0, u64(videoTime)),
        full(
          'trun',
          0,
          dataOffset | sampleDuration | sampleSize | sampleFlags,
          u32(video.length, moofBytes + 8),
          ...video.map(({ bytes, duration, isKey }) => u32(duration, bytes.length, isKey ? KEY_FLAGS : OTHER_FLAGS)),
        ),
      ),
      box(
        'traf',
        full('tfhd', 0, 0x20028, u32(AUDIO_TRACK, AUDIO_FRAME, KEY_FLAGS)),
        full('tfdt', 1, 0, u64(audioTime)),
        full(
          'trun',
          0,
          dataOffset | sampleSize,
          u32(audio.length, moofBytes + 8 + videoBytes),
          ...audio.map((bytes) => u32(bytes.length)),
        ),
      ),
    );
  // its own size stands in it, and does not change it
  const moof = write(write(0).length);
  return Buffer.concat([moof, box('mdat', ...video.map(({ bytes }) => bytes), ...audio)]);
}
