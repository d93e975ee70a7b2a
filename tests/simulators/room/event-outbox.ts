/** Events of a simulated room: numbered without a gap, sent in order one batch at a time, until they are acknowledged. */
import { v7 } from 'uuid';
import type { RoomEvent, RoomEvents, RoomEventsAck } from '#contract/room-events.ts';

type WithoutNumber<E> = E extends RoomEvent ? Omit<E, 'eventId' | 'sequence' | 'atMs'> : never;
/** What happened, before it has a number. */
export type SimulatedEvent = WithoutNumber<RoomEvent>;

const MOST_IN_BATCH = 50;
const RESEND_AFTER_MS = 5_000;

export class EventOutbox {
  readonly #publish: (batch: RoomEvents) => void;
  #waiting: RoomEvent[] = [];
  #isUnderWay = false;
  #isOnline = false;
  #resend: NodeJS.Timeout | undefined;
  /** of the last event */
  sequence: number;
  /** ids, in order */
  readonly acknowledged: string[] = [];

  constructor({ sequence, publish }: { sequence: number; publish: (batch: RoomEvents) => void }) {
    this.sequence = sequence;
    this.#publish = publish;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  record(event: SimulatedEvent): void {
    this.sequence += 1;
    this.#waiting.push({ ...event, eventId: v7(), sequence: this.sequence, atMs: Date.now() } as RoomEvent);
    if (!this.#isUnderWay) this.#send();
  }

  onLine(isOnline: boolean): void {
    this.#isOnline = isOnline;
    this.#isUnderWay = false;
    clearTimeout(this.#resend);
    this.#send();
  }

  onAck({ upToSequence }: RoomEventsAck): void {
    const taken = this.#waiting.filter(({ sequence }) => sequence <= upToSequence);
    this.#waiting = this.#waiting.slice(taken.length);
    for (const { eventId } of taken) this.acknowledged.push(eventId);
    this.#isUnderWay = false;
    clearTimeout(this.#resend);
    if (taken.length > 0) this.#send();
    else this.#later();
  }

  #send(): void {
    if (!this.#isOnline || this.#waiting.length === 0) return;
    this.#isUnderWay = true;
    this.#publish({ events: this.#waiting.slice(0, MOST_IN_BATCH) });
    this.#later();
  }

  #later(): void {
    clearTimeout(this.#resend);
    this.#resend = setTimeout(() => this.#send(), RESEND_AFTER_MS);
    this.#resend.unref();
  }
}
