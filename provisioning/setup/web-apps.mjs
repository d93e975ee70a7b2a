// What Vite builds, each only when something that goes into it changed: the three pages that browsers load, and the
// Electron shell's main process where there is an Electron.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkout, node24 } from './checkout.mjs';
import { fingerprint } from './fingerprint.mjs';
import { runCommand } from './run-command.mjs';

/** What every page is made of beside its own folder: the contract, the call, the layouts, the kit, the pinned packages. */
const shared = ['fleet/contract', 'fleet/call', 'kiosk/stage', 'controller/ui', 'package.json', 'package-lock.json'];

export const webApps = [
  {
    name: 'controller',
    folder: 'controller',
    output: 'controller/dist',
    pages: ['control.html', 'join.html'],
    sources: ['controller', ...shared],
  },
  {
    name: 'TV screen',
    folder: 'kiosk/screen',
    output: 'kiosk/screen/dist',
    pages: ['index.html'],
    sources: ['kiosk/screen', 'kiosk/room', ...shared],
  },
  {
    name: 'console',
    folder: 'fleet/console',
    output: 'fleet/console/dist',
    pages: ['index.html'],
    sources: ['fleet/console', ...shared],
  },
  {
    name: 'Electron shell',
    folder: 'kiosk/shell/electron',
    output: 'kiosk/shell/electron/dist',
    pages: ['main.js'],
    sources: ['kiosk/shell', 'controller/ui/words', 'package.json', 'package-lock.json'],
    // of use to nobody without the binary, which npm does not bring by itself
    isWanted: (root, env = process.env) =>
      existsSync(join(env.ELECTRON_OVERRIDE_DIST_PATH ?? join(root, 'node_modules/electron/dist'), 'electron')),
  },
];

/** Beside the packages that it depends on too: who removes node_modules builds anew. */
const stampOf = (root, app) => join(root, 'node_modules/.cache/maru', `${app.folder.replaceAll('/', '-')}.built-from`);

/** What is there, and what nobody wants. */
export function isBuilt(app, root = checkout) {
  if (app.isWanted && !app.isWanted(root)) return true;
  const stamp = stampOf(root, app);
  if (!existsSync(stamp) || !app.pages.every((page) => existsSync(join(root, app.output, page)))) return false;
  return readFileSync(stamp, 'utf8') === fingerprint(root, app.sources);
}

/** Says that the output is what `source` gave; taken before the build, so that a file saved meanwhile builds again. */
export function noteBuilt(app, source, root = checkout) {
  const stamp = stampOf(root, app);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, source);
}

export async function buildWebApp(app) {
  const source = fingerprint(checkout, app.sources);
  rmSync(stampOf(checkout, app), { force: true });
  const vite = join(checkout, 'node_modules/vite/bin/vite.js');
  // whoever calls: a test runner's NODE_ENV would give React's development build, slow and with this machine's paths in it
  const env = { ...process.env, NODE_ENV: 'production' };
  await runCommand(node24, [vite, 'build', '-c', `${app.folder}/vite.config.ts`], { cwd: checkout, env });
  noteBuilt(app, source);
}
