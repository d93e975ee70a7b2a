/**
 * The playlists of a broadcast as text, by draft-pantos-hls-rfc8216bis (its sections stand beside the lines): `live`, `dvr` and `replay`.
 * Pure: the caller decides when a playlist is due and who may read it.
 */
import { livePaths, partFile, segmentFile } from '#contract/live-delivery.ts';
import type { LiveTimeline, AirPart, Segment, SlateInterval } from '../stream.ts';

/** What the short playlist holds at least, where there is so much. */
export const LIVE_WINDOW_S = 60;
/** 4.4.3.8: CAN-SKIP-UNTIL is six target durations at least. */
const SKIP_TARGETS = 6;
/** 6.2.2: parts stay listed for three target durations. */
const PART_TARGETS = 3;
/** 6.2.2: segments leave only where so much stays. */
const LEAST_TARGETS = 3;
/** A program date that differs by so little from the one before plus its duration needs no tag of its own. */
const DATE_DRIFT_MS = 1;

export type PlaylistState = {
  /** no part follows */
  isEnded: boolean;
  /** a delta update (6.2.5.1) */
  isDelta: boolean;
};

/** A segment, or a hole in its place: the disk was full. */
type Entry = { sequence: number; startS: number; durationS: number; dateMs: number; parts: readonly AirPart[] | null };

const seconds = (s: number): string => String(Number(s.toFixed(5)));
const date = (epochMs: number): string => new Date(Math.round(epochMs)).toISOString();
const endOf = ({ startS, durationS }: Pick<Segment, 'startS' | 'durationS'>): number => startS + durationS;
/** In memory, or in the recording. */
const isThere = (parts: readonly AirPart[]): boolean =>
  parts.every(({ bytes, offset }) => bytes !== null || offset !== null);

/** The newest minute, with the newest parts. */
export function livePlaylist(live: LiveTimeline, { isEnded, isDelta }: PlaylistState): string {
  const current = live.current && live.current.parts.length > 0 ? live.current : null;
  const endS = current ? endOf(current) : lastEnd(live);
  const listed = listedOf(live, endS);
  const partsFromS = endS - PART_TARGETS * live.targetDurationS;
  const skipped = isDelta && !isEnded ? skippable(listed, live.targetDurationS) : 0;
  const lines = [
    ...head(live, { sequence: listed[0]?.sequence ?? live.current?.sequence ?? 0, hasParts: true }),
    ...slateLines(live, listed[0]?.startS ?? 0),
    ...(skipped > 0 ? [`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`] : []),
    `#EXT-X-MAP:URI="${livePaths.init}"`,
  ];
  for (const entry of listed.slice(skipped)) {
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${date(entry.dateMs)}`);
    if (endOf(entry) > partsFromS && entry.parts)
      lines.push(...partLines(entry.sequence, entry.parts, live.partTargetS));
    lines.push(...segmentLines(entry));
  }
  if (isEnded) lines.push('#EXT-X-ENDLIST');
  else if (live.current) {
    if (current) lines.push(`#EXT-X-PROGRAM-DATE-TIME:${date(current.dateMs)}`);
    lines.push(...partLines(live.current.sequence, live.current.parts, live.partTargetS));
    // 4.4.5.3
    lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${partFile(live.current.sequence, live.current.parts.length)}"`);
  }
  return text(lines);
}

/** From the start, whole segments. */
export function dvrPlaylist(live: LiveTimeline, { isEnded, isDelta }: PlaylistState): string {
  const listed = entriesOf(live.segments);
  const skipped = isDelta && !isEnded ? skippable(listed, live.targetDurationS) : 0;
  const lines = [
    ...head(live, { sequence: listed[0]?.sequence ?? 0, hasParts: false }),
    '#EXT-X-PLAYLIST-TYPE:EVENT',
    ...slateLines(live, 0),
    ...(skipped > 0 ? [`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`] : []),
    `#EXT-X-MAP:URI="${livePaths.init}"`,
    ...datedLines(listed.slice(skipped), segmentLines),
  ];
  if (isEnded) lines.push('#EXT-X-ENDLIST');
  return text(lines);
}

/** After the end: what was recorded, as byte ranges of one file. */
export function replayPlaylist(live: LiveTimeline): string {
  const listed = entriesOf(live.segments).map((entry) =>
    entry.parts?.every(({ offset }) => offset !== null) ? entry : { ...entry, parts: null },
  );
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:9',
    `#EXT-X-TARGETDURATION:${live.targetDurationS}`,
    `#EXT-X-MEDIA-SEQUENCE:${listed[0]?.sequence ?? 0}`,
    '#EXT-X-PLAYLIST-TYPE:VOD',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    ...slateLines(live, 0),
    `#EXT-X-MAP:URI="${livePaths.init}"`,
    ...datedLines(listed, rangeLines),
    '#EXT-X-ENDLIST',
  ];
  return text(lines);
}

const text = (lines: string[]): string => `${lines.join('\n')}\n`;
const lastEnd = ({ segments }: LiveTimeline): number => {
  const last = segments.at(-1);
  return last ? endOf(last) : 0;
};

