/** How stretches of speech become captions of two lines: where they are cut, when each is shown, and for how long. Pure. */
import { shownText } from '#contract/shown-text.ts';
import type { TranscriptSegment } from '#contract/transcript.ts';

/** What was spoken, whoever sends it. */
type Spoken = Pick<TranscriptSegment, 'segmentId' | 'displayName' | 'text' | 'fromMs' | 'untilMs'>;

export type Cue = {
  key: string;
  displayName: string;
  text: string;
  /** on the clock that the caller uses */
  fromMs: number;
  /** until then it can be read in peace */
  readUntilMs: number;
  /** until then it stays where nothing follows it */
  untilMs: number;
};

/** Two lines on a phone, beside a name; letters of East Asia count twice. */
export const CUE_WIDTH = 52;
/** what stands beside a name there: a longer word may be broken */
const WORD_WIDTH = 22;
const MAY_BREAK = '\u200b';
const READ_PER_WIDTH_MS = 55;
const READ_AT_LEAST_MS = 1_200;
/** after it was read */
const STAYS_MS = 3_000;
/** Captions that lag by more than the first are shown shorter; by more than the second, what waits is left out: the transcript has it. */
const HURRIES_AFTER_MS = 2_000;
const SKIPS_AFTER_MS = 8_000;
const HURRY = 0.6;

const WIDE =
  /[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Extended_Pictographic}\uff00-\uff60]/u;
const ENDS_SENTENCE = /[.?!…。？！]["'”’)]?$/u;
const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

const widthOf = (text: string): number => [...text].reduce((sum, letter) => sum + (WIDE.test(letter) ? 2 : 1), 0);

/** In pieces of at most CUE_WIDTH, between words, rather where a sentence ends. Nothing that could be seen: none. */
export function captionPieces(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  const close = (): void => {
    if (piece !== '') pieces.push(piece);
    piece = '';
  };
  for (const word of shownText(text).split(' '))
    for (const [index, part] of partsOf(word).entries()) {
      const between = piece === '' ? '' : index === 0 ? ' ' : MAY_BREAK;
      if (widthOf(piece + between + part) <= CUE_WIDTH) piece += between + part;
      else {
        close();
        piece = part;
      }
      if (ENDS_SENTENCE.test(part) && widthOf(piece) >= CUE_WIDTH / 2) close();
    }
  close();
  return pieces;
}

/** A word without end has places at which it may be broken. */
function partsOf(word: string): string[] {
  if (widthOf(word) <= WORD_WIDTH) return [word];
  const parts: string[] = [];
  let part = '';
  for (const { segment } of letters.segment(word)) {
    if (part !== '' && widthOf(part + segment) > WORD_WIDTH) {
      parts.push(part);
      part = '';
    }
    part += segment;
  }
  return [...parts, part];
}

/** Of a call: what was just spoken is shown at once, after what is still being read. */
export function queuedCues(cues: readonly Cue[], segment: Spoken, nowMs: number): Cue[] {
  const isBehind = (cues.at(-1)?.readUntilMs ?? nowMs) - nowMs > SKIPS_AFTER_MS;
  const kept = cues.filter(({ fromMs, untilMs }) => untilMs > nowMs && !(isBehind && fromMs > nowMs));
  let fromMs = Math.max(nowMs, kept.at(-1)?.readUntilMs ?? nowMs);
  for (const [index, text] of captionPieces(segment.text).entries()) {
    const pace = fromMs - nowMs > HURRIES_AFTER_MS ? HURRY : 1;
    const readUntilMs = fromMs + Math.max(READ_AT_LEAST_MS, widthOf(text) * READ_PER_WIDTH_MS) * pace;
    kept.push(cueOf(segment, index, text, { fromMs, readUntilMs }));
    fromMs = readUntilMs;
  }
  return kept;
}

/**
 * Of a picture that is behind: each piece about when it was spoken.
 * @param playheadMs what the picture shows when the segment comes; what was spoken before it is shown late rather than not at all
 */
export function timedCues(segment: Spoken, playheadMs: number | null): Cue[] {
  const pieces = captionPieces(segment.text);
  const total = pieces.reduce((sum, piece) => sum + widthOf(piece), 0);
  const isLate = playheadMs !== null && playheadMs > segment.fromMs && playheadMs < segment.untilMs + LATE_MS;
  const startMs = isLate ? playheadMs : segment.fromMs;
  const spokenMs = Math.max(0, segment.untilMs - segment.fromMs);
  let fromMs = startMs;
  return pieces.map((text, index) => {
    const readUntilMs =
      fromMs +
      Math.max(READ_AT_LEAST_MS, isLate ? widthOf(text) * READ_PER_WIDTH_MS : (spokenMs * widthOf(text)) / total);
    const cue = cueOf(segment, index, text, { fromMs, readUntilMs });
    fromMs = readUntilMs;
    return cue;
  });
}
/** what was spoken longer ago is found again by seeking, in its own place */
const LATE_MS = 15_000;

/** The one that is shown then; of several the newest. */
export function cueAt(cues: readonly Cue[], atMs: number): Cue | null {
  return cues.reduce<Cue | null>(
    (found, cue) =>
      cue.fromMs <= atMs && atMs < cue.untilMs && (found === null || cue.fromMs >= found.fromMs) ? cue : found,
    null,
  );
}

function cueOf(
  { segmentId, displayName }: Spoken,
  index: number,
  text: string,
  times: Pick<Cue, 'fromMs' | 'readUntilMs'>,
): Cue {
  return { key: `${segmentId} ${index}`, displayName, text, ...times, untilMs: times.readUntilMs + STAYS_MS };
}
