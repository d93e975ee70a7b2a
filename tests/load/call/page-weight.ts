/** What a cold page brings before it can do anything, compressed as it is served: scripts and styles that the html names. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

/** Of the remote before a call: a phone in a crowded network waits for each of them. */
export const MOST_CONTROLLER_KB = 250;
/** Of the guest's page with its call, which is prepared while the guest looks at themselves. */
export const MOST_JOIN_KB = 315;
/** Of the staff page before a meeting is opened. */
export const MOST_STAFF_KB = 212;

/** @returns kilobytes (1000 bytes) of html, scripts and styles, without fonts and pictures */
export function pageWeightKB(distDir: string, html: string): number {
  const text = readFileSync(join(distDir, html), 'utf8');
  const named = [...text.matchAll(/(?:src|href)="\/?([^"]+\.(?:js|css))"/g)].map(([, path]) => path!);
  const bytes = [...new Set(named)].reduce(
    (sum, path) => sum + compressedBytes(join(distDir, path)),
    compressedBytes(join(distDir, html)),
  );
  return bytes / 1000;
}

function compressedBytes(path: string): number {
  try {
    return statSync(`${path}.br`).size;
  } catch {
    return brotliCompressSync(readFileSync(path)).length;
  }
}
