// What a release holds, by what its units start, and that equal contents give equal bytes. From this checkout as set-up has built it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReleaseManifest, type ReleaseRole } from '#contract/release.ts';
import { ReleaseFacts } from '#contract/update-feed.ts';
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
  // bundles the installer
}, 600_000);
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
  });
});

it('is made of the same contents once more', { timeout: 240_000 }, async () => {
  const again = await bundledInstaller(checkout);
  expect(releaseContents(checkout, 'kiosk', { version: '1.0.0', installer: again, workerFile })).toEqual(
    contents.get('kiosk'),
  );
});

it('is the same folder whenever it is made of the same contents, and one that sha256sum finds whole', {
  timeout: 240_000,
}, async () => {
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
      madeAtMs: 1_700_000_000_000,
      changelog: '# Changelog\n\n## NEXT\n\n- Newest.\n\n## 0.9\n\n- Older.\n',
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
  for (const name of ['SHA256SUMS', 'manifest.json', 'install.sh', 'release-facts.json'])
    expect(readFileSync(join(folder, 'second', name))).toEqual(readFileSync(join(folder, 'first', name)));
  execFileSync('sha256sum', ['--check', '--quiet', '--strict', 'SHA256SUMS'], { cwd: join(folder, 'first') });
  const { files } = ReleaseManifest.parse(JSON.parse(readFileSync(join(folder, 'first/manifest.json'), 'utf8')));
  expect(files.find(({ path }) => path === 'node_modules/node/bin/node')).toMatchObject({ mode: '0755' });
  const facts = ReleaseFacts.parse(JSON.parse(readFileSync(join(folder, 'first/release-facts.json'), 'utf8')));
  expect(facts).toMatchObject({ fileCount: files.length, madeAtMs: 1_700_000_000_000, notes: '- Newest.' });
  const hash = createHash('sha256')
    .update(readFileSync(join(folder, 'first/manifest.json')))
    .digest('hex');
  expect(facts.releaseId).toBe(`1.0.0-${hash.slice(0, 16)}`);
  writeFileSync(source, 'changed');
  expect(await make('third')).not.toBe(first);
});

it('has an installer that is one file and needs no package', () => {
  const imports = [...installer.matchAll(/^import .* from ["']([^"']+)["']/gm)].map(([, from]) => from!);
  expect(imports.filter((from) => !from.startsWith('node:') && !['util', 'path', 'fs'].includes(from))).toEqual([]);
});

type Component = { purl: string; name: string; version?: string; hashes?: unknown; licenses?: unknown };
let asNpmStatesIt: { components: Component[] } | null = null;
function npmsOwn(): { components: Component[] } {
  const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
  const ran = (): string => execFileSync('npm', args, { cwd: checkout, encoding: 'utf8', maxBuffer: 1 << 26 });
  asNpmStatesIt ??= JSON.parse(ran()) as { components: Component[] };
  return asNpmStatesIt;
}

describe.each(['kiosk', 'server'] as const)("the bill of materials of a %s's release", (role) => {
  const listed = (): Component[] => {
    const { content } = contents.get(role)!.files.find(({ path }) => path === 'sbom.cdx.json')!;
    return (JSON.parse((content as { text: string }).text) as { components: Component[] }).components;
  };

  it('states of each npm package what npm itself states', () => {
    const known = new Map(npmsOwn().components.map((each) => [each.purl, each]));
    const npm = listed().filter(({ purl }) => purl.startsWith('pkg:npm/'));
    expect(npm.length).toBeGreaterThan(20);
    for (const { purl, version, hashes, licenses } of npm)
      expect({ purl, version, hashes, licenses }).toEqual({
        purl,
        version: known.get(purl)?.version,
        hashes: known.get(purl)?.hashes,
        licenses: known.get(purl)?.licenses,
      });
  });

  it('names what is inside bundles, every package that lies there as files, and those of Debian', () => {
    const purls = listed().map(({ purl }) => purl.replace(/@[\d.]+[^@]*$/, ''));
    expect(purls).toEqual(expect.arrayContaining(['pkg:npm/zod', 'pkg:npm/react-dom', 'pkg:npm/node', 'pkg:npm/mqtt']));
    const folders = pathsOf(role).flatMap(
      (path) => /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
    );
    const missing = [...new Set(folders)].filter((name) => !purls.includes(`pkg:npm/${name.replace('@', '%40')}`));
    expect(missing).toEqual([]);
    const debian = listed().filter(({ purl }) => purl.startsWith('pkg:deb/'));
    expect(debian.map(({ name }) => name).sort()).toEqual(contents.get(role)!.debianPackages);
  });
});
