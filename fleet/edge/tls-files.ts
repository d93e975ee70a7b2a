/**
 * A certificate and its key as two files that somebody else renews: checked, and read again when they change. A fault
 * counts once a second look confirms it, because two files are not replaced at one instant. The owner decides whether to
 * go on with the last good pair or to stop.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';

/** Paths of PEM files. In `certFile` the certificate comes first, then its chain. */
export type TlsFiles = { certFile: string; keyFile: string };
export type TlsPair = { key: Buffer; cert: Buffer };
export type CertificateProblem =
  | 'unreadable'
  | 'malformed'
  | 'key-mismatch'
  | 'other-name'
  | 'expired'
  | 'not-yet-valid';
export type ReadTlsFiles = { tls: TlsPair; fingerprint: string } | { problem: CertificateProblem; reason: string };

const LOOK_EVERY_MS = 10_000;

/** @param host the name or address that the certificate has to be for; null: any */
export function readTlsFiles({ certFile, keyFile }: TlsFiles, host: string | null, nowMs = Date.now()): ReadTlsFiles {
  let tls: TlsPair;
  try {
    tls = { key: readFileSync(keyFile), cert: readFileSync(certFile) };
  } catch (error) {
    return { problem: 'unreadable', reason: (error as Error).message };
  }
  try {
    const certificate = new X509Certificate(tls.cert);
    if (!certificate.checkPrivateKey(createPrivateKey(tls.key)))
      return { problem: 'key-mismatch', reason: 'the key is not the certificate’s' };
    if (host !== null && (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) === undefined)
      return { problem: 'other-name', reason: `made for ${certificate.subjectAltName ?? certificate.subject}` };
    if (nowMs >= Date.parse(certificate.validTo)) return { problem: 'expired', reason: certificate.validTo };
    if (nowMs < Date.parse(certificate.validFrom)) return { problem: 'not-yet-valid', reason: certificate.validFrom };
    // it also reads the chain, and throws where a server that is given the pair would
    createSecureContext(tls);
    return { tls, fingerprint: certificate.fingerprint256 };
  } catch (error) {
    return { problem: 'malformed', reason: (error as Error).message };
  }
}

export type WatchedTlsFilesOptions = {
  files: TlsFiles;
  /** as for `readTlsFiles` */
  host?: string | null;
  /** another good pair than the one before, or a good one again */
  onRenewed: (tls: TlsPair, fingerprint: string) => void;
  /** called once for each problem; at the first look at once, later when a second look confirms it */
  onProblem: (problem: CertificateProblem, reason: string) => void;
  lookEveryMs?: number;
};

export class WatchedTlsFiles {
  readonly #options: WatchedTlsFilesOptions;
  #timer: NodeJS.Timeout | undefined;
  #stamp = '';
  #inUse: TlsPair | null = null;
  #problem: CertificateProblem | null = null;

  constructor(options: WatchedTlsFilesOptions) {
    this.#options = options;
  }

  /** Also begins to look again and again. @returns the pair that is good now; null: `onProblem` has the reason */
  start(): TlsPair | null {
    this.#timer = setInterval(() => this.#lookAgain(), this.#options.lookEveryMs ?? LOOK_EVERY_MS);
    this.#timer.unref();
    const read = this.#read();
    this.#stamp = this.#stampNow();
    if ('problem' in read) {
      this.#tellProblem(read.problem, read.reason);
      return null;
    }
    this.#inUse = read.tls;
    return read.tls;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** For health; null: the files are good. */
  get problem(): CertificateProblem | null {
    return this.#problem;
  }

  #lookAgain(): void {
    const stamp = this.#stampNow();
    const areSame = stamp === this.#stamp;
    this.#stamp = stamp;
    const read = this.#read();
    if ('problem' in read) {
      if (areSame) this.#tellProblem(read.problem, read.reason);
      return;
    }
    this.#problem = null;
    if (this.#inUse !== null && areEqual(read.tls, this.#inUse)) return;
    this.#inUse = read.tls;
    this.#options.onRenewed(read.tls, read.fingerprint);
  }

  #read(): ReadTlsFiles {
    const { files, host = null } = this.#options;
    return readTlsFiles(files, host);
  }

  #tellProblem(problem: CertificateProblem, reason: string): void {
    this.#inUse = null;
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#options.onProblem(problem, reason);
  }

  #stampNow(): string {
    const { certFile, keyFile } = this.#options.files;
    return [certFile, keyFile].map(stampOf).join(' ');
  }
}

/** The chain counts too: it may be written after its certificate. */
const areEqual = (one: TlsPair, other: TlsPair): boolean => one.cert.equals(other.cert) && one.key.equals(other.key);

function stampOf(path: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(path);
    return `${ino} ${mtimeMs} ${size}`;
  } catch {
    return 'none';
  }
}
