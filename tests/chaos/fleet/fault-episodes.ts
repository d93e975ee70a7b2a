/**
 * A fault that comes and goes in one room, over and over: each time it stays until its alert is seen, and comes again only
 * when that alert is seen closed. So each episode has one alert, whatever dies in between.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FleetUnderTest, Json } from '../../../fleet/fleet-under-test.ts';
import type { SimulatedRoom } from '../../simulators/room/simulated-room.ts';
import { healthAfter, healthWith } from '../../simulators/room/simulated-health.ts';
import { read } from './patient-api.ts';

const LOOK_EVERY_MS = 100;

export class FaultEpisodes {
  readonly signal = 'screen-frozen';
  readonly #server: FleetUnderTest;
  #isWanted = true;
  #isAbandoned = false;
  #running: Promise<void> = Promise.resolve();
  roomId = '';
  /** of the alerts that were seen open, in order */
  readonly alertIds: string[] = [];

  constructor({ server }: { server: FleetUnderTest }) {
    this.#server = server;
  }

  run(room: SimulatedRoom): void {
    this.roomId = room.identity.roomId;
    this.#running = this.#go(room);
  }
  /** The episode that runs comes to its end. */
  async end(): Promise<void> {
    this.#isWanted = false;
    await this.#running;
  }
  abandon(): void {
    this.#isWanted = false;
    this.#isAbandoned = true;
  }

  async #go(room: SimulatedRoom): Promise<void> {
    while (this.#isWanted) {
      room.setHealth(healthWith('screen-frozen', room.health, Date.now()));
      const opened = await this.#alertThat((alert) => alert !== null);
      if (opened === null) return;
      this.alertIds.push(opened.alertId);
      room.setHealth(healthAfter('screen-frozen', room.health, Date.now()));
      await this.#alertThat((alert) => alert === null);
      if (this.#isAbandoned) return;
    }
  }

  async #alertThat(isWanted: (open: Json | null) => boolean): Promise<Json | null> {
    for (;;) {
      const path = `/api/v1/alerts?roomId=${this.roomId}&signal=${this.signal}`;
      const list = await read(this.#server, path, () => !this.#isAbandoned);
      if (list === null) return null;
      const open = list.rows.find(({ closedAtMs }: Json) => closedAtMs === null) ?? null;
      if (isWanted(open)) return open;
      await sleep(LOOK_EVERY_MS);
    }
  }
}
