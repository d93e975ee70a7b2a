/** The release that runs, from the package.json above the program. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export function maruVersion(from = import.meta.dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const version = versionIn(join(folder, 'package.json'));
    if (version !== null) return version;
    if (dirname(folder) === folder) return 'unknown';
  }
}

function versionIn(path: string): string | null {
  try {
    const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string };
    return name === 'maru' && typeof version === 'string' ? version : null;
  } catch {
    return null;
  }
}
