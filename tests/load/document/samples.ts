/** The documents of the bench: a deck with photographs, a long text and the deck as PDF, written by LibreOffice. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { seededRandom } from '../../simulators/seeded-random.ts';

export const SLIDES = 30;
const PHOTOGRAPHS = 10;
const PARAGRAPHS = 400;

export type Samples = Record<'pptx' | 'docx' | 'pdf', string> & { remove: () => void };

/** Paths of files in a folder of their own. */
export async function makeSamples(seed: number): Promise<Samples> {
  const folder = mkdtempSync(join(tmpdir(), 'maru-bench-documents-'));
  const [deck, text] = [join(folder, 'deck.fodp'), join(folder, 'text.fodt')];
  writeFileSync(deck, await deckOf(seed));
  writeFileSync(text, textOf());
  convert(folder, deck, 'pptx');
  convert(folder, text, 'docx');
  const pptx = join(folder, 'deck.pptx');
  convert(folder, pptx, 'pdf');
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { pptx, docx: join(folder, 'text.docx'), pdf: join(folder, 'deck.pdf'), remove };
}

/** As a person types it; it starts cold. */
export function convert(folder: string, path: string, to: string): void {
  const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`;
  execFileSync('soffice', [profile, '--headless', '--convert-to', to, '--outdir', folder, path], { stdio: 'ignore' });
}

const NAMESPACES = [
  'office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"',
  'style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"',
  'text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"',
  'draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"',
  'svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"',
  'fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"',
]
  .map((each) => `xmlns:${each}`)
  .join(' ');
const flat = (kind: string, styles: string, body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><office:document ${NAMESPACES} office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.${kind}">${styles}<office:body>${body}</office:body></office:document>`;

/** Noise over a colour: as hard to pack as a photograph, about 0.8 MB. */
async function photograph(random: () => number): Promise<string> {
  const [width, height] = [1600, 1000];
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = 128 + Math.floor((random() - 0.5) * 60);
  return (
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 80 })
      .toBuffer()
  ).toString('base64');
}

async function deckOf(seed: number): Promise<string> {
  const { next: random } = seededRandom(seed);
  const pages: string[] = [];
  for (let slide = 1; slide <= SLIDES; slide += 1) {
    const lines = Array.from(
      { length: 6 },
      (_, line) => `<text:p>Point ${line + 1} of slide ${slide}, 회의 안건</text:p>`,
    );
    const box = (x: string, y: string, width: string, height: string, inside: string) =>
      `<draw:frame svg:x="${x}" svg:y="${y}" svg:width="${width}" svg:height="${height}">${inside}</draw:frame>`;
    const bars = Array.from(
      { length: 12 },
      (_, bar) =>
        `<draw:rect svg:x="${15 + bar}cm" svg:y="${12 - random() * 6}cm" svg:width="0.8cm" svg:height="${random() * 6 + 0.5}cm"/>`,
    );
    const photo =
      slide <= PHOTOGRAPHS
        ? box(
            '15cm',
            '3cm',
            '12cm',
            '7.5cm',
            `<draw:image><office:binary-data>${await photograph(random)}</office:binary-data></draw:image>`,
          )
        : bars.join('');
    const words = box('1cm', '1cm', '13cm', '12cm', `<draw:text-box>${lines.join('')}</draw:text-box>`);
    pages.push(`<draw:page draw:name="slide${slide}" draw:master-page-name="Default">${words}${photo}</draw:page>`);
  }
  const styles =
    '<office:automatic-styles><style:page-layout style:name="wide"><style:page-layout-properties fo:page-width="28cm" fo:page-height="15.75cm"/></style:page-layout></office:automatic-styles><office:master-styles><style:master-page style:name="Default" style:page-layout-name="wide"/></office:master-styles>';
  return flat('presentation', styles, `<office:presentation>${pages.join('')}</office:presentation>`);
}

function textOf(): string {
  const sentence =
    'The room is ready when the meeting begins, and everybody sees the same page. 모두 같은 쪽을 봅니다. ';
  const paragraphs = Array.from({ length: PARAGRAPHS }, (_, n) => `<text:p>${n + 1}. ${sentence.repeat(3)}</text:p>`);
  return flat('text', '', `<office:text>${paragraphs.join('')}</office:text>`);
}
