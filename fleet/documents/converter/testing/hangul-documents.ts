/** HWP and HWPX documents of a page for each text, written by rhwp. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HwpDocument, initSync } from '@rhwp/core';

export type HangulOptions = { format?: 'hwp' | 'hwpx'; password?: string };

export function hangulDocument(
  pages: string[] = ['회의 자료'],
  { format = 'hwp', password }: HangulOptions = {},
): Buffer {
  initSync({ module: readFileSync(fileURLToPath(import.meta.resolve('@rhwp/core/rhwp_bg.wasm'))) });
  const document = HwpDocument.createEmpty();
  document.createBlankDocument();
  for (const [at, text] of pages.entries()) {
    if (at > 0) document.insertPageBreak(0, at - 1, pages[at - 1]?.length ?? 0);
    document.insertText(0, at, 0, text);
  }
  if (password !== undefined) {
    return Buffer.from(
      format === 'hwp' ? document.exportHwpWithPassword(password) : document.exportHwpxWithPassword(password),
    );
  }
  return Buffer.from(format === 'hwp' ? document.exportHwp() : document.exportHwpx());
}
