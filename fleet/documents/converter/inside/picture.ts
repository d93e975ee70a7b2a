/**
 * Pictures as documents of one page: PNG, JPEG and WebP, turned as the camera noted. Their size is known from the header
 * before a pixel is decoded.
 */
import sharp, { type Sharp } from 'sharp';
import { type Box, type Engine, Refused } from './engine.ts';

/** The largest sensors of phones give 16,320 x 12,240. */
const MOST_PIXELS = 250_000_000;
const LONGEST_SIDE = 32_000;

const options = {
  limitInputPixels: MOST_PIXELS,
  // a wrong checksum or a marker too many is no reason not to show a photograph; a missing half is
  failOn: 'truncated',
} as const;

export const picture: Engine = {
  async open(path) {
    const header = await sharp(path, { ...options, limitInputPixels: false }).metadata();
    refuseLarge(header, MOST_PIXELS);
    return { pageCount: 1, draw: async (_page, box) => within(sharp(path, options).autoOrient(), box) };
  },
};

/** As large as fits into the box, and never larger than it is. */
export const within = (image: Sharp, { width, height }: Box): Sharp =>
  image.resize({ width, height, fit: 'inside', withoutEnlargement: true });

/** @throws Refused picture-too-large */
export function refuseLarge({ width, height }: Box, mostPixels: number): void {
  if (width < 1 || height < 1) throw new Refused('document-broken', 'no pixels');
  if (width * height > mostPixels || Math.max(width, height) > LONGEST_SIDE) {
    throw new Refused('picture-too-large', `${width} x ${height}`);
  }
}
