/** Who is named in a message: what is typed after an `@`, whom it may mean, and where names stand in a text. Pure. */

export type Nameable = { id: string; name: string };

const MOST_OFFERED = 5;
/** an `@` at the beginning or after a space, up to the caret */
const BEGUN = /(^|\s)@([^@\n]{0,40})$/u;

/** Whom the `@` before the caret may mean; none: there is none, or nobody is called so. */
export function offeredNames(beforeCaret: string, people: readonly Nameable[]): Nameable[] {
  const part = BEGUN.exec(beforeCaret)?.[2]?.normalize('NFC').toLowerCase();
  if (part === undefined) return [];
  return people.filter(({ name }) => name.toLowerCase().startsWith(part)).slice(0, MOST_OFFERED);
}

/** The text with the name in place of what was typed of it, and where the caret is then. */
export function withName(text: string, caret: number, name: string): { text: string; caret: number } {
  const before = text.slice(0, caret).replace(BEGUN, (_, space: string) => `${space}@${name} `);
  return { text: before + text.slice(caret), caret: before.length };
}

/** Those whose name still stands in the text, each once. */
export const namedIn = (text: string, chosen: readonly Nameable[]): string[] => [
  ...new Set(chosen.filter(({ name }) => text.includes(`@${name}`)).map(({ id }) => id)),
];

/** The text in pieces, in their order; `name`: the piece is an `@` with it. A longer name wins over one that it begins with. */
export function mentionPieces(text: string, names: readonly string[]): { text: string; name: string | null }[] {
  const known = [...new Set(names)].toSorted((a, b) => b.length - a.length);
  const pieces: { text: string; name: string | null }[] = [];
  let plain = '';
  for (let at = 0; at < text.length; ) {
    const name = text[at] === '@' ? known.find((each) => text.startsWith(each, at + 1)) : undefined;
    if (name === undefined) {
      plain += text[at];
      at += 1;
      continue;
    }
    if (plain !== '') pieces.push({ text: plain, name: null });
    plain = '';
    pieces.push({ text: `@${name}`, name });
    at += name.length + 1;
  }
  return plain === '' ? pieces : [...pieces, { text: plain, name: null }];
}
