/** Minutes as a page for the printer: what people typed is text in it, and nothing of it is HTML. Pure. */
import { type MarkdownBlock, type MarkdownPiece, markdownBlocks, taskMark } from '#contract/minutes-markdown.ts';
import type { Language } from '#contract/schema.ts';

/** The printer's browser refuses scripts and requests by itself; the page says the same. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
/** The printer's own font, which the PDF carries; for the letters that it lacks, those of the machine. */
const STYLE = `
@page { size: A4; margin: 20mm 18mm 22mm; @bottom-center { content: counter(page) " / " counter(pages); font: 9pt Pretendard, 'Noto Sans CJK KR', sans-serif; color: #55555d } }
body { margin: 0; font: 10.5pt/1.55 Pretendard, 'Noto Sans CJK KR', sans-serif; color: #1b1b1f; overflow-wrap: anywhere }
h1 { font-size: 18pt; line-height: 1.3; margin: 0 0 5mm }
h2 { font-size: 13pt; margin: 6mm 0 2mm; padding-bottom: 1mm; border-bottom: 0.3mm solid #c9c9d1 }
h3, h4, h5, h6 { font-size: 11pt; margin: 4mm 0 1mm }
h1, h2, h3, h4, h5, h6 { break-after: avoid; unicode-bidi: isolate }
p, blockquote { margin: 0 0 2mm; unicode-bidi: isolate }
blockquote { padding-left: 3mm; border-left: 0.8mm solid #1f4fd8 }
ul, ol { margin: 0 0 2mm; padding-left: 6mm }
li { margin: 0 0 0.8mm; unicode-bidi: isolate }
li.bullet { list-style: disc }
li.number { list-style: decimal }
li.task { list-style: none }
.d1 { margin-left: 6mm } .d2 { margin-left: 12mm } .d3 { margin-left: 18mm } .d4 { margin-left: 24mm } .d5 { margin-left: 30mm }
a { color: #1f4fd8 }
`;

/** @param text Markdown; its first heading is the title of the file */
export function minutesPage({ text, language }: { text: string; language: Language }): string {
  const blocks = markdownBlocks(text);
  const title = blocks.find(({ kind }) => kind === 'heading');
  return [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">`,
    `<meta http-equiv="content-security-policy" content="${POLICY}">`,
    `<title>${title && 'pieces' in title ? escaped(title.pieces.map((each) => each.text).join('')) : ''}</title><style>${STYLE}</style></head><body>`,
    ...blocks.map(blockOf),
    '</body></html>',
  ].join('\n');
}

function blockOf(block: MarkdownBlock): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${piecesOf(block.pieces)}</h${block.level}>`;
    case 'quote':
      return `<blockquote>${piecesOf(block.pieces)}</blockquote>`;
    case 'text':
      return `<p>${piecesOf(block.pieces)}</p>`;
    case 'list': {
      const items = block.items.map(({ pieces, depth, number, isDone }) => {
        const kind = isDone !== null ? 'task' : number === null ? 'bullet' : 'number';
        const box = isDone === null ? '' : taskMark(isDone);
        const value = number === null ? '' : ` value="${number}"`;
        return `<li class="${kind} d${depth}"${value}>${box}${piecesOf(pieces)}</li>`;
      });
      const list = block.isNumbered ? 'ol' : 'ul';
      return `<${list}>\n${items.join('\n')}\n</${list}>`;
    }
  }
}

const piecesOf = (pieces: readonly MarkdownPiece[]): string =>
  pieces
    .map(({ text, url, isBold }) => {
      if (url !== undefined) return `<a href="${escaped(url)}">${escaped(text)}</a>`;
      return isBold ? `<b>${escaped(text)}</b>` : escaped(text);
    })
    .join('');

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.toWellFormed().replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);
