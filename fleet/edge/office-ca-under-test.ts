/** For tests: an office's CA, and the certificates that its IT would give to a room. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as never);
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

type Validity = { fromMs?: number; untilMs?: number };

export class OfficeCa {
  #keys!: CryptoKeyPair;
  #certificate!: x509.X509Certificate;
  #serial = 1;

  static async create(): Promise<OfficeCa> {
    const ca = new OfficeCa();
    ca.#keys = (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as CryptoKeyPair;
    ca.#certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: '01',
      name: 'CN=Office CA',
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + 300 * DAY_MS),
      signingAlgorithm: ALGORITHM,
      keys: ca.#keys as never,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      ],
    });
    return ca;
  }

  get pem(): string {
    return this.#certificate.toString('pem');
  }

  async issue(host: string, { fromMs, untilMs }: Validity = {}): Promise<{ certPem: string; keyPem: string }> {
    const keys = (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as CryptoKeyPair;
    this.#serial += 1;
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: this.#serial.toString(16).padStart(2, '0'),
      subject: `CN=${host}`,
      issuer: this.#certificate.subject,
      notBefore: new Date(fromMs ?? Date.now() - DAY_MS),
      notAfter: new Date(untilMs ?? Date.now() + 90 * DAY_MS),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey as never,
      signingKey: this.#keys.privateKey as never,
      extensions: [
        new x509.SubjectAlternativeNameExtension([{ type: isIP(host) ? 'ip' : 'dns', value: host }]),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      ],
    });
    const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey as never);
    return { certPem: certificate.toString('pem'), keyPem: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') };
  }
}

/** As IT would put it there. */
export function writeCertificate(
  folder: string,
  { certPem, keyPem }: { certPem: string; keyPem: string },
): { certFile: string; keyFile: string } {
  const [certFile, keyFile] = [join(folder, 'room.crt.pem'), join(folder, 'room.key.pem')];
  writeFileSync(certFile, certPem);
  writeFileSync(keyFile, keyPem, { mode: 0o600 });
  return { certFile, keyFile };
}
