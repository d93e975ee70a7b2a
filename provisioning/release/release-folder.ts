/**
 * Writes a release as a folder that is a whole installation medium: contents by hash, the manifest, what a feed states of it,
 * Debian's packages, the list of hashes and the bootstrap that names the hash of that list.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST_FILE, type ReleaseFile, ReleaseManifest, type ReleaseRole } from '#contract/release.ts';
import type { Content, ReleaseContents } from './release-contents.ts';
import { FACTS_FILE, factsText } from './release-facts.ts';
import { SBOM_FILE } from './sbom.ts';
import { filesUnder, linkKioskRelease, sealReleaseFolder, sha256OfText, writeReleaseFile } from './sealed-folder.ts';
import { manifestBytes } from './signing/offered-release.ts';

export type ReleaseFolder = {
  folder: string;
  role: ReleaseRole;
  version: string;
  commit: string | null;
  /** of the commit, milliseconds since 1970 */
  madeAtMs: number;
  changelog: string;
  contents: ReleaseContents;
  /** puts its index and packages there; null: a release without Debian's packages, for boxes that have them */
  makeRepository: ((folder: string) => Promise<void>) | null;
  /** of a server: the kiosks' release, which it serves */
  kioskFolder: string | null;
};

/** Replaces what is there, once it is whole. @returns the hash of its bootstrap */
export async function writeReleaseFolder(release: ReleaseFolder): Promise<string> {
  const { folder, role, kioskFolder } = release;
  const making = `${folder}.making`;
  await rm(making, { recursive: true, force: true });
  mkdirSync(join(making, 'objects'), { recursive: true });
  const files: ReleaseFile[] = [];
  for (const { path, mode, content } of release.contents.files) {
    files.push({ path, mode, ...(await placeObject(join(making, 'objects'), content)) });
    // for people beside the release; signed as one of its files
    if (path === SBOM_FILE && 'text' in content) writeReleaseFile(join(making, SBOM_FILE), content.text);
  }
  const { version, commit, contents } = release;
  const { debianPackages } = contents;
  const manifest = ReleaseManifest.parse({ format: 1, role, version, commit, debianPackages, files });
  writeReleaseFile(join(making, MANIFEST_FILE), manifestBytes(manifest));
  writeReleaseFile(join(making, FACTS_FILE), factsText(manifest, release));
  writeReleaseFile(join(making, 'README.txt'), readme(role, manifest));
  await release.makeRepository?.(join(making, 'debian'));
  if (kioskFolder !== null) linkKioskRelease(making, kioskFolder);
  const sha256 = await sealReleaseFolder(making);
  await rm(folder, { recursive: true, force: true });
  renameSync(making, folder);
  return sha256;
}

async function placeObject(objects: string, content: Content): Promise<{ sizeBytes: number; sha256: string }> {
  if ('text' in content) {
    const sha256 = sha256OfText(content.text);
    writeReleaseFile(join(objects, sha256), content.text);
    return { sizeBytes: Buffer.byteLength(content.text), sha256 };
  }
  const bytes = readFileSync(content.file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  // no link: what is built next is written into the same file
  writeReleaseFile(join(objects, sha256), bytes);
  return { sizeBytes: bytes.length, sha256 };
}

function readme(role: ReleaseRole, { version, commit }: ReleaseManifest): string {
  const what = role === 'kiosk' ? "a room's box (kiosk)" : 'the server';
  return `Maru ${version}${commit ? ` (${commit})` : ''}: ${what}, for Debian 12 on amd64.

As root, on the machine that is to become one; no network is needed:

    sh install.sh

sh install.sh --help prints every option. sha256sum install.sh prints the number that stands for everything in this
folder; it is the one that "npm run release" printed where the folder is genuine.

데비안 12(amd64)를 ${role === 'kiosk' ? '회의실 단말로' : '서버로'} 설치합니다. 네트워크는 필요하지 않습니다. root로 위의 명령을 실행하세요.
sha256sum install.sh 의 값이 릴리스를 만들 때 표시된 값과 같으면 이 폴더의 내용은 원본 그대로입니다.
`;
}

export const releaseSizeBytes = (folder: string): number =>
  filesUnder(folder).reduce((sum, path) => sum + statSync(join(folder, path)).size, 0);
