// The three pages that browsers load, built by Vite, each only when something that goes into it changed.
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
];

/** Beside the packages that it depends on too: who removes node_modules builds anew. */
const stampOf = (root, app) => join(root, 'node_modules/.cache/maru', `${app.folder.replace('/', '-')}.built-from`);

export function isBuilt(app, root = checkout) {
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
  await runCommand(node24, [vite, 'build', '-c', `${app.folder}/vite.config.ts`], { cwd: checkout });
  noteBuilt(app, source);
}
