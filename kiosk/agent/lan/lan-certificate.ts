/**
 * The certificate by which the kiosk serves: read from the files that IT keeps, and again when they change. Only one that
 * is good for the room's name today is served with; what is wrong with another is said in the log.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Logger } from 'pino';
import type { LanSettings } from './lan-settings.ts';

export type LanTls = { key: Buffer; cert: Buffer };
export type CertificateProblem =
  | 'unreadable'
  | 'malformed'
  | 'key-mismatch'
  | 'other-name'
  | 'expired'
  | 'not-yet-valid';
export type ReadCertificate = { tls: LanTls; fingerprint: string } | { problem: CertificateProblem; reason: string };

const LOOK_EVERY_MS = 10_000;

export function readCertificate(
  { host, certFile, keyFile }: Pick<LanSettings, 'host' | 'certFile' | 'keyFile'>,
  nowMs: number,
): ReadCertificate {
  let tls: LanTls;
  try {
    tls = { key: readFileSync(keyFile), cert: readFileSync(certFile) };
  } catch (error) {
    return { problem: 'unreadable', reason: (error as Error).message };
  }
  try {
    // the first in the file is the room's own
    const certificate = new X509Certificate(tls.cert);
    if (!certificate.checkPrivateKey(createPrivateKey(tls.key)))
      return { problem: 'key-mismatch', reason: 'the key is not the certificate’s' };
    const covers = isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host);
    if (covers === undefined)
      return { problem: 'other-name', reason: `made for ${certificate.subjectAltName ?? certificate.subject}` };
    if (nowMs >= Date.parse(certificate.validTo)) return { problem: 'expired', reason: certificate.validTo };
    if (nowMs < Date.parse(certificate.validFrom)) return { problem: 'not-yet-valid', reason: certificate.validFrom };
    return { tls, fingerprint: certificate.fingerprint256 };
  } catch (error) {
    return { problem: 'malformed', reason: (error as Error).message };
  }
}

export type LanCertificateOptions = {
  settings: LanSettings;
  logger: Logger;
  /** null: there is none that may be served with */
  onChange: (tls: LanTls | null) => void;
  lookEveryMs?: number;
};

export class LanCertificate {
  readonly #options: LanCertificateOptions;
  #timer: NodeJS.Timeout | undefined;
  #files = '';
  #served: string | null = null;
  #problem: CertificateProblem | null = null;

  constructor(options: LanCertificateOptions) {
    this.#options = options;
  }

  start(): void {
    this.#look(true);
    this.#timer = setInterval(() => this.#look(false), this.#options.lookEveryMs ?? LOOK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(isFirst: boolean): void {
    const { settings, logger, onChange } = this.#options;
    const files = [settings.certFile, settings.keyFile].map(stampOf).join(' ');
    const areSame = files === this.#files;
    this.#files = files;
    const read = readCertificate(settings, Date.now());
    if ('tls' in read) {
      this.#problem = null;
      if (read.fingerprint === this.#served) return;
      this.#served = read.fingerprint;
      logger.info({ host: settings.host, fingerprint: read.fingerprint }, 'lan: certificate in use');
      onChange(read.tls);
      return;
    }
    // two files are not replaced at one instant: what is wrong with them has to last for a second look
    if (!areSame && !isFirst) return;
    if (read.problem !== this.#problem)
      logger.error({ host: settings.host, ...read }, 'lan: not served, the certificate is not good');
    this.#problem = read.problem;
    if (this.#served === null && !isFirst) return;
    this.#served = null;
    onChange(null);
  }
}

function stampOf(path: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(path);
    return `${ino} ${mtimeMs} ${size}`;
  } catch {
    return 'none';
  }
}
