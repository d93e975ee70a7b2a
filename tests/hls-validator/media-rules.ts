/** Rules 7, 9 and 16 to 18, of the media itself: boxes (ISO/IEC 14496-12) are read here, pictures are decoded by ffmpeg. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finding, Findings, FRAME_S } from './playlist-rules.ts';

const run = promisify(execFile);
type Box = { type: string; start: number; end: number };
export type Track = { id: number; isVideo: boolean; timescale: number };
export type FragmentTrack = { startS: number; endS: number; samples: number; startsWithKey: boolean };
/** In seconds by track id. */
export type Fragment = Map<number, FragmentTrack>;
export type FetchedPart = { name: string; bytes: Buffer; isIndependent: boolean; dateMs: number | null };

const SLACK_S = 0.000_1;
const AAC_FRAME = 1_024;

function boxes(bytes: Buffer, start: number, end: number): Box[] {
  const found: Box[] = [];
  for (let at = start; at + 8 <= end; ) {
    const size = bytes.readUInt32BE(at);
    if (size < 8 || at + size > end) break;
    found.push({ type: bytes.toString('latin1', at + 4, at + 8), start: at + 8, end: at + size });
    at += size;
  }
  return found;
}
const childrenOf = (bytes: Buffer, box: Box, type: string): Box[] =>
  boxes(bytes, box.start, box.end).filter((one) => one.type === type);
const inside = (bytes: Buffer, box: Box, ...path: string[]): Box | undefined =>
  path.reduce<Box | undefined>((at, type) => at && childrenOf(bytes, at, type)[0], box);

export function tracksOf(init: Buffer): Track[] {
  const moov = boxes(init, 0, init.length).find(({ type }) => type === 'moov');
  if (!moov) return [];
  return childrenOf(init, moov, 'trak').flatMap((trak) => {
    const [tkhd, mdhd, hdlr] = [
      inside(init, trak, 'tkhd'),
      inside(init, trak, 'mdia', 'mdhd'),
      inside(init, trak, 'mdia', 'hdlr'),
    ];
    if (!tkhd || !mdhd || !hdlr) return [];
    const id = init.readUInt32BE(tkhd.start + (init[tkhd.start] === 1 ? 20 : 12));
    const timescale = init.readUInt32BE(mdhd.start + (init[mdhd.start] === 1 ? 20 : 12));
    return [{ id, timescale, isVideo: init.toString('latin1', hdlr.start + 8, hdlr.start + 12) === 'vide' }];
  });
}

/** Whether bytes are whole pairs of `moof` and `mdat`. */
export function isWholePairs(bytes: Buffer): boolean {
  const found = boxes(bytes, 0, bytes.length);
  const named = found.filter(({ type }) => type !== 'styp' && type !== 'prft' && type !== 'emsg');
  const ends = found.at(-1)?.end === bytes.length;
  return (
    ends &&
    named.length > 0 &&
    named.length % 2 === 0 &&
    named.every(({ type }, at) => type === (at % 2 ? 'mdat' : 'moof'))
  );
}

/** Of all pairs in it together. */
export function readFragment(bytes: Buffer, tracks: readonly Track[]): Fragment {
  const fragment: Fragment = new Map();
  for (const moof of boxes(bytes, 0, bytes.length).filter(({ type }) => type === 'moof'))
    for (const traf of childrenOf(bytes, moof, 'traf')) {
      const read = readTraf(bytes, traf, tracks);
      if (!read) continue;
      const before = fragment.get(read.id);
      fragment.set(
        read.id,
        before ? { ...before, endS: read.track.endS, samples: before.samples + read.track.samples } : read.track,
      );
    }
  return fragment;
}

function readTraf(bytes: Buffer, traf: Box, tracks: readonly Track[]): { id: number; track: FragmentTrack } | null {
  const [tfhd, tfdt] = [inside(bytes, traf, 'tfhd'), inside(bytes, traf, 'tfdt')];
  if (!tfhd || !tfdt) return null;
  const id = bytes.readUInt32BE(tfhd.start + 4);
  const timescale = tracks.find((track) => track.id === id)?.timescale;
  if (!timescale) return null;
  const flags = bytes.readUInt32BE(tfhd.start) & 0xffffff;
  let at = tfhd.start + 8 + (flags & 1 ? 8 : 0) + (flags & 2 ? 4 : 0);
  const defaultDuration = flags & 8 ? bytes.readUInt32BE(at) : 0;
  at += (flags & 8 ? 4 : 0) + (flags & 16 ? 4 : 0);
  const defaultFlags = flags & 32 ? bytes.readUInt32BE(at) : 0;
  const base =
    bytes[tfdt.start] === 1 ? Number(bytes.readBigUInt64BE(tfdt.start + 4)) : bytes.readUInt32BE(tfdt.start + 4);
  let [duration, samples, firstFlags] = [0, 0, null as number | null];
  for (const trun of childrenOf(bytes, traf, 'trun')) {
    const runFlags = bytes.readUInt32BE(trun.start) & 0xffffff;
    const count = bytes.readUInt32BE(trun.start + 4);
    let where = trun.start + 8 + (runFlags & 1 ? 4 : 0);
    if (runFlags & 4) {
      if (samples === 0) firstFlags = bytes.readUInt32BE(where);
      where += 4;
    }
    for (let sample = 0; sample < count; sample += 1) {
      duration += runFlags & 0x100 ? bytes.readUInt32BE(where) : defaultDuration;
      where += (runFlags & 0x100 ? 4 : 0) + (runFlags & 0x200 ? 4 : 0);
      if (runFlags & 0x400) {
        if (samples === 0 && sample === 0) firstFlags ??= bytes.readUInt32BE(where);
        where += 4;
      }
      where += runFlags & 0x800 ? 4 : 0;
    }
    samples += count;
  }
  // sample_is_non_sync_sample
  const startsWithKey = ((firstFlags ?? defaultFlags) & 0x10000) === 0;
  return { id, track: { startS: base / timescale, endS: (base + duration) / timescale, samples, startsWithKey } };
}

