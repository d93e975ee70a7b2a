/** The index of a recording that has ended: where each segment stands in it. Whole without the process that made it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { livePaths } from '#contract/live-delivery.ts';
import { REPLAY_INDEX_FILE } from '#contract/packager-link.ts';
import { z } from '#contract/schema.ts';
import { writeDurably } from '#edge/durable-file.ts';
import { AUDIO_CODEC } from './mp4/fragment-writer.ts';
import { parameterSetsOf, scanRecording } from './mp4/box-scan.ts';
import { readSps } from './mp4/parameter-sets.ts';
import type { LiveTimeline, Segment, AirTimeline } from './stream.ts';
import { segmentsOf, TARGET_DURATION_S } from './timeline.ts';

/** In the folder from the moment it went live. */
const CLOCK = 'timeline.json';
/** Likewise, with room for what is written over it: a full disk has no more. */
export const UNKEPT = 'unkept.json';
export const UNKEPT_BYTES = 128;

/** Where the newest part ends that viewers had, but the disk had no room for: another packager goes on behind it. */
const UnkeptEnd = z.object({ sequence: z.number().int(), videoTime: z.number(), audioTime: z.number() });
export type UnkeptEnd = z.infer<typeof UnkeptEnd>;

export const TimelineClock = z.object({
  /** of its start, by the wall clock */
  epochMs: z.number(),
  partMs: z.union([z.literal(500), z.literal(200)]),
  /** where the program's media came in: the same again, so that its sender need not be told */
  mediaPort: z.number().int(),
});
export type TimelineClock = z.infer<typeof TimelineClock>;

const ReplayIndex = z.object({
  partTargetS: z.number(),
  /** sequence, start and duration in seconds, date in ms, offset and size in bytes; each begins with an IDR */
  segments: z.array(z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()])),
});
type ReplayIndex = z.infer<typeof ReplayIndex>;

/** @throws Node's error, e.g. ENOSPC */
export const writeClock = (folder: string, clock: TimelineClock): void =>
  writeDurably(join(folder, CLOCK), JSON.stringify(clock));

/** Null: it was never live, or its disk was full. */
export function readClock(folder: string): TimelineClock | null {
  try {
    return TimelineClock.parse(JSON.parse(readFileSync(join(folder, CLOCK), 'utf8')));
  } catch {
    return null;
  }
}

/** Null: there was always room. */
export function readUnkept(folder: string): UnkeptEnd | null {
  try {
    return UnkeptEnd.parse(JSON.parse(readFileSync(join(folder, UNKEPT), 'utf8')));
  } catch {
    return null;
  }
}

export const isReplayWritten = (folder: string): boolean => existsSync(join(folder, REPLAY_INDEX_FILE));

/** @throws Node's error, e.g. ENOSPC */
export function writeReplay(folder: string, partTargetS: number, segments: readonly Segment[]): void {
  const rows: ReplayIndex['segments'] = [];
  for (const { sequence, startS, durationS, dateMs, parts } of segments) {
    const offset = parts[0]?.offset;
    if (typeof offset !== 'number' || parts.some((part) => part.offset === null)) continue;
    const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
    rows.push([sequence, startS, durationS, dateMs, offset, sizeBytes]);
  }
  writeDurably(join(folder, REPLAY_INDEX_FILE), JSON.stringify({ partTargetS, segments: rows }));
}

/** Of a recording whose packager was killed before its end was written. Nothing where there is none. */
export function recoverReplay(folder: string): void {
  const clock = readClock(folder);
  const scanned = existsSync(join(folder, livePaths.recording)) && scanRecording(join(folder, livePaths.recording));
  if (!clock || !scanned) return;
  writeReplay(folder, clock.partMs / 1_000, segmentsOf(scanned.fragments, clock.epochMs));
}

/** How long and how large a replay is; null: there is none. */
export function replaySize(folder: string): { durationMs: number; sizeBytes: number } | null {
  const index = readIndex(folder);
  const last = index?.segments.at(-1);
  if (!last) return null;
  return { durationMs: Math.round((last[1] + last[2]) * 1_000), sizeBytes: last[4] + last[5] };
}

function readIndex(folder: string): ReplayIndex | null {
  try {
    return ReplayIndex.parse(JSON.parse(readFileSync(join(folder, REPLAY_INDEX_FILE), 'utf8')));
  } catch {
    return null;
  }
}

/** Of a folder whose broadcast has ended; read when somebody asks for it. */
export class ReplayTimeline implements AirTimeline {
  readonly broadcastId: string;
  readonly folder: string;
  readonly phase = 'ended';
  readonly canKeep = true;
  #live: LiveTimeline | null | undefined;

  constructor(broadcastId: string, folder: string) {
    this.broadcastId = broadcastId;
    this.folder = folder;
  }

  get live(): LiveTimeline | null {
    this.#live ??= this.#read();
    return this.#live;
  }

  #read(): LiveTimeline | null {
    const index = readIndex(this.folder);
    if (!index) return null;
    try {
      const init = readFileSync(join(this.folder, livePaths.init));
      const sets = parameterSetsOf(init);
      if (!sets) return null;
      const { codec, width, height } = readSps(sets.sps);
      const segments = index.segments.map(([sequence, startS, durationS, dateMs, offset, sizeBytes]) => {
        const part = { index: 0, durationS, isIndependent: true, sizeBytes, bytes: null, offset };
        return { sequence, startS, durationS, dateMs, parts: [part] };
      });
      return {
        ...{ init, codecs: `${codec},${AUDIO_CODEC}`, width, height, segments },
        ...{ targetDurationS: TARGET_DURATION_S, partTargetS: index.partTargetS, current: null, slates: [] },
      };
    } catch {
      // a part of it is missing: there is no replay
      return null;
    }
  }
}
