// What agent and shell share, on a real disk: who could read it, and what stays when the agent starts again.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fleetCaIn, screenKeyIn } from '../shell/from-agent.ts';
import { ShellFolder } from './shell-folder.ts';

let folder: string;
let path: string;
let logged: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maru-shell-folder-'));
  path = join(folder, 'shell');
  logged = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const started = () => new ShellFolder({ path, logger: pino({}, { write: (line: string) => logged.push(line) }) });
const modeOf = (...names: string[]): string => (statSync(join(path, ...names)).mode & 0o7777).toString(8);

it('gives the shell a key of 256 bits that no other user reads', () => {
  const key = started().key();
  expect(Buffer.from(key, 'base64url')).toHaveLength(32);
  expect(screenKeyIn(path)).toBe(key);
  expect([modeOf(), modeOf('screen-key')]).toEqual(['700', '600']);
});

it('keeps it while the agent restarts, and makes another when the folder was emptied', () => {
  const key = started().key();
  expect(started().key()).toBe(key);
  rmSync(path, { recursive: true });
  expect(started().key()).not.toBe(key);
});

it('lets the group read where a box’s units share a folder that hands its group on, whatever the umask', () => {
  mkdirSync(path);
  chmodSync(path, 0o2750);
  const before = process.umask(0o077);
  try {
    started().key();
  } finally {
    process.umask(before);
  }
  expect([modeOf(), modeOf('screen-key')]).toEqual(['2750', '640']);
});

it.each(['', 'short', `${'k'.repeat(43)}\n${'x'.repeat(1_000)}`])(
  'takes no key from a damaged file (%#)',
  (content) => {
    mkdirSync(path);
    writeFileSync(join(path, 'screen-key'), content);
    const key = started().key();
    expect(readFileSync(join(path, 'screen-key'), 'utf8')).toBe(key);
    expect(key).not.toBe(content);
  },
);

it('leaves the CA of the fleet, and the next one', () => {
  const shared = started();
  expect(fleetCaIn(path)).toBeNull();
  shared.leaveCa('CA 1');
  expect(fleetCaIn(path)).toBe('CA 1');
  shared.leaveCa('CA 2');
  expect(fleetCaIn(path)).toBe('CA 2');
});

it('says what it could not write, and the agent goes on', () => {
  writeFileSync(path, 'a file in the way');
  expect(started().key()).toMatch(/^[\w-]{43}$/);
  expect(logged.join('')).toContain('could not be given');
  expect(logged.join('')).not.toMatch(/[\w-]{43}/);
});
