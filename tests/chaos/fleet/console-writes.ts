/**
 * An administrator's work on a server that is killed again and again: settings of the organisation, new rooms, acknowledged
 * alerts. Keeps what was answered with success, and what was asked without an answer and may or may not be there.
 */
import type { FleetUnderTest, Json } from '../../../fleet/fleet-under-test.ts';
import type { Random } from '../../simulators/seeded-random.ts';
import { asked, read } from './patient-api.ts';

const SETTINGS = '/api/v1/organisation/settings';
const FIELD = 'temperatureMaxCelsius';
/** a pause between two acts, so that a kill meets the server in each of its states */
const MOST_PAUSE_MS = 150;

export class ConsoleWrites {
  readonly #server: FleetUnderTest;
  readonly #random: Random;
  #isWanted = true;
  #running: Promise<void>[] = [];
  /** by revision, the value that was answered with success */
  readonly settings = new Map<number, number>();
  /** by name */
  readonly rooms = new Map<string, { roomId: string }>();
  /** by alert: the notes that may stand there, the last answered one and those that were asked after it */
  readonly notes = new Map<string, string[]>();
  /** what is wrong already while it runs */
  readonly problems: string[] = [];

  constructor({ server, random }: { server: FleetUnderTest; random: Random }) {
    this.#server = server;
    this.#random = random;
  }

  get count(): number {
    return this.settings.size + this.rooms.size + [...this.notes.values()].flat().length;
  }

  run(): void {
    const loops = [() => this.#changeSettings(), () => this.#addRooms(), () => this.#acknowledgeAlerts()];
    this.#running = loops.map((loop) =>
      loop().catch((error: unknown) => void this.problems.push(error instanceof Error ? error.message : String(error))),
    );
  }
  async end(): Promise<void> {
    this.#isWanted = false;
    await Promise.all(this.#running);
  }
  abandon(): void {
    this.#isWanted = false;
  }

  async #changeSettings(): Promise<void> {
    let value = 50;
    while (this.#isWanted) {
      const view = await this.#read(SETTINGS);
      if (view === null) return;
      this.#compareSettings(view);
      value = value >= 110 ? 51 : value + 1;
      const body = { revision: view.revision, set: { watch: { [FIELD]: value } }, reason: '' };
      const changed = await asked(this.#server, 'PUT', SETTINGS, body);
      if (changed !== null) this.settings.set(changed.revision, value);
      await this.#pause();
    }
  }

  /** What is read is never older than what was answered. */
  #compareSettings(view: Json): void {
    const last = Math.max(0, ...this.settings.keys());
    if (view.revision < last) this.problems.push(`settings fell from revision ${last} to ${view.revision}`);
    const value = view.own.watch?.[FIELD];
    if (view.revision === last && last > 0 && value !== this.settings.get(last))
      this.problems.push(`revision ${last} of the settings was ${this.settings.get(last)}, and is ${value}`);
  }

  async #addRooms(): Promise<void> {
    for (let n = 1; this.#isWanted; n += 1) {
      const roomName = `Added ${n}`;
      const made = await asked(this.#server, 'POST', '/api/v1/rooms', { roomName });
      if (made !== null) this.rooms.set(roomName, { roomId: made.roomId });
      await this.#pause();
    }
  }

  async #acknowledgeAlerts(): Promise<void> {
    for (let n = 1; this.#isWanted; n += 1) {
      // the others stay with nobody, so that somebody must be notified of them
      const list = await this.#read('/api/v1/alerts?limit=50&signal=help-called');
      if (list === null) return;
      const open = list.rows.filter(({ closedAtMs }: Json) => closedAtMs === null);
      if (open.length > 0) await this.#acknowledge(this.#random.pick(open), `Looked at, ${n}`);
      await this.#pause();
    }
  }

  async #acknowledge({ alertId }: Json, note: string): Promise<void> {
    const possible = [...(this.notes.get(alertId) ?? []), note];
    this.notes.set(alertId, possible);
    const path = `/api/v1/alerts/${alertId}/acknowledgement`;
    // it may have closed since it was listed
    const answer = await asked(this.#server, 'PUT', path, { note }).catch(() => null);
    if (answer !== null) this.notes.set(alertId, [note]);
  }

  #read(path: string): Promise<Json | null> {
    return read(this.#server, path, () => this.#isWanted);
  }
  #pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#random.between(0, MOST_PAUSE_MS)));
  }
}
