/** `npm run release`: the folders of a kiosk's and a server's release, from this checkout as set-up has built it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { bundledInstaller } from './bundled-installer.ts';
import { makeDebianRepository } from './debian-repository.ts';
import { sourcesAtMirror, sourcesOfMachine } from './debian-sources.ts';
import { releaseContents } from './release-contents.ts';
import { releaseSizeBytes, writeReleaseFolder } from './release-folder.ts';

const CHECKOUT = join(import.meta.dirname, '../..');
const usage = `npm run release -- [options]: makes a release folder for a kiosk and one for a server, each with its installer

  --out DIR                  where they are made (.maru/release): DIR/kiosk and DIR/server
  --debian-mirror URL        of Debian's packages, with debian/ and debian-security/ (the archives that apt uses here)
  --without-debian-packages  for boxes that reach a mirror of Debian, or have the packages`;

const values = readCommandLine(usage, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      out: { type: 'string', default: '.maru/release' },
      'debian-mirror': { type: 'string' },
      'without-debian-packages': { type: 'boolean', default: false },
    },
  });
  const mirror = values['debian-mirror']?.replace(/\/+$/, '');
  if (mirror !== undefined && !URL.canParse(mirror)) throw new Error(`--debian-mirror is an address, not "${mirror}"`);
  if (values['without-debian-packages']) return { out: values.out, sources: null };
  return { out: values.out, sources: mirror === undefined ? sourcesOfMachine() : sourcesAtMirror(mirror) };
});
const git = (...args: string[]): string => execFileSync('git', args, { cwd: CHECKOUT, encoding: 'utf8' }).trim();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const workerFile = process.env.MEDIASOUP_WORKER_BIN;
if (!workerFile) throw new Error('MEDIASOUP_WORKER_BIN names no worker: start this by npm run release');

const { version } = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8')) as { version: string };
const { commit, madeAtMs } = ofCommit();
const changelog = readFileSync(join(CHECKOUT, 'CHANGELOG.md'), 'utf8');
const out = resolve(values.out);
const installer = await bundledInstaller(CHECKOUT);
mkdirSync(out, { recursive: true });

for (const role of ['kiosk', 'server'] as const) {
  const contents = releaseContents(CHECKOUT, role, { version, installer, workerFile });
  const folder = join(out, role);
  const { sources } = values;
  const makeRepository =
    sources === null
      ? null
      : (repository: string) =>
          makeDebianRepository({
            packages: contents.debianPackages,
            sources,
            folder: repository,
            madeAtMs,
            progress: shownNowAndThen(`${role}: `),
          });
  const kioskFolder = role === 'server' ? join(out, 'kiosk') : null;
  const release = { folder, role, version, commit, madeAtMs, changelog, contents, makeRepository, kioskFolder };
  const sha256 = await writeReleaseFolder(release);
  say(`${role}: ${folder}, ${Math.round(releaseSizeBytes(folder) / 1e6)} MB; sha256sum install.sh is ${sha256}`);
}

function ofCommit(): { commit: string | null; madeAtMs: number } {
  try {
    const changes = git('status', '--porcelain') === '' ? '' : '+changes';
    return {
      commit: `${git('rev-parse', 'HEAD')}${changes}`,
      madeAtMs: Number(git('log', '-1', '--format=%ct')) * 1000,
    };
  } catch {
    // an unpacked archive
    return { commit: null, madeAtMs: 0 };
  }
}

function shownNowAndThen(prefix: string): (what: string) => void {
  const EACH_MS = 5_000;
  let shownAtMs = 0;
  return (what) => {
    if (performance.now() - shownAtMs < EACH_MS) return;
    shownAtMs = performance.now();
    say(`  ${prefix}${what}`);
  };
}
