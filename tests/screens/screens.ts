/**
 * `npm run screens`: every state of every page, in Korean and English, at the sizes it is used, as pictures and one
 * contact sheet to judge them by. The pages are the built ones; servers are played.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { type Browser, chromium } from 'playwright-core';
import { consoleScenes } from './scenes/console.ts';
import { joinScenes } from './scenes/join.ts';
import { remoteScenes } from './scenes/remote.ts';
import { type Scene, type SizeName, viewports } from './scenes/scene.ts';
import { screenScenes } from './scenes/screen.ts';
import { ORIGIN, servePages } from './static-pages.ts';

const help = `npm run screens -- [options]: every state, language and size as pictures and a contact sheet

  --only WORDS   scenes whose name has these words, as "tv/idle"
  --scheme NAME  light or dark (light)
  --out DIR      emptied first (tests/screens/dist)`;

const { values } = readCommandLine(help, (args) =>
  parseArgs({
    args,
    options: {
      out: { type: 'string', default: 'tests/screens/dist' },
      only: { type: 'string' },
      scheme: { type: 'string', default: 'light' },
    },
  }),
);
const pages: Record<string, readonly Scene[]> = {
  tv: screenScenes,
  remote: remoteScenes,
  join: joinScenes,
  console: consoleScenes,
};
const languages = { en: 'en-US', ko: 'ko-KR' } as const;
type Shot = { page: string; scene: Scene; size: SizeName; language: keyof typeof languages; file: string };

const shots: Shot[] = Object.entries(pages)
  .flatMap(([page, scenes]) => scenes.map((scene) => ({ page, scene })))
  .filter(({ page, scene }) => values.only === undefined || `${page}/${scene.name}`.includes(values.only))
  .flatMap(({ page, scene }) =>
    scene.sizes.flatMap((size) =>
      (['en', 'ko'] as const).map((language) => ({
        page,
        scene,
        size,
        language,
        file: `${page}-${scene.name}-${size}-${language}.png`,
      })),
    ),
  );

const out = values.out;
await rm(out, { recursive: true, force: true });
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
const failed: string[] = [];
for (const [index, shot] of shots.entries()) {
  process.stderr.write(`\r${index + 1}/${shots.length} ${shot.file}`.padEnd(90));
  try {
    await take(browser, shot);
  } catch (error) {
    failed.push(shot.file);
    process.stderr.write(`\n${shot.file}: ${(error as Error).message.split('\n')[0]}\n`);
  }
}
await browser.close();
await writeFile(join(out, 'index.html'), contactSheet(shots.filter(({ file }) => !failed.includes(file))));
console.log(`\n${shots.length - failed.length} pictures in ${out}, contact sheet ${join(out, 'index.html')}`);
process.exit(failed.length === 0 ? 0 : 1);

async function take(from: Browser, { scene, size, language, file }: Shot): Promise<void> {
  const context = await from.newContext({
    viewport: viewports[size],
    locale: languages[language],
    colorScheme: values.scheme === 'dark' ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await servePages(page);
    await scene.setup(page);
    const address = new URL(scene.path, ORIGIN);
    address.searchParams.set('lang', language);
    await page.goto(address.href);
    await scene.act?.(page);
    await page.evaluate(() => document.fonts.ready);
    // what was shortened to nothing by reduced motion still needs a frame to arrive, and one to be painted
    await page.evaluate(
      () => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(painted, 50)))),
    );
    await page.screenshot({ path: join(out, file) });
  } finally {
    await context.close();
  }
}

function contactSheet(taken: Shot[]): string {
  const cell = ({ page, scene, size, language, file }: Shot): string =>
    `<a href="${file}"><img loading="lazy" src="${file}" alt=""><span>${page} · ${scene.name} · ${size} · ${language}</span></a>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Maru: every screen</title>
<style>body{font:14px system-ui;margin:24px;background:#eee}main{display:grid;grid-template-columns:repeat(auto-fill,minmax(320px,1fr));gap:16px}
a{color:#222;text-decoration:none}img{width:100%;border-radius:6px;box-shadow:0 1px 4px #0004;background:#fff}span{display:block;padding:4px 0}</style>
<h1>Every screen (${taken.length})</h1><main>${taken.map(cell).join('\n')}</main></html>`;
}
