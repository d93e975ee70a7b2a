/** The store on a real disk that is full, then read-only, then good again: a small tmpfs, which needs root. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { RoomStore } from './room-store.ts';

const disk = mkdtempSync(join(tmpdir(), 'maru-disk-'));
let why: string | null = null;
const told: string[] = [];
let store: RoomStore;

beforeAll(() => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'maru-test', disk], { stdio: 'pipe' });
  } catch (error) {
    why = `no small disk can be mounted here: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}`;
  }
});
beforeEach((context) => context.skip(why !== null, why ?? ''));
afterAll(() => {
  store?.stop();
  if (why === null) execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
});
function open(): RoomStore {
  const opened = new RoomStore({
    path: join(disk, 'room.sqlite'),
    logger: pino({ level: 'silent' }),
    onStorage: (state) => told.push(state),
    onDamaged: () => told.push('damaged'),
  });
  opened.start();
  return opened;
}
const remount = (mode: 'ro' | 'rw') => execFileSync('mount', ['-o', `remount,${mode}`, disk]);
const textsOnDisk = () => {
  const other = open();
  const texts = [...other.events()].map(({ text }) => text);
  other.stop();
  return texts;
};

test('a full disk: the room goes on, and everything is written once there is room again', async () => {
  store = open();
  store.addEvent('e1', 'before');
  const filler = openSync(join(disk, 'filler'), 'w');
  try {
    for (;;) writeSync(filler, Buffer.alloc(4096, 1));
  } catch (error) {
    expect((error as { code: string }).code).toBe('ENOSPC');
  }
  closeSync(filler);
  for (let n = 0; told.length === 0; n += 1) store.addEvent(`full${n}`, 'x'.repeat(8_000));
  expect(told).toEqual(['failing']);
  store.addEvent('e2', 'while full');
  expect([...store.events()].at(-1)?.text).toBe('while full');
  rmSync(join(disk, 'filler'));
  await expect.poll(() => told, { timeout: 10_000 }).toEqual(['failing', 'working']);
  const texts = textsOnDisk();
  expect(texts).toContain('before');
  expect(texts.at(-1)).toBe('while full');
});

test('a read-only disk: the same', async () => {
  store.stop();
  told.length = 0;
  remount('ro');
  store = open();
  expect(told).toEqual(['failing']);
  store.addEvent('e3', 'while read-only');
  remount('rw');
  await expect.poll(() => told, { timeout: 10_000 }).toEqual(['failing', 'working']);
  expect(textsOnDisk().at(-1)).toBe('while read-only');
  expect(textsOnDisk()[0]).toBe('before');
});
