/**
 * The events of the calls, kept until the fleet has acknowledged it by id: a broker that restarts, or forgets, loses
 * nothing. In memory: with the process its calls are gone too, and the fleet sees that by the instance id.
 */
import type { CallEvent } from '#contract/node-link.ts';

/** The fleet and the rooms, often on the same machine, work on an event after the participants have seen it. */
const TOLD_AFTER_MS = 200;
const MOST_AT_ONCE = 100;
/** Beyond this the oldest are dropped: a fleet that was gone so long reads the calls from the registration. */
const MOST_KEPT = 10_000;

export class EventOutbox {
  readonly #waiting = new Map<string, CallEvent>();
  readonly #publish: (events: CallEvent[]) => void;
  #untold: CallEvent[] = [];
  #tell: NodeJS.Timeout | null = null;

  constructor({ publish }: { publish: (events: CallEvent[]) => void }) {
    this.#publish = publish;
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(event: CallEvent): void {
    this.#waiting.set(event.eventId, event);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MOST_KEPT && oldest !== undefined) this.#waiting.delete(oldest);
    this.#untold.push(event);
    this.#tell ??= setTimeout(() => this.flush(), TOLD_AFTER_MS);
  }

  /** Publishes now all that waits. */
  flush(): void {
    const events = this.#untold;
    this.#forgetUntold();
    this.#publishAll(events);
  }

  acknowledged(eventIds: readonly string[]): void {
    for (const eventId of eventIds) this.#waiting.delete(eventId);
  }

  /** All that waits, in the order in which it happened. */
  resend(): void {
    this.#forgetUntold();
    this.#publishAll([...this.#waiting.values()]);
  }

  #forgetUntold(): void {
    if (this.#tell) clearTimeout(this.#tell);
    this.#tell = null;
    this.#untold = [];
  }

  #publishAll(events: readonly CallEvent[]): void {
    for (let from = 0; from < events.length; from += MOST_AT_ONCE)
      this.#publish(events.slice(from, from + MOST_AT_ONCE));
  }
}
