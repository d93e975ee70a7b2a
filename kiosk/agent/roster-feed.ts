/** The whole roster for phones that show it: for a minute after one asked, a snapshot and then what changed. */
import type { Participant, RosterUpdate } from '#contract/room-state.ts';
import { nameInLists } from '#contract/shown-text.ts';
import type { Phase } from '../room/room.ts';
import { Coalescer } from './coalescer.ts';

const WATCHED_MS = 60_000;
const UPDATES_PER_SECOND = 2;

export class RosterFeed {
  readonly #say: (update: RosterUpdate) => void;
  readonly #rate = new Coalescer(UPDATES_PER_SECOND, () => this.#tellChanges());
  #watchedUntilMs = Number.NEGATIVE_INFINITY;
  #revision = 0;
  #callId: string | null = null;
  #told = new Map<string, string>();
  /** the list as it came, and as it goes out */
  #from: Participant[] = [];
  #now: Participant[] = [];

  constructor(say: (update: RosterUpdate) => void) {
    this.#say = say;
  }

  /** A phone that asks gets the whole; the others can apply it too. */
  watch(phase: Phase): void {
    this.#watchedUntilMs = performance.now() + WATCHED_MS;
    if (phase.name === 'in-call') this.#tellAll(phase.ticket.callId, phase.participants);
  }

  update(phase: Phase): void {
    if (phase.name !== 'in-call' || performance.now() > this.#watchedUntilMs) return;
    if (phase.ticket.callId !== this.#callId) {
      this.#tellAll(phase.ticket.callId, phase.participants);
    } else if (phase.participants !== this.#from) {
      this.#from = phase.participants;
      this.#now = this.#from.map(listed);
      this.#rate.changed();
    }
  }

  stop(): void {
    this.#rate.stop();
  }

  #tellAll(callId: string, participants: Participant[]): void {
    this.#callId = callId;
    this.#from = participants;
    this.#now = participants.map(listed);
    this.#told = textOf(this.#now);
    this.#revision += 1;
    this.#say({ kind: 'snapshot', callId, revision: this.#revision, participants: this.#now });
  }

  #tellChanges(): void {
    if (this.#callId === null) return;
    const now = textOf(this.#now);
    const changed = this.#now.filter(({ peerId }) => now.get(peerId) !== this.#told.get(peerId));
    const removedPeerIds = [...this.#told.keys()].filter((peerId) => !now.has(peerId));
    if (changed.length === 0 && removedPeerIds.length === 0) return;
    this.#told = now;
    this.#revision += 1;
    this.#say({ kind: 'delta', callId: this.#callId, revision: this.#revision, changed, removedPeerIds });
  }
}

const listed = (each: Participant): Participant => ({ ...each, displayName: nameInLists(each.displayName) });

const textOf = (participants: Participant[]): Map<string, string> =>
  new Map(participants.map((each) => [each.peerId, JSON.stringify(each)]));
