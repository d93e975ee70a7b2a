/**
 * The fleet's own CA (ECDSA P-256): signs certificates for kiosks and media nodes (common name = MQTT client id) and
 * for our own listeners. Its key stays in the data directory, readable by us alone.
 */
import 'reflect-metadata';
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { ProtocolError } from '#contract/error-codes.ts';

x509.cryptoProvider.set(webcrypto as never);

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
const CA_LIFE_MS = 3650 * DAY_MS;
const CLIENT_LIFE_MS = 365 * DAY_MS;
const SERVER_LIFE_MS = 90 * DAY_MS;
/** a box whose clock is a day behind still accepts what was issued now */
const CLOCK_TOLERANCE_MS = DAY_MS;

export type IssuedCertificate = { certificatePem: string; serial: string; issuedAtMs: number; expiresAtMs: number };
type CaKeys = { certificate: x509.X509Certificate; privateKey: webcrypto.CryptoKey };

export class CertificateAuthority {
  readonly #directory: string;
  #keys: CaKeys | null = null;

  constructor({ directory }: { directory: string }) {
    this.#directory = directory;
  }

  /** Loads the CA, or makes it at the very first start. */
  async start(): Promise<void> {
    const keyPath = join(this.#directory, 'ca.key.pem');
    if (!existsSync(this.certificatePath)) await this.#create(keyPath);
    const privateKey = await importKey(await readFile(keyPath, 'utf8'));
    this.#keys = { certificate: new x509.X509Certificate(await readFile(this.certificatePath, 'utf8')), privateKey };
  }

  get certificatePath(): string {
    return join(this.#directory, 'ca.crt.pem');
  }
  get certificatePem(): string {
    return this.#ready.certificate.toString('pem');
  }
  get certificateDer(): Buffer {
    return Buffer.from(this.#ready.certificate.rawData);
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
    const publicKey = await checkedKeyOf(csrPem);
    return this.#issue(identity, publicKey, CLIENT_LIFE_MS, [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
    ]);
  }

  /** For a listener of ours; the key is made here. */
  async issueServer(hosts: readonly string[]): Promise<IssuedCertificate & { keyPem: string }> {
    const { keyPem, publicKey } = await newKeys();
    const names = hosts.map((host) => ({ type: isIP(host) ? ('ip' as const) : ('dns' as const), value: host }));
    const issued = await this.#issue(hosts[0]!, publicKey, SERVER_LIFE_MS, [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names),
    ]);
    return { ...issued, keyPem };
  }

  /** For a media node on this machine. */
  async issueClientWithKey(identity: string): Promise<IssuedCertificate & { keyPem: string }> {
    const { keyPem, publicKey } = await newKeys();
    const issued = await this.#issue(identity, publicKey, CLIENT_LIFE_MS, [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
    ]);
    return { ...issued, keyPem };
  }

  get #ready(): CaKeys {
    if (!this.#keys) throw new Error('certificate authority not started');
    return this.#keys;
  }

  async #issue(
    commonName: string,
    publicKey: webcrypto.CryptoKey,
    lifeMs: number,
    extensions: x509.Extension[],
  ): Promise<IssuedCertificate> {
    const { certificate: ca, privateKey } = this.#ready;
    const issuedAtMs = Date.now();
    const serial = newSerial();
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial,
      subject: [{ CN: [commonName] }],
      issuer: ca.subject,
      notBefore: new Date(issuedAtMs - CLOCK_TOLERANCE_MS),
      notAfter: new Date(issuedAtMs + lifeMs),
      signingAlgorithm: SIGNING_ALGORITHM,
      publicKey: publicKey as never,
      signingKey: privateKey as never,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        await x509.AuthorityKeyIdentifierExtension.create(ca),
        ...extensions,
      ],
    });
    return {
      certificatePem: certificate.toString('pem'),
      serial: serial.toUpperCase(),
      issuedAtMs,
      expiresAtMs: issuedAtMs + lifeMs,
    };
  }

  async #create(keyPath: string): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: newSerial(),
      name: [{ CN: [`Maru fleet CA ${randomBytes(3).toString('hex')}`] }],
      notBefore: new Date(Date.now() - CLOCK_TOLERANCE_MS),
      notAfter: new Date(Date.now() + CA_LIFE_MS),
      signingAlgorithm: SIGNING_ALGORITHM,
      keys: keys as never,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as never),
      ],
    });
    // the key first: a certificate without its key would never be made again
    await writeFile(keyPath, await pemOf(keys.privateKey), { mode: 0o600 });
    await writeFile(this.certificatePath, certificate.toString('pem'));
  }
}

/** Positive and of full length, so that every reader prints it alike. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes.toString('hex');
}

async function newKeys(): Promise<{ keyPem: string; publicKey: webcrypto.CryptoKey }> {
  const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  return { keyPem: await pemOf(keys.privateKey), publicKey: keys.publicKey };
}

async function pemOf(privateKey: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY');
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), KEY_ALGORITHM, false, ['sign']);
}

async function checkedKeyOf(csrPem: string): Promise<webcrypto.CryptoKey> {
  try {
    const request = new x509.Pkcs10CertificateRequest(csrPem);
    if (!(await request.verify())) throw new Error('signature does not match the key');
    return (await request.publicKey.export(KEY_ALGORITHM, ['verify'])) as unknown as webcrypto.CryptoKey;
  } catch (error) {
    throw new ProtocolError(
      'bad-message',
      'certificate request refused: an ECDSA P-256 key that signed it is expected',
      { cause: error },
    );
  }
}
