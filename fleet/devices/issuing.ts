/**
 * What the CA does with its certificate library. Loaded when the first certificate is asked for: it is a quarter of all
 * modules, and a fleet server that is started again in the middle of a call issues none.
 */
import 'reflect-metadata';
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
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
/** the CA's own certificate and its PKCS 8 key */
export type CaPem = { certificatePem: string; keyPem: string };

/** @throws ProtocolError bad-message for a request that is not signed by its key, or of another kind of key */
export async function issueForRequest(ca: CaPem, identity: string, csrPem: string): Promise<IssuedCertificate> {
  return issueClient(ca, identity, await checkedKeyOf(csrPem));
}

export async function keySha256Of(csrPem: string): Promise<string> {
  const key = await webcrypto.subtle.exportKey('spki', await checkedKeyOf(csrPem));
  return createHash('sha256').update(Buffer.from(key)).digest('hex');
}

export async function issueClientWithKey(ca: CaPem, identity: string): Promise<IssuedCertificate & { keyPem: string }> {
  const { keyPem, publicKey } = await newKeys();
  return { ...(await issueClient(ca, identity, publicKey)), keyPem };
}

export async function issueServer(
  ca: CaPem,
  hosts: readonly string[],
): Promise<IssuedCertificate & { keyPem: string }> {
  const { keyPem, publicKey } = await newKeys();
  const names = hosts.map((host) => ({ type: isIP(host) ? ('ip' as const) : ('dns' as const), value: host }));
  const issued = await issue(ca, hosts[0]!, publicKey, SERVER_LIFE_MS, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension(names),
  ]);
  return { ...issued, keyPem };
}

export async function newAuthority(): Promise<CaPem> {
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
  return { certificatePem: certificate.toString('pem'), keyPem: await pemOf(keys.privateKey) };
}

function issueClient(ca: CaPem, identity: string, publicKey: webcrypto.CryptoKey): Promise<IssuedCertificate> {
  return issue(ca, identity, publicKey, CLIENT_LIFE_MS, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
  ]);
}

async function issue(
  { certificatePem, keyPem }: CaPem,
  commonName: string,
  publicKey: webcrypto.CryptoKey,
  lifeMs: number,
  extensions: x509.Extension[],
): Promise<IssuedCertificate> {
  const ca = new x509.X509Certificate(certificatePem);
  const signingKey = await importKey(keyPem);
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
    signingKey: signingKey as never,
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
