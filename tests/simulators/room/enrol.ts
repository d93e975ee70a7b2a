/** How a box becomes a room's: its own key, the fleet's CA known by its hash alone, a code that works once. */
import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import { type PeerCertificate, type DetailedPeerCertificate, connect } from 'node:tls';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { Claim, enrolmentRoutes } from '#contract/enrolment.ts';
import { requestJson } from '../request-json.ts';

export type RoomIdentity = {
  roomId: string;
  roomName: string;
  keyPem: string;
  certificatePem: string;
  caPem: string;
  mqttUrl: string;
};

/**
 * @param knownCa of the claim's hash, as it was read before
 * @throws MaruError as the fleet gave it, `claim-code-invalid` for one
 */
export async function enrol(claim: Claim, knownCa?: string): Promise<RoomIdentity> {
  const { deviceApiUrl, caSha256, claimCode } = Claim.parse(claim);
  const ca = knownCa ?? (await fetchPinnedCa(deviceApiUrl, caSha256));
  const { csrPem, keyPem } = await makeSigningRequest();
  const { method, path, response } = enrolmentRoutes.enrol;
  const answer = response.parse(
    await requestJson({ url: new URL(path, deviceApiUrl).href, method, body: { claimCode, csrPem }, ca }),
  );
  return { ...answer, keyPem };
}

/** Reads the chain and believes only a certificate of the claim's hash; nothing is said on this connection. */
export async function fetchPinnedCa(deviceApiUrl: string, caSha256: string): Promise<string> {
  const { hostname, port } = new URL(deviceApiUrl);
  // the chain is looked at by hand: what is trusted afterwards is the CA that the claim names
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  try {
    const leaf = await new Promise<DetailedPeerCertificate>((resolve, reject) => {
      socket.once('secureConnect', () => resolve(socket.getPeerCertificate(true)));
      socket.once('error', reject);
    });
    for (const certificate of chainOf(leaf)) {
      if (certificate.fingerprint256.replaceAll(':', '').toLowerCase() === caSha256)
        return new X509Certificate(certificate.raw).toString();
    }
    throw new Error('no certificate of the server has the hash that the claim names');
  } finally {
    socket.destroy();
  }
}

function* chainOf(leaf: DetailedPeerCertificate): Generator<PeerCertificate> {
  for (
    let at: DetailedPeerCertificate | undefined = leaf;
    at?.raw !== undefined;
    at = at.issuerCertificate === at ? undefined : at.issuerCertificate
  )
    yield at;
}

/** The fleet names the room; what stands in the request's subject is of no account. */
export async function makeSigningRequest(): Promise<{ csrPem: string; keyPem: string }> {
  const signing = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
  const keys = (await webcrypto.subtle.generateKey(signing, true, ['sign', 'verify'])) as CryptoKeyPair;
  const request = await Pkcs10CertificateRequestGenerator.create({ name: 'CN=room', keys, signingAlgorithm: signing });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey as webcrypto.CryptoKey)).toString(
    'base64',
  );
  const keyPem = `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
  return { csrPem: request.toString('pem'), keyPem };
}
