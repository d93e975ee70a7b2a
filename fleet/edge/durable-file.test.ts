import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeDurably, writeDurably } from './durable-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maru-durable-'));
  path = join(folder, 'key.pem');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what is written is there, for its owner alone, and nothing lies beside it', () => {
  writeDurably(path, 'one');
  writeDurably(path, 'two');
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['key.pem']);
});

test('what a power cut left beside it is written over', () => {
  writeFileSync(`${path}.new`, 'half of somethi');
  writeDurably(path, 'whole');
  expect(readFileSync(path, 'utf8')).toBe('whole');
  expect(existsSync(`${path}.new`)).toBe(false);
});

test('a folder that is not there is the caller’s error', () => {
  expect(() => writeDurably(join(folder, 'gone', 'key.pem'), 'x')).toThrow(/ENOENT/);
});

test('what is removed is gone, and so is a link to nothing; what is not there is no error', () => {
  writeFileSync(path, 'x');
  removeDurably(path);
  removeDurably(path);
  symlinkSync('nowhere', path);
  removeDurably(path);
  expect(readdirSync(folder)).toEqual([]);
  expect(() => removeDurably(folder)).toThrow(/EISDIR|EPERM/);
});
