/**
 * Makes this browser, and no other, trust the CA of the fleet: an NSS database under the browser's own HOME (Debian's
 * libnss3-tools), which Chromium and Electron read alike, and read when they start. Owns when it is written and that a
 * window that started with another CA is found.
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LOOK_MS = 1_000;
const CERTUTIL_WITHIN_MS = 10_000;

export type TrustedCaOptions = {
  /** the HOME that the browser is started with */
  home: string;
  /** one certificate as PEM; null: none yet */
  wanted: () => string | null;
  /** in the database: one for each certificate. Default: maru */
  name?: string;
  /** certutil's word for what it is good for. Default: as a CA of servers */
  trust?: 'C,,' | 'CP,,';
  log: (line: string) => void;
};

export class TrustedCa {
  readonly #options: TrustedCaOptions;
  #startedWith: string | null = null;
  #isTrusted = false;

  constructor(options: TrustedCaOptions) {
    this.#options = options;
  }

  /** Before each start of a browser. Where it fails the browser starts all the same, and refuses the fleet's servers. */
  async trust(): Promise<void> {
    const { home, wanted, name = 'maru', trust = 'C,,', log } = this.#options;
    const ca = wanted();
    if (ca === null || (this.#isTrusted && ca === this.#startedWith)) return;
    this.#startedWith = ca;
    this.#isTrusted = false;
    const folder = join(home, '.pki/nssdb');
    const certutil = (...args: string[]) =>
      run('certutil', ['-d', `sql:${folder}`, ...args], { timeout: CERTUTIL_WITHIN_MS });
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // fails where there is one already, which is as good
      await certutil('-N', '--empty-password').catch(() => {});
      await certutil('-D', '-n', name).catch(() => {});
      const file = join(home, `${name}-ca.pem`);
      await writeFile(file, ca);
      await certutil('-A', '-t', trust, '-n', name, '-i', file);
      this.#isTrusted = true;
      log('the browser trusts the CA of the fleet');
    } catch (error) {
      log(
        `the browser could NOT be given the CA of the fleet, it will refuse its servers: ${(error as Error).message}`,
      );
    }
  }

  /** @returns once another CA is wanted than the browser started with */
  replaced(signal: AbortSignal): Promise<string> {
    return new Promise((resolve) => {
      const look = setInterval(() => {
        const ca = this.#options.wanted();
        if (ca !== null && ca !== this.#startedWith) resolve('the CA of the fleet is another');
      }, LOOK_MS);
      signal.addEventListener('abort', () => clearInterval(look), { once: true });
    });
  }
}
