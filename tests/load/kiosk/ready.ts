/**
 * From nothing to a picture: the kiosk as its units start it (agent and shell at once) until the glass shows the idle
 * screen, against the same Chromium on a static page of the same kind. Both are seen by the same eye on the display.
 */
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Product } from '../../e2e/product/product.ts';
import { TvDisplay } from '../../simulators/tv-display.ts';
import { pairwise } from '../report.ts';
import { BlankBrowser } from './blank-browser.ts';

const root = join(import.meta.dirname, '../../..');
const GIVE_UP_MS = 60_000;

/** Ratios, pair by pair. */
export async function readyRatios(runs: number): Promise<number[]> {
  const page = createServer((_, response) =>
    response
      .setHeader('content-type', 'text/html')
      .end('<body style="background:#110d0a;color:#fff;font:160px sans-serif">10:00</body>'),
  );
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(page.address() as AddressInfo).port}/`;
  const [ours, bare]: [number[], number[]] = [[], []];
  // a box that has enrolled before: its folder is what a power on finds
  const product = await Product.start();
  try {
    const dataDir = join(product.folder, 'kiosk');
    process.kill(product.pid('kiosk-supervisor'), 'SIGSTOP');
    process.kill(product.pid('agent'), 'SIGSTOP');
    for (let run = 0; run < runs; run += 1) {
      const measureOurs = async (): Promise<void> => void ours.push(await kioskMs(dataDir));
      const measureBare = async (): Promise<void> => void bare.push(await bareMs(url));
      // each order as often
      for (const measure of run % 2 === 0 ? [measureOurs, measureBare] : [measureBare, measureOurs]) await measure();
    }
    process.kill(product.pid('agent'), 'SIGCONT');
    process.kill(product.pid('kiosk-supervisor'), 'SIGCONT');
  } finally {
    await product.stop();
    page.close();
  }
  return pairwise(ours, bare);
}

async function kioskMs(dataDir: string): Promise<number> {
  const display = await TvDisplay.start();
  display.watch();
  const startedAtMs = performance.now();
  const kiosk = fork(join(root, 'dist/kiosk-main.js'), ['--data-dir', dataDir, '--screen-port', '0', '--fake-media'], {
    stdio: 'ignore',
    env: { ...process.env, DISPLAY: display.name },
  });
  try {
    return await whenLit(display, startedAtMs);
  } finally {
    const ended = new Promise((resolve) => kiosk.once('exit', resolve));
    kiosk.kill('SIGTERM');
    await ended;
    await display.stop();
  }
}

async function bareMs(url: string): Promise<number> {
  const display = await TvDisplay.start();
  display.watch();
  const startedAtMs = performance.now();
  const browser = new BlankBrowser(display.name, url);
  try {
    return await whenLit(display, startedAtMs);
  } finally {
    await browser.close();
    await display.stop();
  }
}

async function whenLit(display: TvDisplay, startedAtMs: number): Promise<number> {
  while (display.darkness.frames === 0 || display.darkness.isDark) {
    if (performance.now() - startedAtMs > GIVE_UP_MS) throw new Error('the display stayed dark');
    await sleep(20);
  }
  return performance.now() - startedAtMs;
}
