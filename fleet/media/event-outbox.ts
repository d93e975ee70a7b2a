/**
 * The events of the calls, kept until the fleet has acknowledged it by id: a broker that restarts, or forgets, loses
 * nothing. In memory: with the process its calls are gone too, and the fleet sees that by the instance id.
 */
import type { CallEvent } from '#contract/node-link.ts';
import { MAX_MQTT_PACKET_BYTES } from '#contract/limits.ts';
import { bytesOf } from '#contract/shown-text.ts';

/** The fleet and the rooms, often on the same machine, work on an event after the participants have seen it. */
const TOLD_AFTER_MS = 200;
const MOST_AT_ONCE = 100;
/** words in the chat are long: a packet above the broker's limit would end the connection, again and again */
const MOST_BYTES_AT_ONCE = MAX_MQTT_PACKET_BYTES * 0.75;
/** of one that goes alone; the rest of a packet is its topic and what stands around the event */
const MOST_BYTES_OF_EVENT = MAX_MQTT_PACKET_BYTES - 1_024;
/** Beyond this the oldest are dropped: a fleet that was gone so long reads the calls from the registration. */
const MOST_KEPT = 10_000;
const MOST_BYTES_KEPT = 32 * 1024 * 1024;

type ReadEvent = Extract<CallEvent, { name: 'chat-read' }>;
export type EventOutboxOptions = {
  publish: (events: CallEvent[]) => void;
  /** dropped: no packet has room for it, and sending it would cut this node off again and again */
  onTooLarge: (event: CallEvent, sizeBytes: number) => void;
};

export class EventOutbox {
  readonly #waiting = new Map<string, { event: CallEvent; sizeBytes: number }>();
  /** by call and person: the event that waits with their newest mark in the chat */
  readonly #markedIn = new Map<string, string>();
  #sizeBytes = 0;
  readonly #publish: EventOutboxOptions['publish'];
  readonly #onTooLarge: EventOutboxOptions['onTooLarge'];
  #untold: CallEvent[] = [];
  #tell: NodeJS.Timeout | null = null;

  constructor({ publish, onTooLarge }: EventOutboxOptions) {
    this.#publish = publish;
    this.#onTooLarge = onTooLarge;
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(event: CallEvent): void {
    const sizeBytes = bytesOf(JSON.stringify(event));
    if (sizeBytes > MOST_BYTES_OF_EVENT) {
      this.#onTooLarge(event, sizeBytes);
      return;
    }
    this.#keep(event, sizeBytes);
    if (event.name === 'chat-read') this.#replaceMarks(event);
    for (const oldest of this.#waiting.keys()) {
      if (this.#waiting.size <= MOST_KEPT && this.#sizeBytes <= MOST_BYTES_KEPT) break;
      this.#forget(oldest);
    }
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
    for (const eventId of eventIds) this.#forget(eventId);
  }

  /** All that waits, in the order in which it happened. */
  resend(): void {
    this.#forgetUntold();
    this.#publishAll([...this.#waiting.values()].map(({ event }) => event));
  }

  #keep(event: CallEvent, sizeBytes: number): void {
    this.#sizeBytes += sizeBytes - (this.#waiting.get(event.eventId)?.sizeBytes ?? 0);
    this.#waiting.set(event.eventId, { event, sizeBytes });
  }

  /** A mark covers those before it. Of each person the newest waits, so that marks of many push out no words. */
  #replaceMarks({ eventId, callId, reads }: ReadEvent): void {
    const formerIds = new Set<string>();
    for (const { person } of reads) {
      const formerId = this.#markedIn.get(markKey(callId, person));
      if (formerId !== undefined && formerId !== eventId) formerIds.add(formerId);
      this.#markedIn.set(markKey(callId, person), eventId);
    }
    for (const formerId of formerIds) {
      const former = this.#waiting.get(formerId)?.event;
      if (former?.name !== 'chat-read') continue;
      const left = former.reads.filter(({ person }) => this.#markedIn.get(markKey(callId, person)) === formerId);
      const trimmed: ReadEvent = { ...former, reads: left };
      if (left.length === 0) this.#forget(formerId);
      else this.#keep(trimmed, bytesOf(JSON.stringify(trimmed)));
    }
  }

  #forget(eventId: string): void {
    const kept = this.#waiting.get(eventId);
    if (!kept) return;
    this.#sizeBytes -= kept.sizeBytes;
    this.#waiting.delete(eventId);
    const { event } = kept;
    if (event.name !== 'chat-read') return;
    for (const { person } of event.reads) {
      const key = markKey(event.callId, person);
      if (this.#markedIn.get(key) === eventId) this.#markedIn.delete(key);
    }
  }

  #forgetUntold(): void {
    if (this.#tell) clearTimeout(this.#tell);
    this.#tell = null;
    this.#untold = [];
  }

  #publishAll(events: readonly CallEvent[]): void {
    let batch: CallEvent[] = [];
    let batchBytes = 0;
    for (const event of events) {
      const sizeBytes = this.#waiting.get(event.eventId)?.sizeBytes ?? bytesOf(JSON.stringify(event));
      if (batch.length === MOST_AT_ONCE || (batch.length > 0 && batchBytes + sizeBytes > MOST_BYTES_AT_ONCE)) {
        this.#publish(batch);
        batch = [];
        batchBytes = 0;
      }
      batch.push(event);
      batchBytes += sizeBytes;
    }
    if (batch.length > 0) this.#publish(batch);
  }
}

const markKey = (callId: string, person: string): string => `${callId}/${person}`;
