/**
 * Rules 1 to 11 and 14, of playlists as text: of one, of two that were read one after the other, and of a delta update beside the whole.
 * Sections are those of draft-pantos-hls-rfc8216bis.
 */
import { durationOf, type ListedSegment, listed, type ParsedPlaylist } from './m3u8.ts';

export type Finding = { rule: number; what: string };
/** A frame at 30 pictures a second, and what rounding leaves. */
export const FRAME_S = 1 / 30 + 0.001;
const ROUNDING_S = 0.000_02;

export class Findings {
  readonly all: Finding[] = [];
  check(rule: number, isRight: boolean, what: string): void {
    if (!isRight) this.all.push({ rule, what });
  }
}

/** @param others URIs of further media playlists of the same presentation */
export function checkPlaylist(playlist: ParsedPlaylist, others: readonly string[] = []): Finding[] {
  const found = new Findings();
  const { lines, version, partTargetS, hints, isEnded } = playlist;
  const targetS = Number(playlist.targetDuration);
  // 4.1, 4.4.3.1, 8
  found.check(1, lines[0] === '#EXTM3U', 'EXTM3U is not the first line');
  found.check(1, version >= 9 || playlist.skipped === 0, `version ${version} has no EXT-X-SKIP`);
  found.check(
    1,
    version <= 9 || lines.some((line) => line.includes('RECENTLY-REMOVED-DATERANGES')),
    `version ${version} is not needed`,
  );
  found.check(1, /^\d+$/.test(playlist.targetDuration ?? ''), `target duration ${playlist.targetDuration}`);
  for (const { sequence, durationS } of playlist.segments)
    found.check(1, Math.round(durationS) <= targetS, `segment ${sequence} lasts ${durationS} s`);
  checkControl(found, playlist, targetS);
  if (partTargetS !== null) {
    for (const segment of listed(playlist)) checkParts(found, playlist, segment, partTargetS);
    checkPartsAtTheEdge(found, playlist, targetS);
    const parts = hints.filter(({ TYPE }) => TYPE === 'PART');
    // 4.4.5.3, 6.2.6
    if (!isEnded) found.check(8, parts.length === 1 && Boolean(parts[0]?.URI), `${parts.length} parts are hinted`);
  }
  checkDates(found, playlist);
  for (const uri of others) found.check(10, playlist.reports.includes(uri), `no report of ${uri}`);
  if (isEnded) found.check(11, hints.length === 0, 'a part is hinted after the end');
  return found.all;
}

/** 4.4.3.8 */
function checkControl(
  found: Findings,
  { control, partTargetS, isEnded, underWay }: ParsedPlaylist,
  targetS: number,
): void {
  const [partHold, hold, skip] = ['PART-HOLD-BACK', 'HOLD-BACK', 'CAN-SKIP-UNTIL'].map((name) =>
    control[name] === undefined ? null : Number(control[name]),
  ) as [number | null, number | null, number | null];
  if (partTargetS !== null) {
    found.check(3, (partHold ?? 0) >= 3 * partTargetS - ROUNDING_S, `PART-HOLD-BACK ${partHold}`);
    if (!isEnded && underWay) found.check(3, control['CAN-BLOCK-RELOAD'] === 'YES', 'no blocking reload');
  }
  if (hold !== null) found.check(3, hold >= 3 * targetS - ROUNDING_S, `HOLD-BACK ${hold}`);
  if (skip !== null) found.check(3, skip >= 6 * targetS - ROUNDING_S, `CAN-SKIP-UNTIL ${skip}`);
}

/** 4.4.4.9 */
function checkParts(found: Findings, playlist: ParsedPlaylist, segment: ListedSegment, partTargetS: number): void {
  const { parts, sequence, uri, durationS } = segment;
  const next = listed(playlist).find((one) => one.sequence === sequence + 1);
  for (const [index, part] of parts.entries()) {
    const name = `part ${sequence}.${index} of ${part.durationS} s`;
    found.check(4, part.durationS <= partTargetS + ROUNDING_S, `${name} is longer than ${partTargetS}`);
    const isLast = index === parts.length - 1 && (uri !== null || next?.isDiscontinuity === true);
    const mayBeShort = isLast || parts[index + 1]?.isGap === true;
    found.check(4, mayBeShort || part.durationS >= 0.85 * partTargetS, `${name} is short`);
  }
  const sumS = parts.reduce((sum, part) => sum + part.durationS, 0);
  if (uri !== null && parts.length > 0)
    found.check(
      6,
      Math.abs(sumS - durationS) <= FRAME_S,
      `parts of ${sequence} last ${sumS} s, it lasts ${durationS} s`,
    );
  if (parts[0]) found.check(7, parts[0].isIndependent, `the first part of ${sequence} is not independent`);
  found.check(7, playlist.isIndependent, 'no EXT-X-INDEPENDENT-SEGMENTS');
}

/** 6.2.2 */
function checkPartsAtTheEdge(found: Findings, playlist: ParsedPlaylist, targetS: number): void {
  if (playlist.isEnded) return;
  let fromEndS = 0;
  for (const segment of listed(playlist).reverse()) {
    if (fromEndS >= 3 * targetS - ROUNDING_S) break;
    found.check(
      6,
      segment.parts.length > 0 || segment.isGap,
      `no parts of ${segment.sequence}, ${fromEndS} s from the end`,
    );
    fromEndS += segment.durationS;
  }
}

