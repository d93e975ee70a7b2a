/** Where Debian's packages come from: the archives that this machine's own apt uses, or a mirror that is named. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An archive, and the suite of it that a box of Debian 12 uses. */
export type DebianSource = { uri: string; suite: string };

const RELEASE = 'bookworm';

export const debianSourcesOf = ({ main, security }: { main: string; security: string }): DebianSource[] => [
  { uri: main, suite: RELEASE },
  { uri: main, suite: `${RELEASE}-updates` },
  { uri: security, suite: `${RELEASE}-security` },
];

/** A mirror has both archives under these names. */
export const sourcesAtMirror = (mirror: string): DebianSource[] =>
  debianSourcesOf({ main: `${mirror}/debian`, security: `${mirror}/debian-security` });

/**
 * Of this machine, whichever release of Debian it is: the archives hold all of them.
 * @param etcApt `/etc/apt`
 * @throws Error in words where apt here reads no archive of Debian
 */
export function sourcesOfMachine(etcApt = '/etc/apt'): DebianSource[] {
  const entries = sourceFiles(etcApt).flatMap((file) =>
    file.endsWith('.sources') ? deb822Entries(readFileSync(file, 'utf8')) : listEntries(readFileSync(file, 'utf8')),
  );
  const usable = entries.filter(({ uri, components }) => /^(?:https?|file):/.test(uri) && components.includes('main'));
  const security = usable.find((entry) => isArchive(entry, 'debian-security'));
  const main = usable.find((entry) => isArchive(entry, 'debian'));
  if (!main || !security)
    throw new Error(
      `${etcApt} names no archive of Debian${main ? "'s security updates" : ''}: --debian-mirror URL names a mirror, --without-debian-packages does without`,
    );
  return debianSourcesOf({ main: main.uri, security: security.uri });
}

type Entry = { uri: string; suites: string[]; components: string[] };

function isArchive({ uri, suites }: Entry, name: 'debian' | 'debian-security'): boolean {
  if (uri.endsWith(`/${name}`)) return true;
  const suite = name === 'debian' ? RELEASE : `${RELEASE}-security`;
  return suites.includes(suite);
}

function sourceFiles(etcApt: string): string[] {
  const parts = join(etcApt, 'sources.list.d');
  const inParts = existsSync(parts)
    ? readdirSync(parts)
        .filter((name) => /^[\w.-]+\.(?:list|sources)$/.test(name))
        .sort()
        .map((name) => join(parts, name))
    : [];
  return [join(etcApt, 'sources.list'), ...inParts].filter((file) => existsSync(file));
}

/** `deb [options] URI SUITE COMPONENT…`, see sources.list(5). */
function listEntries(text: string): Entry[] {
  return text.split('\n').flatMap((line) => {
    const [, uri, suite, components] = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]+)/.exec(line) ?? [];
    return uri === undefined ? [] : [entryOf(uri, [suite!], words(components!))];
  });
}

/** Stanzas of `Name: value`, continued by lines that begin with a blank. */
function deb822Entries(text: string): Entry[] {
  const withoutComments = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map(
      [...stanza.matchAll(/^([A-Za-z-]+):((?:.*)(?:\n[ \t].*)*)/gm)].map(([, name, value]) => [
        name!.toLowerCase(),
        value!,
      ]),
    );
    const of = (name: string): string[] => words(fields.get(name) ?? '');
    if (!of('types').includes('deb') || /^\s*(?:no|false|0|off)\s*$/i.test(fields.get('enabled') ?? '')) return [];
    return of('uris').map((uri) => entryOf(uri, of('suites'), of('components')));
  });
}

const entryOf = (uri: string, suites: string[], components: string[]): Entry => ({
  uri: uri.replace(/\/+$/, ''),
  suites,
  components,
});

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
