// A README or guide that names a file of the repository names one that exists, and its links lead somewhere.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** `#call/` to `fleet/call/`, from the package's own imports. */
const aliases = Object.entries(packageJson.imports).map(
  ([alias, target]) => [alias.replace('*', ''), target.replace('./', '').replace('*', '')] as const,
);

/** What a page names as files: in backticks, with the ending of a source; and a table's folders. */
function namedFiles(page: string): string[] {
  const quoted = [...page.matchAll(/`([^`\s]+\.(?:tsx?|mjs|css|html))`/g)].map(([, name]) => name as string);
  const folders = [...page.matchAll(/^\| *`([^`\s]+\/)`/gm)].map(([, name]) => name as string);
  return [...quoted, ...folders].filter((name) => !/^https?:|(^|\/)dist\//.test(name));
}

/** Its links to files of ours, without the place on the page. */
const linkedFiles = (page: string): string[] =>
  [...page.matchAll(/\]\(([^)#\s]+)/g)].map(([, to]) => to as string).filter((to) => !/^\w+:/.test(to));

/**
 * A path begins at the root, at the page or at any folder above it; a bare name is looked for below the page.
 * `*`, `<name>` and a word in capitals stand for a part of a name.
 */
function isThere(name: string, pagePath: string, files: readonly string[]): boolean {
  const home = dirname(pagePath) === '.' ? '' : `${dirname(pagePath)}/`;
  const alias = aliases.find(([from]) => name.startsWith(from));
  const path = alias ? name.replace(alias[0], alias[1]) : name.startsWith('.') ? join(home, name) : name;
  const pattern = path.replace(/[.[\]]/g, '\\$&').replace(/\*|<\w+>|\b[A-Z]{3,}\b/g, '[^/]*');
  const isFolder = path.endsWith('/');
  const isAnywhere = path.slice(0, -1).includes('/') || path.includes('*');
  const matches = new RegExp(`(^|/)${pattern}${isFolder ? '' : '$'}`);
  return files.some((file) => (isAnywhere || file.startsWith(home)) && matches.test(file));
}

it('every file and folder that a README or guide names exists', () => {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: checkout })
    .toString()
    .split('\n')
    .filter((path) => path !== '' && existsSync(join(checkout, path)));
  const pages = files.filter((path) => /(^|\/)(README|GUIDE)\.md$/.test(path));
  expect(pages.length).toBeGreaterThan(25);
  const missing = pages.flatMap((path) => {
    const page = readFileSync(join(checkout, path), 'utf8');
    const named = namedFiles(page).filter((name) => !isThere(name, path, files));
    const linked = linkedFiles(page).filter((to) => !existsSync(join(checkout, dirname(path), to)));
    return [...named, ...linked].map((name) => `${path}: ${name}`);
  });
  expect(missing).toEqual([]);
});

it.each([
  ['a bare name below the page', 'call.ts', true],
  ['a bare name elsewhere', 'agent.ts', false],
  ['a path from the root', 'fleet/media/call.ts', true],
  ['a path from a folder above', 'media/call.ts', true],
  ['an alias', '#stage/layout.ts', true],
  ['a path from the page', '../../kiosk/agent.ts', true],
  ['a pattern', 'testing/NAME.test.ts', true],
  ['a folder', 'testing/', true],
  ['a file that was renamed', 'media/room.ts', false],
  ['a folder that was moved', 'layouts/', false],
])('%s', (_, name, isFound) => {
  const files = ['fleet/media/call.ts', 'fleet/media/testing/a.test.ts', 'kiosk/agent.ts', 'kiosk/stage/layout.ts'];
  expect(isThere(name, 'fleet/media/README.md', files)).toBe(isFound);
});
