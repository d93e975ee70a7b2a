/**
 * Text that people typed and screens show: names, titles. One implementation for every wire of what is cleaned from it,
 * how it is counted and where it is cut. Pure.
 */

/** Ends a line, or turns the direction of what follows; and two signs that are blank though they count as symbols. */
const SPACE_LIKE = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2800\u{1d159}]/gu;
/** Most texts are: words of ASCII and Hangul with one space between them. */
const PLAIN = /^[!-~\uac00-\ud7a3]+(?: [!-~\uac00-\ud7a3]+)*$/;
const HIDDEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cs}\ufffc]/u;
const PICTOGRAPH = /\p{Extended_Pictographic}/u;
const JOINS_PICTOGRAPHS = /[\p{Extended_Pictographic}\p{Emoji_Modifier}]|\ufe0f/u;
/** Scripts in which a joiner or non-joiner changes how letters look. */
const JOINING_LETTER =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const ZERO_WIDTH_NON_JOINER = '\u200c';
const ZERO_WIDTH_JOINER = '\u200d';
const BLACK_FLAG = '\u{1f3f4}';

/**
 * One line in NFC: no control characters, nothing invisible, nothing that turns the direction of what follows, no more
 * marks above a letter than any language has. Joiners stay where emoji and scripts need them.
 * @returns '' where nothing is left that could be seen
 */
export function shownText(text: string): string {
  if (PLAIN.test(text)) return text;
  const line = withoutHidden(text.normalize('NFC').replace(SPACE_LIKE, ' '))
    .normalize('NFC')
    .replace(/(\p{M}{6})\p{M}+/gu, '$1')
    .replace(/(^|\s)\p{M}+/gu, '$1')
    .replace(/\s+/g, ' ')
    .trim();
  return /[\p{L}\p{N}\p{P}\p{S}\p{Co}\p{Cn}]/u.test(line) ? line : '';
}

function withoutHidden(text: string): string {
  const letters = [...text];
  let kept = '';
  let last = '';
  for (const [at, letter] of letters.entries()) {
    if (HIDDEN.test(letter) && !isNeeded(letter, last, letters[at + 1] ?? '')) continue;
    kept += letter;
    last = letter;
  }
  return kept;
}

/** @param before what was kept last */
function isNeeded(letter: string, before: string, after: string): boolean {
  if (letter === ZERO_WIDTH_JOINER && JOINS_PICTOGRAPHS.test(before)) return PICTOGRAPH.test(after);
  if (letter === ZERO_WIDTH_JOINER || letter === ZERO_WIDTH_NON_JOINER)
    return JOINING_LETTER.test(before) && JOINING_LETTER.test(after);
  // text or emoji style
  if (/[\ufe0e\ufe0f]/.test(letter)) return /\p{Emoji}/u.test(before);
  // which of several forms of an ideograph, as Japanese names have it
  if (/[\u{e0100}-\u{e01ef}]/u.test(letter)) return /\p{Script=Han}/u.test(before);
  // the flags of England, Scotland, Wales
  if (/[\u{e0020}-\u{e007f}]/u.test(letter)) return before === BLACK_FLAG || /[\u{e0020}-\u{e007e}]/u.test(before);
  return false;
}

let segmenter: Intl.Segmenter | undefined;

/** Letters as people count them: an emoji of several parts is one. */
export function graphemesOf(text: string): string[] {
  // costly to make, and not there in the oldest browsers that open a page
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

/** Of a participant, where hundreds are listed in one message: as much as any tile has room for. */
export const nameInLists = (name: string): string => cutText(shownText(name), { units: 80, bytes: 160 });

const encoder = new TextEncoder();
/** What a text may be long, in letters as people count them and in bytes of UTF-8. */
export type TextRoom = { letters: number; bytes: number };
const BYTES_OF_HANGUL = 3;

/** How many letters more fit, of Hangul or ASCII; below 0: so many have to go. */
export function lettersLeft(text: string, { letters, bytes }: TextRoom): number {
  const typed = graphemesOf(text);
  const left = Math.min(letters - typed.length, Math.floor((bytes - bytesOf(text)) / BYTES_OF_HANGUL));
  if (left >= 0) return left;
  let fits = typed.length;
  let size = bytesOf(text);
  while (fits > letters || size > bytes) {
    fits -= 1;
    size -= bytesOf(typed[fits]!);
  }
  return fits - typed.length;
}

export const bytesOf = (text: string): number => encoder.encode(text).length;

/** Never within a letter; what was cut ends in an ellipsis. `bytes` in UTF-8. */
export function cutText(text: string, { units, bytes }: { units: number; bytes: number }): string {
  if (text.length <= units && bytesOf(text) <= bytes) return text;
  let kept = '';
  let keptBytes = 0;
  for (const segment of graphemesOf(text.slice(0, units))) {
    keptBytes += bytesOf(segment);
    if (kept.length + segment.length > units - 1 || keptBytes > bytes - 3) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}
