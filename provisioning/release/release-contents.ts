/** What a role's release is made of: programs with what they load, pages, the system's files, and a page of documentation for each unit. */
import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ReleaseFile, ReleaseRole } from '#contract/release.ts';
import { roleNeeds } from '../system/roles.ts';
import { systemFiles } from '../system/system-files.ts';
import { packageOf } from '../programs/bundled-packages.ts';
import { packagesBehind } from './debian-repository.ts';
import { packageFiles, packageFolders } from './package-files.ts';
import { bundledInto, SBOM_FILE, sbomText } from './sbom.ts';
import { tracedPrograms } from './traced-programs.ts';

/** Where its bytes come from: a file, or text that is made here. */
export type Content = { file: string } | { text: string };
export type ContentFile = { path: string; mode: ReleaseFile['mode']; content: Content };

type RoleContents = {
  /** of `dist/` */
  programs: string[];
  folders: string[];
  /** beside those that the programs load */
  packages: string[];
  /** of packages that are large and of which no more is needed: from the checkout */
  packageParts: string[];
  pages: string[];
};
const CONTENTS: Record<ReleaseRole, RoleContents> = {
  kiosk: {
    programs: ['kiosk-agent-main.js', 'kiosk-shell-main.js', 'kiosk-updater-main.js'],
    folders: ['kiosk/screen/dist', 'controller/dist'],
    packages: [],
    packageParts: [],
    pages: ['kiosk/GUIDE.md', 'kiosk/updater/README.md', 'provisioning/system/README.md'],
  },
  server: {
    programs: [
      'fleet-server.js',
      'fleet-media-main.js',
      'fleet-documents-converter-main.js',
      'fleet-broadcasts-packager-main.js',
      'fleet-broadcasts-program-main.js',
      'fleet-backup-main.js',
      'fleet-backup-former-data-main.js',
      'fleet-backup-return-main.js',
      'fleet-people-reset-password-main.js',
    ],
    folders: ['controller/dist', 'fleet/console/dist', 'fleet/documents/converter/inside'],
    // what pages of documents are drawn with, inside its sandbox
    packages: ['sharp', '@rhwp/core', 'heic-decode'],
    // what tells speech from silence
    packageParts: [
      'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.mjs',
      'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm',
      'node_modules/@ricky0123/vad-web/dist/silero_vad_v6.onnx',
    ],
    pages: [
      'fleet/GUIDE.md',
      'fleet/backup/README.md',
      'fleet/broadcasts/program/README.md',
      'fleet/documents/converter/README.md',
      'provisioning/system/README.md',
    ],
  },
};
const NODE = 'node_modules/node/bin/node';
const NODE_PACKAGE = 'node_modules/node';
const SHELL_PACKAGE = 'node_modules/electron';
const SCREEN_SESSION = 'provisioning/system/screen-session.sh';
/** Electron for the TV, where it was packed for boxes. */
const PACKED_SHELL = 'kiosk/shell/electron/packed';
export const INSTALLER = 'provisioning/release/install.js';

export type ReleaseContents = { files: ContentFile[]; debianPackages: string[] };

/**
 * @param installer the bundled installer, as text
 * @param workerFile mediasoup's worker
 * @returns files sorted by path. @throws Error naming what set-up has not built
 */
export function releaseContents(
  checkout: string,
  role: ReleaseRole,
  { version, installer, workerFile }: { version: string; installer: string; workerFile: string },
): ReleaseContents {
  const { programs, folders, packages, packageParts, pages } = CONTENTS[role];
  const traced = tracedPrograms(join(checkout, 'dist'), programs);
  const paths = [
    ...traced.files.map((name) => `dist/${name}`),
    ...folders.flatMap((folder) => builtFiles(checkout, folder)),
    ...packageFiles(checkout, [...traced.packages, ...packages]),
    ...packageParts,
    ...pages,
  ];
  const files: ContentFile[] = [...new Set(paths)].map((path) => fromCheckout(checkout, path));
  files.push(fromCheckout(checkout, NODE, '0755'));
  files.push({ path: 'package.json', mode: '0644', content: { text: packageJson(version) } });
  files.push({ path: INSTALLER, mode: '0644', content: { text: installer } });
  for (const [path, text] of systemFiles(role))
    files.push({ path: `provisioning/system/files/${role}/${path}`, mode: '0644', content: { text } });
  const debianPackages = [...roleNeeds[role].packages];
  if (role === 'kiosk') {
    files.push(fromCheckout(checkout, SCREEN_SESSION, '0755'));
    for (const path of filesUnder(checkout, PACKED_SHELL))
      files.push(fromCheckout(checkout, path, modeOf(checkout, path)));
  } else {
    files.push({ path: 'dist/mediasoup-worker', mode: '0755', content: { file: workerFile } });
    debianPackages.push(...packagesBehind(workerFile));
  }
  const named = [...new Set(debianPackages)].sort();
  const made = [
    ...traced.files.map((name) => `dist/${name}`),
    ...folders.flatMap((folder) => filesUnder(checkout, folder)),
  ];
  const inside = [
    ...packageFolders(checkout, [...traced.packages, ...packages]),
    ...packageParts.flatMap((path) => packageOf(checkout, path) ?? []),
    ...bundledInto(checkout, made),
    NODE_PACKAGE,
    ...(files.some(({ path }) => path.startsWith(PACKED_SHELL)) ? [SHELL_PACKAGE] : []),
  ];
  const sbom = sbomText(checkout, { role, version, packages: inside, debianPackages: named });
  files.push({ path: SBOM_FILE, mode: '0644', content: { text: sbom } });
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files, debianPackages: named };
}

const fromCheckout = (checkout: string, path: string, mode: ReleaseFile['mode'] = '0644'): ContentFile => ({
  path,
  mode,
  content: { file: join(checkout, path) },
});

const modeOf = (checkout: string, path: string): ReleaseFile['mode'] =>
  statSync(join(checkout, path)).mode & 0o100 ? '0755' : '0644';

/** Node reads from it that `dist/` is made of modules; nobody installs by it. */
function packageJson(version: string): string {
  return `${JSON.stringify({ name: 'maru', version, license: 'Apache-2.0', private: true, type: 'module' }, null, 2)}\n`;
}

function builtFiles(checkout: string, folder: string): string[] {
  const files = filesUnder(checkout, folder);
  if (files.length === 0) throw new Error(`${folder} is empty: set-up builds it`);
  return files;
}

/** None where the folder is not there. */
function filesUnder(checkout: string, folder: string): string[] {
  try {
    return readdirSync(join(checkout, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(?:test|d)\.ts$/.test(entry.name))
      .map((entry) => relative(checkout, join(entry.parentPath, entry.name)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
