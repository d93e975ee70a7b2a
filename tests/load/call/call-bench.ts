/** The call bench: what a person waits for and what a call costs, against bare mediasoup and Janus in the same run. */
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { cameraEncodings } from '#call/encodings.ts';
import { type BenchReport, type Figure, median, pairwise, slope } from '../report.ts';
import { bundlePage } from '../peers/bundle-page.ts';
import { janusServer, maruServer, measurePacketCost, type PacketCost, startBareServer } from './packet-cost.ts';
import { MOST_CONTROLLER_KB, pageWeightKB } from './page-weight.ts';
import { startProduct } from './product.ts';
import { BareRoom, productColdMs, productJoinMs, ProductRoom, productSource, type Ready } from './waits.ts';
import { WaitsScene } from './waits-scene.ts';

const ROUND_TRIPS_MS = [0, 50, 100];
/** A single wait says more of what the machine did meanwhile than of us. The longer round trips come in some of them only. */
const WAITS_PER_RUN = 5;
const SLOPE_WAITS_PER_RUN = 3;
/** Of the cameras, which make ten frames a second. */
const FRAME_MS = 100;
/** Its multiples, taken modulo 1, fill an interval evenly however many there are. */
const GOLDEN_RATIO = 0.618_034;
/** A tenth of a second at 60 Hz: what a person takes for at once. */
const PAINT_LIMIT_FRAMES = 6;
const ENCODINGS = cameraEncodings({ width: 1280, height: 720 });
export type CallBenchOptions = { runs: number; seed: number; only: string | null };

export async function callBench({ runs, seed, only }: CallBenchOptions): Promise<BenchReport> {
  const report: BenchReport = { bench: 'call', seed, figures: [], bareTimes: {} };
  const wanted = (part: string): boolean => only === null || only === part;
  if (wanted('weight')) report.figures.push(...weights());
  if (wanted('waits')) await waits(report, runs, seed);
  if (wanted('waits') || only === 'paint') await paints(report, runs, seed);
  if (wanted('waits') || only === 'tls') await coldOverTls(report, runs, seed);
  if (wanted('packets')) await packets(report, runs);
  return report;
}

function weights(): Figure[] {
  const root = join(import.meta.dirname, '../../..');
  return [
    {
      name: 'controllerWeightKB',
      values: [pageWeightKB(join(root, 'controller/dist'), 'control.html')],
      limit: MOST_CONTROLLER_KB,
    },
    { name: 'guestWeightKB', values: [pageWeightKB(join(root, 'controller/dist'), 'join.html')] },
    { name: 'tvWeightKB', values: [pageWeightKB(join(root, 'kiosk/screen/dist'), 'index.html')] },
  ];
}

