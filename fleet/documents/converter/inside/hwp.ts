/** HWP and HWPX by rhwp, which lays a page out as SVG; librsvg in sharp draws it with the fonts of this machine. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { HwpDocument, initSync } from '@rhwp/core';
import sharp from 'sharp';
import { type Engine, fitted, Refused } from './engine.ts';

/** At this density sharp draws a unit of SVG as one pixel. */
const UNITS_PER_INCH = 72;

export const hwp: Engine = {
  async open(path) {
    const [program, content] = await Promise.all([
      readFile(fileURLToPath(import.meta.resolve('@rhwp/core/rhwp_bg.wasm'))),
      readFile(path),
    ]);
    initSync({ module: program });
    const document = openedDocument(content);
    return {
      pageCount: document.pageCount(),
      async draw(page, box) {
        const svg = document.renderPageSvg(page - 1);
        const size = sizeOf(svg);
        const { width, height } = fitted(size, box);
        const density = UNITS_PER_INCH * Math.max(width / size.width, height / size.height);
        // unlimited: a photograph inside the page is longer than libxml2 lets a text be by itself
        const drawn = sharp(Buffer.from(svg), { density, unlimited: true });
        return drawn.resize(width, height, { fit: 'fill' });
      },
    };
  },
};

function openedDocument(content: Uint8Array): HwpDocument {
  try {
    return new HwpDocument(content);
  } catch (error) {
    // its errors are Korean strings without a code
    const code = String(error).includes('암호 문서') ? 'document-encrypted' : 'document-broken';
    throw new Refused(code, String(error).slice(0, 300));
  }
}

function sizeOf(svg: string): { width: number; height: number } {
  const size = /^<svg\b[^>]*?\swidth="([\d.]+)" height="([\d.]+)"/.exec(svg);
  const [width, height] = [Number(size?.[1]), Number(size?.[2])];
  if (!(width >= 1 && height >= 1)) throw new Refused('document-broken', 'a page without a size');
  return { width, height };
}
