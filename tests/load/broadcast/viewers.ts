/**
 * What a viewer costs: processor time and memory of our own delivery, of nginx before it as we install it, and of a bare nginx that sends
 * the very same files; the two nginx also with media alone, because playlists stay with the packager. Each in turn in the same run, at the
 * same load, servers on one core and viewers on the other.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OfficeCa } from '#edge/office-ca-under-test.ts';
import { freePort } from '../../e2e/free-port.ts';
import { LiveEdge } from '../../e2e/networks/live-edge.ts';
import { BareNginx } from '../peers/bare-nginx.ts';
import { cpuSeconds, pinTo, residentBytes } from '../processes.ts';
import { type BenchReport, pairwise } from '../report.ts';
import type { FromHost, HostOptions } from './delivery-host.ts';
import type { Counts, Follows, ToViewers, Watch } from './light-viewers.ts';

export type ViewersOptions = {
  runs: number;
  viewers: number;
  warmUpMs: number;
  measureMs: number;
  /** a viewer asks for as much as a player, give or take this share */
  rateWithin: number;
};
export const VIEWERS_AT_FULL_SIZE = { viewers: 60, warmUpMs: 4_000, measureMs: 15_000, rateWithin: 0.25 };

/** Per viewer. */
type Cost = { cpuMsPerS: number; memoryBytes: number };
/** Resident, per viewer, of the first load: memory that was once used is used again. */
type Memory = { own: number; edge: number };
type Served = { own: Cost; bare: Cost; edge: Cost; edgePackager: Cost; bareFiles: Cost; edgeFiles: Cost };
const PAGE_ORIGIN = 'https://127.0.0.1';
/** Two parts a second, and two playlists. */
const REQUESTS_PER_S: Record<Follows, number> = { 'held-playlist': 4, playlist: 4, parts: 2 };
const TRIES = 3;

export async function viewersCost(report: BenchReport, { runs, ...load }: ViewersOptions): Promise<void> {
  const scene = await ViewersScene.start(load, runs);
  try {
    await scene.prepare();
    const all: Served[] = [];
    for (let run = 0; run < runs; run += 1) {
      console.error(`· ${load.viewers} viewers, ${run + 1} of ${runs}`);
      all.push(await scene.measureAll());
    }
    const of = (name: keyof Served): number[] => all.map((served) => served[name].cpuMsPerS);
    const ratios = (name: keyof Served, peer: 'bare' | 'bareFiles'): number[] => pairwise(of(name), of(peer));
    const note = 'to bare nginx, same files';
    report.figures.push(
      { name: 'viewerCpuOwnRatio', values: ratios('own', 'bare'), limit: 1.67, note },
      {
        name: 'viewerCpuEdgeFilesRatio',
        values: ratios('edgeFiles', 'bareFiles'),
        limit: 1.05,
        note: 'nginx before the packager, media alone',
      },
      { name: 'viewerCpuEdgeRatio', values: ratios('edge', 'bare'), note: 'with playlists, which it proxies' },
      {
        name: 'viewerCpuEdgePackagerRatio',
        values: ratios('edgePackager', 'bare'),
        note: 'the packager behind it: playlists, checks',
      },
      { name: 'viewerMemoryOwnKilobytes', values: [scene.memory.own / 1_000], note: 'resident, a viewer' },
      { name: 'viewerMemoryEdgeKilobytes', values: [scene.memory.edge / 1_000], note: 'of nginx' },
    );
    const names: Record<keyof Served, string> = {
      bare: 'bare nginx',
      own: 'own',
      edge: 'behind nginx',
      edgePackager: 'packager',
      bareFiles: 'bare nginx, media alone',
      edgeFiles: 'behind nginx, media alone',
    };
    for (const name of Object.keys(names) as (keyof Served)[])
      report.bareTimes[`a viewer: processor ms a second, ${names[name]}`] = of(name);
  } finally {
    await scene.close();
  }
}

type Load = Omit<ViewersOptions, 'runs'>;
type Serving = FromHost & { name: 'serving' };

class ViewersScene {
  readonly #load: Load;
  readonly #folder: string;
  readonly #ca: string;
  readonly #host: ChildProcess;
  readonly #serving: Serving;
  readonly #viewers = fork(join(import.meta.dirname, 'light-viewers.ts'), { stdio: 'inherit' });
  readonly #bare: BareNginx;
  readonly #edge: LiveEdge;
  memory: Memory = { own: 0, edge: 0 };
  /** of the packager without a viewer: it cuts and writes */
  #idleCpuMsPerS = 0;

