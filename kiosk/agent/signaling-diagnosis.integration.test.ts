// The reasons that a log gives for a media node that is not reached, with real servers and certificates.
import { once } from 'node:events';
import { createServer as createTcpServer } from 'node:net';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { CaUnderTest } from './certificates-under-test.ts';
import { diagnoseSignaling } from './signaling-diagnosis.ts';

const DAY_MS = 86_400_000;
let ca: CaUnderTest;
const servers: Server[] = [];

async function nodeOf(of: CaUnderTest, days: { fromMs?: number; toMs?: number } = {}): Promise<number> {
  const { certificatePem: cert, keyPem: key } = await of.issue({ commonName: 'node', ofServer: true, ...days });
  const server = createServer({ cert, key }).listen(0, '127.0.0.1');
  new WebSocketServer({ server });
  await once(server, 'listening');
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  ca = await CaUnderTest.create();
});
afterAll(() => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
});

const diagnose = (port: number, host = '127.0.0.1') =>
  diagnoseSignaling(`wss://${host}:${port}/signaling`, ca.certificatePem);

test('a node of the fleet is reached', async () => {
  expect(await diagnose(await nodeOf(ca))).toMatchObject({ outcome: 'reached', detail: null });
});

test('a node of another CA is not trusted, whatever the CA is called', async () => {
  const port = await nodeOf(await CaUnderTest.create());
  expect(await diagnose(port)).toMatchObject({ outcome: 'untrusted', detail: expect.stringMatching(/CERT/) as string });
});

test('a certificate that is over is not trusted', async () => {
  const port = await nodeOf(ca, { fromMs: Date.now() - 3 * DAY_MS, toMs: Date.now() - DAY_MS });
  expect(await diagnose(port)).toMatchObject({ outcome: 'untrusted', detail: 'CERT_HAS_EXPIRED' });
});

test('a certificate for another name is not trusted', async () => {
  expect(await diagnose(await nodeOf(ca), '127.0.0.2')).toMatchObject({ outcome: 'unreachable' });
  const everywhere = createServer(await credentials()).listen(0, '0.0.0.0');
  servers.push(everywhere);
  await once(everywhere, 'listening');
  const { port } = everywhere.address() as AddressInfo;
  expect(await diagnose(port, '127.0.0.2')).toMatchObject({
    outcome: 'untrusted',
    detail: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
});

test('a port where nobody listens, and one where nobody answers, are unreachable', async () => {
  const silent = createTcpServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  expect(await diagnose(port)).toMatchObject({ outcome: 'unreachable', detail: 'no answer' });
  silent.close();
  const closed = createTcpServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port: free } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, 'close');
  expect(await diagnose(free)).toMatchObject({ outcome: 'unreachable', detail: 'ECONNREFUSED' });
}, 15_000);

async function credentials(): Promise<{ cert: string; key: string }> {
  const { certificatePem: cert, keyPem: key } = await ca.issue({ commonName: 'node', ofServer: true });
  return { cert, key };
}
