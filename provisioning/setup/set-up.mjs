// The steps from a bare Debian to a checkout that runs, in their order. Each is skipped when what it makes is there, so
// a second run is a handful of quick checks; the lock is taken only when there is work.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { notes } from './checkout.mjs';
import { adviceFor, installPackages, missingPackages, packagesFor } from './debian-packages.mjs';
import { bringElectron, isElectronWanted } from './electron-binary.mjs';
import { withLock } from './lock.mjs';
import { buildWorker, downloadWorker, findWorker } from './media-worker.mjs';
import { installNpmPackages, npmPackagesMissing } from './npm-packages.mjs';
import { createProgress } from './progress.mjs';
import { logPath, SetupError } from './run-command.mjs';
import { builds, isBuilt, makeBuild } from './builds.mjs';

/** All at once, and the first error only after every one of them has come to its end: nothing runs on behind it. */
async function together(works) {
  const results = await Promise.allSettled(works);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/**
 * What is still to be done, from quick looks alone.
 * @param {'start' | 'test'} purpose
 */
function lookAround(purpose) {
  const worker = findWorker();
  const npm = npmPackagesMissing();
  const debian = missingPackages(packagesFor(purpose, { buildsWorker: false }));
  const electron = isElectronWanted(purpose);
  const unbuilt = npm === null ? builds.filter((build) => !isBuilt(build)) : builds;
  const ready = worker !== null && npm === null && !debian?.length && !electron && unbuilt.length === 0;
  return { worker, npm, debian, electron, ready };
}

async function bringWindow(progress) {
  const why = await progress.step("Electron's binary: the published one", bringElectron);
  if (why === null) return;
  progress.line(`    none: ${why}; the TV's window is Chromium (provisioning/README.md, "Electron's binary")`);
}

async function doTheWork(purpose, progress) {
  let { worker, npm, debian, electron } = lookAround(purpose);
  if (worker === null) {
    const found = await progress.step("mediasoup's worker: a published one for this machine", downloadWorker);
    if (found) worker = findWorker();
    else progress.line('    there is none, or no way to it: it is built here');
  }

  // Known before anything is installed, so that a person without root gets one command for all of it.
  if (worker === null) debian = missingPackages(packagesFor(purpose, { buildsWorker: true }));
  if (debian === null) progress.line('  ! not a Debian: its packages are not checked');
  if (debian?.length && process.getuid?.() !== 0) throw new SetupError(adviceFor(debian));

  await together([
    debian?.length ? progress.step('Debian packages', (detail) => installPackages(debian, detail)) : null,
    npm ? progress.step('npm packages', installNpmPackages) : null,
  ]);
  const unbuilt = () =>
    builds.filter((build) => !isBuilt(build)).map((build) => progress.step(build.name, () => makeBuild(build)));
  await together([
    worker === null ? progress.step("mediasoup's worker: built here", buildWorker) : null,
    electron ? bringWindow(progress) : null,
    ...unbuilt(),
  ]);
  // Electron's shell is built once its binary is there
  await together(unbuilt());
}

/**
 * Brings everything that `purpose` needs, and says where the worker is.
 * @param {'start' | 'test'} purpose
 * @returns {Promise<{ workerPath: string }>}
 */
export async function setUp(purpose, progress = createProgress()) {
  const first = lookAround(purpose);
  if (first.ready) return { workerPath: first.worker };
  progress.line('Set-up: only what is missing.');
  const waiting = (pid) => progress.line(`  · waiting for another set-up of this checkout (process ${pid})`);
  await withLock(join(notes, 'setup.lock'), waiting, async () => {
    await rm(logPath, { force: true });
    if (!lookAround(purpose).ready) await doTheWork(purpose, progress);
  });
  const workerPath = findWorker();
  if (workerPath === null) throw new SetupError("mediasoup's worker is still missing after set-up.");
  return { workerPath };
}
