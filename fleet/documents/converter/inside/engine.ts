/**
 * What an engine is: it opens one document inside the sandbox and draws its pages. page-maker.ts asks it for pages, the first
 * one first, and makes the pictures in all sizes. A new format is one file with an Engine and one line in engines.ts.
 */
import type { Sharp } from 'sharp';

/** In pixels. */
export type Box = { width: number; height: number };

export type OpenDocument = {
  pageCount: number;
  /**
   * One page, as large as fits into the box; smaller where it has no more pixels. What is returned is drawn once for
   * several sizes, scaled down to each.
   * @param page from 1
   * @throws Refused, or anything else for a document that is broken
   */
  draw(page: number, box: Box): Promise<Sharp>;
};

export type Engine = {
  /**
   * @param path of the document inside the sandbox; its name says nothing
   * @throws Refused, or anything else for a document that is broken
   */
  open(path: string): Promise<OpenDocument>;
};

/** Codes of contract/error-codes.ts, which is not at hand inside the sandbox. */
export type RefusalCode =
  | 'document-encrypted'
  | 'document-broken'
  | 'document-empty'
  | 'document-too-long'
  | 'document-too-large'
  | 'document-type-unsupported'
  | 'picture-too-large';

/** The document cannot be shown, and the person is shown why. */
export class Refused extends Error {
  readonly code: RefusalCode;
  constructor(code: RefusalCode, message: string = code) {
    super(message);
    this.code = code;
  }
}

/** The largest size with the same proportions that fits into the box; at least a pixel a side. */
export function fitted(size: Box, box: Box): Box {
  const scale = Math.min(box.width / size.width, box.height / size.height);
  return {
    width: Math.min(box.width, Math.max(1, Math.round(size.width * scale))),
    height: Math.min(box.height, Math.max(1, Math.round(size.height * scale))),
  };
}
