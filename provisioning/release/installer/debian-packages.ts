/** Brings the packages of Debian that a release needs, from the release alone: no source of this machine is asked. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { missingDebianPackages } from '../../system/debian-status.ts';
import { InstallError } from './install-error.ts';
import type { AptSource } from './release-source.ts';

const LAST_WORDS = 15;

/**
 * @param workFolder of ours, for apt's lists
 * @param progress in a few words
 * @throws InstallError with apt's last words
 */
export async function installDebianPackages(
  packages: readonly string[],
  source: AptSource,
  workFolder: string,
  progress: (what: string) => void,
): Promise<void> {
  const lists = join(workFolder, 'lists');
  const archives = join(workFolder, 'archives');
  for (const each of [lists, archives]) mkdirSync(join(each, 'partial'), { recursive: true });
  const sources = join(workFolder, 'sources.list');
  // its index and packages are checked by the hashes of the release, which no key of Debian signs
  writeFileSync(sources, `deb [trusted=yes] ${source.uri}/ /\n`);
  const options = [
    ...source.options,
    `Dir::Etc::sourcelist=${sources}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${lists}`,
    `Dir::Cache::archives=${archives}`,
    'Dir::Cache::pkgcache=',
    'Dir::Cache::srcpkgcache=',
    'APT::Sandbox::User=',
    // a clock that was never set
    'Acquire::Check-Valid-Until=false',
    'Acquire::Check-Date=false',
    'Acquire::Retries=6',
    'Acquire::Languages=none',
    'DPkg::Lock::Timeout=300',
    'DPkg::Options::=--force-confdef',
    'DPkg::Options::=--force-confold',
    'APT::Get::Assume-Yes=true',
  ].flatMap((option) => ['-o', option]);
  await apt([...options, '-q', 'update'], () => progress('reading the list'));
  let done = 0;
  await apt([...options, '-q', '--no-install-recommends', 'install', ...packages], (line) => {
    const [, action, name] = /^(Unpacking|Setting up) (\S+)/.exec(line) ?? [];
    if (name) progress(`${action?.toLowerCase()} ${name} (${++done})`);
  });
}

/** For a release without packages. @throws InstallError with the command that brings what is missing */
export function needDebianPackages(packages: readonly string[]): void {
  const missing = missingDebianPackages(packages);
  if (missing.length > 0)
    throw new InstallError(
      `this release brings no packages of Debian, and some are missing:\n\n  apt-get install --no-install-recommends ${missing.join(' ')}\n`,
    );
}

async function apt(args: string[], onLine: (line: string) => void): Promise<void> {
  const env = { ...process.env, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' };
  const child = spawn('apt-get', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const words: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', (line) => {
      words.push(line);
      if (words.length > LAST_WORDS) words.shift();
      onLine(line);
    });
  child.once('error', (error) => words.push(error.message));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0)
    throw new InstallError(`Debian's packages could not be installed; apt's last words:\n\n${words.join('\n')}\n`);
}
