/** A media or multivariant playlist, read leniently: what is wrong in it is for the rules to find. */

export type ListedPart = { uri: string; durationS: number; isIndependent: boolean; isGap: boolean };
export type ListedSegment = {
  sequence: number;
  /** null: it is under way, only parts are listed */
  uri: string | null;
  durationS: number;
  /** of its start; null: no date stands there */
  dateMs: number | null;
  parts: ListedPart[];
  isGap: boolean;
  isDiscontinuity: boolean;
  range: string | null;
};
export type Variant = { uri: string; attributes: Record<string, string> };
export type ParsedPlaylist = {
  lines: string[];
  version: number;
  targetDuration: string | null;
  partTargetS: number | null;
  control: Record<string, string>;
  mediaSequence: number;
  discontinuitySequence: number;
  /** whole ones */
  segments: ListedSegment[];
  underWay: ListedSegment | null;
  hints: Record<string, string>[];
  reports: string[];
  maps: string[];
  dateRanges: Map<string, Record<string, string>>;
  skipped: number;
  isEnded: boolean;
  isIndependent: boolean;
  /** of a multivariant playlist */
  variants: Variant[];
};

export const attributesOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/([A-Z0-9-]+)=("[^"]*"|[^,]*)/g)].map(([, name, value]) => [name, value!.replace(/^"|"$/g, '')]),
  );

export function parsePlaylist(text: string): ParsedPlaylist {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  const playlist: ParsedPlaylist = {
    lines,
    version: 1,
    targetDuration: null,
    partTargetS: null,
    control: {},
    mediaSequence: 0,
    discontinuitySequence: 0,
    segments: [],
    underWay: null,
    hints: [],
    reports: [],
    maps: [],
    dateRanges: new Map(),
    skipped: 0,
    isEnded: false,
    isIndependent: false,
    variants: [],
  };
  let segment = blank();
  let variant: Record<string, string> | null = null;
  for (const line of lines) {
    const [, tag = '', value = ''] = /^#(EXT[A-Z0-9-]*):?(.*)$/.exec(line) ?? [];
    if (tag === '') {
      if (line.startsWith('#')) continue;
      if (variant) playlist.variants.push({ uri: line, attributes: variant });
      else playlist.segments.push({ ...segment, uri: line });
      [segment, variant] = [blank(), null];
      continue;
    }
    const attributes = attributesOf(value);
    if (tag === 'EXT-X-STREAM-INF') variant = attributes;
    else if (!readHeader(playlist, tag, value, attributes)) readOfSegment(segment, tag, value, attributes);
  }
  const first = playlist.mediaSequence + playlist.skipped;
  for (const [index, listed] of playlist.segments.entries()) listed.sequence = first + index;
  if (segment.parts.length > 0) {
    const durationS = segment.parts.reduce((sum, part) => sum + part.durationS, 0);
    playlist.underWay = { ...segment, durationS, sequence: first + playlist.segments.length };
  }
  return playlist;
}

const blank = (): ListedSegment => ({
  ...{ sequence: 0, uri: null, durationS: 0, dateMs: null, parts: [] },
  ...{ isGap: false, isDiscontinuity: false, range: null },
});

function readHeader(playlist: ParsedPlaylist, tag: string, value: string, attributes: Record<string, string>): boolean {
  switch (tag) {
    case 'EXTM3U':
      return true;
    case 'EXT-X-VERSION':
      playlist.version = Number(value);
      return true;
    case 'EXT-X-TARGETDURATION':
      playlist.targetDuration = value;
      return true;
    case 'EXT-X-PART-INF':
      playlist.partTargetS = Number(attributes['PART-TARGET']);
      return true;
    case 'EXT-X-SERVER-CONTROL':
      playlist.control = attributes;
      return true;
    case 'EXT-X-MEDIA-SEQUENCE':
      playlist.mediaSequence = Number(value);
      return true;
    case 'EXT-X-DISCONTINUITY-SEQUENCE':
      playlist.discontinuitySequence = Number(value);
      return true;
    case 'EXT-X-PRELOAD-HINT':
      playlist.hints.push(attributes);
      return true;
    case 'EXT-X-RENDITION-REPORT':
      playlist.reports.push(attributes.URI ?? '');
      return true;
    case 'EXT-X-MAP':
      playlist.maps.push(attributes.URI ?? '');
      return true;
    case 'EXT-X-DATERANGE':
      playlist.dateRanges.set(attributes.ID ?? '', attributes);
      return true;
    case 'EXT-X-SKIP':
      playlist.skipped = Number(attributes['SKIPPED-SEGMENTS']);
      return true;
    case 'EXT-X-ENDLIST':
      playlist.isEnded = true;
      return true;
    case 'EXT-X-INDEPENDENT-SEGMENTS':
      playlist.isIndependent = true;
      return true;
    default:
      return false;
  }
}

function readOfSegment(segment: ListedSegment, tag: string, value: string, attributes: Record<string, string>): void {
  if (tag === 'EXTINF') segment.durationS = Number.parseFloat(value);
  else if (tag === 'EXT-X-PROGRAM-DATE-TIME') segment.dateMs = Date.parse(value);
  else if (tag === 'EXT-X-GAP') segment.isGap = true;
  else if (tag === 'EXT-X-DISCONTINUITY') segment.isDiscontinuity = true;
  else if (tag === 'EXT-X-BYTERANGE') segment.range = value;
  else if (tag === 'EXT-X-PART')
    segment.parts.push({
      uri: attributes.URI ?? '',
      durationS: Number(attributes.DURATION),
      isIndependent: attributes.INDEPENDENT === 'YES',
      isGap: attributes.GAP === 'YES',
    });
}

/** All that can be played of it, in order. */
export const listed = ({ segments, underWay }: ParsedPlaylist): ListedSegment[] => [
  ...segments,
  ...(underWay ? [underWay] : []),
];
export const durationOf = (playlist: ParsedPlaylist): number =>
  listed(playlist).reduce((sum, { durationS }) => sum + durationS, 0);
