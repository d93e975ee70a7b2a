/** A CA as a fleet has one, whose certificates have the names and days that a test wants. */
import 'reflect-metadata';
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  PemConverter,
  Pkcs10CertificateRequest,
  type PublicKeyType,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

cryptoProvider.set(webcrypto as never);
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

export type Issued = { certificatePem: string; keyPem: string };
type Wish = { commonName: string; fromMs?: number; toMs?: number; ofServer?: boolean };

export class CaUnderTest {
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #certificate: X509Certificate;

  private constructor(keys: webcrypto.CryptoKeyPair, certificate: X509Certificate) {
    this.#keys = keys;
    this.#certificate = certificate;
  }

  /** Two of the same name are two: an impostor may call itself what it likes. */
  static async create(commonName = 'Fleet CA'): Promise<CaUnderTest> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      ...frame({ commonName }),
      name: `CN=${commonName}`,
      keys: keys as never,
      extensions: [new BasicConstraintsExtension(true, 0, true)],
    });
    return new CaUnderTest(keys, certificate);
  }

  get certificatePem(): string {
    return this.#certificate.toString('pem');
  }

  /** as a claim names it */
  get sha256(): string {
    return createHash('sha256').update(Buffer.from(this.#certificate.rawData)).digest('hex');
  }

  /** With a key of its own. */
  async issue(wish: Wish): Promise<Issued> {
    const keys = await newKeys();
    const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
    return {
      keyPem: PemConverter.encode(pkcs8, 'PRIVATE KEY'),
      certificatePem: await this.#sign(keys.publicKey as never, wish),
    };
  }

  /** @throws where the request is not signed by the key that it brings */
  async sign(csrPem: string, wish: Wish): Promise<string> {
    const request = new Pkcs10CertificateRequest(csrPem);
    if (!(await request.verify())) throw new Error('a request of somebody else’s key');
    return this.#sign(request.publicKey, wish);
  }

  async #sign(publicKey: PublicKeyType, wish: Wish): Promise<string> {
    const names = new SubjectAlternativeNameExtension([
      { type: 'ip', value: '127.0.0.1' },
      { type: 'dns', value: 'localhost' },
    ]);
    const certificate = await X509CertificateGenerator.create({
      ...frame(wish),
      subject: `CN=${wish.commonName}`,
      issuer: this.#certificate.subject,
      publicKey,
      signingKey: this.#keys.privateKey as never,
      extensions: wish.ofServer ? [names] : [],
    });
    return certificate.toString('pem');
  }
}

const newKeys = (): Promise<webcrypto.CryptoKeyPair> => webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']);
const frame = ({ fromMs = Date.now() - DAY_MS, toMs = Date.now() + DAY_MS }: Wish) => ({
  serialNumber: `01${randomBytes(8).toString('hex')}`,
  notBefore: new Date(fromMs),
  notAfter: new Date(toMs),
  signingAlgorithm: EC,
});
