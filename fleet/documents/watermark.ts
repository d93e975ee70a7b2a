/** Writes a name faintly all over the picture of a page, where the meeting's policy asks for it. Costs processor time: few at once. */
import { cutText, shownText } from '#contract/shown-text.ts';

/** the server's other requests go on beside it */
const MAX_AT_ONCE = 2;
const MAX_WAITING = 200;
const FONT = 'Noto Sans CJK KR, Noto Sans KR, Nanum Gothic, sans-serif';

const waiting: (() => void)[] = [];
let running = 0;

/**
 * @param picture a WebP
 * @returns a WebP of the same size; null where too many wait already
 */
export async function watermarked(picture: Buffer, name: string): Promise<Buffer | null> {
  if (waiting.length >= MAX_WAITING) return null;
  if (running >= MAX_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    // most servers never need it
    const { default: sharp } = await import('sharp');
    const page = sharp(picture);
    const { width, height } = await page.metadata();
    return await page
      .composite([{ input: Buffer.from(tileWith(name, width, height)), tile: true, gravity: 'northwest' }])
      .webp({ quality: 82, effort: 1 })
      .toBuffer();
  } finally {
    // the next one has this one's place
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

/** A tile for a picture of this size, as SVG: dark and light by turns, so that one of them shows on any page. */
export function tileWith(name: string, width: number, height: number): string {
  const text = cutText(shownText(name), { units: 40, bytes: 120 });
  const size = Math.max(8, Math.round(Math.min(width, height, (width * 20) / (text.length + 2)) / 22));
  // room for the widest letters, written upwards
  const length = size * (text.length + 2);
  const [tileWidth, rowHeight] = [Math.ceil(length * 0.92), Math.ceil(length * 0.4 + size * 2)];
  const written = (row: number, fill: string): string => {
    const [x, y] = [size, rowHeight * row - size];
    return `<text x="${x}" y="${y}" transform="rotate(-23 ${x} ${y})" font-family="${FONT}" font-size="${size}" fill="${fill}" fill-opacity="0.16">${escaped(text)}</text>`;
  };
  // a tile is no larger than what it is laid on
  const [right, bottom] = [Math.min(tileWidth, width), Math.min(rowHeight * 2, height)];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${right}" height="${bottom}">${written(1, 'black')}${written(2, 'white')}</svg>`;
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
