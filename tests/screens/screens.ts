/**
 * `npm run screens`: every state of every page, in Korean and English, at the sizes it is used, as pictures and one
 * contact sheet to judge them by. The pages are the built ones; servers are played. Takes only the pictures whose page or
 * scene changed since they were taken.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { chromium } from 'playwright-core';
import { filesOfModules, filesOfPage, hashOf } from './sources.ts';
import { type PageName, pages, type Shot, shotsNamed, shotsOf } from './shots.ts';
import { takePictures } from './take-pictures.ts';

const help = `npm run screens -- [options]: every state, language and size as pictures and a contact sheet

  --only WORDS   scenes whose name has these words, as "tv/idle"
  --all          those too whose page and scene are as they were
  --whole        whole pages, also what is below the window's end
  --scheme NAME  light or dark (light)
  --out DIR      (tests/screens/dist)`;

const { wanted, scheme, all, whole, out } = readCommandLine(help, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      out: { type: 'string', default: 'tests/screens/dist' },
      only: { type: 'string' },
      all: { type: 'boolean', default: false },
      whole: { type: 'boolean', default: false },
      scheme: { type: 'string', default: 'light' },
    },
  });
  if (values.scheme !== 'light' && values.scheme !== 'dark') throw new Error('--scheme is light or dark');
  return { ...values, scheme: values.scheme, wanted: shotsNamed(shotsOf(values.scheme), values.only) } as const;
});

const root = fileURLToPath(new URL('../..', import.meta.url));
const startedAt = performance.now();
await mkdir(out, { recursive: true });
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--autoplay-policy=no-user-gesture-required',
  ],
});

/** File of each picture in `out` -> the hash of what it was made from. */
const record = join(out, 'made-from.json');
const madeFrom: Record<string, string> = existsSync(record) ? JSON.parse(await readFile(record, 'utf8')) : {};
const known = new Set([...shotsOf('light'), ...shotsOf('dark')].map(({ file }) => file));
for (const file of Object.keys(madeFrom)) {
  if (known.has(file)) continue;
  delete madeFrom[file];
  await rm(join(out, file), { force: true });
}

const sources = new Map<PageName, string>();
for (const page of new Set(wanted.map((shot) => shot.page))) {
  const modules = ['screens.ts', 'take-pictures.ts', `scenes/${pages[page].module}.ts`];
  const files = [
    ...filesOfPage(join(root, pages[page].built)),
    ...filesOfModules(
      root,
      modules.map((path) => join(import.meta.dirname, path)),
    ),
  ];
  sources.set(page, hashOf(root, files, browser.version()));
}
const isTaken = ({ page, file }: Shot): boolean =>
  !all && !whole && madeFrom[file] === sources.get(page) && existsSync(join(out, file));
const due = wanted.filter((shot) => !isTaken(shot));

const failed: string[] = [];
let count = 0;
await takePictures(browser, due, { scheme, whole, out }, (shot, error) => {
  count += 1;
  process.stderr.write(`\r${count}/${due.length} ${shot.file}`.padEnd(90));
  // a whole page is another picture of the same name
  if (error === null && !whole) madeFrom[shot.file] = sources.get(shot.page)!;
  else delete madeFrom[shot.file];
  // each time: a run that is stopped goes on where it was
  writeFileSync(record, JSON.stringify(madeFrom, null, 1));
  if (error === null) return;
  failed.push(shot.file);
  process.stderr.write(`\n${shot.file}: ${error.message.split('\n')[0]}\n`);
});
await browser.close();
const shown = wanted.filter(({ file }) => !failed.includes(file));
await writeFile(join(out, 'index.html'), contactSheet(shown));
const seconds = Math.round((performance.now() - startedAt) / 1000);
console.log(
  `\n${due.length - failed.length} pictures taken in ${seconds} s, ${wanted.length - due.length} as they were; contact sheet ${join(out, 'index.html')}`,
);
process.exit(failed.length === 0 ? 0 : 1);

function contactSheet(taken: Shot[]): string {
  const cell = ({ page, scene, size, language, file }: Shot): string =>
    `<a href="${file}"><img loading="lazy" src="${file}" alt=""><span>${page} · ${scene.name} · ${size} · ${language}</span></a>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Maru: every screen</title>
<style>body{font:14px system-ui;margin:24px;background:#eee}main{display:grid;grid-template-columns:repeat(auto-fill,minmax(320px,1fr));gap:16px}
a{color:#222;text-decoration:none}img{width:100%;border-radius:6px;box-shadow:0 1px 4px #0004;background:#fff}span{display:block;padding:4px 0}</style>
<h1>Every screen (${taken.length})</h1><main>${taken.map(cell).join('\n')}</main></html>`;
}
