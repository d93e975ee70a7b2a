// What Vite builds, each only when something that goes into it changed: the three pages that browsers load, the programs
// that run in Node, and the Electron shell's main process where there is an Electron.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkout, node24 } from './checkout.mjs';
import { isElectronThere } from './electron-binary.mjs';
import { fingerprint } from './fingerprint.mjs';
import { runCommand } from './run-command.mjs';

/** What every page is made of beside its own folder: the contract, the call, the layouts, the kit, the pinned packages. */
const shared = ['fleet/contract', 'fleet/call', 'kiosk/stage', 'controller/ui', 'package.json', 'package-lock.json'];

export const builds = [
  {
    name: 'page: controller',
    folder: 'controller',
    output: 'controller/dist',
    files: ['control.html', 'join.html', 'program.html', 'share.html', 'staff.html', 'watch.html'],
    sources: ['controller', ...shared],
  },
  {
    name: 'page: TV screen',
    folder: 'kiosk/screen',
    output: 'kiosk/screen/dist',
    files: ['index.html'],
    sources: ['kiosk/screen', 'kiosk/room', ...shared],
  },
  {
    name: 'page: console',
    folder: 'fleet/console',
    output: 'fleet/console/dist',
    files: ['index.html'],
    sources: ['fleet/console', ...shared],
  },
  {
    name: 'programs',
    folder: 'provisioning/programs',
    output: 'dist',
    files: [
      'fleet-main.js',
      'fleet-backup-main.js',
      'fleet-backup-return-main.js',
      'fleet-people-reset-password-main.js',
      'kiosk-main.js',
    ],
    sources: ['fleet', 'kiosk', 'controller/ui', 'provisioning/programs', 'package.json', 'package-lock.json'],
  },
  {
    name: 'Electron shell',
    folder: 'kiosk/shell/electron',
    output: 'kiosk/shell/electron/dist',
    files: ['main.js'],
    sources: ['kiosk/shell', 'controller/ui/words', 'package.json', 'package-lock.json'],
    // of use to nobody without the binary
    isWanted: isElectronThere,
  },
];

/** Beside the packages that it depends on too: who removes node_modules builds anew. */
const stampOf = (root, build) =>
  join(root, 'node_modules/.cache/maru', `${build.folder.replaceAll('/', '-')}.built-from`);

/** Which packages went into each file, for a release's bill of materials. */
const packagesOf = (root, build) =>
  join(root, 'node_modules/.cache/maru', `${build.folder.replaceAll('/', '-')}.packages.json`);

/** What is there, and what nobody wants. */
export function isBuilt(build, root = checkout) {
  if (build.isWanted && !build.isWanted(root)) return true;
  const stamp = stampOf(root, build);
  if (!existsSync(stamp) || !existsSync(packagesOf(root, build))) return false;
  if (!build.files.every((file) => existsSync(join(root, build.output, file)))) return false;
  return readFileSync(stamp, 'utf8') === fingerprint(root, build.sources);
}

/** Says that the output is what `source` gave; taken before the build, so that a file saved meanwhile builds again. */
export function noteBuilt(build, source, root = checkout) {
  const stamp = stampOf(root, build);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, source);
}

export async function makeBuild(build) {
  const source = fingerprint(checkout, build.sources);
  await rm(stampOf(checkout, build), { force: true });
  const program = join(checkout, 'provisioning/programs/build.ts');
  // whoever calls: a test runner's NODE_ENV would give React's development build, slow and with this machine's paths in it
  const env = { ...process.env, NODE_ENV: 'production' };
  const args = [program, `${build.folder}/vite.config.ts`, packagesOf(checkout, build)];
  await runCommand(node24, args, { cwd: checkout, env });
  noteBuilt(build, source);
}
