/** PDF by poppler: pdfinfo counts and measures the pages, pdftoppm draws one at a time. */
import { execFile, type ExecFileException } from 'node:child_process';
import sharp, { type Sharp } from 'sharp';
import { type Box, type Engine, fitted, Refused } from './engine.ts';

/** Of pdftoppm; an ordinary page needs a tenth. */
const ADDRESS_SPACE_BYTES = 1_000_000_000;
/** A page in 4K is 25 MB. */
const MOST_OUTPUT_BYTES = 64_000_000;
/** More are not asked for: the document is refused before. */
const MOST_MEASURED_PAGES = 1_000;

export const pdf: Engine = {
  async open(path) {
    // as viewers show it: the crop box, turned as the page says
    const facts = await poppler('pdfinfo', ['-f', '1', '-l', String(MOST_MEASURED_PAGES), path]);
    const pageSizes = sizesIn(facts.toString());
    const pageCount = Number(/^Pages:\s+(\d+)$/m.exec(facts.toString())?.[1] ?? 0);
    if (pageCount === 0) throw new Refused('document-empty', 'no pages');
    return {
      pageCount,
      draw(page, box) {
        const size = pageSizes.get(page);
        if (!size) throw new Refused('document-broken', `page ${page} has no size`);
        return drawn(path, page, fitted(size, box));
      },
    };
  },
};

/** In points, by page, turned. */
function sizesIn(facts: string): Map<number, Box> {
  const turned = new Set<number>();
  for (const [, page, degrees] of facts.matchAll(/^Page\s+(\d+) rot:\s+(\d+)$/gm))
    if (Number(degrees) % 180 !== 0) turned.add(Number(page));
  const sizes = new Map<number, Box>();
  for (const [, page, x, y] of facts.matchAll(/^Page\s+(\d+) size:\s+([\d.e+]+) x ([\d.e+]+) pts/gm)) {
    const [width, height] = turned.has(Number(page)) ? [Number(y), Number(x)] : [Number(x), Number(y)];
    if (width > 0 && height > 0) sizes.set(Number(page), { width, height });
  }
  return sizes;
}

async function drawn(path: string, page: number, { width, height }: Box): Promise<Sharp> {
  const only = ['-f', String(page), '-l', String(page), '-singlefile', '-cropbox'];
  const scale = ['-scale-to-x', String(width), '-scale-to-y', String(height)];
  const ppm = await poppler('pdftoppm', [...only, ...scale, path]);
  const header = /^P6\s(\d+)\s(\d+)\s255\s/.exec(ppm.subarray(0, 40).toString('latin1'));
  if (!header) throw new Refused('document-broken', `page ${page} cannot be drawn`);
  const raw = { width: Number(header[1]), height: Number(header[2]), channels: 3 } as const;
  return sharp(ppm.subarray(header[0].length), { raw });
}

function poppler(program: string, args: string[]): Promise<Buffer> {
  const limited = [`--as=${ADDRESS_SPACE_BYTES}`, '--', program, ...args];
  return new Promise((resolve, reject) => {
    execFile('prlimit', limited, { encoding: 'buffer', maxBuffer: MOST_OUTPUT_BYTES }, (error, stdout, stderr) => {
      if (error) reject(refusalFor(error, stderr.toString()));
      else resolve(stdout);
    });
  });
}

function refusalFor(error: ExecFileException, stderr: string): Refused {
  const code = /Incorrect password|encrypt/i.test(stderr) ? 'document-encrypted' : 'document-broken';
  return new Refused(code, `${error.code ?? error.signal}: ${stderr.slice(-300)}`);
}
