// Electron's binary, which npm does not bring: from ELECTRON_OVERRIDE_DIST_PATH, else downloaded and unpacked by the `electron`
// package into its own folder. Without it the TV's window is Chromium, so only a wrong ELECTRON_OVERRIDE_DIST_PATH fails set-up.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkout, node24, readJson } from './checkout.mjs';
import { logPath, runCommand, SetupError } from './run-command.mjs';

/** A failed try is repeated after this time: a closed network costs seconds, a download that breaks off costs minutes. */
const TRY_AGAIN_AFTER_MS = 3_600_000;

const packageIn = (root) => join(root, 'node_modules/electron');
const lastTryIn = (root) => join(root, '.maru/electron-last-try.json');

/** @throws SetupError where ELECTRON_OVERRIDE_DIST_PATH names a folder without it: to go on would hide the mistake */
export function isElectronThere(root = checkout, env = process.env) {
  const given = env.ELECTRON_OVERRIDE_DIST_PATH;
  if (given) {
    if (existsSync(join(given, 'electron'))) return true;
    throw new SetupError(`ELECTRON_OVERRIDE_DIST_PATH names ${given}, which has no program "electron".`);
  }
  // the package writes path.txt last: without it the binary is half unpacked
  return ['path.txt', 'dist/electron'].every((file) => existsSync(join(packageIn(root), file)));
}

/**
 * Whether it is to be brought now.
 * @param {'start' | 'test'} purpose a start shows a window where there is a display; the suite brings its own display
 */
export function isElectronWanted(purpose, { root = checkout, env = process.env, now = Date.now() } = {}) {
  if (isElectronThere(root, env)) return false;
  if (purpose === 'start' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return false;
  const last = readJson(lastTryIn(root));
  return last?.way !== wayOf(env) || Math.abs(now - last.atMs) > TRY_AGAIN_AFTER_MS;
}

/** The mirror and proxies of a try. A hash, because their addresses may hold a password. */
function wayOf(env) {
  const named = Object.entries(env).filter(([name]) => /^(npm_(package_)?config_)?electron_|_proxy$/i.test(name));
  return createHash('sha256').update(JSON.stringify(named.sort())).digest('hex');
}

/**
 * Brings it by the `electron` package's own means.
 * @param {(progress: string) => void} detail
 * @returns {Promise<string | null>} why it could not be had, in words; null: it is there
 */
export async function bringElectron(detail, { root = checkout, env = process.env, node = node24 } = {}) {
  // noted before the try: a slow download that a person stops does not begin again at the next start
  mkdirSync(dirname(lastTryIn(root)), { recursive: true });
  writeFileSync(lastTryIn(root), JSON.stringify({ way: wayOf(env), atMs: Date.now() }));
  const forThisMachine = {
    ...env,
    ELECTRON_INSTALL_PLATFORM: platform(),
    ELECTRON_INSTALL_ARCH: arch(),
    // as npm does by itself: HTTPS_PROXY, NO_PROXY
    NODE_USE_ENV_PROXY: '1',
  };
  const download = fileURLToPath(new URL('./electron-download.mjs', import.meta.url));
  let why = `its installation failed, see ${logPath}`;
  try {
    // an office's mirror may have a certificate of the office's CA, which Debian knows and Node does not
    await runCommand(node, ['--use-system-ca', download, packageIn(root)], {
      env: forThisMachine,
      onLine(line) {
        const [, what, words] = /^(received|failed): (.*)/.exec(line) ?? [];
        if (what === 'received') detail(words);
        if (what === 'failed') why = words;
      },
    });
    detail('unpacking');
    // the archive is in the cache by now, and is not to be downloaded a second time
    await runCommand(node, [join(packageIn(root), 'install.js')], { env: { ...forThisMachine, force_no_cache: '' } });
  } catch {
    return why;
  }
  await rm(lastTryIn(root), { force: true });
  return null;
}
