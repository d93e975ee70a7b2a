/**
 * What happened in the room, on its way to the fleet: kept until it is acknowledged, delivered in order, one batch under
 * way at a time. So a day without a server loses nothing, and what is said twice is told apart by its id.
 */
import type { Logger } from 'pino';
import { v7 } from 'uuid';
import { type RoomEvents as Batch, RoomEvent, type RoomEventsAck } from '#contract/room-events.ts';
import type { RoomStore } from './store/room-store.ts';
import type { WaitingEvent } from './store/rows.ts';

type WithoutNumber<E> = E extends RoomEvent ? Omit<E, 'eventId' | 'sequence' | 'atMs'> : never;
/** An event as the part that saw it tells it. */
export type RoomEventDraft = WithoutNumber<RoomEvent>;

export type RoomEventOutboxOptions = {
  store: Pick<RoomStore, 'addEvent' | 'removeEvents' | 'events' | 'eventCount' | 'value'>;
  /** heard by the fleet or not: it is said again until it is acknowledged */
  publish: (batch: Batch) => void;
  logger: Logger;
  mostKept?: number;
};

const MOST_IN_BATCH = 50;
const RESEND_AFTER_MS = 5_000;
/** beyond this the oldest go, a block at a time */
const MOST_KEPT = 50_000;
const DROPPED_AT_ONCE = 500;
/** how the box is, not what people did: goes first */
const TELEMETRY: ReadonlySet<string> = new Set([
  'agent-started',
  'device-faulty',
  'device-mended',
  'mute-mended',
  'self-test-done',
] satisfies RoomEvent['name'][]);

const CALL_TOLD = 'call-told';
/** null: it is not of entering or leaving a call */
const callToldBy = (draft: RoomEventDraft): string | null =>
  draft.name === 'call-joined' || draft.name === 'call-left' ? `${draft.name} ${draft.callId}` : null;

export class RoomEventOutbox {
  readonly #options: RoomEventOutboxOptions;
  #isOnline = false;
  #underWay: WaitingEvent[] = [];
  /** the batch under way was said twice because of a gap: the fleet believes that the second time */
  #isRepeated = false;
  #resend: NodeJS.Timeout | undefined;

  constructor(options: RoomEventOutboxOptions) {
    this.#options = options;
  }

  record(draft: RoomEventDraft): void {
    const { store, logger } = this.#options;
    const told = { ...draft, eventId: v7(), atMs: Date.now() };
    const checked = RoomEvent.safeParse({ ...told, sequence: 1 });
    if (!checked.success) {
      logger.error({ name: draft.name, reason: checked.error.message }, 'an event that breaks its schema');
      return;
    }
    const call = callToldBy(draft);
    // an agent that was killed while it told finds the room where it was, and would tell it again
    if (call !== null && store.value(CALL_TOLD) === call) return;
    store.addEvent(told.eventId, JSON.stringify(told), call === null ? {} : { [CALL_TOLD]: call });
    if (store.eventCount > (this.#options.mostKept ?? MOST_KEPT)) this.#drop();
    if (this.#underWay.length === 0) this.#send();
  }

  /** The line to the fleet came or went. */
  onFleet(online: boolean): void {
    this.#isOnline = online;
    this.#underWay = [];
    this.#isRepeated = false;
    clearTimeout(this.#resend);
    this.#send();
  }

  acknowledged({ upToSequence }: RoomEventsAck): void {
    if (this.#underWay.length === 0) return;
    const taken = this.#underWay.filter(({ sequence }) => sequence <= upToSequence);
    this.#options.store.removeEvents(taken.map(({ eventId }) => eventId));
    this.#underWay = [];
    clearTimeout(this.#resend);
    const saysGap = taken.length === 0;
    if (saysGap && this.#isRepeated) {
      this.#later();
      return;
    }
    this.#isRepeated = saysGap;
    this.#send();
  }

  stop(): void {
    this.onFleet(false);
  }

  #send(): void {
    if (!this.#isOnline) return;
    const events: RoomEvent[] = [];
    for (const waiting of this.#options.store.events()) {
      const event = this.#read(waiting);
      if (event !== null) {
        events.push(event);
        this.#underWay.push(waiting);
      }
      if (events.length === MOST_IN_BATCH) break;
    }
    if (events.length === 0) return;
    this.#options.publish({ events });
    this.#later();
  }

  #later(): void {
    clearTimeout(this.#resend);
    this.#resend = setTimeout(() => {
      this.#underWay = [];
      this.#send();
    }, RESEND_AFTER_MS);
  }

  /** null: an older release wrote it, or the disk changed it; one such event must not hold up all others. */
  #read({ sequence, eventId, text }: WaitingEvent): RoomEvent | null {
    try {
      return RoomEvent.parse({ ...(JSON.parse(text) as object), sequence });
    } catch (error) {
      this.#options.logger.error({ sequence, err: error }, 'a kept event cannot be read and is dropped');
      this.#options.store.removeEvents([eventId]);
      return null;
    }
  }

  #drop(): void {
    const { store, logger } = this.#options;
    const telemetry: string[] = [];
    const oldest: string[] = [];
    for (const { eventId, text } of store.events()) {
      if (oldest.length < DROPPED_AT_ONCE) oldest.push(eventId);
      if (TELEMETRY.has((JSON.parse(text) as { name: string }).name)) telemetry.push(eventId);
      if (telemetry.length === DROPPED_AT_ONCE) break;
    }
    const dropped = telemetry.length > 0 ? telemetry : oldest;
    store.removeEvents(dropped);
    logger.error({ dropped: dropped.length }, 'too many events wait for the fleet');
  }
}
