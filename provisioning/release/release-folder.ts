/**
 * Writes a release as a folder that is a whole installation medium: contents by hash, the manifest, Debian's packages, the list of
 * hashes and the bootstrap that names the hash of that list. So the hash of `install.sh` stands for all of it.
 */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import {
  BOOTSTRAP_FILE,
  MANIFEST_FILE,
  type ReleaseFile,
  ReleaseManifest,
  type ReleaseRole,
  SUMS_FILE,
} from '#contract/release.ts';
import { formatSums, sha256OfFile } from '#edge/sha256-sums.ts';
import { linkOrCopy } from './debian-repository.ts';
import { type Content, INSTALLER, type ReleaseContents } from './release-contents.ts';

/** Readable by all, and by nobody but its owner to be changed: it is served, copied and read by apt's own user. */
const FILE_MODE = 0o644;
const NODE = 'node_modules/node/bin/node';

export type ReleaseFolder = {
  folder: string;
  role: ReleaseRole;
  version: string;
  commit: string | null;
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
  for (const { path, mode, content } of release.contents.files)
    files.push({ path, mode, ...(await placeObject(join(making, 'objects'), content)) });
  const { version, commit, contents } = release;
  const { debianPackages } = contents;
  const manifest = ReleaseManifest.parse({ format: 1, role, version, commit, debianPackages, files });
  write(join(making, MANIFEST_FILE), `${JSON.stringify(manifest, null, 1)}\n`);
  write(join(making, 'README.txt'), readme(role, manifest));
  await release.makeRepository?.(join(making, 'debian'));
  if (kioskFolder !== null)
    for (const path of filesUnder(kioskFolder)) {
      mkdirSync(join(making, 'kiosk', dirname(path)), { recursive: true });
      linkOrCopy(join(kioskFolder, path), join(making, 'kiosk', path));
    }
  const sums = formatSums(await sumsOf(making));
  write(join(making, SUMS_FILE), sums);
  const objectOf = (path: string): string => files.find((file) => file.path === path)!.sha256;
  const bootstrap = fill(readFileSync(join(import.meta.dirname, BOOTSTRAP_FILE), 'utf8'), {
    role,
    node: objectOf(NODE),
    installer: objectOf(INSTALLER),
    sums: sha256Of(sums),
  });
  write(join(making, BOOTSTRAP_FILE), bootstrap);
  await rm(folder, { recursive: true, force: true });
  renameSync(making, folder);
  return sha256Of(bootstrap);
}

async function placeObject(objects: string, content: Content): Promise<{ sizeBytes: number; sha256: string }> {
  if ('text' in content) {
    const sha256 = sha256Of(content.text);
    write(join(objects, sha256), content.text);
    return { sizeBytes: Buffer.byteLength(content.text), sha256 };
  }
  const bytes = readFileSync(content.file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  // no link: what is built next is written into the same file
  write(join(objects, sha256), bytes);
  return { sizeBytes: bytes.length, sha256 };
}

/** Of what lies there but the list itself and the bootstrap, which stands above it. */
async function sumsOf(folder: string): Promise<Map<string, string>> {
  const sums = new Map<string, string>();
  for (const path of filesUnder(folder)) {
    const isObject = /^objects\/([0-9a-f]{64})$/.exec(path);
    sums.set(path, isObject?.[1] ?? (await sha256OfFile(join(folder, path))));
  }
  return sums;
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

function write(path: string, content: string | Buffer): void {
  writeFileSync(path, content);
  chmodSync(path, FILE_MODE);
}

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

/** @throws Error where the text names what is not given, or is missing what is */
function fill(text: string, values: Record<string, string>): string {
  for (const name of Object.keys(values)) if (!text.includes(`@${name}@`)) throw new Error(`@${name}@ is missing`);
  return text.replace(/@([a-z]+)@/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`@${name}@ is not known`);
    return value;
  });
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
