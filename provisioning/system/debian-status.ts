/** Which packages of Debian this machine has. */
import { spawnSync } from 'node:child_process';

/** @returns those that are not installed */
export function missingDebianPackages(packages: readonly string[]): string[] {
  if (packages.length === 0) return [];
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  const asked = ['--show', '--showformat', '${Package} ${db:Status-Status}\\n', ...packages];
  // it ends with 1 when it does not know one of them, and prints the others all the same
  const known = (spawnSync('dpkg-query', asked, { encoding: 'utf8' }).stdout ?? '').split('\n');
  return packages.filter((name) => !known.includes(`${name} installed`));
}
