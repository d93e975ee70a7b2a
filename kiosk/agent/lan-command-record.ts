/**
 * Who did what in the room while the fleet could not see it, as events for later. What changes nothing is left out, and
 * a slider or a camera that is moved is one event, not a hundred.
 */
import type { RoomCommandName } from '#contract/room-command.ts';
import type { RoomEventDraft } from './room-event-outbox.ts';

const CHANGES_NOTHING: ReadonlySet<RoomCommandName> = new Set(['prepare-call', 'watch-roster']);
const GOES_ON: ReadonlySet<RoomCommandName> = new Set(['set-volume', 'steer-camera', 'present']);
const ONE_MOVEMENT_MS = 10_000;

export class LanCommandRecord {
  readonly #record: (draft: RoomEventDraft) => void;
  #last: { name: RoomCommandName; pairingId: string; atMs: number } | null = null;

  constructor(record: (draft: RoomEventDraft) => void) {
    this.#record = record;
  }

  note(name: RoomCommandName, pairingId: string, nowMs = performance.now()): void {
    if (CHANGES_NOTHING.has(name)) return;
    const last = this.#last;
    const goesOn =
      GOES_ON.has(name) && last?.name === name && last.pairingId === pairingId && nowMs - last.atMs < ONE_MOVEMENT_MS;
    this.#last = { name, pairingId, atMs: nowMs };
    if (!goesOn) this.#record({ name: 'lan-command', command: name, pairingId });
  }
}
