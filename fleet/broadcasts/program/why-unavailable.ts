/** Whether a program can run on this machine at all. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { chromiumBinary } from '#edge/chromium/browser-process.ts';

/**
 * @param pageDir controller/dist
 * @returns why not, in English, for IT; null: it can
 */
export function whyNoProgram(pageDir: string): string | null {
  if (!may(chromiumBinary(), constants.X_OK))
    return 'Chromium is missing: install the packages chromium and chromium-sandbox';
  if (!may(join(pageDir, 'program.html'), constants.R_OK)) return 'the pages are not built: run the set-up';
  return null;
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
