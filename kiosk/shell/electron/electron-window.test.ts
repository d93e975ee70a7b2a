// The launcher with a stand-in for the binary: a Node that says what Electron's main process says.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findElectron } from './binary.ts';
import { cleanEnvironment, ElectronWindow, electronFlags } from './electron-window.ts';

let folder: string;
let window: ElectronWindow | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maru-electron-'));
});
afterEach(async () => {
  await window?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function open(script: string): ElectronWindow {
  const path = join(folder, 'electron');
  writeFileSync(path, `#!${process.execPath}\n${script}\n`);
  chmodSync(path, 0o755);
  window = new ElectronWindow({
    binary: { path, args: [] },
    url: 'http://127.0.0.1:1/',
    profileDir: folder,
    shellDir: folder,
    fakeMedia: false,
  });
  return window;
}
const alive = 'setInterval(() => process.send({ alive: true }), 300);';

it('is started when the page is shown, and watched until it ends', async () => {
  const electron = open(`${alive} process.send({ shown: true }); setTimeout(() => process.exit(3), 1500);`);
  await electron.start(5_000);
  expect(await electron.watch()).toBe('Electron ended (3)');
});

it('is not started when nothing is shown in time, or when it ends before', async () => {
  await expect(open(alive).start(400)).rejects.toThrow(/does not show/);
  await window?.stop();
  await expect(open('process.exit(7)').start(5_000)).rejects.toThrow('Electron ended (7)');
});

it('is found out when its main process hangs', async () => {
  const electron = open(`${alive} process.send({ shown: true }); setTimeout(() => { for (;;); }, 500);`);
  await electron.start(5_000);
  expect(await electron.watch()).toBe('Electron does not answer');
}, 10_000);

it('hands on no variable that changes an Electron from outside', () => {
  const env = { PATH: '/bin', ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '--inspect', NODE_EXTRA_CA_CERTS: '/ca' };
  expect(cleanEnvironment(env, '/home')).toEqual({ PATH: '/bin', HOME: '/home' });
  const flags = electronFlags({ url: 'http://127.0.0.1:7420/', profileDir: '/p', shellDir: '/s', fakeMedia: false });
  expect(flags).toContain('--maru-url=http://127.0.0.1:7420/');
  expect(flags.some((flag) => /inspect|remote-debugging|ignore-certificate/.test(flag))).toBe(false);
});

it('is not there without a binary, with half of one, or before the shell is built for it', () => {
  const write = (path: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), '');
  };
  const found = (env = {}) => findElectron(env, folder)?.path ?? null;
  expect(found()).toBeNull();
  write('kiosk/shell/electron/dist/main.js');
  write('node_modules/electron/dist/electron');
  expect(found()).toBeNull();
  write('node_modules/electron/path.txt');
  expect(found()).toBe(join(folder, 'node_modules/electron/dist/electron'));
  write('given/electron');
  const given = join(folder, 'given');
  expect(found({ ELECTRON_OVERRIDE_DIST_PATH: given })).toBe(join(given, 'electron'));
  rmSync(join(folder, 'kiosk'), { recursive: true });
  expect(found()).toBeNull();
});
