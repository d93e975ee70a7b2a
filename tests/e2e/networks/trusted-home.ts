/** A HOME of a browser's own whose certificate database trusts one CA, as an office's laptops trust IT's. Forgives nothing else. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class TrustedHome {
  readonly path = mkdtempSync(join(tmpdir(), 'maru-home-'));

  constructor(caCertificatePath: string | null) {
    const database = join(this.path, '.pki/nssdb');
    mkdirSync(database, { recursive: true });
    const certutil = (...args: string[]) =>
      execFileSync('certutil', ['-d', `sql:${database}`, ...args], { stdio: 'pipe' });
    certutil('-N', '--empty-password');
    if (caCertificatePath !== null) certutil('-A', '-t', 'C,,', '-n', 'the office', '-i', caCertificatePath);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
