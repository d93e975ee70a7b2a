/**
 * The kiosk bench: what an idle room costs above a blank page in the same Chromium, how soon the TV shows something,
 * and whether memory stays flat over simulated calls. The TV is a real window on a virtual display.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, pair, Phone } from '../../simulators/phone/phone.ts';
import { TvDisplay } from '../../simulators/tv-display.ts';
import { Product } from '../../e2e/product/product.ts';
import { cpuSeconds, processTree, proportionalBytes } from '../processes.ts';
import { type BenchReport, median } from '../report.ts';
import { BlankBrowser } from './blank-browser.ts';
import { readyRatios } from './ready.ts';

const SETTLING_MS = 20_000;
const WINDOW_MS = 20_000;
const MB = 1024 * 1024;

export type KioskBenchOptions = { runs: number; seed: number; soakMinutes: number; only: string | null };

export async function kioskBench({ runs, seed, soakMinutes, only }: KioskBenchOptions): Promise<BenchReport> {
  const report: BenchReport = { bench: 'kiosk', seed, figures: [], bareTimes: {} };
  const wanted = (part: string): boolean => only === null || only === part;
  if (wanted('idle') || (soakMinutes > 0 && wanted('soak'))) {
    const display = await TvDisplay.start();
    const product = await Product.start([], display.name);
    try {
      const { fleetUrl, controllerUrl } = product.addresses;
      // before the restart, which shows other codes
      const { controllerToken } = await pair({ fleetUrl, code: codeOf(controllerUrl) });
      await startedBefore(product);
      if (wanted('idle')) await idle(report, { product, display: display.name, runs });
      if (soakMinutes > 0 && wanted('soak')) await soak(report, product, soakMinutes, controllerToken);
    } finally {
      await product.stop();
      await display.stop();
    }
  }
  if (wanted('ready')) {
    progress('from power on to the idle picture');
    report.figures.push({ name: 'readyRatio', values: await readyRatios(runs), note: 'to Chromium on a static page' });
  }
  return report;
}

/** As a box stands there from its second day on: what Node compiled at the first start is kept. */
async function startedBefore(product: Product): Promise<void> {
  await sleep(SETTLING_MS);
  for (const role of ['agent', 'shell'] as const) await product.replaced(role, product.kill(role, 'SIGTERM'), 60_000);
  await sleep(SETTLING_MS);
}

/** Agent, shell and screen: each a unit of its own in a real room; the supervisor that stands in for systemd is left out. */
const roomPids = (product: Product): number[] => [product.pid('agent'), product.pid('shell')];
const sum = (pids: number[], of: (pid: number) => number): number => pids.reduce((all, pid) => all + of(pid), 0);

type Idle = { product: Product; display: string; runs: number };

async function idle(report: BenchReport, { product, display, runs }: Idle): Promise<void> {
  const blank = new BlankBrowser(display);
  const cpu: number[] = [];
  const memory: number[] = [];
  const alone: { room: number[]; blank: number[] } = { room: [], blank: [] };
  try {
    progress('letting the room and the blank page settle');
    await sleep(SETTLING_MS);
    if (processTree(blank.pid).length < 3) throw new Error('the blank browser is not running');
    for (let run = 0; run < runs; run += 1) {
      progress(`idle, window ${run + 1} of ${runs}`);
      const pids = roomPids(product);
      const before = { room: sum(pids, cpuSeconds), blank: cpuSeconds(blank.pid), atMs: performance.now() };
      await sleep(WINDOW_MS);
      const seconds = (performance.now() - before.atMs) / 1000;
      const room = ((sum(pids, cpuSeconds) - before.room) / seconds) * 100;
      const peer = ((cpuSeconds(blank.pid) - before.blank) / seconds) * 100;
      cpu.push(room - peer);
      const [roomMb, blankMb] = [sum(pids, proportionalBytes) / MB, proportionalBytes(blank.pid) / MB];
      memory.push(roomMb - blankMb);
      alone.room.push(roomMb);
      alone.blank.push(blankMb);
    }
  } finally {
    await blank.close();
  }
  report.figures.push(
    { name: 'idleCpuAboveBlankPercent', values: cpu, limit: 2, note: 'of one core; agent, shell and screen' },
    {
      name: 'idlePssAboveBlankMB',
      values: memory,
      limit: 200,
      note: `room ${Math.round(median(alone.room))}, blank ${Math.round(median(alone.blank))} MB`,
    },
  );
}

/** One call after another; memory is looked at in between, when the room is idle. */
async function soak(report: BenchReport, product: Product, minutes: number, token: string): Promise<void> {
  const phone = new Phone({ fleetUrl: product.addresses.fleetUrl, token, staysConnected: true });
  await phone.connect();
  const samples: { minute: number; mb: number }[] = [];
  const startedAtMs = performance.now();
  const minute = (): number => (performance.now() - startedAtMs) / 60_000;
  let calls = 0;
  while (minute() < minutes) {
    await phone.command({ name: 'join-call' });
    await phone.until(({ phase }) => phase.name === 'in-call', 30_000);
    await sleep(10_000);
    await phone.command({ name: 'end-call' });
    await phone.until(({ phase }) => phase.name === 'idle', 30_000);
    await sleep(5_000);
    calls += 1;
    samples.push({ minute: minute(), mb: sum(roomPids(product), proportionalBytes) / MB });
    progress(`${calls} calls, ${minute().toFixed(1)} of ${minutes} minutes, ${samples.at(-1)!.mb.toFixed(0)} MB`);
  }
  phone.close();
  // the first third warms caches up; flat is the last third against the middle one
  const third = Math.floor(samples.length / 3);
  const [middle, last] = [samples.slice(third, 2 * third), samples.slice(2 * third)];
  const growth = median(last.map(({ mb }) => mb)) - median(middle.map(({ mb }) => mb));
  report.figures.push({
    name: 'soakPssGrowthMB',
    values: [growth],
    limit: 10,
    note: `${calls} calls in ${minutes} minutes; last third to middle third`,
  });
}

const progress = (what: string): void =>
  void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${what}\n`);
