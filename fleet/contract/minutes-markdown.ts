/**
 * The little Markdown that minutes are made of, read alike for the page, the PDF and the words of a mail: headings, lists, quotes,
 * paragraphs, bold words, links of http and https. Everything else is the text that it is. Reads in a time that grows with its length.
 */

/** A run of text in one line. */
export type MarkdownPiece = { text: string; isBold?: true; url?: string };
export type MarkdownItem = {
  pieces: MarkdownPiece[];
  /** in how many lists it stands besides its own */
  depth: number;
  /** as it was typed; null: a bullet */
  number: number | null;
  /** of a task; null: it is none */
  isDone: boolean | null;
};
export type MarkdownBlock =
  | { kind: 'heading'; level: number; pieces: MarkdownPiece[] }
  | { kind: 'text' | 'quote'; pieces: MarkdownPiece[] }
  /** all bullets or all numbers at its first depth */
  | { kind: 'list'; isNumbered: boolean; items: MarkdownItem[] };

/** Of a task, in place of a bullet: in the fonts of pages and of PDF files. */
export const taskMark = (isDone: boolean): string => (isDone ? '✓ ' : '□ ');

const MOST_DEPTH = 5;
/** a longer label or address is read as text: nothing scans a line again and again */
const LINK = /\[((?:\\.|[^[\]\\]){1,500})\]\((https?:\/\/[^\s()<>"]{1,2000})\)/;
const BOLD = /\*\*((?:\\.|[^\\*]){1,2000})\*\*/;
const PIECE = new RegExp(`${LINK.source}|${BOLD.source}`, 'g');
const ITEM = /^([ \t]*)(?:[-*]|(\d{1,9})[.)]) +(?:\[([ xX])\] +)?(.*)$/;

export function markdownBlocks(markdown: string): MarkdownBlock[] {
  const blocks: MarkdownBlock[] = [];
  for (const line of markdown.split('\n')) {
    const heading = /^(#{1,6}) +(.*)$/.exec(line);
    const item = ITEM.exec(line);
    if (heading) blocks.push({ kind: 'heading', level: heading[1]!.length, pieces: piecesOf(heading[2]!) });
    else if (item) addItem(blocks, item);
    else if (line.startsWith('> ')) blocks.push({ kind: 'quote', pieces: piecesOf(line.slice(2)) });
    else if (line.trim() !== '') blocks.push({ kind: 'text', pieces: piecesOf(line.trim()) });
  }
  return blocks;
}

/** Without its signs, a line for each; what a link leads to stands behind it. */
export const markdownWords = (markdown: string): string[] =>
  markdown.split('\n').map((line) => {
    const heading = /^#{1,6} +(.*)$/.exec(line);
    const text = heading ? heading[1]! : line.startsWith('> ') ? line.slice(2) : line;
    return piecesOf(text)
      .map(({ text: words, url }) => (url === undefined ? words : `${words}: ${url}`))
      .join('');
  });

/** The same, where links that this names are their label alone. */
export const withoutLinks = (markdown: string, isLeftOut: (url: string) => boolean): string =>
  markdown.replace(new RegExp(LINK, 'g'), (whole, label: string, url: string) => (isLeftOut(url) ? label : whole));

/**
 * What a link names a line by, whatever stands before it and wherever it moves: 8 digits of its words. Two lines with the same words have
 * the same key. FNV-1a: nobody gains by two keys that are alike.
 */
export function lineKey(words: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(words.replace(/\s+/g, ' ').trim()))
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

/** Of one line of Markdown: as the page has it that shows the whole; '' for none. */
export function markdownLineKey(line: string): string {
  const [block] = markdownBlocks(line);
  if (block === undefined) return '';
  return lineKeyOf(block.kind === 'list' ? block.items[0]!.pieces : block.pieces);
}
export const lineKeyOf = (pieces: readonly MarkdownPiece[]): string => lineKey(pieces.map(({ text }) => text).join(''));

function addItem(blocks: MarkdownBlock[], [, indent, number, box, text]: readonly (string | undefined)[]): void {
  const depth = Math.min(MOST_DEPTH, Math.floor(indent!.length / 2));
  const isNumbered = number !== undefined;
  const item: MarkdownItem = {
    pieces: piecesOf(text!),
    depth,
    number: isNumbered ? Number(number) : null,
    isDone: box === undefined ? null : box !== ' ',
  };
  const last = blocks.at(-1);
  if (last?.kind === 'list' && (depth > 0 || last.isNumbered === isNumbered)) last.items.push(item);
  else blocks.push({ kind: 'list', isNumbered, items: [item] });
}

function piecesOf(line: string): MarkdownPiece[] {
  const pieces: MarkdownPiece[] = [];
  let from = 0;
  for (const match of line.matchAll(PIECE)) {
    const [whole, label, url, bold] = match;
    // a sign that is escaped begins nothing
    if (isEscapedAt(line, match.index)) continue;
    if (match.index > from) pieces.push({ text: unescaped(line.slice(from, match.index)) });
    pieces.push(
      url === undefined ? { text: unescaped(bold!), isBold: true } : { text: unescaped(label!), url: unescaped(url) },
    );
    from = match.index + whole.length;
  }
  if (from < line.length) pieces.push({ text: unescaped(line.slice(from)) });
  return pieces;
}

function isEscapedAt(line: string, index: number): boolean {
  let count = 0;
  while (line[index - 1 - count] === '\\') count += 1;
  return count % 2 === 1;
}

const unescaped = (text: string): string => text.replace(/\\([\\`*_[\]<>&|~#.)(+=-])/g, '$1');
