/**
 * The fleet bench: how many simulated rooms the server carries on one core, what each costs beside bare aedes and
 * Mosquitto, how soon a change at the organisation is applied by all, how soon the console's list is there, and how soon all
 * rooms are back after the server was killed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import type { RoomIdentity } from '../../simulators/room/enrol.ts';
import { enrolRooms } from '../../simulators/fleet/enrol-rooms.ts';
import type { SimulatedFleet } from '../../simulators/fleet/simulated-fleet.ts';
import { cpuSeconds, pinTo } from '../processes.ts';
import { type BenchReport, median } from '../report.ts';
import { aedesBroker, MeasuredFleet, mosquittoBroker, type RoomBroker } from './brokers.ts';
import { allOnline, type Carried, carry } from './carry.ts';
import { listOpenMs } from './list-open.ts';

const MOST_MS = 600_000;
/** a heartbeat of each room and its health come several times in it */
const SHORT_WINDOW_MS = 15_000;
const LONG_WINDOW_MS = 60_000;
const MANY_ROOMS = 2_000;

export type FleetBenchOptions = { runs: number; seed: number; rooms: number };

export async function fleetBench({ runs, seed, rooms: roomCount }: FleetBenchOptions): Promise<BenchReport> {
  pinTo(process.pid, 1);
  const measured = new MeasuredFleet();
  await measured.start();
  try {
    return await new FleetBench(measured, { runs, seed, rooms: roomCount }).run();
  } finally {
    await measured.stop();
  }
}

class FleetBench {
  readonly #measured: MeasuredFleet;
  readonly #options: FleetBenchOptions;
  readonly #identities: RoomIdentity[] = [];
  #sequences = new Map<string, number>();
  #epoch = Math.floor(Date.now() / 1_000);
  readonly #carried: Record<RoomBroker['name'], Carried[]> = { maru: [], aedes: [], mosquitto: [] };
  readonly #report: BenchReport;

  constructor(measured: MeasuredFleet, options: FleetBenchOptions) {
    this.#measured = measured;
    this.#options = options;
    this.#report = { bench: 'fleet', seed: options.seed, figures: [], bareTimes: {} };
  }

  async run(): Promise<BenchReport> {
    await this.#enrol();
    const { runs } = this.#options;
    for (let run = 0; run < runs; run += 1) {
      const order = ['maru', 'aedes', 'mosquitto'] as const;
      const isLast = run === runs - 1;
      for (const name of run % 2 === 0 ? order : order.toReversed()) await this.#carry(name, name === 'maru' && isLast);
    }
    this.#compare();
    return this.#report;
  }

