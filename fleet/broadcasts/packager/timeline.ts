/** The timeline of a broadcast that runs: its segments and parts, the newest of them in memory. */
import { AUDIO_CODEC, VIDEO_HZ } from './mp4/fragment-writer.ts';
import type { ScannedFragment } from './mp4/box-scan.ts';
import type { PictureFormat } from './mp4/parameter-sets.ts';
import type { CutPart } from './cutter.ts';
import type { LiveTimeline, AirPart, Segment, AirTimeline } from './stream.ts';

/** `mfhd.sequence_number` holds both, so that a recording shows where its segments begin. */
const PARTS_IN_SEGMENT = 64;
export const fragmentSequence = ({ sequence, index }: Pick<CutPart, 'sequence' | 'index'>): number =>
  sequence * PARTS_IN_SEGMENT + index + 1;
export const placeOf = (fragment: number): { sequence: number; index: number } => ({
  sequence: Math.floor((fragment - 1) / PARTS_IN_SEGMENT),
  index: (fragment - 1) % PARTS_IN_SEGMENT,
});

export const TARGET_DURATION_S = 2;
/** How long parts stay in memory, and their files on the disk. */
export const KEPT_IN_MEMORY_S = 60;

type KeptPart = { -readonly [K in keyof AirPart]: AirPart[K] };
type KeptSegment = { -readonly [K in keyof Segment]: Segment[K] } & { parts: KeptPart[] };

export class BroadcastTimeline implements AirTimeline {
  readonly broadcastId: string;
  readonly folder: string;
  phase: AirTimeline['phase'] = 'green-room';
  canKeep = true;
  #live: Live | null = null;

  constructor(broadcastId: string, folder: string) {
    this.broadcastId = broadcastId;
    this.folder = folder;
  }

  get live(): Live | null {
    return this.#live;
  }

  begin(init: Buffer, format: PictureFormat, partMs: number, epochMs: number): Live {
    this.phase = 'live';
    this.#live = new Live(init, format, partMs, epochMs);
    return this.#live;
  }
}

/** Of what a recording holds. */
export function segmentsOf(fragments: readonly ScannedFragment[], epochMs: number): KeptSegment[] {
  const segments: KeptSegment[] = [];
  for (const fragment of fragments) {
    const { sequence, index } = placeOf(fragment.sequence);
    let segment = segments.at(-1);
    if (segment?.sequence !== sequence) {
      const startS = fragment.videoTime / VIDEO_HZ;
      segment = { sequence, startS, durationS: 0, dateMs: epochMs + startS * 1_000, parts: [] };
      segments.push(segment);
    }
    const durationS = fragment.videoDuration / VIDEO_HZ;
    const { isIndependent, sizeBytes, offset } = fragment;
    segment.parts.push({ index, durationS, isIndependent, sizeBytes, bytes: null, offset });
    segment.durationS += durationS;
  }
  return segments;
}

/** Those that are there to their end: of the others the disk had no room for the rest. */
export const wholeOnes = (segments: readonly KeptSegment[], endS: number): KeptSegment[] =>
  segments.filter(({ startS, durationS }, index) => {
    const nextS = segments[index + 1]?.startS ?? endS;
    return Math.abs(startS + durationS - nextS) * VIDEO_HZ < 1;
  });

class Live implements LiveTimeline {
  readonly init: Buffer;
  readonly codecs: string;
  readonly width: number;
  readonly height: number;
  readonly targetDurationS = TARGET_DURATION_S;
  readonly partTargetS: number;
  readonly segments: KeptSegment[] = [];
  readonly slates: { startS: number; endS: number | null }[] = [];
  current: KeptSegment | null;
  readonly #epochMs: number;
  /** the first whose bytes are in memory */
  #firstInMemory = 0;

  constructor(init: Buffer, format: PictureFormat, partMs: number, epochMs: number) {
    this.init = init;
    this.codecs = `${format.codec},${AUDIO_CODEC}`;
    this.width = format.width;
    this.height = format.height;
    this.partTargetS = partMs / 1_000;
    this.#epochMs = epochMs;
    this.current = this.#segmentAt(0, 0);
  }

  /** What a recording holds already, and where the next segment begins. */
  resume(segments: readonly KeptSegment[], { sequence, videoTime }: Pick<CutPart, 'sequence' | 'videoTime'>): void {
    this.segments.push(...segments);
    this.#firstInMemory = segments.length;
    this.current = this.#segmentAt(sequence, videoTime / VIDEO_HZ);
  }

  /** Not listed yet. */
  part(cut: CutPart, bytes: Buffer): KeptPart {
    const { index, isIndependent } = cut;
    return { index, durationS: cut.duration / VIDEO_HZ, isIndependent, sizeBytes: bytes.length, bytes, offset: null };
  }

  publish(cut: CutPart, part: KeptPart): KeptSegment {
    const startS = cut.videoTime / VIDEO_HZ;
    if (this.current?.sequence !== cut.sequence) this.current = this.#segmentAt(cut.sequence, startS);
    const segment = this.current;
    segment.parts.push(part);
    segment.durationS = startS + part.durationS - segment.startS;
    if (cut.isSegmentEnd) {
      this.segments.push(segment);
      this.current = this.#segmentAt(cut.sequence + 1, startS + part.durationS);
    }
    return segment;
  }

  #segmentAt(sequence: number, startS: number): KeptSegment {
    return { sequence, startS, durationS: 0, dateMs: this.#epochMs + startS * 1_000, parts: [] };
  }

  slate(isOnSlate: boolean, atS: number): void {
    const last = this.slates.at(-1);
    if (isOnSlate) this.slates.push({ startS: atS, endS: null });
    else if (last && last.endS === null) last.endS = atS;
  }

  /** Their bytes leave memory. @returns them */
  forgetOld(): KeptSegment[] {
    const nowS = (this.current ?? this.segments.at(-1))?.startS ?? 0;
    const old: KeptSegment[] = [];
    for (let segment = this.segments[this.#firstInMemory]; segment; segment = this.segments[this.#firstInMemory]) {
      if (segment.startS > nowS - KEPT_IN_MEMORY_S) break;
      for (const part of segment.parts) part.bytes = null;
      old.push(segment);
      this.#firstInMemory += 1;
    }
    return old;
  }

  end(): void {
    if (this.current && this.current.parts.length > 0) this.segments.push(this.current);
    this.current = null;
    this.slate(false, this.segments.at(-1) ? this.endS : 0);
  }

  get endS(): number {
    const last = this.current && this.current.parts.length > 0 ? this.current : this.segments.at(-1);
    return last ? last.startS + last.durationS : 0;
  }
}

export type { Live, KeptPart, KeptSegment };
