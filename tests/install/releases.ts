/** The releases that installations are tried with: whole ones as `npm run release` makes them, or quick ones with few packages. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundledInstaller } from '../../provisioning/release/bundled-installer.ts';
import { makeDebianRepository, packagesBehind } from '../../provisioning/release/debian-repository.ts';
import { sourcesOfMachine } from '../../provisioning/release/debian-sources.ts';
import { releaseContents } from '../../provisioning/release/release-contents.ts';
import { writeReleaseFolder } from '../../provisioning/release/release-folder.ts';

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
