/**
 * Runs inside the sandbox: opens documents with their engines and makes the pictures of pages that it is asked for. A request
 * is a line of JSON on stdin. An answer on stdout is a line of JSON, followed by as many bytes as its `bytes` field names.
 */
import { createInterface } from 'node:readline';
import sharp, { type Sharp } from 'sharp';
import { type Box, fitted, type OpenDocument, Refused } from './engine.ts';
import { type EngineName, engines } from './engines.ts';

type Request =
  | { do: 'open'; engine: EngineName; path: string }
  /** pictures of one page: `largest` is drawn, the others are made of it */
  | { do: 'draw'; page: number; largest: Box; sizes: Record<string, Box> };

/**
 * Quick, as the first page waits for it: effort 2 needs half as long again, for a seventh of the bytes; `smartSubsample` would
 * double the time, for edges of coloured text.
 */
const WEBP = { quality: 86, effort: 0 } as const;

// more would only wait for each other; the machine carries calls too
sharp.concurrency(2);
sharp.cache(false);
// what libraries print is no answer
console.log = console.error;

type Raster = { page: number; box: Box; drawn: Sharp; info: Box };

let document: OpenDocument | null = null;
/** The page that was drawn last: its smaller sizes are often asked for next. */
let last: Raster | null = null;

function answer(head: object, body?: Buffer): void {
  process.stdout.write(`${JSON.stringify(body ? { ...head, bytes: body.length } : head)}\n`);
  if (body) process.stdout.write(body);
}

async function open({ engine, path }: Request & { do: 'open' }): Promise<void> {
  last = null;
  document = await (await engines[engine]()).open(path);
  answer({ is: 'opened', pageCount: document.pageCount });
}

async function draw({ page, largest, sizes }: Request & { do: 'draw' }): Promise<void> {
  const { drawn, info } = await rasterOf(page, largest);
  // side by side, and answered in the order in which they were asked for
  const made = Object.entries(sizes).map(([size, box]) => ({ size, picture: picture(drawn, info, box) }));
  for (const { size, picture } of made) answer({ is: 'picture', page, size }, await picture);
  answer({ is: 'drawn', page });
}

async function rasterOf(page: number, box: Box): Promise<Raster> {
  if (!document) throw new Error('nothing is open');
  if (last?.page === page && last.box.width === box.width && last.box.height === box.height) return last;
  const page8Bit = (await document.draw(page, box)).toColourspace('srgb').flatten({ background: 'white' });
  const { data, info } = await page8Bit.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  last = { page, box, drawn: sharp(data, { raw: info }), info };
  return last;
}

/** Never larger than what was drawn: more pixels would show no more. */
function picture(drawn: Sharp, from: Box, box: Box): Promise<Buffer> {
  const isSmaller = from.width <= box.width && from.height <= box.height;
  const { width, height } = isSmaller ? from : fitted(from, box);
  return drawn.clone().resize(width, height, { fit: 'fill' }).webp(WEBP).toBuffer();
}

async function handle(line: string): Promise<void> {
  try {
    const request = JSON.parse(line) as Request;
    if (request.do === 'open') await open(request);
    else await draw(request);
  } catch (error) {
    const { code, message } = error instanceof Refused ? error : { code: 'document-broken', message: String(error) };
    answer({ is: 'refused', code, message: message.slice(0, 500) });
  }
}

// one after the other, in order
let handled = Promise.resolve();
createInterface({ input: process.stdin }).on('line', (line) => {
  handled = handled.then(() => handle(line));
});
// the first real page finds everything loaded
const side = { width: 64, height: 64 };
await picture(sharp({ create: { ...side, channels: 3, background: 'white' } }), side, { width: 32, height: 32 });
answer({ is: 'ready' });
