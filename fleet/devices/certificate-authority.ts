/**
 * The fleet's own CA (ECDSA P-256): signs certificates for kiosks and media nodes (common name = MQTT client id) and
 * for our own listeners. Its key stays in the data directory, readable by us alone.
 */
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '#edge/durable-file.ts';
import { StartRefused } from '#edge/start-refused.ts';
import type { CaPem, IssuedCertificate } from './issuing.ts';

const issuing = () => import('./issuing.ts');

export class CertificateAuthority {
  readonly #directory: string;
  #keys: (CaPem & { certificateDer: Buffer }) | null = null;

  constructor({ directory }: { directory: string }) {
    this.#directory = directory;
  }

  /**
   * Loads the CA, or makes it at the very first start.
   * @param isInUse it has signed certificates: another CA would shut all of their owners out
   * @throws StartRefused: it is in use, and its files are missing or damaged
   */
  async start({ isInUse }: { isInUse: boolean }): Promise<void> {
    try {
      this.#keys = await this.#load();
    } catch (error) {
      if (isInUse)
        throw new StartRefused(
          `The fleet's CA in ${this.#directory} cannot be used: ${(error as Error).message}. Put ca.crt.pem and ca.key.pem ` +
            'back from your copy of the data directory. Another CA would shut out every kiosk and every phone that trusts this one.',
          { cause: error },
        );
      await this.#create();
      this.#keys = await this.#load();
    }
  }

  get certificatePath(): string {
    return join(this.#directory, 'ca.crt.pem');
  }
  get certificatePem(): string {
    return this.#ready.certificatePem;
  }
  get certificateDer(): Buffer {
    return this.#ready.certificateDer;
  }
  /** hex, of the DER: what a box pins before it has a certificate itself */
  get sha256(): string {
    return createHash('sha256').update(this.certificateDer).digest('hex');
  }

  /**
   * Signs a box's own key. Of the request only the key counts; name and purpose are ours.
   * @throws ProtocolError bad-message for a request that is not signed by its key, or of another kind of key
   */
  async issueClient(identity: string, csrPem: string): Promise<IssuedCertificate> {
    return (await issuing()).issueForRequest(this.#ready, identity, csrPem);
  }

  /** Hex SHA-256 of the key that a request proves (SubjectPublicKeyInfo, DER). @throws ProtocolError bad-message as `issueClient` */
  async keySha256Of(csrPem: string): Promise<string> {
    return (await issuing()).keySha256Of(csrPem);
  }

  /** For a listener of ours; the key is made here. */
  async issueServer(hosts: readonly string[]): Promise<IssuedCertificate & { keyPem: string }> {
    return (await issuing()).issueServer(this.#ready, hosts);
  }

  /** For a media node on this machine. */
  async issueClientWithKey(identity: string): Promise<IssuedCertificate & { keyPem: string }> {
    return (await issuing()).issueClientWithKey(this.#ready, identity);
  }

  get #ready(): CaPem & { certificateDer: Buffer } {
    if (!this.#keys) throw new Error('certificate authority not started');
    return this.#keys;
  }

  get #keyPath(): string {
    return join(this.#directory, 'ca.key.pem');
  }

  async #load(): Promise<CaPem & { certificateDer: Buffer }> {
    const [certificatePem, keyPem] = await Promise.all([
      readFile(this.certificatePath, 'utf8'),
      readFile(this.#keyPath, 'utf8'),
    ]);
    const certificate = new X509Certificate(certificatePem);
    if (!certificate.checkPrivateKey(createPrivateKey(keyPem)))
      throw new Error(`${this.#keyPath} is not the key of ${this.certificatePath}`);
    return { certificatePem, keyPem, certificateDer: certificate.raw };
  }

  async #create(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const { certificatePem, keyPem } = await (await issuing()).newAuthority();
    writeDurably(this.#keyPath, keyPem);
    writeDurably(this.certificatePath, certificatePem, 0o644);
  }
}
