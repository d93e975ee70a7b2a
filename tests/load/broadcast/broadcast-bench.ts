/**
 * The broadcast bench: glass to glass by a clock in the picture; the program's processor time beside a page that encodes one camera;
 * a thousand held playlists; what a viewer costs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CpuWatch, proportionalBytes } from '../processes.ts';
import type { BenchReport } from '../report.ts';
import { ageMs, CLOCK_COLOUR } from './clock.ts';
import { EncodingBrowser } from './encoding-browser.ts';
import { answerAll } from './held-playlists.ts';
import { type OnAir, startOnAir, viewingTokens } from './on-air.ts';
import { VIEWERS_AT_FULL_SIZE, viewersCost } from './viewers.ts';

export type BroadcastBenchOptions = { runs: number; seed: number; only: string | null };

const SETTLING_MS = 15_000;
const WATCHED_MS = 20_000;
const LOOK_EVERY_MS = 250;
const CPU_MS = 15_000;
const STARTING_MS = 3_000;
const VIEWERS = 1_000;

export async function broadcastBench({ runs, seed, only }: BroadcastBenchOptions): Promise<BenchReport> {
  const report: BenchReport = { bench: 'broadcast', seed, figures: [], bareTimes: {} };
  const wanted = (part: string): boolean => only === null || only.split(',').includes(part);
  if (wanted('latency') || wanted('program') || wanted('held')) await measureOnAir(report, runs, wanted);
  if (wanted('viewers')) await viewersCost(report, { runs, ...VIEWERS_AT_FULL_SIZE });
  return report;
}

async function measureOnAir(report: BenchReport, runs: number, wanted: (part: string) => boolean): Promise<void> {
  progress('going on air');
  const onAir = await startOnAir();
  try {
    await sleep(SETTLING_MS);
    if (wanted('latency')) await latency(report, onAir);
    if (wanted('program')) await programCost(report, onAir, runs);
    if (wanted('held')) await heldPlaylists(report, onAir, runs);
  } finally {
    await onAir.close();
  }
}

async function latency(report: BenchReport, { viewer }: OnAir): Promise<void> {
  progress('glass to glass');
  const ages: number[] = [];
  const everyNumber = Array.from({ length: 256 }, (_, number) => [number, CLOCK_COLOUR] as const);
  const until = performance.now() + WATCHED_MS;
  while (performance.now() < until) {
    const { numbers, nowMs } = await viewer.video.evaluate(
      (video, known) => ({
        nowMs: Date.now(),
        numbers: window.maruSenses.seeAllIn(video as HTMLVideoElement, known).map(({ number }) => number),
      }),
      everyNumber,
    );
    if (numbers.length > 0) ages.push(Math.min(...numbers.map((number) => ageMs(number, nowMs))) / 1_000);
    await sleep(LOOK_EVERY_MS);
  }
  if (ages.length === 0) throw new Error('no clock was seen');
  report.figures.push({
    name: 'hlsGlassToGlassP50Seconds',
    values: ages,
    limit: 2.5,
    note: 'parts of 500 ms, goal 1.8',
  });
}

async function programCost(report: BenchReport, { scene }: OnAir, runs: number): Promise<void> {
  const [ours, peers, packager]: [number[], number[], number[]] = [[], [], []];
  for (let run = 0; run < runs; run += 1) {
    progress(`the program’s processor time, pair ${run + 1} of ${runs}`);
    const watches = [new CpuWatch(scene.product.pid('program')), new CpuWatch(scene.product.pid('packager'))] as const;
    await sleep(CPU_MS);
    ours.push(watches[0].end());
    packager.push(watches[1].end());
    const browser = await EncodingBrowser.start();
    await sleep(STARTING_MS);
    const peer = new CpuWatch(browser.pid);
    await sleep(CPU_MS);
    peers.push(peer.end());
    await browser.close();
  }
  report.figures.push({
    name: 'programCpuRatio',
    values: ours.map((seconds, run) => seconds / peers[run]!),
    note: 'to Chromium that draws and encodes one camera',
  });
  for (const role of ['program', 'packager'] as const)
    report.figures.push({
      name: `${role}MemoryMegabytes`,
      values: [proportionalBytes(scene.product.pid(role)) / 1_000_000],
      note: 'proportional, with what it started',
    });
  for (const [role, used] of Object.entries({ program: ours, packager }))
    report.bareTimes[`${role}: processor ms a second`] = used.map((seconds) => (seconds * 1_000_000) / CPU_MS);
}

async function heldPlaylists(report: BenchReport, onAir: OnAir, runs: number): Promise<void> {
  const [spreads, unanswered]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run += 1) {
    progress(`${VIEWERS} held playlists, ${run + 1} of ${runs}`);
    const held = await answerAll(onAir.filesUrl, await viewingTokens(onAir, VIEWERS));
    unanswered.push(held.unanswered);
    spreads.push(held.lastMs - held.firstMs);
  }
  report.figures.push({ name: 'heldPlaylistsUnanswered', values: unanswered, limit: 0, note: `of ${VIEWERS}` });
  report.bareTimes[`${VIEWERS} held playlists: first to last answer`] = spreads;
}

const progress = (what: string): void => console.error(`· ${what}`);
