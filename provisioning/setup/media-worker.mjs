// mediasoup's worker, a native binary: from MEDIASOUP_WORKER_BIN, else the cache outside the checkout, else the binary that
// mediasoup's authors publish, else built here from the source in the npm package (provisioning/media-worker).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { arch, release, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cacheFolder, checkout, lockedVersion } from './checkout.mjs';
import { withLock } from './lock.mjs';
import { runCommand, SetupError } from './run-command.mjs';

const PUBLISHED = 'https://github.com/versatica/mediasoup/releases/download';
const DOWNLOAD_TIMEOUT_MS = 20_000;
/** What the worker ends with when it is started without its owner: proof that it loads on this machine. */
const ALONE_EXIT_CODE = 41;

/** By version and architecture, so that neither an update nor a shared home folder mixes binaries up. */
export function cachedWorkerPath(version, { env = process.env, architecture = arch() } = {}) {
  return join(cacheFolder(env), 'mediasoup-worker', `${version}-linux-${architecture}`, 'mediasoup-worker');
}

export function publishedWorkerUrl(version, { env = process.env, architecture = arch(), kernel = release() } = {}) {
  const base = env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL || PUBLISHED;
  return `${base}/${version}/mediasoup-worker-${version}-linux-${architecture}-kernel${Number.parseInt(kernel, 10)}.tgz`;
}

/** ninja's own count, as `n of m`. */
export function buildProgress(line) {
  const counted = /^\[(\d+)\/(\d+)\]/.exec(line);
  return counted ? `${counted[1]} of ${counted[2]}` : null;
}

export function workerRuns(path) {
  return spawnSync(path, [], { env: {}, stdio: 'ignore' }).status === ALONE_EXIT_CODE;
}

/**
 * A worker that is there already: its path, or null.
 * A binary that was given by hand and is not there is an error: to go on with another would hide it.
 */
export function findWorker(env = process.env) {
  const given = env.MEDIASOUP_WORKER_BIN;
  if (given) {
    if (!existsSync(given)) throw new SetupError(`MEDIASOUP_WORKER_BIN names ${given}, which is not there.`);
    return given;
  }
  const cached = cachedWorkerPath(lockedVersion('mediasoup'), { env });
  return existsSync(cached) && workerRuns(cached) ? cached : null;
}

/** Brings the published binary into the cache; false where it cannot be had or does not run here. */
export async function downloadWorker(detail) {
  const version = lockedVersion('mediasoup');
  const folder = mkdtempSync(join(tmpdir(), 'maru-worker-'));
  try {
    detail('looking for the published binary');
    const response = await fetch(publishedWorkerUrl(version), { signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS) });
    if (!response.ok) return false;
    const archive = join(folder, 'worker.tgz');
    writeFileSync(archive, new Uint8Array(await response.arrayBuffer()));
    await runCommand('tar', ['-xzf', archive, '-C', folder]);
    const unpacked = join(folder, 'mediasoup-worker');
    if (!workerRuns(unpacked)) return false;
    keep(unpacked, cachedWorkerPath(version));
    return true;
  } catch {
    // A closed network is an ordinary place for this product: the build takes over.
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function keep(binary, target) {
  mkdirSync(dirname(target), { recursive: true });
  const copy = `${target}.${process.pid}`;
  // From the temporary folder, which may be another file system; then whole into place.
  spawnSync('install', ['-m', '755', binary, copy]);
  renameSync(copy, target);
}

export async function buildWorker(detail) {
  const version = lockedVersion('mediasoup');
  const target = cachedWorkerPath(version);
  const waiting = (pid) => detail(`another checkout builds it (process ${pid})`);
  await withLock(`${dirname(target)}.lock`, waiting, async () => {
    if (existsSync(target) && workerRuns(target)) return;
    const script = join(checkout, 'provisioning/media-worker/build.sh');
    await runCommand('bash', [script, join(checkout, 'node_modules/mediasoup'), target], {
      onLine(line) {
        const progress = buildProgress(line);
        if (progress) detail(progress);
      },
    });
    if (!workerRuns(target)) throw new SetupError(`The worker was built but does not start: ${target}`);
  });
}
