/** Enrolment and renewal against a small device API over TLS: the pin, the key that stays, and servers that misbehave. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Claim } from '#contract/enrolment.ts';
import { MaruError, OperationalError, toMaruError, UserError } from '#contract/error-codes.ts';
import { CaUnderTest } from './certificates-under-test.ts';
import { enrol, fleetCa, type RoomIdentity, isGood, renew } from './room-identity.ts';

const roomId = '0193a0b0-0000-7000-8000-000000000001';
const mqttUrl = 'mqtts://127.0.0.1:7402';
let fleet: CaUnderTest;
let impostor: CaUnderTest;
const servers: { close: () => unknown }[] = [];

type Asked = { method?: string; url?: string; body: { claimCode?: string; csrPem: string }; clientName: string | null };
type Answer = (asked: Asked, response: ServerResponse) => unknown;

beforeAll(async () => {
  fleet = await CaUnderTest.create();
  impostor = await CaUnderTest.create();
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** @param chain what it shows behind its own certificate */
async function deviceApi(answer: Answer, { signedBy = fleet, chain = fleet } = {}) {
  const { certificatePem, keyPem } = await signedBy.issue({ commonName: 'fleet', ofServer: true });
  const tls = { key: keyPem, cert: `${certificatePem}\n${chain.certificatePem}\n`, ca: fleet.certificatePem };
  const asked: Asked[] = [];
  const server: Server = createServer({ ...tls, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    void read(request).then(async (body) => {
      const socket = request.socket as TLSSocket;
      const clientName = socket.authorized ? String(socket.getPeerCertificate().subject.CN) : null;
      const heard = { method: request.method, url: request.url, body: body && JSON.parse(body), clientName };
      asked.push(heard);
      const value = await answer(heard, response);
      if (!response.headersSent) response.end(JSON.stringify(value));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push({ close: () => [server.close(), server.closeAllConnections()] });
  const deviceApiUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const claim: Claim = { deviceApiUrl, caSha256: fleet.sha256, claimCode: 'CLAIM-CODE' };
  return { asked, claim, deviceApiUrl };
}
async function read(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request) body += part;
  return body;
}
/** As the fleet answers. */
const grants: Answer = async ({ body }) => ({
  roomId,
  roomName: '대회의실',
  mqttUrl,
  caPem: fleet.certificatePem,
  certificatePem: await fleet.sign(body.csrPem, { commonName: `room:${roomId}` }),
});
const refuses =
  (status: number, code: string): Answer =>
  async (_, response) => {
    response.writeHead(status);
    response.end(JSON.stringify({ error: { code, message: 'no' } }));
  };
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing failed',
    (error: unknown) => error,
  );
function fits({ certificatePem, keyPem }: Pick<RoomIdentity, 'certificatePem' | 'keyPem'>): boolean {
  return new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(keyPem));
}

describe('the CA of an address that a person named', () => {
  const shows =
    (ca: CaUnderTest): Answer =>
    () => ({ caPem: ca.certificatePem });
  const caOf = (ca: CaUnderTest): string => new X509Certificate(ca.certificatePem).toString();

  test('is what the server there shows and is signed by', async () => {
    const { asked, deviceApiUrl } = await deviceApi(shows(fleet));
    expect(await fleetCa(deviceApiUrl, null)).toBe(caOf(fleet));
    expect(asked.map(({ clientName }) => clientName)).toEqual([null, null]);
  });

  test('is none where the server shows one that did not sign it', async () => {
    const { deviceApiUrl } = await deviceApi(shows(impostor));
    expect(await failureOf(fleetCa(deviceApiUrl, null))).toMatchObject({ code: 'fleet-not-found' });
  });

  test('is the one that was named, or none', async () => {
    const { asked, deviceApiUrl } = await deviceApi(shows(fleet));
    expect(await fleetCa(deviceApiUrl, fleet.sha256)).toBe(caOf(fleet));
    expect(await failureOf(fleetCa(deviceApiUrl, impostor.sha256))).toMatchObject({ code: 'fleet-not-found' });
    expect(asked).toEqual([]);
  });
});

describe('enrolment', () => {
  test('makes the key here, and hands out nothing but a request for it', async () => {
    const { asked, claim, deviceApiUrl } = await deviceApi(grants);
    const identity = await enrol(claim);
    expect(identity).toMatchObject({
      roomId,
      roomName: '대회의실',
      mqttUrl,
      deviceApiUrl,
      caPem: fleet.certificatePem,
    });
    expect(fits(identity)).toBe(true);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ method: 'POST', url: '/device/v1/enrolments', clientName: null });
    expect(asked[0]!.body).toEqual({ claimCode: 'CLAIM-CODE', csrPem: expect.stringContaining('CERTIFICATE REQUEST') });
    expect(JSON.stringify(asked)).not.toContain('PRIVATE KEY');
  });

  test('makes another key each time', async () => {
    const { claim } = await deviceApi(grants);
    expect((await enrol(claim)).keyPem).not.toBe((await enrol(claim)).keyPem);
  });

  test('tells its claim to no server but the one that the claim names', async () => {
    const { asked, claim } = await deviceApi(grants, { signedBy: impostor, chain: impostor });
    const failure = await failureOf(enrol(claim));
    expect(failure).toBeInstanceOf(UserError);
    expect(failure).toMatchObject({ code: 'claim-code-invalid' });
    expect(asked).toEqual([]);
  });

  test('is not taken in by an impostor that shows the fleet’s certificate beside its own', async () => {
    const { asked, claim } = await deviceApi(grants, { signedBy: impostor, chain: fleet });
    expect(await failureOf(enrol(claim))).toBeInstanceOf(OperationalError);
    expect(asked).toEqual([]);
  });

  test.each([
    [403, 'claim-code-invalid'],
    [429, 'too-many-attempts'],
    [503, 'shutting-down'],
  ])('says what the fleet says: %i %s', async (status, code) => {
    const { claim } = await deviceApi(refuses(status, code));
    expect(await failureOf(enrol(claim))).toMatchObject({ code });
  });
});

