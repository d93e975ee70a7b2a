// `electron-download.mjs FOLDER`: brings Electron's archive into Electron's own cache, for the `electron` package in FOLDER and
// by its own downloader, so that its mirrors, checksums and cache hold. Adds progress, and gives up early where nobody answers.
// Runs on Node 24. The last line is `done`, or `failed: WHY`.
import { subscribe } from 'node:diagnostics_channel';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Includes the look-up of the name, TLS and a proxy's answer. */
const CONNECTED_WITHIN_MS = 3_000;
/** Without another byte. Long, because a proxy may scan the whole archive before it passes any of it on. */
const SILENT_FOR_MS = 30_000;

class GivenUp extends Error {}

const asElectron = createRequire(join(process.argv[2], 'package.json'));
const { downloadArtifact } = asElectron('@electron/get');
const { version } = asElectron('./package.json');
const { env } = process;

const stop = new AbortController();
let host = 'the mirror';
let received = '';
let timer;
function giveUpAfter(ms, why) {
  clearTimeout(timer);
  timer = setTimeout(() => stop.abort(new GivenUp(why)), ms);
}

// `fetch` has no limit for connecting but its own of 10 s. A redirect connects again.
subscribe('undici:client:beforeConnect', ({ connectParams }) => {
  host = connectParams.host;
  giveUpAfter(CONNECTED_WITHIN_MS, `${host} does not answer`);
});
subscribe('undici:client:connected', () => giveUpAfter(SILENT_FOR_MS, `${host} sends nothing`));
// the downloader then removes what it has so far
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.once(signal, () => stop.abort(new GivenUp('stopped')));

function onProgress({ transferred, total }) {
  giveUpAfter(SILENT_FOR_MS, `${host} stopped sending`);
  const megabytes = (bytes) => `${Math.floor(bytes / 1e6)} MB`;
  const now = total ? `${Math.floor((100 * transferred) / total)} % of ${megabytes(total)}` : megabytes(transferred);
  if (now !== received) process.stdout.write(`received: ${now}\n`);
  received = now;
}

/** For a person. Names the host alone, because an address may hold a password or a signature. */
function whyOf(error) {
  if (error instanceof GivenUp) return error.message;
  if (error.name === 'HTTPError') return `${host} answers ${error.response.status}`;
  if (error.constructor.name === 'ChecksumMismatchError') return `${host} serves another file than Electron published`;
  const code = error.cause?.code ?? error.code;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `no address is known for ${host} (${code})`;
  if (received) return `the download from ${host} broke off (${code ?? error.message})`;
  if (code) return `${host} cannot be reached (${code})`;
  return (error.cause ?? error).message.replace(/\/\/[^/\s]*@/g, '//');
}

try {
  giveUpAfter(SILENT_FOR_MS, 'nothing happens');
  // with the same arguments as the package's install.js, which then finds the archive in the cache
  await downloadArtifact({
    version,
    artifactName: 'electron',
    platform: env.ELECTRON_INSTALL_PLATFORM,
    arch: env.ELECTRON_INSTALL_ARCH,
    force: env.force_no_cache === 'true',
    cacheRoot: env.electron_config_cache,
    checksums:
      env.electron_use_remote_checksums || env.npm_config_electron_use_remote_checksums
        ? undefined
        : asElectron('./checksums.json'),
    downloadOptions: { quiet: true, getProgressCallback: onProgress, signal: stop.signal },
  });
  clearTimeout(timer);
  process.stdout.write('done\n');
} catch (error) {
  process.stdout.write(`failed: ${whyOf(error)}\n`);
  // An ordinary exit waits for a look-up that nobody answers: 10 s and more.
  process.kill(process.pid, 'SIGKILL');
}
