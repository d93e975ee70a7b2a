/** What the box says of a trial, from the guard's files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MANIFEST_FILE } from '#contract/release.ts';
import { BoxFiles, runningRelease } from './box-facts.ts';

const [OLD, NEW] = [`1.0.0-${'0'.repeat(16)}`, `2.0.0-${'1'.repeat(16)}`];
const TRIAL = `new=${NEW}\nold=${OLD}\nattempt=0\n`;
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'maru-box-'));
  mkdirSync(join(dir, 'guard'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const boxOf = (releaseId: string): BoxFiles =>
  new BoxFiles(
    {
      stateDir: join(dir, 'guard'),
      runDir: join(dir, 'run'),
      rootFile: join(dir, 'root.json'),
      reportFile: join(dir, 'report.json'),
      releaseDir: join(dir, 'current'),
    },
    { releaseId },
  );
const write = (name: string, text: string): void => writeFileSync(join(dir, 'guard', name), text);
const remove = (name: string): void => rmSync(join(dir, 'guard', name));

test('what runs without a trial is confirmed', () => {
  expect(boxOf(OLD).read()).toMatchObject({ isConfirmed: true, trial: null });
});

test('a release on trial is confirmed once the guard has written so', () => {
  write('trial', TRIAL);
  const box = boxOf(NEW);
  expect(box.read().isConfirmed).toBe(false);
  write('confirmed', `release=${NEW}\nat=5\n`);
  expect(box.read().isConfirmed).toBe(false);
  remove('trial');
  expect(box.read().isConfirmed).toBe(true);
});

test('a release that failed is not confirmed in the moment between the end of its trial and its own', () => {
  write('trial', TRIAL);
  write('confirmed', `release=${OLD}\nat=5\n`);
  const box = boxOf(NEW);
  box.read();
  write('returned', `release=${NEW}\nattempt=0\nfailure=proof-failed\ncheck=call\ndetail=\nat=9\n`);
  remove('trial');
  expect(box.read()).toMatchObject({ isConfirmed: false, trial: null });
  // the former release, which is started then
  expect(boxOf(OLD).read().isConfirmed).toBe(true);
});

test('the former release is confirmed while another is put on trial', () => {
  const box = boxOf(OLD);
  write('trial', TRIAL);
  expect(box.read().isConfirmed).toBe(true);
});

test.each<[string, () => void]>([
  ['no folder', () => {}],
  ['no manifest', () => mkdirSync(join(dir, 'current'))],
  [
    'a manifest that is none',
    () => {
      mkdirSync(join(dir, 'current'));
      writeFileSync(join(dir, 'current', MANIFEST_FILE), '{}');
    },
  ],
])('what runs from %s is no release', (_, make) => {
  make();
  expect(runningRelease(join(dir, 'current'))).toEqual({ releaseId: null, version: null, folder: null });
});