/** What was listed beside what came. @param before the part before it, where it directly follows */
export function checkPart(part: FetchedPart, before: FetchedPart | null, tracks: readonly Track[]): Finding[] {
  const found = new Findings();
  const { name, bytes } = part;
  found.check(16, isWholePairs(bytes), `${name} is not whole pairs of moof and mdat`);
  const fragment = readFragment(bytes, tracks);
  const [video, audio] = [tracks.find(({ isVideo }) => isVideo), tracks.find(({ isVideo }) => !isVideo)];
  const picture = video && fragment.get(video.id);
  const sound = audio && fragment.get(audio.id);
  if (picture)
    found.check(
      7,
      picture.startsWithKey === part.isIndependent,
      `${name} is ${part.isIndependent ? '' : 'not '}listed as independent`,
    );
  if (before) checkFollows(found, part, before, tracks, fragment);
  if (picture && sound) {
    // a short part may have no frame of sound
    const frameS = sound.samples > 0 ? (sound.endS - sound.startS) / sound.samples : AAC_FRAME / audio.timescale;
    const apartS = Math.abs(picture.endS - sound.endS);
    found.check(
      17,
      apartS <= frameS + SLACK_S,
      `sound and picture of ${name} end ${(apartS * 1_000).toFixed(0)} ms apart`,
    );
  }
  return found.all;
}

function checkFollows(
  found: Findings,
  part: FetchedPart,
  before: FetchedPart,
  tracks: readonly Track[],
  fragment: Fragment,
): void {
  const former = readFragment(before.bytes, tracks);
  for (const { id, isVideo } of tracks) {
    const [last, next] = [former.get(id), fragment.get(id)];
    if (!last || !next) continue;
    const gapS = next.startS - last.endS;
    const what = isVideo ? 'picture' : 'sound';
    found.check(
      17,
      Math.abs(gapS) <= SLACK_S,
      `the ${what} of ${part.name} starts ${(gapS * 1_000).toFixed(1)} ms off`,
    );
    if (!isVideo || part.dateMs === null || before.dateMs === null) continue;
    const dateS = (part.dateMs - before.dateMs) / 1_000;
    found.check(
      9,
      Math.abs(dateS - (next.startS - last.startS)) <= FRAME_S,
      `the date of ${part.name} is not its media's`,
    );
  }
}

export function checkSegment(name: string, segment: Buffer, parts: readonly Buffer[]): Finding[] {
  return segment.equals(Buffer.concat(parts)) ? [] : [{ rule: 16, what: `segment ${name} is not its parts` }];
}

export async function checkDecodes(name: string, init: Buffer, part: Buffer): Promise<Finding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hls-validator-'));
  try {
    const file = join(folder, 'part.mp4');
    await writeFile(file, Buffer.concat([init, part]));
    const input = ['-v', 'error', '-xerror', '-err_detect', 'explode', '-i', file];
    // in the time of the file: in that of a frame rate, pictures of one moment would be a complaint of the output
    await run('ffmpeg', [...input, '-vsync', 'passthrough', '-enc_time_base:v', '1:90000', '-f', 'null', '-']);
    return [];
  } catch (error) {
    return [
      {
        rule: 18,
        what: `${name} does not decode: ${String((error as { stderr?: string }).stderr)
          .trim()
          .slice(0, 200)}`,
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param peakBps measured, over whole segments */
export function checkVariant({ CODECS, BANDWIDTH }: Record<string, string>, init: Buffer, peakBps: number): Finding[] {
  const found = new Findings();
  found.check(
    18,
    Number(BANDWIDTH) > 0 && Number(BANDWIDTH) >= peakBps,
    `BANDWIDTH ${BANDWIDTH}, and ${Math.round(peakBps)} were measured`,
  );
  const at = init.indexOf('avcC', 0, 'latin1');
  const avc = at < 0 ? null : `avc1.${init.toString('hex', at + 5, at + 8)}`;
  found.check(
    18,
    avc !== null && (CODECS ?? '').toLowerCase().split(',').includes(avc),
    `CODECS ${CODECS}, and the media has ${avc}`,
  );
  return found.all;
}
