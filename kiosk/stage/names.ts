/** What stands for a person without a picture. */
const graphemes = (text: string): string[] =>
  [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].map((part) => part.segment);

/** One or two letters: of a Korean name its given name's end, of others the first of the first and last word. */
export function initials(displayName: string): string {
  const words = displayName.trim().split(/\s+/);
  if (words.length === 1 && /^\p{Script=Hangul}{2,4}$/u.test(words[0]!)) return graphemes(words[0]!).slice(-2).join('');
  const ends = words.length === 1 ? [words[0]!] : [words[0]!, words.at(-1)!];
  return ends
    .map((word) => graphemes(word)[0] ?? '')
    .join('')
    .toUpperCase();
}
