/**
 * What happened in the rooms, as their kiosks reported it: received once per event id, in the order of its numbers, and
 * acknowledged after the commit. Keeps the newest of each room.
 */
import type { Logger } from 'pino';
import { RoomEvent } from '#contract/room-events.ts';
import type { Broker } from '../broker/index.ts';
import type { TelemetryStore } from '../store/index.ts';

export type ReceivedEvent = { event: RoomEvent; receivedAtMs: number };
export type RoomEventLogDependencies = { telemetry: TelemetryStore; broker: Broker; logger: Logger; kept?: number };

/** `raw`: the same as they came: what this release does not know of them is kept */
type Batch = { events: RoomEvent[]; raw: unknown[] };

const KEPT_OF_ROOM = 10_000;
const LISTED = 500;
/** serialised; what is larger is kept as this release reads it */
const KEPT_EVENT_LETTERS = 4 * 1024;

export class RoomEventLog {
  readonly #deps: RoomEventLogDependencies;
  /** by room: the number that did not follow; told again, it is believed, because the box has nothing before it */
  readonly #gaps = new Map<string, number>();
  /** by room: what came while a batch of it is written; null: nothing. A room that waits for no answer fills no memory */
  readonly #writing = new Map<string, Batch | null>();
  readonly #beforeHandlers: ((roomId: string, events: readonly RoomEvent[]) => Promise<void>)[] = [];
  readonly #handlers: ((roomId: string, events: readonly RoomEvent[]) => void)[] = [];

  constructor(deps: RoomEventLogDependencies) {
    this.#deps = deps;
  }

  start(): void {
    const { broker, logger } = this.#deps;
    broker.on(
      'roomEvents',
      (roomId, { events }, raw) =>
        void this.#receive(roomId, { events, raw: (raw as { events: unknown[] }).events }).catch((error: unknown) =>
          // not acknowledged: they come again
          logger.error({ err: error, roomId }, 'room events not taken in'),
        ),
    );
  }

  /**
   * Before a batch is acknowledged. What the handler throws leaves it unacknowledged, so that it comes again: the same event may
   * come twice.
   */
  onReceiving(handler: (roomId: string, events: readonly RoomEvent[]) => Promise<void>): void {
    this.#beforeHandlers.push(handler);
  }

  /** After the commit, each event once. */
  onReceived(handler: (roomId: string, events: readonly RoomEvent[]) => void): void {
    this.#handlers.push(handler);
  }

  /** The newest, in the order in which they came. */
  async list(roomId: string): Promise<ReceivedEvent[]> {
    const rows = await this.#deps.telemetry.read
      .selectFrom('roomEvent')
      .select(['event', 'receivedAtMs'])
      .where('roomId', '=', roomId)
      .orderBy('position', 'desc')
      .limit(LISTED)
      .execute();
    return rows.reverse().flatMap(({ event, receivedAtMs }) => {
      const known = RoomEvent.safeParse(JSON.parse(event)).data;
      return known ? [{ event: known, receivedAtMs }] : [];
    });
  }

  /** Another box stands there now and counts from the start. */
  async forgetCount(roomId: string): Promise<void> {
    this.#gaps.delete(roomId);
    await this.#deps.telemetry.write((trx) =>
      trx.updateTable('roomEventReceipt').set({ upToSequence: 0 }).where('roomId', '=', roomId).execute(),
    );
  }

  /** One batch after the other; of those that come meanwhile the newest, for it has what was not acknowledged. */
  async #receive(roomId: string, batch: Batch): Promise<void> {
    if (this.#writing.has(roomId)) {
      this.#writing.set(roomId, batch);
      return;
    }
    this.#writing.set(roomId, null);
    try {
      await this.#takeIn(roomId, batch);
    } finally {
      const waiting = this.#writing.get(roomId);
      this.#writing.delete(roomId);
      if (waiting) await this.#receive(roomId, waiting);
    }
  }

  async #takeIn(roomId: string, { events, raw }: Batch): Promise<void> {
    const { telemetry, broker, logger, kept = KEPT_OF_ROOM } = this.#deps;
    const believed = this.#gaps.get(roomId);
    for (const handler of this.#beforeHandlers) await handler(roomId, events);
    const { upToSequence, gap, received } = await telemetry.write(async (trx) => {
      const receipt = await trx
        .selectFrom('roomEventReceipt')
        .selectAll()
        .where('roomId', '=', roomId)
        .executeTakeFirst();
      // of a room that we know nothing of, the first is the first
      let next = receipt ? receipt.upToSequence + 1 : events[0]!.sequence;
      let position = receipt?.lastPosition ?? 0;
      let gapAt: number | null = null;
      const inserted: RoomEvent[] = [];
      for (const [at, event] of events.entries()) {
        if (event.sequence > next && event.sequence !== believed) {
          gapAt = event.sequence;
          break;
        }
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('roomEvent')
          .values({
            roomId,
            position: position + 1,
            eventId: event.eventId,
            sequence: event.sequence,
            receivedAtMs: Date.now(),
            event: textOf(event, raw[at]),
          })
          .onConflict((c) => c.columns(['roomId', 'eventId']).doNothing())
          .executeTakeFirst();
        if (numInsertedOrUpdatedRows) {
          position += 1;
          inserted.push(event);
        }
        next = Math.max(next, event.sequence + 1);
      }
      const row = { upToSequence: next - 1, lastPosition: position };
      await trx
        .insertInto('roomEventReceipt')
        .values({ roomId, ...row })
        .onConflict((c) => c.column('roomId').doUpdateSet(row))
        .execute();
      await trx
        .deleteFrom('roomEvent')
        .where('roomId', '=', roomId)
        .where('position', '<=', position - kept)
        .execute();
      return { upToSequence: next - 1, gap: gapAt, received: inserted };
    });
    if (gap === null) this.#gaps.delete(roomId);
    else {
      this.#gaps.set(roomId, gap);
      logger.warn({ roomId, upToSequence, nextSequence: gap }, 'room events are missing');
    }
    broker.publish('roomEventsAck', roomId, { upToSequence });
    if (received.length > 0) for (const handler of this.#handlers) handler(roomId, received);
  }
}

function textOf(event: RoomEvent, raw: unknown): string {
  const text = JSON.stringify(raw);
  return text.length <= KEPT_EVENT_LETTERS ? text : JSON.stringify(event);
}
