/**
 * The packages of Debian 12 that a box needs, with all that they depend on, as a folder that apt reads without a network. They
 * are fetched by apt from Debian itself, which checks Debian's signatures; here they are listed again, by hash.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, existsSync, linkSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sha256OfFile } from '#edge/sha256-sums.ts';
import type { DebianSource } from './debian-sources.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
/** Sources whose lists are those of this run. */
const read = new Set<string>();

export type DebianRepositoryOptions = {
  /** wanted, by name */
  packages: readonly string[];
  sources: readonly DebianSource[];
  /** is made */
  folder: string;
  /** milliseconds since 1970, for the index: that of the commit, so that equal packages give equal bytes */
  madeAtMs: number;
  progress: (what: string) => void;
};

/** Whole as for a machine that has nothing: a box may be older than the packages here. @throws Error with apt's last words */
export async function makeDebianRepository(options: DebianRepositoryOptions): Promise<void> {
  const { packages, sources, folder, madeAtMs, progress } = options;
  const apt = new EmptyMachine(sources);
  // once for both roles
  const named = JSON.stringify(sources);
  if (!read.has(named)) await apt.run(['-q', 'update'], () => progress("Debian's lists"));
  read.add(named);
  const wanted = ['--no-install-recommends', 'install', ...packages];
  const files = await apt.filesOf(wanted);
  let fetched = 0;
  await apt.run(['-q', '-y', '--download-only', ...wanted], (line) => {
    if (line.startsWith('Get:')) progress(`${++fetched} of up to ${files.length} packages`);
  });
  mkdirSync(folder, { recursive: true });
  const index: string[] = [];
  for (const [at, name] of files.entries()) {
    const file = join(apt.archives, name);
    // as Debian's own archive does: the version's epoch is not part of the name
    const plainName = name.replace(/_\d+%3a/, '_');
    linkOrCopy(file, join(folder, plainName));
    index.push(await stanzaOf(file, plainName));
    progress(`${at + 1} of ${files.length} packages listed`);
  }
  const packagesFile = index.sort().join('\n');
  writeFileSync(join(folder, 'Packages'), packagesFile);
  writeFileSync(join(folder, 'Release'), releaseOf(packagesFile, madeAtMs));
}

/** apt with a dpkg that knows no package, so that its answer does not depend on what is installed here. */
class EmptyMachine {
  readonly archives: string;
  readonly #options: string[];

  constructor(sources: readonly DebianSource[]) {
    const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'maru', 'debian-packages');
    this.archives = join(folder, 'archives');
    for (const each of ['lists/partial', 'archives/partial']) mkdirSync(join(folder, each), { recursive: true });
    const place = (name: string) => join(folder, name);
    writeFileSync(place('status'), '');
    const line = ({ uri, suite }: DebianSource) => `deb [arch=amd64 signed-by=${KEYRING}] ${uri} ${suite} main\n`;
    writeFileSync(place('sources.list'), sources.map(line).join(''));
    const options = {
      'Dir::State': folder,
      'Dir::State::lists': place('lists'),
      'Dir::State::status': place('status'),
      'Dir::Cache': folder,
      'Dir::Cache::archives': this.archives,
      'Dir::Etc::sourcelist': place('sources.list'),
      'Dir::Etc::sourceparts': '/dev/null',
      'Dir::Etc::preferences': '/dev/null',
      'Dir::Etc::preferencesparts': '/dev/null',
      'APT::Architecture': 'amd64',
      'APT::Architectures': 'amd64',
      // a machine that fetches nothing else needs no user for it
      'APT::Sandbox::User': '',
      'Acquire::Retries': '3',
    };
    this.#options = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  }

  async run(args: string[], onLine: (line: string) => void): Promise<void> {
    const env = { ...process.env, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' };
    const child = spawn('apt-get', [...this.#options, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const words: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      createInterface(stream).on('line', (line) => {
        words.push(line);
        onLine(line);
      });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`apt-get ${args.join(' ')} ended with ${code}:\n${words.slice(-10).join('\n')}`);
  }

  /** What an installation would fetch, as the names of files in `archives`, sorted. */
  async filesOf(args: string[]): Promise<string[]> {
    const files: string[] = [];
    await this.run(['-q', '--simulate', ...args], (line) => {
      const [, name, version, architecture] = /^Inst (\S+) \((\S+) .*\[(\w+)\]\)/.exec(line) ?? [];
      if (name) files.push(`${name}_${version!.replaceAll(':', '%3a')}_${architecture}.deb`);
    });
    return files.sort();
  }
}

/** A package's entry in the index: what it states of itself, where it lies, and its hash. */
async function stanzaOf(file: string, name: string): Promise<string> {
  const control = execFileSync('dpkg-deb', ['--field', file], { encoding: 'utf8' }).trimEnd();
  return `${control}\nFilename: ${name}\nSize: ${statSync(file).size}\nSHA256: ${await sha256OfFile(file)}\n`;
}

function releaseOf(packagesFile: string, madeAtMs: number): string {
  const hash = createHash('sha256').update(packagesFile).digest('hex');
  const fields = {
    Origin: 'Maru',
    Label: 'Maru, packages of Debian 12',
    Suite: 'bookworm',
    Architectures: 'amd64 all',
    Date: new Date(madeAtMs).toUTCString(),
  };
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`);
  return `${head.join('')}SHA256:\n ${hash} ${Buffer.byteLength(packagesFile)} Packages\n`;
}

/** One file under two names, where both lie on one disk. */
export function linkOrCopy(from: string, to: string): void {
  if (existsSync(to)) return;
  try {
    linkSync(from, to);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    copyFileSync(from, to);
  }
}

/** The packages of Debian whose libraries a binary loads; it was built against those of this machine. */
export function packagesBehind(binary: string): string[] {
  const libraries = [...execFileSync('ldd', [binary], { encoding: 'utf8' }).matchAll(/=> (\/\S+)/g)].map(
    ([, path]) => path as string,
  );
  const owners = libraries.map(
    (path) => ownerOf(path) ?? ownerOf(path.replace(/^\/usr/, '')) ?? ownerOf(`/usr${path}`),
  );
  return [...new Set(owners.flatMap((name) => name ?? []))].sort();
}

/** Debian's merged /usr: dpkg knows a library by one of its two paths. */
function ownerOf(path: string): string | null {
  try {
    const found = execFileSync('dpkg-query', ['--search', path], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return /^([^:,]+)/.exec(found)?.[1] ?? null;
  } catch {
    return null;
  }
}
