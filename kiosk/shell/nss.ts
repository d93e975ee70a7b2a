/** Makes this browser, and no other, trust a CA: an NSS database under the browser's own HOME (Debian's libnss3-tools). */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** @param home the HOME that the browser is started with */
export async function trustCa(home: string, caPath: string): Promise<void> {
  const database = join(home, '.pki/nssdb');
  await mkdir(database, { recursive: true, mode: 0o700 });
  const name = `sql:${database}`;
  // fails where there is one already, which is as good
  await run('certutil', ['-d', name, '-N', '--empty-password']).catch(() => {});
  await run('certutil', ['-d', name, '-D', '-n', 'maru']).catch(() => {});
  await run('certutil', ['-d', name, '-A', '-t', 'C,,', '-n', 'maru', '-i', caPath]);
}