/** 6.2.1 */
function checkDates(found: Findings, playlist: ParsedPlaylist): void {
  const dated = listed(playlist).filter(({ dateMs }) => dateMs !== null);
  if (listed(playlist).length > 0 && playlist.skipped === 0) found.check(9, dated.length > 0, 'no program date');
  for (const [index, segment] of dated.entries()) {
    const before = dated[index - 1];
    if (before) found.check(9, segment.dateMs! > before.dateMs!, `the date of ${segment.sequence} goes back`);
  }
}

/**
 * Two versions of one playlist.
 * @param wasAway the server was, in between: the part that it hinted was never made
 */
export function checkReload(before: ParsedPlaylist, after: ParsedPlaylist, wasAway = false): Finding[] {
  const found = new Findings();
  found.check(2, before.targetDuration === after.targetDuration, `target duration became ${after.targetDuration}`);
  found.check(2, before.partTargetS === after.partTargetS, `PART-TARGET became ${after.partTargetS}`);
  for (const name of ['PART-HOLD-BACK', 'HOLD-BACK', 'CAN-SKIP-UNTIL'])
    found.check(2, before.control[name] === after.control[name], `${name} became ${after.control[name]}`);
  found.check(5, after.mediaSequence >= before.mediaSequence, `the media sequence went back to ${after.mediaSequence}`);
  checkSegmentsStay(found, before, after);
  if (!wasAway) checkHint(found, before, after);
  found.check(11, !before.isEnded || after.isEnded, 'it goes on after its end');
  return found.all;
}

/** 6.2.2 */
function checkSegmentsStay(found: Findings, before: ParsedPlaylist, after: ParsedPlaylist): void {
  const first = after.mediaSequence + after.skipped;
  for (const one of before.segments) {
    if (one.sequence < first) continue;
    const same = after.segments.find(({ sequence }) => sequence === one.sequence);
    found.check(5, same !== undefined, `segment ${one.sequence} left from the middle`);
    if (!same) continue;
    found.check(5, same.uri === one.uri && same.range === one.range, `segment ${one.sequence} became ${same.uri}`);
    // what is gone, as an EXT-X-GAP shows, lasts as long as is left between its neighbours
    const isGone = same.isGap && !one.isGap;
    found.check(5, isGone || same.durationS === one.durationS, `segment ${one.sequence} lasts ${same.durationS} s now`);
    if (one.dateMs !== null && same.dateMs !== null)
      found.check(9, Math.abs(one.dateMs - same.dateMs) <= FRAME_S * 1_000, `segment ${one.sequence} has another date`);
  }
  const gone = before.segments.filter(
    ({ sequence, isDiscontinuity }) => sequence < after.mediaSequence && isDiscontinuity,
  );
  const expected = before.discontinuitySequence + gone.length;
  found.check(
    5,
    after.discontinuitySequence === expected,
    `the discontinuity sequence is ${after.discontinuitySequence}`,
  );
}

/** 6.2.6: the part that was hinted is the next one. */
function checkHint(found: Findings, before: ParsedPlaylist, after: ParsedPlaylist): void {
  const hint = before.hints.find(({ TYPE }) => TYPE === 'PART')?.URI;
  const lastPart = listed(before).at(-1)?.parts.at(-1)?.uri;
  if (hint === undefined || lastPart === undefined) return;
  const parts = listed(after).flatMap((segment) => segment.parts);
  const at = parts.findIndex(({ uri }) => uri === lastPart);
  const next = parts[at + 1];
  if (at >= 0 && next) found.check(8, next.uri === hint, `${hint} was hinted, and ${next.uri} came`);
}

/** 6.2.5.1. @param whole read at the same moment */
export function checkDelta(whole: ParsedPlaylist, delta: ParsedPlaylist): Finding[] {
  const found = new Findings();
  const boundaryS = Number(whole.control['CAN-SKIP-UNTIL'] ?? Number.POSITIVE_INFINITY);
  if (whole.isEnded) {
    found.check(14, delta.skipped === 0, 'segments are skipped after the end');
    return found.all;
  }
  const ends = whole.segments.map((_, index) =>
    whole.segments.slice(index + 1).reduce((sum, one) => sum + one.durationS, 0),
  );
  const skippable = ends.filter((fromEndS) => fromEndS >= boundaryS - ROUNDING_S).length;
  const isSame = whole.mediaSequence === delta.mediaSequence;
  if (isSame) {
    found.check(14, delta.skipped <= skippable, `${delta.skipped} segments are skipped, ${skippable} may be`);
    if (skippable > 0) found.check(14, delta.skipped > 0, 'nothing is skipped');
  }
  const kept = whole.segments.filter(({ sequence }) => sequence >= delta.mediaSequence + delta.skipped);
  for (const one of kept)
    found.check(
      14,
      delta.segments.some(({ uri }) => uri === one.uri),
      `segment ${one.sequence} is neither there nor skipped`,
    );
  for (const id of whole.dateRanges.keys()) found.check(14, delta.dateRanges.has(id), `date range ${id} is skipped`);
  return found.all;
}

/** 6.2.2: never shorter than three target durations by removing. */
export const checkLength = (playlist: ParsedPlaylist): Finding[] =>
  playlist.mediaSequence > 0 &&
  playlist.skipped === 0 &&
  !playlist.isEnded &&
  durationOf(playlist) < 3 * Number(playlist.targetDuration)
    ? [{ rule: 5, what: 'the playlist is shorter than three target durations' }]
    : [];