async function waits(report: BenchReport, runs: number, seed: number): Promise<void> {
  const scene = new WaitsScene(seed);
  const taps: { x: number; y: number }[] = [];
  const joins: { x: number; y: number }[] = [];
  const colds: { x: number; y: number }[] = [];
  const tap = { ours: [] as number[], bare: [] as number[] };
  const joining = { ours: [] as number[], bare: [] as number[] };
  try {
    progress('starting fleet, kiosk and bare harness behind the delay proxy');
    await scene.start();
    const room = await ProductRoom.open(scene);
    await inTurn(scene, 'tap', runs, {
      ours: async (roundTripMs, ready) => {
        const took = await room.tapToFirstFrameMs(ready);
        taps.push({ x: roundTripMs, y: took });
        if (roundTripMs === 0) tap.ours.push(took);
        await room.leave();
      },
      theirs: async (bare, ready) => void tap.bare.push(await bare.tapToFirstFrameMs(ready)),
    });
    // TV and phone are other machines than the one on which somebody joins
    await room.close();
    await inTurn(scene, 'join', runs, {
      ours: async (roundTripMs, ready) => {
        const took = await productJoinMs(scene, ready);
        joins.push({ x: roundTripMs, y: took });
        if (roundTripMs === 0) joining.ours.push(took);
        colds.push({ x: roundTripMs, y: await productColdMs(scene) });
      },
      theirs: async (bare, ready) => void joining.bare.push(await bare.joinMs(ready)),
    });
  } finally {
    await scene.stop();
  }
  report.figures.push(
    { name: 'tapToFirstFrameRatio', values: pairwise(tap.ours, tap.bare), limit: 1.3 },
    { name: 'joinToFirstFrameRatio', values: pairwise(joining.ours, joining.bare), limit: 1.3 },
    { name: 'tapRoundTrips', values: [slope(medians(taps)).slope], limit: 2.2, note: 'slope over 0, 50, 100 ms' },
    { name: 'joinRoundTrips', values: [slope(medians(joins)).slope], limit: 1.2, note: 'slope over 0, 50, 100 ms' },
    { name: 'coldRoundTrips', values: [slope(medians(colds)).slope], limit: 8, note: 'without TLS' },
  );
  Object.assign(report.bareTimes, {
    'tap to first frame, Maru': tap.ours,
    'tap to first frame, bare': tap.bare,
    'join to first frame, Maru': joining.ours,
    'join to first frame, bare': joining.bare,
    'cold page to first frame, Maru': colds.filter(({ x }) => x === 0).map(({ y }) => y),
  });
}

type Turn = {
  ours: (roundTripMs: number, ready: Ready) => Promise<void>;
  theirs: (bare: BareRoom, ready: Ready) => Promise<void>;
};

/**
 * Ours at each round-trip time in turn, the bare room beside it where there is none: each alone with its own pages, each
 * order as often, all pressed at the same moment between two frames of the camera.
 */
async function inTurn(scene: WaitsScene, name: string, runs: number, { ours, theirs }: Turn): Promise<void> {
  const oneOfOurs = async (roundTripMs: number, laterMs: number): Promise<void> => {
    scene.proxy.impair({ delayMs: roundTripMs / 2 });
    const source = await productSource(scene, ENCODINGS);
    await ours(roundTripMs, () => source.afterFrame(laterMs));
    await source.leave();
    scene.proxy.impair({ delayMs: 0 });
  };
  const oneOfTheirs = async (laterMs: number): Promise<void> => {
    const bare = await BareRoom.open(scene, ENCODINGS);
    await theirs(bare, () => bare.afterFrame(laterMs));
    await bare.close();
  };
  const times = runs * WAITS_PER_RUN;
  for (let time = 0; time < times; time++) {
    const laterMs = ((time * GOLDEN_RATIO) % 1) * FRAME_MS;
    const bareFirst = time % 2 === 1;
    progress(`${name} ${time + 1} of ${times}`);
    if (bareFirst) await oneOfTheirs(laterMs);
    await oneOfOurs(0, laterMs);
    if (!bareFirst) await oneOfTheirs(laterMs);
    if (time % WAITS_PER_RUN >= SLOPE_WAITS_PER_RUN) continue;
    for (const roundTripMs of ROUND_TRIPS_MS.filter((each) => each > 0)) {
      progress(`${name} ${time + 1} of ${times}, round trip ${roundTripMs} ms`);
      await oneOfOurs(roundTripMs, laterMs);
    }
  }
}

/** The same opening over TLS: its handshakes are round trips too. */
async function coldOverTls(report: BenchReport, runs: number, seed: number): Promise<void> {
  const scene = new WaitsScene(seed, { isOverTls: true });
  const colds: { x: number; y: number }[] = [];
  try {
    progress('starting the office over TLS behind the delay proxy');
    await scene.start();
    await productSource(scene, ENCODINGS);
    for (const roundTripMs of ROUND_TRIPS_MS) {
      scene.proxy.impair({ delayMs: roundTripMs / 2 });
      for (let run = 0; run < runs; run++) {
        progress(`cold over TLS, round trip ${roundTripMs} ms, run ${run + 1} of ${runs}`);
        colds.push({ x: roundTripMs, y: await productColdMs(scene) });
      }
    }
  } finally {
    await scene.stop();
  }
  const { slope: roundTrips } = slope(medians(colds));
  report.figures.push({ name: 'coldTlsRoundTrips', values: [roundTrips], limit: 11, note: 'with TLS' });
}

