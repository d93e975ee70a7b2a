/** What can be measured on a drawn page. */
import sharp, { type Sharp } from 'sharp';

export type Grey = { width: number; height: number; pixels: Buffer };

/** As grey values, shrunk so that anti-aliasing and a pixel more or less do not count. */
export async function greyOf(page: Sharp | Buffer, width: number, height: number): Promise<Grey> {
  const image = Buffer.isBuffer(page) ? sharp(page) : page;
  const whole = await image.flatten({ background: 'white' }).toColourspace('srgb').png().toBuffer();
  const pixels = await sharp(whole).resize(width, height, { fit: 'fill' }).greyscale().raw().toBuffer();
  return { width, height, pixels };
}

/** Share of pixels that are not paper, 0 to 1. */
export function inkOf({ pixels }: Grey): number {
  return pixels.filter((value) => value < 160).length / pixels.length;
}

/** Mean difference of two pages, 0 (the same) to 1. */
export function differenceOf(one: Grey, other: Grey): number {
  return (
    one.pixels.reduce((sum, value, at) => sum + Math.abs(value - (other.pixels[at] ?? 0)), 0) / one.pixels.length / 255
  );
}

/** Mean darkness of a page, 0 (white) to 1. */
export function darknessOf({ pixels }: Grey): number {
  return pixels.reduce((sum, value) => sum + 255 - value, 0) / pixels.length / 255;
}
