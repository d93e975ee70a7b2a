/**
 * Many simulated rooms, spread over processes: each room with its own TLS connection and certificate, its life and its
 * faults. Owns the processes; who enrolled the rooms and where they are kept is another matter.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { RoomIdentity } from '../room/enrol.ts';

export type RoomToSimulate = {
  identity: RoomIdentity;
  /** higher than at its last start */
  epoch: number;
  /** of its last event */
  sequence: number;
  /** its place in the fleet, by which its life is seeded */
  at: number;
};

export type WorkerOrder =
  | {
      order: 'start';
      rooms: RoomToSimulate[];
      seed: number;
      faultsPerHour: number;
      failingUpdatesPercent: number;
      bootWithinMs: number;
    }
  | { order: 'stop' };
export type WorkerCounts = {
  online: number;
  inCall: number;
  faulty: number;
  /** since the start */
  faultCount: number;
  /** messages that the broker acknowledged, since the start */
  acknowledged: number;
  /** since the last counts */
  slowestAckMs: number;
  waitingEvents: number;
  /** of the settings that each room has applied and reported; null: not all have */
  lowestReportedRevision: number | null;
  /** how often each went wrong */
  problems: Record<string, number>;
};
export type WorkerReport =
  | { report: 'counts'; counts: WorkerCounts }
  | { report: 'stopped'; counts: WorkerCounts; sequences: [roomId: string, sequence: number][] };

const ROOMS_PER_PROCESS = 2_500;
/** of the server's core, about what a handshake of each room leaves it */
const BOOTS_PER_SECOND = 100;

export type SimulatedFleetOptions = {
  rooms: readonly RoomToSimulate[];
  seed: number;
  faultsPerHour: number;
  failingUpdatesPercent?: number;
  /** by default as many as a server of one core carries with ease */
  bootWithinMs?: number;
};

export class SimulatedFleet {
  readonly #workers: { child: ChildProcess; counts: WorkerCounts | null; sequences: [string, number][] }[] = [];
  /** sent by `onEnded` when a process ended unasked */
  #ended: ((error: Error) => void) | null = null;
  #isStopping = false;
  #slowestAckMs = 0;
  readonly bootWithinMs: number;

  constructor({ rooms, seed, faultsPerHour, failingUpdatesPercent = 0, bootWithinMs }: SimulatedFleetOptions) {
    this.bootWithinMs = bootWithinMs ?? (rooms.length / BOOTS_PER_SECOND) * 1_000;
    const processCount = Math.ceil(rooms.length / ROOMS_PER_PROCESS);
    for (let n = 0; n < processCount; n += 1) {
      const child = fork(join(import.meta.dirname, 'rooms-worker.ts'), {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      const worker = { child, counts: null as WorkerCounts | null, sequences: [] as [string, number][] };
      this.#workers.push(worker);
      child.on('message', (message: WorkerReport) => {
        worker.counts = message.counts;
        this.#slowestAckMs = Math.max(this.#slowestAckMs, message.counts.slowestAckMs);
        if (message.report === 'stopped') worker.sequences = message.sequences;
      });
      child.on('exit', (code, signal) => {
        if (!this.#isStopping) this.#ended?.(new Error(`a process of simulated rooms ended: ${signal ?? code}`));
      });
      const order: WorkerOrder = {
        order: 'start',
        rooms: rooms.filter((_, at) => at % processCount === n),
        seed: seed + n,
        faultsPerHour: faultsPerHour / processCount,
        failingUpdatesPercent,
        bootWithinMs: this.bootWithinMs,
      };
      child.send(order);
    }
  }

  get pids(): number[] {
    return this.#workers.map(({ child }) => child.pid!);
  }

  /** Of all processes together. `slowestAckMs`: since this was last asked. */
  counts(): WorkerCounts {
    const all: WorkerCounts = {
      online: 0,
      inCall: 0,
      faulty: 0,
      faultCount: 0,
      acknowledged: 0,
      slowestAckMs: this.#slowestAckMs,
      waitingEvents: 0,
      lowestReportedRevision: null,
      problems: {},
    };
    this.#slowestAckMs = 0;
    for (const { counts } of this.#workers) {
      if (counts === null) continue;
      for (const name of ['online', 'inCall', 'faulty', 'faultCount', 'acknowledged', 'waitingEvents'] as const)
        all[name] += counts[name];
      for (const [problem, count] of Object.entries(counts.problems))
        all.problems[problem] = (all.problems[problem] ?? 0) + count;
    }
    const revisions = this.#workers.map(({ counts }) => counts?.lowestReportedRevision ?? null);
    all.lowestReportedRevision = revisions.includes(null) ? null : Math.min(...(revisions as number[]));
    return all;
  }

  /** Rejects when a process ended that nobody stopped. */
  failed(): Promise<never> {
    return new Promise((_, reject) => {
      this.#ended = reject;
    });
  }

  /** Every room says goodbye. @returns the number of each room's last event */
  async stop(): Promise<Map<string, number>> {
    this.#isStopping = true;
    await Promise.all(
      this.#workers.map(async ({ child }) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const exited = once(child, 'exit');
        if (child.connected) child.send({ order: 'stop' } satisfies WorkerOrder);
        await exited;
      }),
    );
    return new Map(this.#workers.flatMap(({ sequences }) => sequences));
  }
}
