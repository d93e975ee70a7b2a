/**
 * The certificate of our own listeners, from our CA: made again when the hosts change or two thirds of its life are
 * over. Kept as files, because the media node serves with it too.
 */
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
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

  /** Renews it when it is due. What fails is told by `onFailed`. */
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
      await replace(this.keyPath, issued.keyPem);
      await replace(this.certificatePath, `${issued.certificatePem}\n${authority.certificatePem}\n`);
    }
    this.#tls = {
      key: await readFile(this.keyPath),
      cert: await readFile(this.certificatePath),
      ca: authority.certificatePem,
    };
    return due;
  }

  async #isDue(): Promise<boolean> {
    if (!existsSync(this.certificatePath) || !existsSync(this.keyPath)) return true;
    const { hosts, authority } = this.#options;
    const certificate = new X509Certificate(await readFile(this.certificatePath));
    const [fromMs, toMs] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
    const covers = (host: string): boolean =>
      (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined;
    const ours = certificate.verify(new X509Certificate(authority.certificatePem).publicKey);
    return !ours || Date.now() > fromMs + ((toMs - fromMs) * 2) / 3 || !hosts.every(covers);
  }
}

async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
