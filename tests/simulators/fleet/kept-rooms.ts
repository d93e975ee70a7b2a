/** Rooms of a simulated fleet between two runs: their certificates and keys, in a file that only its owner reads. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RoomIdentity } from '../room/enrol.ts';

export type KeptRoom = { identity: RoomIdentity; sequence: number };
/** A run that was killed leaves no numbers: the next goes on behind all that it can have used. */
const MOST_EVENTS_IN_A_RUN = 100_000;

export class KeptRooms {
  readonly #path: string;
  readonly fleetUrl: string;
  readonly rooms: KeptRoom[];

  /** @throws Error in words: the folder's rooms are of another server */
  constructor({ folder, fleetUrl }: { folder: string; fleetUrl: string }) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#path = join(folder, 'rooms.json');
    this.fleetUrl = fleetUrl;
    const kept = existsSync(this.#path)
      ? (JSON.parse(readFileSync(this.#path, 'utf8')) as { fleetUrl: string; rooms: KeptRoom[] })
      : { fleetUrl, rooms: [] };
    if (kept.fleetUrl !== fleetUrl)
      throw new Error(`${folder} holds rooms of ${kept.fleetUrl}: name another --folder, or that --fleet-url`);
    this.rooms = kept.rooms;
  }

  save(rooms: readonly KeptRoom[] = this.rooms): void {
    const next = `${this.#path}.next`;
    writeFileSync(next, JSON.stringify({ fleetUrl: this.fleetUrl, rooms }), { mode: 0o600 });
    renameSync(next, this.#path);
  }

  saveBeforeRun(): void {
    this.save(this.rooms.map(({ identity, sequence }) => ({ identity, sequence: sequence + MOST_EVENTS_IN_A_RUN })));
  }

  saveAfterRun(sequences: ReadonlyMap<string, number>): void {
    for (const room of this.rooms) room.sequence = sequences.get(room.identity.roomId) ?? room.sequence;
    this.save();
  }
}