  /** By the public API, as a person's program does it. */
  async #enrol(): Promise<void> {
    const { fleet } = this.#measured;
    const { rooms: roomCount } = this.#options;
    pinTo(fleet.pid, 0);
    const [startedAtMs, cpuBefore] = [performance.now(), cpuSeconds(fleet.pid)];
    const printing = setInterval(() => progress(`${this.#identities.length} of ${roomCount} rooms enrolled`), 5_000);
    try {
      await enrolRooms({
        access: { fleetUrl: fleet.ready.fleetUrl, headers: { cookie: fleet.admin.cookie } },
        names: Array.from({ length: roomCount }, (_, n) => `Simulated ${n + 1}`),
        placeId: null,
        onEnrolled: (identity) => this.#identities.push(identity),
      });
    } finally {
      clearInterval(printing);
    }
    const seconds = (performance.now() - startedAtMs) / 1_000;
    const perSecond = (roomCount / seconds).toFixed(0);
    const cpuMs = (((cpuSeconds(fleet.pid) - cpuBefore) * 1_000) / roomCount).toFixed(1);
    progress(`${roomCount} rooms enrolled in ${seconds.toFixed(0)} s, ${perSecond} a second, ${cpuMs} ms of CPU each`);
    // another process, so that memory is that of a server that only started
    await fleet.kill('SIGTERM');
  }

  async #carry(name: RoomBroker['name'], isWhole: boolean): Promise<void> {
    const { rooms: roomCount, seed } = this.#options;
    const broker = await this.#brokerOf(name);
    this.#epoch += 10;
    try {
      const [carried, sequences] = await carry({
        broker,
        seed,
        windowMs: roomCount >= MANY_ROOMS ? LONG_WINDOW_MS : SHORT_WINDOW_MS,
        rooms: this.#identities.map((identity, at) => {
          return { identity, epoch: this.#epoch, sequence: this.#sequences.get(identity.roomId) ?? 0, at };
        }),
        ...(name === 'maru' && { whileOnline: (fleet) => this.#whileOnline(fleet, isWhole) }),
      });
      this.#carried[name].push(carried);
      // numbers go on at every broker: ours knows what it had
      if (name === 'maru') this.#sequences = sequences;
      else
        for (const [roomId, sequence] of sequences)
          if (!this.#sequences.has(roomId)) this.#sequences.set(roomId, sequence);
      progress(
        `${name}: ${carried.cpuMicrosecondsPerMessage.toFixed(0)} µs a message, ${(carried.bytesPerRoom / 1024).toFixed(0)} KB a room, ` +
          `${carried.connectCpuMs.toFixed(1)} ms a connection, ${carried.corePercent.toFixed(0)} % of a core`,
      );
    } finally {
      await broker.close();
    }
  }

  #brokerOf(name: RoomBroker['name']): Promise<RoomBroker> {
    const measured = this.#measured;
    if (name === 'maru') return measured.broker();
    return name === 'aedes' ? aedesBroker(measured.files) : mosquittoBroker(measured.files, measured.fleet);
  }

  async #whileOnline(fleet: SimulatedFleet, isWhole: boolean): Promise<void> {
    const { rooms: roomCount } = this.#options;
    const online = await this.#measured.metric('maru_rooms_online');
    if (online !== roomCount) throw new Error(`the server counts ${online} of ${roomCount} rooms online`);
    if (!isWhole) return;
    const { fleet: server } = this.#measured;
    const opened: number[] = [];
    for (let i = 0; i < 5; i += 1) opened.push(await listOpenMs(server.ready.fleetUrl, server.admin.cookie, roomCount));
    this.#report.figures.push({
      name: 'consoleListMs',
      values: opened,
      limit: 1_000,
      note: 'list, troubles and stream',
    });
    const changed = await this.#changeSettings(fleet);
    this.#report.figures.push({ name: 'changeAppliedSeconds', values: [changed], note: 'reported by every room' });
    const back = await this.#restart(fleet);
    this.#report.figures.push({ name: 'allBackSeconds', values: [back], note: 'from SIGKILL of the server' });
  }

  /** Until the server has every room's report of it, on its disk. */
  async #changeSettings(fleet: SimulatedFleet): Promise<number> {
    const { fleet: server } = this.#measured;
    const { rooms: roomCount } = this.#options;
    const before = fleet.counts().lowestReportedRevision;
    if (before === null) throw new Error('not every room has reported its settings');
    const body = { revision: 0, set: { watch: { temperatureMaxCelsius: 80 } }, reason: 'bench' };
    const startedAtMs = performance.now();
    const { status } = await server.api('PUT', '/api/v1/organisation/settings', body, server.admin.cookie);
    if (status !== 200) throw new Error(`the change was refused: ${status}`);
    await until('every room applies the change', () => (fleet.counts().lowestReportedRevision ?? 0) > before);
    const database = new Database(join(server.dataDir, 'authority.sqlite'), { readonly: true });
    try {
      const reported = database.prepare(
        `select count(*) as count from room_settings where json_extract(report, '$.revision') = desired_revision and desired_revision = ?`,
      );
      await until('the server keeps every report', () => {
        return (reported.get(before + 1) as { count: number }).count === roomCount;
      });
    } finally {
      database.close();
    }
    return (performance.now() - startedAtMs) / 1_000;
  }

  async #restart(fleet: SimulatedFleet): Promise<number> {
    const { fleet: server } = this.#measured;
    const { rooms: roomCount } = this.#options;
    const startedAtMs = performance.now();
    await server.kill('SIGKILL');
    const starting = server.startServer();
    await sleep(100);
    pinTo(server.pid, 0);
    await starting;
    // what each room counts may be of before
    await until('the rooms are seen gone', () => fleet.counts().online < roomCount);
    await allOnline(fleet, roomCount, MOST_MS);
    const seconds = (performance.now() - startedAtMs) / 1_000;
    const online = await this.#measured.metric('maru_rooms_online');
    if (online !== roomCount)
      throw new Error(`after the restart the server counts ${online} of ${roomCount} rooms online`);
    return seconds;
  }

  #compare(): void {
    const { maru, aedes, mosquitto } = this.#carried;
    const ratio = (of: (carried: Carried) => number, peers: Carried[]): number[] =>
      maru.map((ours, run) => of(ours) / of(peers[run]!));
    const cpu = (carried: Carried): number => carried.cpuMicrosecondsPerMessage;
    const bytes = (carried: Carried): number => carried.bytesPerRoom;
    const storm = (carried: Carried): number => carried.connectCpuMs;
    const floor = (of: (carried: Carried) => number, unit: string, digits = 0): string =>
      `${[maru, aedes, mosquitto].map((all) => median(all.map(of)).toFixed(digits)).join(' / ')} ${unit}`;
    const kb = (carried: Carried): number => bytes(carried) / 1024;
    const whose = 'Maru / aedes / Mosquitto';
    this.#report.figures.unshift(
      { name: 'roomsCarried', values: [this.#options.rooms], note: this.#note() },
      { name: 'authorisedPathToAedesRatio', values: ratio(cpu, aedes), limit: 1.2, note: 'CPU time of a message' },
      {
        name: 'memoryPerRoomToAedesRatio',
        values: ratio(bytes, aedes),
        limit: 1.2,
        note: 'above the server without rooms',
      },
      { name: 'reconnectStormRatio', values: ratio(storm, aedes), note: 'CPU time of a connection, to aedes' },
      {
        name: 'cpuPerMessageRatio',
        values: ratio(cpu, mosquitto),
        note: `to Mosquitto; ${whose}: ${floor(cpu, 'µs')}`,
      },
      {
        name: 'memoryPerRoomRatio',
        values: ratio(bytes, mosquitto),
        note: `to Mosquitto; ${whose}: ${floor(kb, 'KB')}`,
      },
      {
        name: 'connectRatio',
        values: ratio(storm, mosquitto),
        note: `to Mosquitto; ${whose}: ${floor(storm, 'ms', 1)}`,
      },
    );
  }

  #note(): string {
    const { maru } = this.#carried;
    const of = (what: (carried: Carried) => number): string => Math.max(...maru.map(what)).toFixed(0);
    return (
      `${of((each) => each.messagesPerSecond)} messages a second, ${of((each) => each.corePercent)} % of the core, ` +
      `${of((each) => each.residentMb)} MB, slowest acknowledged after ${of((each) => each.slowestAckMs)} ms`
    );
  }
}

async function until(what: string, met: () => boolean): Promise<void> {
  const startedAtMs = performance.now();
  while (!met()) {
    if (performance.now() - startedAtMs > MOST_MS) throw new Error(`${what}: not within ${MOST_MS / 1_000} s`);
    await sleep(50);
  }
}

const progress = (what: string): void =>
  void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${what}\n`);