describe('a server that misbehaves is an error with a code, and no wait for ever', () => {
  const raw =
    (status: number, text: string): Answer =>
    async (_, response) => {
      response.writeHead(status);
      response.end(text);
    };
  test.each<[string, Answer, string]>([
    ['no JSON', raw(200, '<html>'), 'internal'],
    ['a page instead of an error', raw(502, '<html>Bad gateway'), 'internal'],
    ['an error that nobody knows', refuses(418, 'teapot'), 'internal'],
    ['an endless answer', raw(200, `"${'x'.repeat(1_000_000)}"`), 'too-large'],
    [
      'an answer that breaks off',
      (_, response) => {
        response.writeHead(200, { 'content-length': 1000 });
        response.write('{"roomId":', () => response.destroy());
      },
      'room-not-answering',
    ],
    ['a hang-up', (_, response) => void response.destroy(), 'room-not-answering'],
  ])(
    '%s',
    async (_, answer, code) => {
      const { claim } = await deviceApi(answer);
      const failure = await failureOf(enrol(claim));
      expect(failure).toBeInstanceOf(MaruError);
      expect(failure).toMatchObject({ code });
    },
    5_000,
  );

  test('an answer of another shape is the server’s fault', async () => {
    const { claim } = await deviceApi(async () => ({ roomId: 'one' }));
    expect(toMaruError(await failureOf(enrol(claim)))).toMatchObject({ code: 'bad-message' });
  });

  test('nobody there', async () => {
    const { claim } = await deviceApi(grants);
    for (const server of servers.splice(0)) server.close();
    expect(await failureOf(enrol(claim))).toMatchObject({ name: 'OperationalError', code: 'room-not-answering' });
  });

  test('somebody who never answers is waited for ten seconds', async () => {
    const silent = createTcpServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    servers.push(silent);
    const deaf = {
      ...(await deviceApi(() => {})).claim,
      deviceApiUrl: `https://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    };
    const { claim: mute } = await deviceApi(() => new Promise(() => {}));
    const startMs = performance.now();
    const failures = await Promise.all([deaf, mute].map((claim) => failureOf(enrol(claim))));
    for (const failure of failures)
      expect(failure).toMatchObject({ name: 'OperationalError', code: 'room-not-answering' });
    expect(performance.now() - startMs).toBeGreaterThan(9_000);
  }, 30_000);
});

describe('renewal', () => {
  const former = async (deviceApiUrl: string, by = fleet): Promise<RoomIdentity> => ({
    ...(await by.issue({ commonName: `room:${roomId}` })),
    roomId,
    roomName: 'Maple',
    deviceApiUrl,
    mqttUrl,
    caPem: fleet.certificatePem,
  });

  test('is asked for with the certificate that ends, and brings a new key', async () => {
    const { asked, deviceApiUrl } = await deviceApi(grants);
    const before = await former(deviceApiUrl);
    const after = await renew(before);
    expect(asked).toMatchObject([{ method: 'POST', url: '/device/v1/renewals', clientName: `room:${roomId}` }]);
    expect(Object.keys(asked[0]!.body)).toEqual(['csrPem']);
    expect(after).toMatchObject({ roomId, roomName: 'Maple', mqttUrl, deviceApiUrl });
    expect([after.keyPem === before.keyPem, fits(after)]).toEqual([false, true]);
  });

  test('is not asked of a server of another CA', async () => {
    const { asked, deviceApiUrl } = await deviceApi(grants, { signedBy: impostor, chain: impostor });
    expect(await failureOf(renew(await former(deviceApiUrl)))).toMatchObject({ code: 'room-not-answering' });
    expect(asked).toEqual([]);
  });

  test('that is refused says so', async () => {
    const { deviceApiUrl } = await deviceApi(refuses(403, 'forbidden'));
    expect(await failureOf(renew(await former(deviceApiUrl)))).toMatchObject({ code: 'forbidden' });
  });
});

describe('whether the certificate is good', () => {
  const own = async (deviceApiUrl: string, wish: object = {}): Promise<RoomIdentity> => ({
    ...(await fleet.issue({ commonName: `room:${roomId}`, ...wish })),
    roomId,
    roomName: 'Maple',
    deviceApiUrl,
    mqttUrl,
    caPem: fleet.certificatePem,
  });

  test('is asked with it, and answered', async () => {
    const { asked, deviceApiUrl } = await deviceApi(async () => ({}));
    expect(await isGood(await own(deviceApiUrl))).toBe(true);
    expect(asked).toMatchObject([
      { method: 'GET', url: '/device/v1/enrolments/current', body: '', clientName: `room:${roomId}` },
    ]);
    const refusing = await deviceApi(refuses(403, 'enrolment-ended'));
    expect(await isGood(await own(refusing.deviceApiUrl))).toBe(false);
  });

  test('can be asked with one that has expired', async () => {
    const { deviceApiUrl } = await deviceApi(refuses(403, 'enrolment-ended'));
    expect(await isGood(await own(deviceApiUrl, { toMs: Date.now() - 1_000 }))).toBe(false);
  });

  test('is not known where anything else is answered', async () => {
    const { deviceApiUrl } = await deviceApi(refuses(403, 'forbidden'));
    expect(await failureOf(isGood(await own(deviceApiUrl)))).toMatchObject({ code: 'forbidden' });
    for (const server of servers.splice(0)) server.close();
    expect(await failureOf(isGood(await own(deviceApiUrl)))).toMatchObject({ code: 'room-not-answering' });
  });
});
