/**
 * How this box becomes a room's: the key is made here and never leaves, the fleet's CA signs. Owns enrolment, renewal at
 * two thirds of the certificate's life, and the question whether it is still good.
 */
import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { type Claim, enrolmentRoutes } from '#contract/enrolment.ts';
import { fromWire, MaruError, OperationalError, UserError, WireError } from '#contract/error-codes.ts';
import { EpochMs, Id, z } from '#contract/schema.ts';
import type { KioskSheet } from '#contract/waiting-kiosk.ts';

export const RoomIdentity = z.object({
  roomId: Id,
  roomName: z.string(),
  deviceApiUrl: z.url(),
  mqttUrl: z.url(),
  keyPem: z.string(),
  certificatePem: z.string(),
  caPem: z.string(),
  /** the claim file by which it came about, so that the same one is not tried again */
  claimSha256: z.string().optional(),
  /** the fleet has said that it is not good any more */
  endedAtMs: EpochMs.optional(),
});
export type RoomIdentity = z.infer<typeof RoomIdentity>;

type WaitingAnswer = z.output<typeof enrolmentRoutes.waiting.response>;

const ANSWER_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;

/** @throws UserError `claim-code-invalid`, OperationalError where the server is not there or not the claimed one */
export async function enrol(claim: Claim): Promise<RoomIdentity> {
  const caPem = await pinnedCa(claim);
  const { keyPem, csrPem } = await makeKey();
  const { path, method, response } = enrolmentRoutes.enrol;
  const body = { claimCode: claim.claimCode, csrPem };
  const answer = response.parse(await ask(new URL(path, claim.deviceApiUrl), method, body, { ca: caPem }));
  return { ...answer, deviceApiUrl: claim.deviceApiUrl, keyPem };
}

/** For a kiosk that waits to be claimed: what it asks the fleet by. */
export type WaitingPlace = { deviceApiUrl: string; caPem: string; keyPem: string; secret: string; keySha256: string };

/**
 * The CA of the fleet at this address. @param caSha256 null: what answers is believed until a person has compared it
 * @throws OperationalError fleet-not-found: nobody answers, or another than was named
 */
export async function fleetCa(deviceApiUrl: string, caSha256: string | null): Promise<string> {
  try {
    if (caSha256 !== null) return await pinnedCa({ deviceApiUrl, caSha256 });
    const { path, method, response } = enrolmentRoutes.authority;
    const { caPem } = response.parse(await ask(new URL(path, deviceApiUrl), method, null, 'unverified'));
    // it signed what answers there
    await ask(new URL(path, deviceApiUrl), method, null, { ca: caPem });
    return new X509Certificate(caPem).toString();
  } catch (cause) {
    throw new OperationalError('fleet-not-found', (cause as Error).message, { cause });
  }
}

/** By the former certificate, where there is one, the fleet sees whose this kiosk was. @throws MaruError */
export async function waitAtFleet(
  at: { deviceApiUrl: string; caPem: string; former: RoomIdentity | null },
  sheet: KioskSheet,
): Promise<WaitingPlace> {
  const { deviceApiUrl, caPem, former } = at;
  const { keyPem, csrPem } = await makeKey();
  const { path, method, response } = enrolmentRoutes.wait;
  const tls = former ? { ...tlsOf(former), ca: caPem } : { ca: caPem };
  const answer = response.parse(await ask(new URL(path, deviceApiUrl), method, { csrPem, sheet }, tls));
  return { deviceApiUrl, caPem, keyPem, ...answer };
}

/** @throws ProtocolError not-found: it waits no more */
export async function askAtFleet(place: WaitingPlace): Promise<WaitingAnswer> {
  const { path, method, response } = enrolmentRoutes.waiting;
  const url = new URL(path, place.deviceApiUrl);
  return response.parse(await ask(url, method, { secret: place.secret }, { ca: place.caPem }));
}

/** A new key with each renewal. */
export async function renew(identity: RoomIdentity): Promise<RoomIdentity> {
  const { keyPem, csrPem } = await makeKey();
  const { path, method, response } = enrolmentRoutes.renew;
  const answer = response.parse(await ask(new URL(path, identity.deviceApiUrl), method, { csrPem }, tlsOf(identity)));
  return { ...identity, ...answer, keyPem };
}

