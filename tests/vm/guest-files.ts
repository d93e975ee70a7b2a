/**
 * The changing part of the initramfs: the agent's own code, the guests' tests, and the npm packages that they import.
 * Written anew for each run, in a second or two.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { checkout } from '../gate/command.ts';
import { CpioWriter } from './cpio.ts';

/** Ours, from the checkout's top; tests beside the code are left out, what they are made of is not. */
const sources = [
  'fleet/contract',
  'fleet/edge',
  'kiosk/agent',
  'kiosk/room',
  'provisioning/system/files/kiosk/etc/systemd/system',
  'tests/vm/guest',
  'tests/vm/line.ts',
];
/** Roots; what they depend on comes along. A test that imports another adds it here. */
const packages = ['node-hid', 'pino', 'uuid', 'zod'];

const codeOnly = /\.(ts|m?js|cjs|json|node)$/;
const unneeded = /(\.d\.[cm]?ts|\.map)$|^(src|hidapi|docs?|tests?|benchmarks?|examples?)(\/|$)/;
const otherMachines = /prebuilds\/(?!HID_hidraw-linux-x64(\/|$))/;

export function writeGuestFiles(target: string): void {
  const archive = new CpioWriter(target);
  archive.file('app/package.json', readFileSync(join(checkout, 'package.json')));
  for (const source of sources) {
    const place = (path: string) => (/\.test\.ts$/.test(path) ? null : join('app', source, path));
    if (source.endsWith('.ts')) archive.file(join('app', source), readFileSync(join(checkout, source)));
    else archive.tree(join(checkout, source), place);
  }
  for (const folder of packageFolders(packages)) {
    archive.tree(join(checkout, folder), (path) => {
      const isFolder = !path.split('/').at(-1)?.includes('.');
      const isLeftOut = unneeded.test(path) || otherMachines.test(path) || path.startsWith('node_modules');
      return isLeftOut || (!isFolder && !codeOnly.test(path)) ? null : join('app', folder, path);
    });
  }
  archive.close();
}

/** Where each of them and of what they depend on lies, as Node would find it. */
function packageFolders(roots: readonly string[]): string[] {
  const folders = new Set<string>();
  const visit = (name: string, from: string): void => {
    const folder = folderOf(name, from);
    if (folder === null || folders.has(folder)) return;
    folders.add(folder);
    const { dependencies = {} } = JSON.parse(readFileSync(join(checkout, folder, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    for (const dependency of Object.keys(dependencies)) visit(dependency, join(checkout, folder, 'package.json'));
  };
  for (const name of roots) visit(name, join(checkout, 'package.json'));
  return [...folders];
}

function folderOf(name: string, from: string): string | null {
  const places = createRequire(from).resolve.paths(name) ?? [];
  const found = places.map((place) => join(place, name)).find((folder) => existsSync(join(folder, 'package.json')));
  return found === undefined ? null : relative(checkout, found) || dirname(found);
}