  private constructor(
    load: Load,
    parts: { folder: string; ca: string; host: ChildProcess; serving: Serving; bare: BareNginx; edge: LiveEdge },
  ) {
    this.#load = load;
    this.#folder = parts.folder;
    this.#ca = parts.ca;
    this.#host = parts.host;
    this.#serving = parts.serving;
    this.#bare = parts.bare;
    this.#edge = parts.edge;
    this.#host.on('message', (message: FromHost) => {
      if (message.name === 'part') this.#viewers.send(message satisfies ToViewers);
    });
  }

  static async start(load: Load, runs: number): Promise<ViewersScene> {
    const folder = mkdtempSync(join(tmpdir(), 'maru-viewers-'));
    const ca = await OfficeCa.create();
    const { certPem, keyPem } = await ca.issue('127.0.0.1');
    const tls = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
    writeFileSync(tls.certFile, certPem);
    writeFileSync(tls.keyFile, keyPem);
    const broadcasts = join(folder, 'broadcasts');
    const seconds = 60 + (runs + 1) * 5 * TRIES * ((load.warmUpMs + load.measureMs) / 1_000 + 5);
    const options: HostOptions = { broadcasts, tls, viewers: load.viewers, pageOrigin: PAGE_ORIGIN, seconds };
    const host = fork(join(import.meta.dirname, 'delivery-host.ts'), [JSON.stringify(options)], { stdio: 'inherit' });
    const [serving] = (await once(host, 'message')) as [Serving];
    const listen = async () => ({ host: '127.0.0.1', port: await freePort() });
    const files = { ...tls, broadcastsDir: broadcasts };
    const bare = new BareNginx({ ...files, listen: await listen() });
    const edge = new LiveEdge({ ...files, listen: await listen(), packagerPort: serving.port });
    await Promise.all([bare.start(), edge.start()]);
    return new ViewersScene(load, { folder, ca: ca.pem, host, serving, bare, edge });
  }

  get #ownOrigin(): string {
    return `https://127.0.0.1:${this.#serving.port}`;
  }

  async measureAll(): Promise<Served> {
    const packager = this.#host.pid!;
    const [bare] = await this.#measure(this.#bare.origin, 'playlist', [this.#bare.pid]);
    const [own] = await this.#measure(this.#ownOrigin, 'held-playlist', [packager]);
    const [edge, edgePackager] = await this.#measure(this.#edge.origin, 'held-playlist', [this.#edge.pid, packager]);
    const [bareFiles] = await this.#measure(this.#bare.origin, 'parts', [this.#bare.pid]);
    const [edgeFiles] = await this.#measure(this.#edge.origin, 'parts', [this.#edge.pid]);
    return {
      bare: bare!,
      own: own!,
      edge: edge!,
      edgePackager: edgePackager!,
      bareFiles: bareFiles!,
      edgeFiles: edgeFiles!,
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#bare.stop(), this.#edge.stop()]);
    const ended = [this.#host, this.#viewers].map((child) => once(child, 'exit'));
    this.#host.disconnect();
    this.#viewers.disconnect();
    await Promise.all(ended);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** A broadcast lasts an hour: what is compiled in its first seconds does not count. */
  async prepare(): Promise<void> {
    if (cpus().length > 1) {
      for (const pid of [this.#bare.pid, this.#edge.pid, this.#host.pid!]) pinTo(pid, 0);
      pinTo(this.#viewers.pid!, 1);
    }
    const [own] = await this.#measure(this.#ownOrigin, 'held-playlist', [this.#host.pid!]);
    const [edge] = await this.#measure(this.#edge.origin, 'held-playlist', [this.#edge.pid]);
    this.memory = { own: own!.memoryBytes, edge: edge!.memoryBytes };
    const watch = this.#watchCpu([this.#host.pid!]);
    await sleep(this.#load.measureMs / 2);
    this.#idleCpuMsPerS = watch()[0]!;
  }

  /** @throws Error where the viewers did not get what viewers get */
  async #measure(origin: string, follows: Follows, pids: number[], tries = TRIES): Promise<Cost[]> {
    const { viewers, warmUpMs, measureMs, rateWithin } = this.#load;
    const { broadcastId, tokens } = this.#serving;
    const before = pids.map(residentBytes);
    this.#ask<Watch>({ name: 'watch', origin, broadcastId, tokens, pageOrigin: PAGE_ORIGIN, ca: this.#ca, follows });
    await sleep(warmUpMs);
    const [from, watch] = [await this.#counts('count'), this.#watchCpu(pids)];
    await sleep(measureMs);
    const [used, memory] = [watch(), pids.map(residentBytes)];
    const to = await this.#counts('leave');
    const rate = (to.requests - from.requests) / viewers / (measureMs / 1_000);
    if (to.failures > 0) throw new Error(`${to.failures} of ${viewers} viewers failed at ${origin}`);
    await sleep(1_000);
    const wanted = REQUESTS_PER_S[follows];
    if (Math.abs(rate - wanted) > rateWithin * wanted) {
      if (tries === 1) throw new Error(`${rate.toFixed(2)} requests a viewer and second, not ${wanted}`);
      console.error(`· ${rate.toFixed(2)} requests a viewer and second: something else is busy here, once more`);
      return this.#measure(origin, follows, pids, tries - 1);
    }
    return pids.map((pid, at) => ({
      // of a viewer whose requests are all answered in time
      cpuMsPerS: ((used[at]! - (pid === this.#host.pid ? this.#idleCpuMsPerS : 0)) / viewers) * (wanted / rate),
      memoryBytes: Math.max(0, memory[at]! - before[at]!) / viewers,
    }));
  }

  /** @returns to be called at the end: milliseconds a second that each used */
  #watchCpu(pids: number[]): () => number[] {
    const startMs = performance.now();
    const before = pids.map(cpuSeconds);
    return () => {
      const seconds = (performance.now() - startMs) / 1_000;
      return pids.map((pid, at) => ((cpuSeconds(pid) - before[at]!) * 1_000) / seconds);
    };
  }

  #ask<T extends ToViewers>(message: T): void {
    this.#viewers.send(message);
  }

  async #counts(name: 'count' | 'leave'): Promise<Counts> {
    const answer = once(this.#viewers, 'message');
    this.#ask({ name });
    return ((await answer) as [Counts])[0];
  }
}
