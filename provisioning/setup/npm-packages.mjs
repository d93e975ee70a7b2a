// The npm packages, Node 24 among them. What is installed is compared with package-lock.json by npm's own record of the
// last install, so that a checkout that moved installs again and one that did not starts at once.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { arch } from 'node:os';
import { delimiter, join } from 'node:path';
import { cacheFolder, checkout, lockedVersion, node24, readJson } from './checkout.mjs';
import { runCommand } from './run-command.mjs';

/**
 * The first package that is not as the lock file says, or null.
 * @param lock package-lock.json
 * @param installed node_modules/.package-lock.json, null where nothing was installed
 */
export function firstDifference(lock, installed) {
  if (!installed) return 'nothing is installed yet';
  for (const [path, wanted] of Object.entries(lock.packages)) {
    if (path === '' || wanted.link) continue;
    const there = installed.packages?.[path];
    // Optional packages of another platform are not there, and right so.
    if (!there && (wanted.optional || wanted.devOptional)) continue;
    if (!there) return `${path} is missing`;
    if (there.version !== wanted.version || there.integrity !== wanted.integrity) return `${path} is another version`;
  }
  return null;
}

export function npmPackagesMissing() {
  const lock = readJson(join(checkout, 'package-lock.json'));
  const difference = firstDifference(lock, readJson(join(checkout, 'node_modules/.package-lock.json')));
  return difference ?? nodeDifference(node24, lockedVersion('node', lock));
}

/**
 * Why the program at `path` is not the pinned Node, or null. npm records an install before the script of `node` fetches
 * the binary, so an install that was cut off in between looks complete: ask the binary itself.
 */
export function nodeDifference(path, version) {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return stdout?.trim() === `v${version}` ? null : `Node ${version} is missing`;
}

/** Where Node 24 waits for packages that are not there yet: outside the checkout, so that it is fetched once. */
export function bootstrapNodeFolder(version, { env = process.env, architecture = arch() } = {}) {
  return join(cacheFolder(env), 'node', `${version}-linux-${architecture}`);
}

/** For an npm of its own: not inside the script that runs now, and with this Node before any other. */
function environmentOfNpm(env, nodeFolder) {
  const outside = Object.entries(env).filter(([name]) => !/^npm_(lifecycle|package|command|node_execpath)/.test(name));
  const path = (env.PATH ?? '').split(delimiter).filter((folder) => !folder.endsWith('node_modules/.bin'));
  return {
    ...Object.fromEntries(outside),
    PATH: [...(nodeFolder ? [nodeFolder] : []), ...path].join(delimiter),
    // With a worker's path set, mediasoup's own script leaves the worker to media-worker.mjs.
    MEDIASOUP_WORKER_BIN: env.MEDIASOUP_WORKER_BIN || '/bin/true',
  };
}

/**
 * Brings the Node that the packages are written for, before them: npm leaves out optional binaries that are not for the
 * Node it runs on, and an old Node would so install half of the tools.
 */
async function bringNode24() {
  const version = lockedVersion('node');
  const folder = bootstrapNodeFolder(version);
  const packageName = `node-linux-${arch()}`;
  const binFolder = join(folder, 'node_modules', packageName, 'bin');
  if (!existsSync(join(binFolder, 'node'))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', `${packageName}@${version}`];
    await runCommand('npm', args, { cwd: folder, env: environmentOfNpm(process.env, null) });
  }
  await runCommand(join(binFolder, 'node'), ['--version']);
  return binFolder;
}

export async function installNpmPackages(detail) {
  detail('Node 24');
  const env = environmentOfNpm(process.env, await bringNode24());
  detail('npm install');
  // Not `npm ci`: it refuses a lock file that was written against a mirror without the binaries of other platforms.
  // `--no-save` takes the locked versions and leaves the lock file alone, which is what `ci` was wanted for.
  // No package needs its install script but `node`, which puts Node 24 where npm's scripts look for it.
  const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];
  await runCommand('npm', args, { cwd: checkout, env });
  await runCommand('npm', ['rebuild', 'node', '--no-audit', '--no-fund'], { cwd: checkout, env });
  await runCommand(node24, ['--version']);
}
