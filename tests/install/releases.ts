/** The releases that installations are tried with: whole ones as `npm run release` makes them, or quick ones with few packages. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { MANIFEST_FILE, ReleaseManifest } from '#contract/release.ts';
import { bundledInstaller } from '../../provisioning/release/bundled-installer.ts';
import { makeDebianRepository, packagesBehind } from '../../provisioning/release/debian-repository.ts';
import { sourcesOfMachine } from '../../provisioning/release/debian-sources.ts';
import { releaseContents } from '../../provisioning/release/release-contents.ts';
import { writeReleaseFolder } from '../../provisioning/release/release-folder.ts';
import { sealReleaseFolder } from '../../provisioning/release/sealed-folder.ts';

const checkout = join(import.meta.dirname, '../..');
const worker = (): string => {
  const workerFile = process.env.MEDIASOUP_WORKER_BIN;
  if (!workerFile || !existsSync(workerFile)) throw new Error('MEDIASOUP_WORKER_BIN names no worker');
  return workerFile;
};

/** Into `out/kiosk` and `out/server`. */
export function makeWholeReleases(out: string): void {
  execFileSync(process.execPath, [join(checkout, 'provisioning/release/main.ts'), '--out', out], { stdio: 'inherit' });
}

/** The same programs, with those packages of Debian alone without which agent, fleet server and media node do not start. */
export async function makeQuickReleases(out: string): Promise<void> {
  const workerFile = worker();
  const installer = await bundledInstaller(checkout);
  const needed = { kiosk: ['libusb-1.0-0'], server: packagesBehind(workerFile) };
  for (const role of ['kiosk', 'server'] as const) {
    const { files } = releaseContents(checkout, role, { version: '0.1.0', installer, workerFile });
    await writeReleaseFolder({
      folder: join(out, role),
      role,
      version: '0.1.0',
      commit: null,
      madeAtMs: 0,
      changelog: '',
      contents: { files, debianPackages: needed[role] },
      makeRepository: (folder) =>
        makeDebianRepository({
          packages: needed[role],
          sources: sourcesOfMachine(),
          folder,
          madeAtMs: 0,
          progress: () => {},
        }),
      kioskFolder: role === 'server' ? join(out, 'kiosk') : null,
    });
  }
}

/** Links of the same files: what a test changes it writes anew. */
export function copyOf(from: string, to: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const target = join(to, relative(from, join(entry.parentPath, entry.name)));
    mkdirSync(join(target, '..'), { recursive: true });
    linkSync(join(entry.parentPath, entry.name), target);
  }
}

/**
 * Another release beside `from`, of which one program's text is changed.
 * @param change null: of this file nothing
 * @throws Error where no file was changed
 */
export async function makeChangedRelease(
  from: string,
  to: string,
  change: (path: string, text: string) => string | null,
): Promise<void> {
  copyOf(from, to);
  const manifest = ReleaseManifest.parse(JSON.parse(readFileSync(join(to, MANIFEST_FILE), 'utf8')));
  let changes = 0;
  for (const file of manifest.files) {
    if (!/^dist\/.*\.js$/.test(file.path)) continue;
    const text = change(file.path, readFileSync(join(to, 'objects', file.sha256), 'utf8'));
    if (text === null) continue;
    changes += 1;
    file.sha256 = createHash('sha256').update(text).digest('hex');
    file.sizeBytes = Buffer.byteLength(text);
    writeFileSync(join(to, 'objects', file.sha256), text, { mode: 0o644 });
  }
  if (changes === 0) throw new Error('no program of the release was changed');
  rmSync(join(to, MANIFEST_FILE));
  writeFileSync(join(to, MANIFEST_FILE), JSON.stringify(manifest), { mode: 0o644 });
  await sealReleaseFolder(to);
}
