/**
 * A fleet server that is killed at any moment, under what it has to do: simulated rooms that report events, faults and calls
 * for help, and an administrator who changes settings, adds rooms and acknowledges alerts. Keeps what was acknowledged.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 } from 'uuid';
import { FleetUnderTest } from '../../../fleet/fleet-under-test.ts';
import { enrolRooms } from '../../simulators/fleet/enrol-rooms.ts';
import { eventually } from '../../simulators/eventually.ts';
import { RoomLife } from '../../simulators/room/room-life.ts';
import { SimulatedRoom } from '../../simulators/room/simulated-room.ts';
import { type Random, seededRandom } from '../../simulators/seeded-random.ts';
import { ConsoleWrites } from './console-writes.ts';
import { FaultEpisodes } from './fault-episodes.ts';
import { NotifiedByMail } from './notified-by-mail.ts';

const ROOMS = 12;
/** last from the first kill to the end */
const LASTING = ['camera-black', 'disk-full'] as const;
const EVENT_EVERY_MS = 60;
const HELP_EVERY_MS = 1_500;
/** a kill this soon after a start meets a server that is not there yet */
const SOON_SHARE = 0.25;
const SOON_MS = 2_500;
const LATER_MS = 4_000;

/** By what a person or a room was answered. */
export type Acknowledged = {
  /** by room: ids of events, in order */
  events: Map<string, readonly string[]>;
  /** ids of calls for help, of the events that were acknowledged */
  helpIds: string[];
  console: ConsoleWrites;
  episodes: FaultEpisodes;
  notified: NotifiedByMail;
  killCount: number;
  /** rooms with a fault that lasts, by its signal */
  lasting: { roomId: string; signal: string }[];
};

export class FleetUnderKills {
  readonly server: FleetUnderTest;
  readonly #notified: NotifiedByMail;
  readonly #rooms: SimulatedRoom[] = [];
  readonly #lives: RoomLife[] = [];
  readonly #random: Random;
  readonly #console: ConsoleWrites;
  readonly #episodes: FaultEpisodes;
  readonly #help: { roomId: string; eventNumber: number; helpId: string }[] = [];
  readonly #lasting: Acknowledged['lasting'] = [];
  #timers: NodeJS.Timeout[] = [];
  killCount = 0;

  private constructor(seed: number, notified: NotifiedByMail, serverOptions: string[]) {
    this.server = new FleetUnderTest(...serverOptions);
    this.#notified = notified;
    this.#random = seededRandom(seed);
    this.#console = new ConsoleWrites({ server: this.server, random: seededRandom(seed + 1) });
    this.#episodes = new FaultEpisodes({ server: this.server });
  }

  static async start(seed: number): Promise<FleetUnderKills> {
    const notified = new NotifiedByMail();
    const fleet = new FleetUnderKills(seed, notified, await notified.start());
    try {
      await fleet.#start(seed);
      return fleet;
    } catch (error) {
      await fleet.close();
      throw error;
    }
  }

