/**
 * What a release is made of, as CycloneDX 1.5: the npm packages that are in it, as files or inside a bundle, with what
 * package-lock.json states of each, and the packages of Debian that it needs, by name. No time and no serial number: the same commit
 * gives the same bytes.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReleaseRole } from '#contract/release.ts';
import { z } from '#contract/schema.ts';
import { BundledPackages } from '../programs/bundled-packages.ts';

export const SBOM_FILE = 'sbom.cdx.json';

const LockedPackage = z.looseObject({
  /** where it is installed under another name than its own */
  name: z.string().optional(),
  version: z.string().optional(),
  license: z.string().optional(),
  integrity: z.string().optional(),
});
const PackageLock = z.looseObject({ packages: z.record(z.string(), LockedPackage) });

/** Folder that is built, and the list that set-up keeps of what went into it. */
const BUILDS = [
  ['dist/', 'provisioning-programs'],
  ['controller/dist/', 'controller'],
  ['kiosk/screen/dist/', 'kiosk-screen'],
  ['fleet/console/dist/', 'fleet-console'],
] as const;

/**
 * @param files of built folders, from the checkout
 * @returns folders of packages. @throws Error naming a file of which nobody noted what went into it
 */
export function bundledInto(checkout: string, files: readonly string[]): string[] {
  const found = new Set<string>();
  for (const [folder, name] of BUILDS) {
    const built = files.filter((file) => file.startsWith(folder)).map((file) => file.slice(folder.length));
    if (built.length === 0) continue;
    const path = join(checkout, 'node_modules/.cache/maru', `${name}.packages.json`);
    if (!existsSync(path)) throw new Error(`${folder} was built without a list of its packages: set-up builds it`);
    const lists = BundledPackages.parse(JSON.parse(readFileSync(path, 'utf8')));
    for (const file of built) {
      const packages = lists[file];
      // what a plugin writes beside the bundle (a page's compressed copy, its icons) has no sources
      if (packages === undefined && /\.js$/.test(file) && folder === 'dist/')
        throw new Error(`nobody noted which packages are in ${folder}${file}: set-up builds it`);
      for (const each of packages ?? []) found.add(each);
    }
  }
  return [...found].sort();
}

type SbomContent = {
  role: ReleaseRole;
  version: string;
  /** as package-lock.json names them: `node_modules/NAME` */
  packages: readonly string[];
  debianPackages: readonly string[];
};

/** @throws Error naming a package that package-lock.json does not have */
export function sbomText(checkout: string, { role, version, packages, debianPackages }: SbomContent): string {
  const lock = PackageLock.parse(JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')));
  const components = new Map<string, object>();
  for (const path of packages) {
    const locked = lock.packages[path];
    if (locked?.version === undefined) throw new Error(`package-lock.json has no ${path}`);
    const name = locked.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const component = npmComponent(name, locked.version, locked);
    components.set(component['bom-ref'], component);
  }
  for (const name of debianPackages) {
    const purl = `pkg:deb/debian/${encodeURIComponent(name)}?arch=amd64&distro=debian-12`;
    components.set(purl, { type: 'library', 'bom-ref': purl, name, purl });
  }
  const sorted = [...components].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, component]) => component);
  const self = { type: 'application', 'bom-ref': `maru-${role}`, name: `maru-${role}`, version };
  const sbom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { ...self, licenses: licensesOf('Apache-2.0') } },
    components: sorted,
  };
  return `${JSON.stringify(sbom, null, 1)}\n`;
}

function npmComponent(fullName: string, version: string, { license, integrity }: z.infer<typeof LockedPackage>) {
  const [group, name] = fullName.startsWith('@') ? fullName.split('/') : [undefined, fullName];
  const scope = group === undefined ? '' : `${encodeURIComponent(group)}/`;
  const purl = `pkg:npm/${scope}${name}@${version}`;
  return {
    type: 'library',
    'bom-ref': purl,
    ...(group !== undefined && { group }),
    name: name!,
    version,
    ...(integrity !== undefined && { hashes: hashesOf(integrity) }),
    ...(license !== undefined && { licenses: licensesOf(license) }),
    purl,
  };
}

const ALGORITHMS: Record<string, string> = { sha512: 'SHA-512', sha384: 'SHA-384', sha256: 'SHA-256', sha1: 'SHA-1' };

/** Subresource integrity to hex. */
function hashesOf(integrity: string): { alg: string; content: string }[] {
  return integrity.split(/\s+/).flatMap((each) => {
    const [, algorithm, base64] = /^(\w+)-([A-Za-z0-9+/=]+)$/.exec(each) ?? [];
    const alg = ALGORITHMS[algorithm ?? ''];
    return alg === undefined ? [] : [{ alg, content: Buffer.from(base64!, 'base64').toString('hex') }];
  });
}

function licensesOf(license: string): object[] {
  if (/^[\w.+-]+$/.test(license)) return [{ license: { id: license } }];
  if (/^[\w.+() -]+$/.test(license) && /\b(?:AND|OR|WITH)\b/.test(license)) return [{ expression: license }];
  return [{ license: { name: license } }];
}
