import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { OfficeCa, writeCertificate } from './certificate-under-test.ts';
import { LanCertificate, type LanTls, readCertificate } from './lan-certificate.ts';
import { LanSettings } from './lan-settings.ts';

const HOST = 'room-a.office.example';
const DAY_MS = 86_400_000;
let ca: OfficeCa;
let folder: string;
const told: (LanTls | null)[] = [];

beforeAll(async () => {
  ca = await OfficeCa.create();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maru-lan-'));
  told.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});
const place = async (host = HOST, validity = {}) => writeCertificate(folder, await ca.issue(host, validity));
const read = (files: { certFile: string; keyFile: string }, nowMs = Date.now()) =>
  readCertificate({ host: HOST, ...files }, nowMs);

test('one that is good for the name today', async () => {
  expect(read(await place())).toMatchObject({ fingerprint: expect.stringMatching(/^[0-9A-F:]{95}$/) });
  expect(read(await place('*.office.example'))).toHaveProperty('tls');
});

test.each<[string, string, () => Promise<{ certFile: string; keyFile: string }>]>([
  ['for another name', 'other-name', () => place('room-b.office.example')],
  ['that is over', 'expired', () => place(HOST, { untilMs: Date.now() - 1_000 })],
  ['of tomorrow', 'not-yet-valid', () => place(HOST, { fromMs: Date.now() + DAY_MS })],
  [
    'with another key',
    'key-mismatch',
    async () => {
      const files = await place();
      writeFileSync(files.keyFile, (await ca.issue(HOST)).keyPem);
      return files;
    },
  ],
  [
    'that is none',
    'malformed',
    async () => {
      const files = await place();
      writeFileSync(files.certFile, 'not a certificate');
      return files;
    },
  ],
  ['that is not there', 'unreadable', async () => ({ certFile: join(folder, 'no'), keyFile: join(folder, 'no') })],
])('one %s is not served with: %s', async (_what, problem, make) => {
  expect(read(await make())).toMatchObject({ problem });
});

test('an address may stand for a name', async () => {
  const files = await place('192.0.2.7');
  expect(readCertificate({ host: '192.0.2.7', ...files }, Date.now())).toHaveProperty('tls');
  expect(readCertificate({ host: '192.0.2.8', ...files }, Date.now())).toMatchObject({ problem: 'other-name' });
});

test('the files are read again when they change; what is wrong has to last, what runs out ends', async () => {
  const files = await place(HOST, { untilMs: Date.now() + 10 * DAY_MS });
  const [second, wrong] = [await ca.issue(HOST), await ca.issue('elsewhere.example')];
  vi.useFakeTimers();
  const certificate = new LanCertificate({
    settings: LanSettings.parse({ host: HOST, ...files }),
    logger: pino({ level: 'silent' }),
    onChange: (tls) => told.push(tls),
    lookEveryMs: 1_000,
  });
  let stamp = 1;
  const replace = (file: string, text: string) => {
    writeFileSync(file, text);
    stamp += 1;
    utimesSync(file, stamp, stamp);
  };
  certificate.start();
  expect(told).toHaveLength(1);
  vi.advanceTimersByTime(5_000);
  expect(told).toHaveLength(1);
  // renewed, one file after the other
  replace(files.certFile, second.certPem);
  vi.advanceTimersByTime(1_000);
  replace(files.keyFile, second.keyPem);
  vi.advanceTimersByTime(1_000);
  expect(told.map((tls) => String(tls?.cert))).toEqual([expect.any(String), second.certPem]);
  replace(files.certFile, wrong.certPem);
  replace(files.keyFile, wrong.keyPem);
  vi.advanceTimersByTime(1_000);
  expect(told).toHaveLength(2);
  vi.advanceTimersByTime(1_000);
  expect(told.at(-1)).toBeNull();
  vi.advanceTimersByTime(5_000);
  expect(told).toHaveLength(3);
  replace(files.certFile, second.certPem);
  replace(files.keyFile, second.keyPem);
  vi.advanceTimersByTime(1_000);
  expect(told.at(-1)).not.toBeNull();
  vi.setSystemTime(Date.now() + 100 * DAY_MS);
  vi.advanceTimersByTime(1_000);
  expect(told.at(-1)).toBeNull();
  certificate.stop();
});

test('without a good one at the start nothing is served', () => {
  const certificate = new LanCertificate({
    settings: LanSettings.parse({ host: HOST, certFile: '/no', keyFile: '/no' }),
    logger: pino({ level: 'silent' }),
    onChange: (tls) => told.push(tls),
  });
  certificate.start();
  certificate.stop();
  expect(told).toEqual([null]);
});

test('a setting is a name, not an address of a page', () => {
  const files = { certFile: 'c', keyFile: 'k' };
  expect(LanSettings.parse({ host: 'Room-A.Office.example', ...files })).toMatchObject({
    host: 'room-a.office.example',
    port: 7430,
  });
  for (const host of ['https://room-a', 'room-a:7430', 'room a', '', '-a', 'a/b'])
    expect(LanSettings.safeParse({ host, ...files }).success, host).toBe(false);
  expect(LanSettings.safeParse({ host: 'a', ...files, ports: 1 }).success).toBe(false);
});
