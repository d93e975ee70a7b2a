/** The fleet server as a process: IT's renewed files, and certificates of its own that are due, without a restart. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, expect, test } from 'vitest';
import { OfficeCa, writeCertificate } from '#edge/office-ca-under-test.ts';
import { FleetUnderTest, type Json } from './fleet-under-test.ts';

/** the files are looked at every ten seconds */
const LOOKED = { timeout: 25_000 };
const folder = mkdtempSync(join(tmpdir(), 'maru-renewed-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function serialAt(url: string, client: object = {}): Promise<string> {
  const { port } = new URL(url);
  const socket = connect({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false, ...client });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

test('browsers are served with a renewed --tls-cert; half of a pair changes nothing, and health names it', async () => {
  const ca = await OfficeCa.create();
  const files = writeCertificate(folder, await ca.issue('localhost'));
  const fleet = new FleetUnderTest(
    ...['--lan', '--host', 'localhost', '--tls-cert', files.certFile, '--tls-key', files.keyFile],
  );
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: ca.pem });
  try {
    await fleet.startServer();
    const ask = async (): Promise<{ health: Json; serial: string }> => {
      const call = request(new URL('/healthz', fleet.ready.fleetUrl), { agent });
      call.end();
      const [response] = await once(call, 'response');
      return {
        health: await json(response),
        serial: (call.socket as TLSSocket).getPeerCertificate().serialNumber,
      };
    };
    const served = () => serialAt(fleet.ready.fleetUrl);
    const before = await served();
    expect(await ask()).toEqual({ health: { status: 'ok' }, serial: before });
    const next = await ca.issue('localhost');
    writeFileSync(files.certFile, next.certPem);
    await expect
      .poll(async () => (await ask()).health, LOOKED)
      .toEqual({ status: 'ok', problems: ['certificate: key-mismatch'] });
    expect(await served()).toBe(before);
    writeFileSync(files.keyFile, next.keyPem);
    await expect.poll(served, LOOKED).not.toBe(before);
    // the connection that stood goes on
    expect(await ask()).toEqual({ health: { status: 'ok' }, serial: before });
  } finally {
    agent.destroy();
    await fleet.stop();
  }
}, 90_000);

test('a start with a pair that does not fit ends in words', async () => {
  const ca = await OfficeCa.create();
  const files = writeCertificate(folder, await ca.issue('localhost'));
  writeFileSync(files.keyFile, (await ca.issue('localhost')).keyPem);
  const fleet = new FleetUnderTest(
    ...['--lan', '--host', 'localhost', '--tls-cert', files.certFile, '--tls-key', files.keyFile],
  );
  await expect(fleet.startServer()).rejects.toThrow(`${files.certFile}: key-mismatch`);
  expect(fleet.log).not.toContain('our bug');
  await fleet.stop();
});

test('certificates of our own are renewed while we run: every listener’s, and the local node’s for MQTT', async (context) => {
  const library = ['x86_64-linux-gnu', 'aarch64-linux-gnu']
    .map((machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`)
    .find((path) => existsSync(path));
  context.skip(!library, 'libfaketime is not installed');
  const clockFile = join(folder, 'clock');
  writeFileSync(clockFile, '+0');
  const fleet = new FleetUnderTest('--lan', '--host', 'localhost');
  fleet.env = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: clockFile,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  try {
    await fleet.startServer();
    const nodeDir = join(fleet.dataDir, 'nodes/local');
    const read = (name: string) => readFileSync(join(nodeDir, name), 'utf8');
    const nodeSerial = () => new X509Certificate(read('cert.pem')).serialNumber;
    const serials = () =>
      Promise.all([
        serialAt(fleet.ready.fleetUrl),
        serialAt(fleet.ready.deviceApiUrl),
        serialAt(fleet.ready.mqttUrl, { key: read('key.pem'), cert: read('cert.pem') }),
      ]);
    const [listeners, node] = [await serials(), nodeSerial()];
    expect(new Set(listeners).size).toBe(1);
    // two thirds of a client certificate's year
    writeFileSync(clockFile, '+250d');
    await expect.poll(nodeSerial).not.toBe(node);
    await expect.poll(async () => new Set([...(await serials()), listeners[0]!]).size).toBe(2);
    expect(await serials()).not.toContain(listeners[0]);
    // the node that is connected by the former one stays
    expect(fleet.node.connected).toBe(true);
  } finally {
    await fleet.stop();
  }
});