  async #start(seed: number): Promise<void> {
    const { server } = this;
    await server.start();
    await this.#notified.addTo(server);
    await enrolRooms({
      access: { fleetUrl: server.ready.fleetUrl, headers: { cookie: server.admin.cookie } },
      names: Array.from({ length: ROOMS }, (_, n) => `Under kills ${n + 1}`),
      placeId: null,
      onEnrolled: (identity) => {
        const random = seededRandom(seed + 100 + this.#rooms.length);
        this.#rooms.push(new SimulatedRoom({ identity, random }));
      },
    });
    // a room that is new notifies nobody
    const roomIds = this.#rooms.map(({ identity }) => identity.roomId);
    const service = { roomIds, state: 'in-service', untilMs: null, reason: '' };
    await server.api('PUT', '/api/v1/room-services', service, server.admin.cookie);
    await Promise.all(this.#rooms.map((room) => room.start()));
    for (const room of this.#rooms) this.#lives.push(new RoomLife(room, this.#random));
    const [camera, disk, episodic, ...others] = this.#lives as [RoomLife, RoomLife, RoomLife, ...RoomLife[]];
    camera.fail(LASTING[0], null);
    disk.fail(LASTING[1], null);
    this.#lasting.push({ roomId: camera.room.identity.roomId, signal: 'camera-failing' });
    this.#lasting.push({ roomId: disk.room.identity.roomId, signal: 'disk-low' });
    for (const { roomId, signal } of this.#lasting)
      await eventually(`the alert ${signal}`, () => this.#isOpen(roomId, signal), Boolean, { timeoutMs: 60_000 });
    for (const life of others) life.begin();
    this.#episodes.run(episodic.room);
    this.#console.run();
    this.#timers = [
      setInterval(() => this.#event(this.#random.pick(others).room), EVENT_EVERY_MS),
      setInterval(() => this.#callForHelp(this.#random.pick(others).room), HELP_EVERY_MS),
    ];
  }

  /** At a moment of its work, or of its start. @returns how long it had been there, in ms */
  async killOnce(): Promise<number> {
    const { server } = this;
    const isSoon = this.#random.next() < SOON_SHARE;
    const afterMs = Math.round(this.#random.between(0, isSoon ? SOON_MS : LATER_MS));
    if (!server.isRunning) {
      const starting = server.startServer();
      const over = starting.catch(() => {});
      if (!isSoon) await starting;
      await sleep(afterMs);
      await server.kill();
      await over;
    } else {
      await sleep(afterMs);
      await server.kill();
    }
    this.killCount += 1;
    return afterMs;
  }

  /** No more is asked of it, and all that is under way comes to its end. */
  async settle(): Promise<Acknowledged> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    const { server } = this;
    if (!server.isRunning) await server.startServer();
    await Promise.all([this.#console.end(), this.#episodes.end()]);
    for (const life of this.#lives) life.end();
    await eventually(
      'every event is acknowledged',
      () => this.#rooms.reduce((sum, room) => sum + room.events.waitingCount, 0),
      (waiting) => waiting === 0,
      { timeoutMs: 60_000 },
    );
    for (const { roomId, signal } of this.#lasting)
      await eventually('the faults that last are open', () => this.#isOpen(roomId, signal), Boolean, {
        timeoutMs: 30_000,
      });
    await this.#notified.allDelivered(server);
    return {
      notified: this.#notified,
      killCount: this.killCount,
      events: new Map(this.#rooms.map(({ identity, events }) => [identity.roomId, events.acknowledged])),
      helpIds: this.#help.map(({ helpId }) => helpId),
      console: this.#console,
      episodes: this.#episodes,
      lasting: this.#lasting,
    };
  }

  /** The server ends in order; its folder stays until `close`. */
  async stopServer(): Promise<void> {
    await Promise.all(this.#rooms.map((room) => room.stop({ crash: true })));
    await this.server.kill('SIGTERM');
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const life of this.#lives) life.end();
    this.#console.abandon();
    this.#episodes.abandon();
    await Promise.all(this.#rooms.map((room) => room.stop({ crash: true })));
    await this.server.stop();
    await this.#notified.stop();
  }

  #event(room: SimulatedRoom): void {
    if (this.#random.next() < 0.5) room.record({ name: 'device-faulty', device: 'tv', code: 'device-gone' });
    else room.record({ name: 'device-mended', device: 'tv' });
  }

  #callForHelp(room: SimulatedRoom): void {
    const helpId = v7();
    room.record({ name: 'help-called', helpId, topic: 'other', text: `Help ${this.#help.length + 1}` });
    this.#help.push({ roomId: room.identity.roomId, eventNumber: room.events.sequence, helpId });
  }

  async #isOpen(roomId: string, signal: string): Promise<boolean> {
    const path = `/api/v1/alerts?roomId=${roomId}&signal=${signal}`;
    const { status, body } = await this.server.api('GET', path, undefined, this.server.admin.cookie);
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return body.rows.some(({ closedAtMs }: { closedAtMs: number | null }) => closedAtMs === null);
  }
}
