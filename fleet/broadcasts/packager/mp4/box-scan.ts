/** What a recording holds, by its boxes alone: for a packager that was started again, and for a replay. Written by `writeFragment`. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

export type ScannedFragment = {
  sequence: number;
  offset: number;
  sizeBytes: number;
  /** ticks of the tracks */
  videoTime: number;
  videoDuration: number;
  audioTime: number;
  audioFrames: number;
  isIndependent: boolean;
};

export type ScannedRecording = {
  init: Buffer;
  fragments: ScannedFragment[];
  /** up to the end of the last whole fragment */
  wholeBytes: number;
};

const MAX_MOOF_BYTES = 1024 * 1024;
const MAX_INIT_BYTES = 64 * 1024;

/** @returns null: there is no whole init segment */
export function scanRecording(path: string): ScannedRecording | null {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const read = (at: number, bytes: number): Buffer => {
      const buffer = Buffer.alloc(Math.max(0, Math.min(bytes, size - at)));
      return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, at));
    };
    const ends = initEnd(read(0, MAX_INIT_BYTES));
    if (ends === null) return null;
    const fragments: ScannedFragment[] = [];
    let at = ends;
    for (;;) {
      const head = boxAt(read(at, 8), 0);
      if (head?.type !== 'moof' || head.size > MAX_MOOF_BYTES) break;
      const moof = read(at, head.size);
      const data = boxAt(read(at + head.size, 8), 0);
      const sizeBytes = head.size + (data?.size ?? 0);
      if (moof.length < head.size || data?.type !== 'mdat' || at + sizeBytes > size) break;
      const fragment = readMoof(moof);
      if (!fragment) break;
      fragments.push({ ...fragment, offset: at, sizeBytes });
      at += sizeBytes;
    }
    return { init: read(0, ends), fragments, wholeBytes: at };
  } finally {
    closeSync(file);
  }
}

function boxAt(bytes: Buffer, at: number): { type: string; size: number } | null {
  if (at + 8 > bytes.length) return null;
  const size = bytes.readUInt32BE(at);
  return size < 8 ? null : { type: bytes.toString('latin1', at + 4, at + 8), size };
}

function* boxesIn(bytes: Buffer, from: number): Generator<{ type: string; content: Buffer }> {
  for (let at = from; ; ) {
    const found = boxAt(bytes, at);
    if (!found || at + found.size > bytes.length) return;
    yield { type: found.type, content: bytes.subarray(at + 8, at + found.size) };
    at += found.size;
  }
}

function initEnd(bytes: Buffer): number | null {
  const brand = boxAt(bytes, 0);
  if (brand?.type !== 'ftyp') return null;
  const moov = boxAt(bytes, brand.size);
  const end = brand.size + (moov?.size ?? 0);
  return moov?.type === 'moov' && end <= bytes.length ? end : null;
}

/** The two parameter sets of an init segment of ours; null: there are none. */
export function parameterSetsOf(init: Buffer): { sps: Buffer; pps: Buffer } | null {
  const at = init.indexOf('avcC', 0, 'latin1');
  if (at === -1) return null;
  try {
    const spsAt = at + 12;
    const spsEnd = spsAt + init.readUInt16BE(spsAt - 2);
    const ppsAt = spsEnd + 3;
    return { sps: init.subarray(spsAt, spsEnd), pps: init.subarray(ppsAt, ppsAt + init.readUInt16BE(ppsAt - 2)) };
  } catch {
    return null;
  }
}

type Track = { time: number; samples: number; durations: number; isKey: boolean };

function readMoof(moof: Buffer): Omit<ScannedFragment, 'offset' | 'sizeBytes'> | null {
  let sequence: number | null = null;
  const tracks: Track[] = [];
  try {
    for (const { type, content } of boxesIn(moof, 8)) {
      if (type === 'mfhd') sequence = content.readUInt32BE(4);
      if (type === 'traf') tracks.push(readTrack(content));
    }
  } catch {
    return null;
  }
  const [video, audio] = tracks;
  if (sequence === null || !video || !audio) return null;
  return {
    sequence,
    videoTime: video.time,
    videoDuration: video.durations,
    audioTime: audio.time,
    audioFrames: audio.samples,
    isIndependent: video.isKey,
  };
}

function readTrack(traf: Buffer): Track {
  const track: Track = { time: 0, samples: 0, durations: 0, isKey: false };
  for (const { type, content } of boxesIn(traf, 0)) {
    if (type === 'tfdt') track.time = Number(content.readBigUInt64BE(4));
    if (type !== 'trun') continue;
    const flags = content.readUInt32BE(0);
    track.samples = content.readUInt32BE(4);
    if (!(flags & 0x100)) continue;
    const step = 4 + (flags & 0x200 ? 4 : 0) + (flags & 0x400 ? 4 : 0);
    for (let index = 0; index < track.samples; index += 1) track.durations += content.readUInt32BE(12 + index * step);
    // not `sample_is_non_sync_sample`
    track.isKey = track.samples > 0 && flags & 0x400 ? (content.readUInt32BE(20) & 0x10000) === 0 : false;
  }
  return track;
}
