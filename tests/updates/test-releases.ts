/**
 * The releases that the guest is updated with: the real updater, units and system files, and Node; their agent and screen are small
 * programs that behave well or break in one way (guest/agent.js). One feed offers them all, signed by keys made for it.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledInstaller } from '../../provisioning/release/bundled-installer.ts';
import { INSTALLER } from '../../provisioning/release/release-contents.ts';
import { writeReleaseFolder } from '../../provisioning/release/release-folder.ts';
import {
  FeedUnderTest,
  type FilesUnderTest,
  type ReleaseUnderTest,
} from '../../provisioning/release/signing/feed-under-test.ts';
import { tracedPrograms } from '../../provisioning/release/traced-programs.ts';
import { systemFiles } from '../../provisioning/system/system-files.ts';
import { checkout } from '../gate/command.ts';

/** How a release's agent behaves, or what else is wrong with it. */
export const BEHAVIOURS = [
  'good',
  'crash',
  'hang',
  'black-screen',
  'no-camera',
  'no-sound',
  'no-network',
  'certificate',
  'full-disk',
  'leak',
  'boot-loop',
  'bad-migration',
  'slow-start',
  'too-slow',
  'bad-unit',
  'broken-updater',
] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

const NODE = 'node_modules/node/bin/node';
const UPDATER = 'kiosk-updater-main.js';
const COMMIT = 'a'.repeat(40);
const DAY_MS = 86_400_000;
const OLD = { version: '1.0.0', commit: COMMIT, madeAtMs: Date.UTC(2026, 0, 1) };
const guestFile = (name: string): string => readFileSync(join(import.meta.dirname, 'guest', name), 'utf8');

export type TestReleases = { old: ReleaseUnderTest; byBehaviour: ReadonlyMap<Behaviour, ReleaseUnderTest> };

/** @param medium a folder, which then holds an installer's release folder, the feed, and the guest's driver */
export async function writeMedium(
  medium: string,
  behaviours: readonly Behaviour[] = BEHAVIOURS,
): Promise<TestReleases> {
  mkdirSync(join(medium, 'wanted'), { recursive: true });
  writeFileSync(join(medium, 'driver.sh'), guestFile('driver.sh'));
  const feed = new FeedUnderTest(join(medium, 'feed'));
  feed.pinIn(medium);
  const installer = await bundledInstaller(checkout);
  const common = commonFiles(installer);
  const oldFiles = filesOf('good', '1.0.0', common);
  const old = feed.addRelease(oldFiles, OLD);
  const byBehaviour = new Map<Behaviour, ReleaseUnderTest>();
  for (const [at, behaviour] of behaviours.entries()) {
    const version = `1.1.0-${behaviour}`;
    const madeAtMs = OLD.madeAtMs + (at + 1) * DAY_MS;
    byBehaviour.set(behaviour, feed.addRelease(filesOf(behaviour, version, common), { ...OLD, version, madeAtMs }));
  }
  const releases = [...byBehaviour.values()];
  feed.publish([old, ...releases]);
  const present = new Set(old.manifest.files.map(({ sha256 }) => sha256));
  for (const { target, manifest } of releases) {
    const wanted = new Set(manifest.files.map(({ sha256 }) => sha256).filter((sha256) => !present.has(sha256)));
    writeFileSync(join(medium, 'wanted', target), [...wanted].map((sha256) => `${sha256}\n`).join(''));
  }
  await writeReleaseFolder({
    folder: join(medium, 'kiosk'),
    role: 'kiosk',
    version: OLD.version,
    commit: COMMIT,
    madeAtMs: OLD.madeAtMs,
    changelog: '',
    contents: {
      debianPackages: [],
      files: old.manifest.files.map(({ path, mode, sha256 }) => ({
        path,
        mode,
        content: { file: join(medium, 'feed/objects', sha256) },
      })),
    },
    makeRepository: null,
    kioskFolder: null,
  });
  return { old, byBehaviour };
}

/** Of every release; what is broken is broken in `filesOf`. */
function commonFiles(installer: string): FilesUnderTest {
  const files: FilesUnderTest = {
    [NODE]: { content: readFileSync(join(checkout, NODE)), mode: '0755' },
    [INSTALLER]: installer,
    'provisioning/system/screen-session.sh': { content: guestFile('screen-session.sh'), mode: '0755' },
  };
  const { files: programs } = tracedPrograms(join(checkout, 'dist'), [UPDATER]);
  for (const name of programs) files[`dist/${name}`] = readFileSync(join(checkout, 'dist', name));
  for (const [path, text] of systemFiles('kiosk')) files[`provisioning/system/files/kiosk/${path}`] = text;
  return files;
}

function filesOf(behaviour: Behaviour, version: string, common: FilesUnderTest): FilesUnderTest {
  const isGoodAgent = behaviour === 'bad-unit' || behaviour === 'broken-updater';
  const files: FilesUnderTest = {
    ...common,
    'package.json': `${JSON.stringify({ name: 'maru', version, type: 'module' })}\n`,
    'dist/kiosk-agent-main.js': guestFile('agent.js').replace('@behaviour@', isGoodAgent ? 'good' : behaviour),
  };
  const unit = 'provisioning/system/files/kiosk/etc/systemd/system/maru-agent.service';
  // so that an update changes the updater itself and a unit, and a mixture of two releases is seen
  files[`dist/${UPDATER}`] = `${String(files[`dist/${UPDATER}`])}\n// of ${version}\n`;
  files[unit] = `${String(files[unit])}# of ${version}\n`;
  if (behaviour === 'bad-unit')
    files[unit] = '[Service]\nType=notify\nExecStart=/opt/maru/nowhere\n# of a bad release\n';
  if (behaviour === 'broken-updater') files[`dist/${UPDATER}`] = "throw new Error('the updater is broken');\n";
  return files;
}
