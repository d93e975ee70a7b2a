/**
 * The certificate of our own listeners, from our CA: made again when the hosts change, two thirds of its life are over, or
 * its files are damaged. Kept as files, because the media node serves with it too.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import { writeDurably } from '#edge/durable-file.ts';
import type { CertificateAuthority } from './certificate-authority.ts';

type Options = {
  directory: string;
  hosts: readonly string[];
  authority: CertificateAuthority;
  onRenewed: (tls: SecureContextOptions) => void;
  onFailed: (error: unknown) => void;
};

export class ServerCertificate {
  readonly #options: Options;
  #tls: SecureContextOptions | null = null;

  constructor(options: Options) {
    this.#options = options;
  }

  async start(): Promise<void> {
    await this.#renewIfDue();
  }

  get certificatePath(): string {
    return join(this.#options.directory, 'server.crt.pem');
  }
  get keyPath(): string {
    return join(this.#options.directory, 'server.key.pem');
  }
  /** key, chain and our CA as the one that signs clients */
  get tls(): SecureContextOptions {
    if (!this.#tls) throw new Error('server certificate not started');
    return this.#tls;
  }

  /** Renews it when it is due. A failure is reported by `onFailed`. */
  async check(): Promise<void> {
    try {
      if (await this.#renewIfDue()) this.#options.onRenewed(this.tls);
    } catch (error) {
      this.#options.onFailed(error);
    }
  }

  async #renewIfDue(): Promise<boolean> {
    const { directory, hosts, authority } = this.#options;
    const due = await this.#isDue();
    if (due) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const issued = await authority.issueServer(hosts);
      // the CA goes along: a box checks its hash before it trusts anything else
      writeDurably(this.keyPath, issued.keyPem);
      writeDurably(this.certificatePath, `${issued.certificatePem}\n${authority.certificatePem}\n`);
    }
    this.#tls = {
      key: await readFile(this.keyPath),
      cert: await readFile(this.certificatePath),
      ca: authority.certificatePem,
    };
    return due;
  }

  /** null: missing, damaged, or not of this key */
  async #load(): Promise<X509Certificate | null> {
    try {
      const certificate = new X509Certificate(await readFile(this.certificatePath));
      return certificate.checkPrivateKey(createPrivateKey(await readFile(this.keyPath))) ? certificate : null;
    } catch {
      return null;
    }
  }

  async #isDue(): Promise<boolean> {
    const { hosts, authority } = this.#options;
    const certificate = await this.#load();
    if (!certificate) return true;
    const [fromMs, toMs] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
    const covers = (host: string): boolean =>
      (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined;
    const ours = certificate.verify(new X509Certificate(authority.certificatePem).publicKey);
    return !ours || Date.now() > fromMs + ((toMs - fromMs) * 2) / 3 || !hosts.every(covers);
  }
}