function head(live: LiveTimeline, { sequence, hasParts }: { sequence: number; hasParts: boolean }): string[] {
  const { targetDurationS, partTargetS } = live;
  const control = [
    ...(hasParts ? ['CAN-BLOCK-RELOAD=YES', `PART-HOLD-BACK=${seconds(3 * partTargetS)}`] : []),
    `HOLD-BACK=${seconds(3 * targetDurationS)}`,
    `CAN-SKIP-UNTIL=${seconds(SKIP_TARGETS * targetDurationS)}`,
  ];
  return [
    '#EXTM3U',
    // 8: EXT-X-SKIP needs 9
    '#EXT-X-VERSION:9',
    `#EXT-X-TARGETDURATION:${targetDurationS}`,
    `#EXT-X-SERVER-CONTROL:${control.join(',')}`,
    ...(hasParts ? [`#EXT-X-PART-INF:PART-TARGET=${seconds(partTargetS)}`] : []),
    `#EXT-X-MEDIA-SEQUENCE:${sequence}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
  ];
}

/** Up to the segment under way, whose number follows theirs. */
function listedOf(live: LiveTimeline, endS: number): Entry[] {
  const segments = newest(live, endS);
  return live.current ? entriesOf([...segments, live.current]).slice(0, -1) : entriesOf(segments);
}

/** The newest segments that can still be fetched, whole; holes only where it would be too short without (6.2.2). */
function newest({ segments, current, targetDurationS }: LiveTimeline, endS: number): readonly Segment[] {
  const [fromS, neededFromS] = [endS - LIVE_WINDOW_S, endS - LEAST_TARGETS * targetDurationS];
  let first = segments.length;
  while (first > 0) {
    const before = segments[first - 1]!;
    const next = segments[first] ?? current;
    const isHole = !isThere(before.parts) || (next !== null && before.sequence + 1 !== next.sequence);
    if (before.startS < fromS || (isHole && (next?.startS ?? endS) <= neededFromS)) break;
    first -= 1;
  }
  return segments.slice(first);
}

/** With holes in the places of missing segments, each no longer than the segments around (6.2.1: EXT-X-GAP). */
function entriesOf(segments: readonly Segment[]): Entry[] {
  const entries: Entry[] = [];
  for (const segment of segments) {
    const before = entries.at(-1);
    const missing = before ? segment.sequence - before.sequence - 1 : 0;
    if (before && missing > 0) {
      const [startS, dateMs] = [endOf(before), before.dateMs + before.durationS * 1_000];
      const durationS = (segment.startS - startS) / missing;
      for (let at = 0; at < missing; at += 1) {
        const hole = { sequence: before.sequence + 1 + at, startS: startS + at * durationS, durationS };
        entries.push({ ...hole, dateMs: dateMs + at * durationS * 1_000, parts: null });
      }
    }
    entries.push(isThere(segment.parts) ? segment : { ...segment, parts: null });
  }
  return entries;
}

/** 6.2.5.1: those that are further from the end of the last segment than the skip boundary. */
function skippable(listed: readonly Entry[], targetDurationS: number): number {
  const last = listed.at(-1);
  if (!last) return 0;
  const boundaryS = endOf(last) - SKIP_TARGETS * targetDurationS;
  const kept = listed.findIndex((entry) => endOf(entry) > boundaryS);
  return Math.max(0, kept);
}

/** From memory or from the recording. Of a replay a segment is one part, longer than a part may be. */
const partLines = (sequence: number, parts: readonly AirPart[], partTargetS: number): string[] =>
  !isThere(parts) || parts.some(({ durationS }) => durationS > partTargetS)
    ? []
    : parts.map(
        ({ index, durationS, isIndependent }) =>
          `#EXT-X-PART:DURATION=${seconds(durationS)},URI="${partFile(sequence, index)}"${isIndependent ? ',INDEPENDENT=YES' : ''}`,
      );

const segmentLines = ({ sequence, durationS, parts }: Entry): string[] => [
  ...(parts ? [] : ['#EXT-X-GAP']),
  `#EXTINF:${seconds(durationS)},`,
  segmentFile(sequence),
];

function rangeLines({ durationS, parts }: Entry): string[] {
  const offset = parts?.[0]?.offset ?? null;
  if (!parts || offset === null) return ['#EXT-X-GAP', `#EXTINF:${seconds(durationS)},`, livePaths.recording];
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  return [`#EXTINF:${seconds(durationS)},`, `#EXT-X-BYTERANGE:${sizeBytes}@${offset}`, livePaths.recording];
}

/** Of thousands of segments: a date only where it does not follow from the one before. */
function datedLines(entries: readonly Entry[], linesOf: (entry: Entry) => string[]): string[] {
  const lines: string[] = [];
  let expectedMs = Number.NaN;
  for (const entry of entries) {
    if (!(Math.abs(entry.dateMs - expectedMs) <= DATE_DRIFT_MS)) {
      lines.push(`#EXT-X-PROGRAM-DATE-TIME:${date(entry.dateMs)}`);
      expectedMs = entry.dateMs;
    }
    expectedMs += entry.durationS * 1_000;
    lines.push(...linesOf(entry));
  }
  return lines;
}

/** What is no program: players show it as such. 6.2.1: none that reaches into what is listed is left out. */
function slateLines(live: LiveTimeline, fromS: number): string[] {
  return live.slates
    .filter(({ endS }) => endS === null || endS >= fromS)
    .map((slate) => {
      const attributes = [
        `ID="slate-${Math.round(slate.startS * 1_000)}"`,
        'CLASS="maru.slate"',
        `START-DATE="${date(dateAt(live, slate))}"`,
        ...(slate.endS === null ? [] : [`DURATION=${seconds(slate.endS - slate.startS)}`]),
      ];
      return `#EXT-X-DATERANGE:${attributes.join(',')}`;
    });
}

function dateAt({ segments, current }: LiveTimeline, { startS }: SlateInterval): number {
  const segment = segments.findLast((one) => one.startS <= startS) ?? segments[0] ?? current;
  const last = current && current.startS <= startS ? current : segment;
  return last ? last.dateMs + (startS - last.startS) * 1_000 : 0;
}
