// The release's route on a device API over TLS, asked for raw paths as no client of ours writes them.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OfficeCa } from '#edge/office-ca-under-test.ts';
import { KioskRelease } from '../updates/index.ts';
import { buildDeviceApp } from './device-app.ts';

const ROUTE = '/device/v1/releases/kiosk/';
const CONTENT = 'x'.repeat(300_000);
const HASH = createHash('sha256').update(CONTENT).digest('hex');
let folder: string;
let certPem: string;
const apps: FastifyInstance[] = [];
const ports = { with: 0, without: 0 };

async function listen(kioskRelease: KioskRelease | null, tls: { cert: string; key: string }): Promise<number> {
  const unused = {} as never;
  const logger = pino({ level: 'silent' });
  const app = buildDeviceApp({
    tls,
    enrolment: unused,
    waiting: unused,
    formerRoomOf: async () => null,
    pictureOf: async () => null,
    receiveActionFile: async () => {},
    caPem: () => '',
    register: unused,
    kioskRelease,
    servedFeed: unused,
    mqttUrl: () => '',
    logger,
  });
  apps.push(app);
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'maru-route-'));
  mkdirSync(join(folder, 'release/objects'), { recursive: true });
  writeFileSync(join(folder, 'release/objects', HASH), CONTENT);
  writeFileSync(join(folder, 'release/SHA256SUMS'), `${HASH}  objects/${HASH}\n`);
  writeFileSync(join(folder, 'secret'), 'secret');
  const issued = await (await OfficeCa.create()).issue('127.0.0.1');
  certPem = issued.certPem;
  const tls = { cert: issued.certPem, key: issued.keyPem };
  ports.with = await listen(new KioskRelease({ folder: join(folder, 'release') }), tls);
  ports.without = await listen(null, tls);
});
afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()));
  rmSync(folder, { recursive: true });
});

/** @param path as it goes over the wire */
function ask(port: number, path: string, more: RequestOptions = {}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, ca: certPem, rejectUnauthorized: false, ...more },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          body += part;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
      },
    );
    sent.once('error', reject);
    sent.end();
  });
}

it('sends a file whole, to a box without a certificate, as often as it asks', async () => {
  // a place that a request kept would be missed by the ninth
  for (let n = 0; n < 10; n += 1) {
    const { status, body } = await ask(ports.with, `${ROUTE}objects/${HASH}`);
    expect([status, body.length]).toEqual([200, CONTENT.length]);
  }
  for (let n = 0; n < 10; n += 1)
    expect((await ask(ports.with, `${ROUTE}objects/${HASH}`, { method: 'HEAD' })).status).toBe(200);
  expect((await ask(ports.with, `${ROUTE}SHA256SUMS`)).body).toContain(HASH);
});

it('gives a place back when a box goes in the middle of a file', async () => {
  for (let n = 0; n < 10; n += 1) {
    await new Promise<void>((resolve) => {
      const path = `${ROUTE}objects/${HASH}`;
      const sent = request({ host: '127.0.0.1', port: ports.with, path, rejectUnauthorized: false, agent: false });
      sent.once('response', (answer) => answer.once('data', () => sent.destroy()));
      sent.once('error', () => {});
      sent.once('close', () => resolve());
      sent.end();
    });
  }
  await expect.poll(async () => (await ask(ports.with, `${ROUTE}objects/${HASH}`)).status).toBe(200);
});

it.each([
  '',
  'objects',
  'objects/',
  '../secret',
  '..%2fsecret',
  '%2e%2e/secret',
  'objects/../../secret',
  '/etc/passwd',
  '%00',
])('has nothing at "%s"', async (path) => {
  const { status, body } = await ask(ports.with, `${ROUTE}${path}`);
  expect([400, 404]).toContain(status);
  expect(body).not.toContain('secret"');
  expect(JSON.parse(body)).toMatchObject({ error: { code: expect.stringMatching(/^(not-found|bad-message)$/) } });
});

it('has no other verb, and nothing where the server has no release', async () => {
  expect((await ask(ports.with, `${ROUTE}objects/${HASH}`, { method: 'PUT' })).status).toBe(404);
  expect(await ask(ports.without, `${ROUTE}SHA256SUMS`)).toMatchObject({ status: 404 });
});