/** The median of each round-trip time: a single slow start would tilt the slope. */
function medians(points: { x: number; y: number }[]): { x: number; y: number }[] {
  return ROUND_TRIPS_MS.map((x) => ({ x, y: median(points.filter((point) => point.x === x).map(({ y }) => y)) }));
}

/** The room's microphone, muted and unmuted from the phone in a call: frames of the TV's display until it shows that. */
async function paints(report: BenchReport, runs: number, seed: number): Promise<void> {
  const scene = new WaitsScene(seed);
  const waits: { tookMs: number; frames: number }[] = [];
  try {
    progress('starting fleet and kiosk');
    await scene.start();
    const room = await ProductRoom.open(scene);
    await productSource(scene, ENCODINGS);
    await room.tapToFirstFrameMs();
    for (let run = 0; run < runs * 2; run++) {
      progress(`tap to paint, run ${run + 1} of ${runs * 2}`);
      waits.push(await room.tapToPaint());
    }
  } finally {
    await scene.stop();
  }
  report.figures.push({
    name: 'tapToPaintFrames',
    values: waits.map(({ frames }) => frames),
    limit: PAINT_LIMIT_FRAMES,
    note: 'of the TV, until the mark is on its display',
  });
  Object.assign(report.bareTimes, {
    'tap to paint, Maru': waits.map(({ tookMs }) => tookMs),
    'a frame of the TV': waits.map(({ tookMs, frames }) => tookMs / frames),
  });
}

async function packets(report: BenchReport, runs: number): Promise<void> {
  const { url, close } = await serveFolder(await bundlePage(join(import.meta.dirname, 'load-page.ts')));
  const product = await startProduct();
  const all: Record<'maru' | 'bare' | 'janus', PacketCost[]> = { maru: [], bare: [], janus: [] };
  try {
    for (let run = 0; run < runs; run++) {
      // each order as often: what the machine does meanwhile hits all alike
      const order = run % 2 === 0 ? (['maru', 'bare', 'janus'] as const) : (['janus', 'bare', 'maru'] as const);
      for (const name of order) {
        progress(`packets, run ${run + 1} of ${runs}: ${name}`);
        const server =
          name === 'maru' ? maruServer(product) : name === 'bare' ? await startBareServer() : await janusServer();
        try {
          all[name].push(await measurePacketCost(server, url));
        } finally {
          await server.close();
        }
      }
    }
  } finally {
    await product.close();
    await close();
  }
  const cost = (name: keyof typeof all): number[] => all[name].map((each) => each.cpuMicrosecondsPerPacket);
  const memory = (name: keyof typeof all): number[] => all[name].map((each) => each.bytesPerViewer);
  const perSecond = all.maru.concat(all.bare, all.janus).map((each) => Math.round(each.packetsPerSecond));
  report.figures.push(
    {
      name: 'packetCpuRatio',
      values: pairwise(cost('maru'), cost('bare')),
      limit: 1.05,
      note: `${Math.min(...perSecond)}..${Math.max(...perSecond)} packets/s`,
    },
    { name: 'packetCpuToJanusRatio', values: pairwise(cost('maru'), cost('janus')), limit: 0.8 },
    { name: 'viewerMemoryToJanusRatio', values: pairwise(memory('maru'), memory('janus')) },
  );
}

async function serveFolder(folder: string): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const name = request.url === '/' ? 'index.html' : request.url!.slice(1);
    response.setHeader('content-type', name.endsWith('.js') ? 'text/javascript' : 'text/html');
    readFile(join(folder, name)).then(
      (body) => response.end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const progress = (what: string): void =>
  void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${what}\n`);
