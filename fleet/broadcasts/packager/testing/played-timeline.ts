/**
 * A broadcast's timeline out of a clip that ffmpeg makes: a moving picture with a tone, key frame each second, cut like the packager
 * cuts. Parts come one by one, by hand or at their time.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { livePaths, partFile, segmentFile } from '#contract/live-delivery.ts';
import type { LiveTimeline, AirPart, Segment, SlateInterval, AirTimeline, TimelineEvents } from '../stream.ts';

export type Clip = { init: Buffer; parts: Buffer[]; partMs: number };

const KEY_MS = 1_000;
const SEGMENT_MS = 2_000;
const NO_EVENTS: TimelineEvents = { onPart: () => {}, onEnd: () => {} };

/** For a hook that makes one: the encoder has the processor for itself nowhere. */
export const CLIP_MADE_WITHIN_MS = 180_000;

export function makeClip({ seconds, partMs, folder }: { seconds: number; partMs: number; folder: string }): Clip {
  const path = join(folder, `clip-${seconds}-${partMs}.mp4`);
  const picture = `testsrc2=size=320x180:rate=30:duration=${seconds}`;
  const sound = `sine=frequency=440:sample_rate=48000:duration=${seconds}`;
  const video =
    '-c:v libx264 -profile:v baseline -preset ultrafast -g 30 -keyint_min 30 -sc_threshold 0 -pix_fmt yuv420p';
  const mux = `-movflags +empty_moov+default_base_moof -frag_duration ${partMs * 1_000}`;
  const args = `-loglevel error -y -f lavfi -i ${picture} -f lavfi -i ${sound} ${video} -video_track_timescale 90000 -c:a aac -ac 2`;
  execFileSync('ffmpeg', [...args.split(' '), ...mux.split(' '), path]);
  const file = readFileSync(path);
  rmSync(path);
  const boxes = boxesOf(file);
  const first = boxes.findIndex(({ type }) => type === 'moof');
  const parts: Buffer[] = [];
  for (let at = first; at + 1 < boxes.length && boxes[at]!.type === 'moof'; at += 2)
    parts.push(Buffer.concat([boxes[at]!.bytes, boxes[at + 1]!.bytes]));
  return { init: Buffer.concat(boxes.slice(0, first).map(({ bytes }) => bytes)), parts, partMs };
}

function boxesOf(file: Buffer): { type: string; bytes: Buffer }[] {
  const boxes = [];
  for (let at = 0; at + 8 <= file.length; ) {
    const size = file.readUInt32BE(at);
    boxes.push({ type: file.toString('latin1', at + 4, at + 8), bytes: file.subarray(at, at + size) });
    at += size;
  }
  return boxes;
}

type MutablePart = { -readonly [K in keyof AirPart]: AirPart[K] };
type MutableSegment = { -readonly [K in keyof Segment]: Segment[K] } & { parts: MutablePart[] };

export class PlayedTimeline implements AirTimeline {
  readonly broadcastId: string;
  readonly folder: string;
  phase: AirTimeline['phase'] = 'green-room';
  canKeep = true;
  live:
    | (LiveTimeline & { segments: MutableSegment[]; current: MutableSegment | null; slates: SlateInterval[] })
    | null = null;
  events = NO_EVENTS;
  /** of the part that comes next */
  at = 0;
  readonly #clip: Clip;
  readonly #epochMs: number;
  #offset: number;
  #timer: NodeJS.Timeout | undefined;

  constructor({
    broadcastId,
    folder,
    clip,
    epochMs = Date.now(),
  }: { broadcastId: string; folder: string; clip: Clip; epochMs?: number }) {
    this.broadcastId = broadcastId;
    this.folder = folder;
    this.#clip = clip;
    this.#epochMs = epochMs;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, livePaths.init), clip.init);
    writeFileSync(join(folder, livePaths.recording), clip.init);
    this.#offset = clip.init.length;
  }

  goLive(): void {
    this.phase = 'live';
    this.live = {
      init: this.#clip.init,
      codecs: 'avc1.42c00d,mp4a.40.2',
      width: 320,
      height: 180,
      targetDurationS: SEGMENT_MS / 1_000,
      partTargetS: this.#clip.partMs / 1_000,
      segments: [],
      current: this.#segment(0, 0),
      slates: [],
    };
  }

  /** Parts of so many segments at once, e.g. what was there before a viewer came. */
  fill(segments: number): void {
    for (let count = segments * (SEGMENT_MS / this.#clip.partMs); count > 0; count -= 1) this.add();
  }

  /** The next part. */
  add(): void {
    const { live } = this;
    const bytes = this.#clip.parts[this.at];
    if (!live?.current || !bytes) throw new Error('the clip is over');
    const { partMs } = this.#clip;
    const isIndependent = (this.at * partMs) % KEY_MS === 0;
    const index = live.current.parts.length;
    const offset = this.canKeep ? this.#offset : null;
    live.current.parts.push({
      index,
      durationS: partMs / 1_000,
      isIndependent,
      sizeBytes: bytes.length,
      bytes,
      offset,
    });
    live.current.durationS += partMs / 1_000;
    this.at += 1;
    if (this.canKeep) {
      appendFileSync(join(this.folder, livePaths.recording), bytes);
      writeFileSync(join(this.folder, partFile(live.current.sequence, index)), bytes);
      this.#offset += bytes.length;
    }
    if ((this.at * partMs) % SEGMENT_MS === 0) this.#endSegment(live);
    this.events.onPart(this);
  }

  /** Each part when it is over, as live media comes. */
  play(): void {
    const startMs = performance.now() - this.at * this.#clip.partMs;
    const step = (): void => {
      if (this.at >= this.#clip.parts.length) return;
      if (performance.now() - startMs >= (this.at + 1) * this.#clip.partMs) this.add();
      this.#timer = setTimeout(step, 10);
    };
    step();
  }
  stop(): void {
    clearTimeout(this.#timer);
  }

  end(): void {
    const { live } = this;
    if (!live) return;
    this.stop();
    if (live.current && live.current.parts.length > 0) live.segments.push(live.current);
    live.current = null;
    this.phase = 'ended';
    this.events.onEnd(this);
  }

  /** As after an hour: only the recording has it. */
  forgetBytes(): void {
    for (const segment of this.live?.segments ?? []) for (const part of segment.parts) part.bytes = null;
  }

  #endSegment(live: NonNullable<this['live']>): void {
    const segment = live.current!;
    if (this.canKeep)
      writeFileSync(
        join(this.folder, segmentFile(segment.sequence)),
        Buffer.concat(segment.parts.flatMap(({ bytes }) => bytes ?? [])),
      );
    live.segments.push(segment);
    live.current = this.#segment(segment.sequence + 1, segment.startS + segment.durationS);
  }

  #segment(sequence: number, startS: number): MutableSegment {
    return { sequence, startS, durationS: 0, dateMs: this.#epochMs + startS * 1_000, parts: [] };
  }
}
