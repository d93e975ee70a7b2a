/**
 * Each word of the pages is used by one. A key counts as used where it stands in the code as a string, or where a template makes it:
 * `kept.${kind}` uses all below `kept.`, `${code}.what` all that end so. A word that is reached in another way needs a line in REACHED.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const WORDS = 'controller/ui/words/';
/** by namespace: all of its words are reached by names of the contract (`signals[name]`) */
const REACHED: readonly string[] = ['errors', 'notices', 'signals'];
const PLURAL = /_(?:zero|one|two|few|many|other)$/;

const code = ['controller', 'fleet', 'kiosk']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.test\.|under-test/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  )
  .filter((path) => !relative(ROOT, path).startsWith(WORDS) && !path.includes('/dist/'))
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n');
// `devices:hdmi.hide` too
const strings = new Set(code.match(/(?<=['"`](?:[\w-]+:)?)[\w.-]+(?=['"`])|[\w-]+(?=: )/g));
const starts = [...code.matchAll(/`([\w-]+\.[\w.-]*)\$\{/g)].map(([, start]) => start!);
const ends = [...code.matchAll(/\}((?:\.[\w-]+)+)`/g)].map(([, end]) => end!);

const isUsedWord = (key: string): boolean =>
  strings.has(key) || starts.some((start) => key.startsWith(start)) || ends.some((end) => key.endsWith(end));

function keysOf(words: object, before = ''): string[] {
  return Object.entries(words).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? keysOf(value, `${before}${name}.`)
      : [`${before}${name}`.replace(PLURAL, '')],
  );
}

const namespaces = readdirSync(join(ROOT, WORDS, 'en')).map((file) => file.replace('.ts', ''));
test.each(namespaces.filter((name) => !REACHED.includes(name)))('%s', async (name) => {
  const { default: words } = (await import(join(ROOT, WORDS, 'en', `${name}.ts`))) as { default: object };
  expect(keysOf(words).filter((key) => !isUsedWord(key))).toEqual([]);
});
