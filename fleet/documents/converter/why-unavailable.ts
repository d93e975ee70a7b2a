/** Whether documents can be converted on this machine at all. */
import { existsSync } from 'node:fs';
import { whyNoSandbox } from './sandbox.ts';

/** Program -> the package of Debian that brings it. */
const PROGRAMS = {
  '/usr/bin/soffice': 'libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui',
  '/usr/lib/python3/dist-packages/uno.py': 'python3-uno',
  '/usr/bin/pdftoppm': 'poppler-utils',
  '/usr/share/poppler/cMap': 'poppler-data',
};

/** @returns why not, in English, for IT; null: they can. No document is converted without a sandbox. */
export async function whyUnavailable(): Promise<string | null> {
  const missing = Object.entries(PROGRAMS).flatMap(([path, debianPackage]) =>
    existsSync(path) ? [] : [debianPackage],
  );
  if (missing.length > 0) return `packages are missing: install ${missing.join(' ')}`;
  return whyNoSandbox();
}
