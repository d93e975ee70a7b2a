// What a release holds, by what its units start, and that equal contents give equal bytes. From this checkout as set-up has built it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReleaseManifest, type ReleaseRole } from '#contract/release.ts';
import { readTree } from '../system/placed-files.ts';
import { bundledInstaller } from './bundled-installer.ts';
import { type ReleaseContents, releaseContents } from './release-contents.ts';
import { writeReleaseFolder } from './release-folder.ts';

const checkout = join(import.meta.dirname, '../..');
const workerFile = process.env.MEDIASOUP_WORKER_BIN ?? process.execPath;
let folder: string;
let installer: string;
const contents = new Map<ReleaseRole, ReleaseContents>();
const pathsOf = (role: ReleaseRole) => contents.get(role)!.files.map(({ path }) => path);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'maru-release-'));
  installer = await bundledInstaller(checkout);
  for (const role of ['kiosk', 'server'] as const)
    contents.set(role, releaseContents(checkout, role, { version: '1.0.0', installer, workerFile }));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(['kiosk', 'server'] as const)("a %s's release", (role) => {
  it('holds every file that its units name', () => {
    const texts = [...readTree(join(checkout, 'provisioning/system/files', role)).values()].join('\n');
    const absolute = [...texts.matchAll(/\/opt\/maru\/current\/([\w./-]+)/g)].map(([, path]) => path!);
    const programs = [...texts.matchAll(/\b(dist\/[\w-]+\.js)/g)].map(([, path]) => path!);
    expect(programs.length).toBeGreaterThan(1);
    const named = [...new Set([...absolute, ...programs])];
    expect(named.filter((path) => !pathsOf(role).includes(path))).toEqual([]);
  });

  it('holds no program of the other, no binary of another system, no test and no file twice', () => {
    const other = role === 'kiosk' ? /^(fleet\/|dist\/fleet-)/ : /^(kiosk\/|dist\/kiosk-)/;
    expect(pathsOf(role).filter((path) => other.test(path))).toEqual([]);
    const foreign = /(?:darwin|win32|musl|arm).*\.(?:node|so)|\.test\./;
    expect(pathsOf(role).filter((path) => foreign.test(path))).toEqual([]);
    expect(new Set(pathsOf(role)).size).toBe(pathsOf(role).length);
    expect(pathsOf(role)).toEqual([...pathsOf(role)].sort());
  });
});

it('is the same folder whenever it is made of the same contents, and one that sha256sum finds whole', async () => {
  const source = join(folder, 'program.js');
  writeFileSync(source, 'program');
  const make = async (name: string): Promise<string> => {
    const { files } = contents.get('kiosk')!;
    const small = files.filter(({ path }) => /^(node_modules\/node\/|provisioning\/)/.test(path));
    return writeReleaseFolder({
      folder: join(folder, name),
      role: 'kiosk',
      version: '1.0.0',
      commit: null,
      contents: {
        files: [{ path: 'dist/program.js', mode: '0644', content: { file: source } }, ...small],
        debianPackages: ['systemd'],
      },
      makeRepository: async (repository) => {
        mkdirSync(repository);
        writeFileSync(join(repository, 'Packages'), 'Package: systemd\n');
      },
      kioskFolder: null,
    });
  };
  const first = await make('first');
  utimesSync(source, 1, 1);
  expect(await make('second')).toBe(first);
  for (const name of ['SHA256SUMS', 'manifest.json', 'install.sh'])
    expect(readFileSync(join(folder, 'second', name))).toEqual(readFileSync(join(folder, 'first', name)));
  execFileSync('sha256sum', ['--check', '--quiet', '--strict', 'SHA256SUMS'], { cwd: join(folder, 'first') });
  const { files } = ReleaseManifest.parse(JSON.parse(readFileSync(join(folder, 'first/manifest.json'), 'utf8')));
  expect(files.find(({ path }) => path === 'node_modules/node/bin/node')).toMatchObject({ mode: '0755' });
  writeFileSync(source, 'changed');
  expect(await make('third')).not.toBe(first);
});

it('has an installer that is one file and needs no package', () => {
  const imports = [...installer.matchAll(/^import .* from ["']([^"']+)["']/gm)].map(([, from]) => from!);
  expect(imports.filter((from) => !from.startsWith('node:') && !['util', 'path', 'fs'].includes(from))).toEqual([]);
});
