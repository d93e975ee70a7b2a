/** The initials for a person without a picture. */
import { graphemesOf } from '#contract/shown-text.ts';

const BRACKETED =
  /[([{<（［｛〈《「『【〔][^()[\]{}<>（）［］｛｝〈〉《》「」『』【】〔〕]*[)\]}>）］｝〉》」』】〕]/gu;
/** 주식회사, 유한회사, 재단법인, 사단법인, as they stand before or behind the name of a company. */
const COMPANY_MARK = /[（(](?:주|유|재|사|합)[)）]|[㈜㈔㈕㈖]/u;
const COMPANY_WORD = /^(?:주식회사|유한회사|재단법인|사단법인|[（(](?:주|유|재|사|합)[)）]|[㈜㈔㈕㈖])$/u;
const HANGUL_NAME = /^\p{Script=Hangul}{2,4}$/u;

/** One or two letters: of a Korean name its given name's end, of others the first of the first and last word. */
export function initials(displayName: string): string {
  const words = nameWords(displayName);
  const [only] = words;
  if (only === undefined) return graphemesOf(displayName.trim())[0] ?? '';
  if (words.length === 1 && HANGUL_NAME.test(only)) return graphemesOf(only).slice(-2).join('');
  const ends = words.length === 1 ? [only] : [only, words.at(-1)!];
  return ends.map(firstLetter).join('').toUpperCase();
}

/** The person's words alone: without company and department, "Last, First" turned. */
function nameWords(displayName: string): string[] {
  const all = wordsOf(displayName);
  const withoutCompany = all.filter(
    (word, at) => !COMPANY_MARK.test(word) && !COMPANY_WORD.test(word) && !COMPANY_WORD.test(all[at - 1] ?? ''),
  );
  for (const text of [withoutCompany.join(' '), displayName]) {
    const person = text.replace(BRACKETED, ' ');
    const [last = '', first = ''] = person.split(/[,，]/u);
    const words = [...wordsOf(first), ...wordsOf(last)].filter((word) => firstLetter(word) !== '');
    if (words.length > 0) return asOneName(words);
  }
  return wordsOf(displayName.replace(/[()[\]{}<>（）]/gu, ' ')).filter((word) => firstLetter(word) !== '');
}

/** A family name of one syllable beside a given name is one Korean name, in whichever order. */
function asOneName(words: string[]): string[] {
  const [one, other] = words;
  if (words.length !== 2 || one === undefined || other === undefined) return words;
  const isFamily = (word: string) => /^\p{Script=Hangul}$/u.test(word);
  const isGiven = (word: string) => /^\p{Script=Hangul}{1,3}$/u.test(word);
  if (isFamily(one) && isGiven(other)) return [one + other];
  if (isFamily(other) && isGiven(one)) return [other + one];
  return words;
}

const wordsOf = (text: string): string[] => text.split(/\s+/u).filter((word) => word !== '');

/** '' where the word has neither letter nor number nor picture */
const firstLetter = (word: string): string =>
  graphemesOf(word).find((letter) => /[\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}]/u.test(letter)) ?? '';