/** False: revoked, replaced or expired. @throws MaruError where the fleet does not answer that question */
export async function isGood(identity: RoomIdentity): Promise<boolean> {
  const { path, method } = enrolmentRoutes.current;
  try {
    await ask(new URL(path, identity.deviceApiUrl), method, null, tlsOf(identity));
    return true;
  } catch (error) {
    if (error instanceof MaruError && error.code === 'enrolment-ended') return false;
    throw error;
  }
}

/** By the certificate's own dates; a clock that stands before its first day is wrong, and no reason to renew. */
export function renewalDue({ certificatePem }: RoomIdentity, nowMs: number): boolean {
  const { validFrom, validTo } = new X509Certificate(certificatePem);
  const [fromMs, toMs] = [Date.parse(validFrom), Date.parse(validTo)];
  return nowMs > fromMs + ((toMs - fromMs) * 2) / 3;
}

/** Nothing is sent to a server before one of its certificates has shown the claim's fingerprint. */
async function pinnedCa({ deviceApiUrl, caSha256 }: Omit<Claim, 'claimCode'>): Promise<string> {
  const { hostname, port } = new URL(deviceApiUrl);
  // trust is decided below, by fingerprint; the real request verifies against what was found
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  try {
    const chain = await new Promise<DetailedPeerCertificate>((resolve, reject) => {
      socket.setTimeout(ANSWER_TIMEOUT_MS, () => reject(new OperationalError('room-not-answering', 'no TLS answer')));
      socket.once('secureConnect', () => resolve(socket.getPeerCertificate(true)));
      socket.once('error', (error) => reject(notReached(error)));
    });
    for (
      let each = chain, seen = new Set<string>();
      each && !seen.has(each.fingerprint256);
      each = each.issuerCertificate
    ) {
      seen.add(each.fingerprint256);
      if (each.fingerprint256.replaceAll(':', '').toLowerCase() === caSha256)
        return new X509Certificate(each.raw).toString();
    }
  } finally {
    socket.destroy();
  }
  throw new UserError('claim-code-invalid', 'the server is not the one that the claim names');
}

async function makeKey(): Promise<{ keyPem: string; csrPem: string }> {
  const request = await import('./certificate-request.ts');
  return request.makeKey();
}

/** Not there, hung up, or not the one that our CA signed. */
const notReached = (cause: Error): MaruError =>
  cause instanceof MaruError
    ? cause
    : new OperationalError('room-not-answering', `the device API: ${cause.message}`, { cause });

type Tls = { ca: string; key?: string; cert?: string };
/** Answered by anybody: only for the question which CA to show to a person. */
type TlsOrNot = Tls | 'unverified';

const tlsOf = ({ caPem, keyPem, certificatePem }: RoomIdentity): Tls => ({
  ca: caPem,
  key: keyPem,
  cert: certificatePem,
});

function ask(url: URL, method: string, body: object | null, tls: TlsOrNot): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const text = body === null ? '' : JSON.stringify(body);
    const headers =
      body === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const trust = tls === 'unverified' ? { rejectUnauthorized: false } : tls;
    const sent = request(url, { method, headers, ...trust, timeout: ANSWER_TIMEOUT_MS, agent: false }, (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        answer += part;
        if (answer.length > MAX_ANSWER_BYTES)
          sent.destroy(new OperationalError('too-large', 'the answer is too large'));
      });
      // it broke off: there is no `end` then
      response.once('error', (error) => reject(notReached(error)));
      response.on('end', () => {
        try {
          const parsed: unknown = JSON.parse(answer);
          if (response.statusCode === 200) resolve(parsed);
          else reject(fromWire(z.object({ error: WireError }).parse(parsed).error));
        } catch (cause) {
          reject(new OperationalError('internal', `the device API answered ${response.statusCode}`, { cause }));
        }
      });
    });
    sent.once('timeout', () =>
      sent.destroy(new OperationalError('room-not-answering', 'the device API does not answer')),
    );
    sent.once('error', (error) => reject(notReached(error)));
    sent.end(text);
  });
}
