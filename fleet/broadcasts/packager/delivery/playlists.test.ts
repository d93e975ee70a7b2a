import { describe, expect, it } from 'vitest';
import type { LiveTimeline, Segment, SlateInterval } from '../stream.ts';
import { dvrPlaylist, livePlaylist, replayPlaylist } from './playlists.ts';

const START_MS = Date.parse('2026-11-29T01:00:00.000Z');
const LIVE = { isEnded: false, isDelta: false };

function segment(sequence: number, { parts = 4, isKept = true, inMemory = true, dateMs = START_MS } = {}): Segment {
  return {
    sequence,
    startS: sequence * 2,
    durationS: parts * 0.5,
    dateMs: dateMs + sequence * 2_000,
    parts: Array.from({ length: parts }, (_, index) => ({
      ...{ index, durationS: 0.5, isIndependent: index % 2 === 0, sizeBytes: 100 },
      bytes: inMemory ? Buffer.alloc(100) : null,
      offset: isKept ? 1_000 + sequence * 400 + index * 100 : null,
    })),
  };
}
const timeline = (segments: Segment[], current: Segment | null, slates: SlateInterval[] = []): LiveTimeline => ({
  ...{ init: Buffer.alloc(0), codecs: '', width: 1280, height: 720, targetDurationS: 2, partTargetS: 0.5 },
  ...{ segments, current, slates },
});
const many = (count: number): Segment[] => Array.from({ length: count }, (_, sequence) => segment(sequence));
const lines = (playlist: string, start: string): string[] =>
  playlist.split('\n').filter((line) => line.startsWith(start));
const segmentsIn = (playlist: string): number[] =>
  lines(playlist, '').flatMap((line) => (/^\d+\.m4s$/.test(line) ? [Number.parseInt(line, 10)] : []));

