import { appendFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { OfficeCa, writeCertificate } from './office-ca-under-test.ts';
import { readTlsFiles, WatchedTlsFiles } from './tls-files.ts';

const HOST = 'room-a.office.example';
const DAY_MS = 86_400_000;
let ca: OfficeCa;
let folder: string;
const told: string[] = [];

beforeAll(async () => {
  ca = await OfficeCa.create();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maru-tls-'));
  told.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});
const place = async (host = HOST, validity = {}) => writeCertificate(folder, await ca.issue(host, validity));
const read = (files: { certFile: string; keyFile: string }, nowMs = Date.now()) => readTlsFiles(files, HOST, nowMs);

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
  [
    'whose chain is cut off in the middle',
    'malformed',
    async () => {
      const files = await place();
      appendFileSync(files.certFile, `\n${ca.pem.slice(0, 300)}`);
      return files;
    },
  ],
  ['that is not there', 'unreadable', async () => ({ certFile: join(folder, 'no'), keyFile: join(folder, 'no') })],
])('one %s is not served with: %s', async (_what, problem, make) => {
  expect(read(await make())).toMatchObject({ problem });
});

test('an address may stand for a name', async () => {
  const files = await place('192.0.2.7');
  expect(readTlsFiles(files, '192.0.2.7')).toHaveProperty('tls');
  expect(readTlsFiles(files, '192.0.2.8')).toMatchObject({ problem: 'other-name' });
  expect(readTlsFiles(files, null)).toHaveProperty('tls');
});

test('the files are read again when they change; what is wrong has to last, what runs out ends', async () => {
  const files = await place(HOST, { untilMs: Date.now() + 10 * DAY_MS });
  const [second, wrong] = [await ca.issue(HOST), await ca.issue('elsewhere.example')];
  vi.useFakeTimers();
  const watched = new WatchedTlsFiles({
    files,
    host: HOST,
    onRenewed: (tls) => told.push(String(tls.cert)),
    onProblem: (problem) => told.push(problem),
    lookEveryMs: 1_000,
  });
  let stamp = 1;
  const replace = (file: string, text: string) => {
    writeFileSync(file, text);
    stamp += 1;
    utimesSync(file, stamp, stamp);
  };
  expect(watched.start()).not.toBeNull();
  vi.advanceTimersByTime(5_000);
  expect(told).toEqual([]);
  // renewed, one file after the other
  replace(files.certFile, second.certPem);
  vi.advanceTimersByTime(1_000);
  replace(files.keyFile, second.keyPem);
  vi.advanceTimersByTime(1_000);
  expect(told.splice(0)).toEqual([second.certPem]);
  replace(files.certFile, wrong.certPem);
  replace(files.keyFile, wrong.keyPem);
  vi.advanceTimersByTime(1_000);
  expect([told, watched.problem]).toEqual([[], null]);
  vi.advanceTimersByTime(6_000);
  expect([told.splice(0), watched.problem]).toEqual([['other-name'], 'other-name']);
  // half of the next pair is another problem
  replace(files.keyFile, second.keyPem);
  vi.advanceTimersByTime(2_000);
  expect(told.splice(0)).toEqual(['key-mismatch']);
  // the same as before the trouble
  replace(files.certFile, second.certPem);
  vi.advanceTimersByTime(1_000);
  expect([told.splice(0), watched.problem]).toEqual([[second.certPem], null]);
  vi.setSystemTime(Date.now() + 100 * DAY_MS);
  vi.advanceTimersByTime(1_000);
  expect(told.splice(0)).toEqual(['expired']);
  watched.stop();
});

test('what is wrong at the first look is said at once, and what becomes good later is taken', async () => {
  vi.useFakeTimers();
  const files = { certFile: join(folder, 'room.crt.pem'), keyFile: join(folder, 'room.key.pem') };
  const watched = new WatchedTlsFiles({
    files,
    onRenewed: (tls) => told.push(String(tls.cert)),
    onProblem: (problem) => told.push(problem),
  });
  expect(watched.start()).toBeNull();
  expect(told).toEqual(['unreadable']);
  await place();
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(['unreadable', expect.stringContaining('BEGIN CERTIFICATE')]);
  watched.stop();
});

test('a chain that is written after its certificate is taken when it is whole', async () => {
  const files = await place();
  const [{ certPem, keyPem }, chain] = [await ca.issue(HOST), `\n${ca.pem}`];
  vi.useFakeTimers();
  const watched = new WatchedTlsFiles({
    files,
    onRenewed: (tls) => told.push(String(tls.cert)),
    onProblem: (problem) => told.push(problem),
    lookEveryMs: 1_000,
  });
  watched.start();
  writeFileSync(files.keyFile, keyPem);
  writeFileSync(files.certFile, certPem);
  vi.advanceTimersByTime(1_000);
  writeFileSync(files.certFile, `${certPem}${chain.slice(0, 300)}`);
  vi.advanceTimersByTime(1_000);
  writeFileSync(files.certFile, `${certPem}${chain}`);
  vi.advanceTimersByTime(3_000);
  expect(told).toEqual([certPem, `${certPem}${chain}`]);
  watched.stop();
});
