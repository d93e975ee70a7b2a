/** HEIC by libheif, which turns it as the camera noted. Decoded once, and held as a whole. */
import { readFile } from 'node:fs/promises';
import decodeHeic from 'heic-decode';
import sharp from 'sharp';
import { type Engine, Refused } from './engine.ts';
import { refuseLarge, within } from './picture.ts';

/** Four bytes each, several times over while it is decoded. */
const MOST_PIXELS = 64_000_000;

export const heic: Engine = {
  async open(path) {
    const images = await decodeHeic.all({ buffer: await readFile(path) });
    const [image] = images;
    if (!image) throw new Refused('document-broken', 'no picture inside');
    refuseLarge(image, MOST_PIXELS);
    const { data, width, height } = await image.decode();
    images.dispose();
    const raw = { width, height, channels: 4 } as const;
    return { pageCount: 1, draw: async (_page, box) => within(sharp(data, { raw }), box) };
  },
};