describe('the short playlist', () => {
  it('holds the newest minute, with the parts of the last three target durations', () => {
    const playlist = livePlaylist(timeline(many(100), segment(100, { parts: 2 })), LIVE);
    expect(lines(playlist, '#EXT-X-MEDIA-SEQUENCE')).toEqual(['#EXT-X-MEDIA-SEQUENCE:71']);
    expect(segmentsIn(playlist)).toEqual(Array.from({ length: 29 }, (_, at) => 71 + at));
    const parts = lines(playlist, '#EXT-X-PART:').map((line) => /URI="(.*?)\.m4s/.exec(line)?.[1]);
    expect([parts[0], parts.at(-1), parts.length]).toEqual(['97.0', '100.1', 14]);
    expect(lines(playlist, '#EXT-X-PRELOAD-HINT')).toEqual(['#EXT-X-PRELOAD-HINT:TYPE=PART,URI="100.2.m4s"']);
    expect(lines(playlist, '#EXT-X-PROGRAM-DATE-TIME')[0]).toBe('#EXT-X-PROGRAM-DATE-TIME:2026-11-29T01:02:22.000Z');
  });

  it('hints the first part of a segment that has just begun', () => {
    const playlist = livePlaylist(timeline(many(2), segment(2, { parts: 0 })), LIVE);
    expect(playlist.endsWith('1.m4s\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI="2.0.m4s"\n')).toBe(true);
  });

  it('skips what is further from its last segment than the boundary, and nothing nearer', () => {
    const playlist = livePlaylist(timeline(many(30), segment(30, { parts: 2 })), { isEnded: false, isDelta: true });
    // 29 segments are listed from 1 on; six are the boundary
    expect(lines(playlist, '#EXT-X-SKIP')).toEqual(['#EXT-X-SKIP:SKIPPED-SEGMENTS=23']);
    expect(segmentsIn(playlist)).toEqual([24, 25, 26, 27, 28, 29]);
    expect(
      lines(livePlaylist(timeline(many(4), segment(4)), { isEnded: false, isDelta: true }), '#EXT-X-SKIP'),
    ).toEqual([]);
    expect(lines(livePlaylist(timeline(many(30), null), { isEnded: true, isDelta: true }), '#EXT-X-SKIP')).toEqual([]);
  });

  it('starts after what is nowhere any more', () => {
    const segments = many(20).map((one) =>
      one.sequence < 12 ? segment(one.sequence, { isKept: false, inMemory: false }) : one,
    );
    expect(segmentsIn(livePlaylist(timeline(segments, segment(20)), LIVE))[0]).toBe(12);
    const missing = many(20).filter(({ sequence }) => sequence !== 15);
    expect(segmentsIn(livePlaylist(timeline(missing, segment(20)), LIVE))[0]).toBe(16);
  });

  it('keeps the parts of segments that the packager before us recorded', () => {
    const segments = many(20).map(({ sequence }) => segment(sequence, { inMemory: false }));
    const playlist = livePlaylist(timeline(segments, segment(20, { parts: 1 })), LIVE);
    expect(lines(playlist, '#EXT-X-PART:')[0]).toBe('#EXT-X-PART:DURATION=0.5,URI="17.0.m4s",INDEPENDENT=YES');
  });

  it('lists a hole where it would be shorter than three target durations without, and numbers what follows behind it', () => {
    const playlist = livePlaylist(timeline(many(3), { ...segment(5, { parts: 2 }) }), LIVE);
    expect(segmentsIn(playlist)).toEqual([0, 1, 2, 3, 4]);
    expect(playlist).toContain('#EXT-X-GAP\n#EXTINF:2,\n3.m4s');
    expect(lines(playlist, '#EXT-X-PART:').at(-1)).toContain('5.1.m4s');
    const later = livePlaylist(timeline([...many(3), segment(5), segment(6)], segment(7)), LIVE);
    expect(segmentsIn(later)).toEqual([5, 6]);
  });

  it('ends without a hint', () => {
    const playlist = livePlaylist(timeline(many(3), null), { isEnded: true, isDelta: false });
    expect(playlist).toMatch(/2\.m4s\n#EXT-X-ENDLIST\n$/);
  });
});

describe('the playlist from the start', () => {
  it('has whole segments and one date, and another where the clock moved', () => {
    const segments = many(5).map((one) => (one.sequence > 2 ? segment(one.sequence, { dateMs: START_MS + 500 }) : one));
    const playlist = dvrPlaylist(timeline(segments, segment(5)), LIVE);
    expect(segmentsIn(playlist)).toEqual([0, 1, 2, 3, 4]);
    expect(lines(playlist, '#EXT-X-PROGRAM-DATE-TIME')).toEqual([
      '#EXT-X-PROGRAM-DATE-TIME:2026-11-29T01:00:00.000Z',
      '#EXT-X-PROGRAM-DATE-TIME:2026-11-29T01:00:06.500Z',
    ]);
    expect(playlist).not.toMatch(/EXT-X-PART|CAN-BLOCK/);
  });

  it('marks what the disk had no room for', () => {
    const lost = segment(1, { isKept: false, inMemory: false });
    const missing = [segment(0), lost, segment(4)];
    const playlist = dvrPlaylist(timeline(missing, segment(5)), LIVE);
    expect(playlist).toContain(
      '0.m4s\n#EXT-X-GAP\n#EXTINF:2,\n1.m4s\n#EXT-X-GAP\n#EXTINF:2,\n2.m4s\n#EXT-X-GAP\n#EXTINF:2,\n3.m4s\n#EXTINF:2,\n4.m4s\n',
    );
  });
});

it('a replay is ranges of one file, with holes where nothing was kept', () => {
  const playlist = replayPlaylist(timeline([segment(0), segment(1, { isKept: false }), segment(2)], null));
  expect(playlist).toContain(
    '#EXTINF:2,\n#EXT-X-BYTERANGE:400@1000\nrecording.mp4\n#EXT-X-GAP\n#EXTINF:2,\nrecording.mp4\n#EXTINF:2,\n#EXT-X-BYTERANGE:400@1800\n',
  );
  expect(playlist).toMatch(/#EXT-X-PLAYLIST-TYPE:VOD[\s\S]*#EXT-X-ENDLIST\n$/);
});

it('the slate is a date range, without an end while it is on air, for as long as it reaches into what is listed', () => {
  const slates = [
    { startS: 3, endS: 4.5 },
    { startS: 199, endS: null },
  ];
  const live = timeline(many(100), segment(100), slates);
  expect(lines(dvrPlaylist(live, LIVE), '#EXT-X-DATERANGE')).toEqual([
    '#EXT-X-DATERANGE:ID="slate-3000",CLASS="maru.slate",START-DATE="2026-11-29T01:00:03.000Z",DURATION=1.5',
    '#EXT-X-DATERANGE:ID="slate-199000",CLASS="maru.slate",START-DATE="2026-11-29T01:03:19.000Z"',
  ]);
  expect(lines(livePlaylist(live, LIVE), '#EXT-X-DATERANGE')).toHaveLength(1);
});
