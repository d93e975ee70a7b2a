/**
 * The window on the TV: Debian's Chromium on the agent's page, full screen, watched. A page that crashed or froze, or a
 * browser that ended, is back within 5 s. Owns the browser's process and nothing of what it shows.
 */
import { parseArgs } from 'node:util';
import { Browser } from './browser.ts';
import { trustCa } from './nss.ts';

const { values: options } = parseArgs({
  options: {
    url: { type: 'string' },
    'profile-dir': { type: 'string' },
    headless: { type: 'boolean', default: false },
    'fake-media': { type: 'boolean', default: false },
    'nss-ca': { type: 'string' },
  },
});
const { url, 'profile-dir': profileDir } = options;
if (url === undefined || profileDir === undefined) throw new Error('usage: main.ts --url=URL --profile-dir=DIR');

/** Asked each second; a page that has not answered by then is frozen. */
const LOOK_MS = 1_000;
const FROZEN_AFTER_MS = 2_500;
const FIRST_PAGE_WITHIN_MS = 15_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

if (options['nss-ca'] !== undefined) await trustCa(profileDir, options['nss-ca']);

let browser: Browser | null = null;
let ending = false;
let pauseMs = FIRST_PAUSE_MS;
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end());
if (process.send) process.on('disconnect', () => void end());

while (!ending) {
  browser = new Browser({ url, profileDir, headless: options.headless, fakeMedia: options['fake-media'] });
  try {
    await browser.start(FIRST_PAGE_WITHIN_MS);
    pauseMs = FIRST_PAUSE_MS;
    const why = await browser.watch(LOOK_MS, FROZEN_AFTER_MS);
    if (!ending) process.stderr.write(`shell: ${why}, the browser is started again\n`);
  } catch (error) {
    if (!ending) process.stderr.write(`shell: ${(error as Error).message}, trying again in ${pauseMs} ms\n`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }
  await browser.stop();
}

async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  await browser?.stop();
  process.exit(0);
}
