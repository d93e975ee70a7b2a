/**
 * Requests for help: made of a room's events, each once by its id, with what the room knew of itself at that moment; answered
 * and closed by IT. The room is shown its own on the retained topic `helpOfRoom`, a closed one for ten minutes more.
 */
import type { Logger } from 'pino';
import { InvalidStateError, ProtocolError } from '#contract/error-codes.ts';
import type { helpApi, HelpTicket, HelpTicketDetail } from '#contract/http/help-api.ts';
import { type Reach, reaches } from '#contract/http/permissions.ts';
import type { RouteAnswer, RouteOutput } from '#contract/http/route.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RoomEvent } from '#contract/room-events.ts';
import { Id, z } from '#contract/schema.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import { appendAudit } from '../audit/index.ts';
import { type AlertBook, ofRoom } from '../alerts/index.ts';
import type { Broker } from '../broker/index.ts';
import { cursorOf, readCursor } from '../http/paging.ts';
import { type AuthorityStore, type AuthorityWrite, newId } from '../store/index.ts';
import {
  HELP_COLUMNS,
  type HelpOfRoomRow,
  isHelpOpen,
  requestOf,
  type StoredHelp,
  type StoredMessage,
  ticketOf,
} from './help-rows.ts';
import type { ActionAsker } from './room-actions.ts';

type Diagnostics = HelpTicketDetail['diagnostics'];
type Counts = RouteAnswer<typeof helpApi.listHelp>['counts'];
type Query = RouteOutput<typeof helpApi.listHelp, 'query'>;
type HelpEvent = Extract<RoomEvent, { name: 'help-called' | 'help-written' | 'help-withdrawn' }>;
export type HelpRequestsDependencies = {
  store: AuthorityStore;
  broker: Broker;
  book: AlertBook;
  clock: WallClock;
  diagnosticsOf: (roomId: string) => Promise<Diagnostics>;
  /** what to add to our clock to have the kiosk's */
  clockOffsetOf: (roomId: string) => number;
  logger: Logger;
};

/** Of a closed request, on the room's TV and phones. */
export const CLOSED_SHOWN_MS = 600_000;
/** a box that lies cannot fill the store */
const MOST_MESSAGES = 200;
const CALLS_OF_ROOM = { burst: 10, refillPerMinute: 1 };
const MESSAGES_OF_ROOM = { burst: 40, refillPerMinute: 10 };
/** Where a page ended. */
const Position = z.object({ receivedAtMs: z.number().int(), helpId: Id });
const isHelpEvent = (event: RoomEvent): event is HelpEvent =>
  event.name === 'help-called' || event.name === 'help-written' || event.name === 'help-withdrawn';

export class HelpRequests {
  readonly #deps: HelpRequestsDependencies;
  readonly #changed = new Set<(roomId: string, helpIds: readonly string[]) => void>();
  /** by room: until when its closed request is shown */
  readonly #closing = new Map<string, NodeJS.Timeout>();
  readonly #calls = new AttemptLimit(CALLS_OF_ROOM);
  readonly #written = new AttemptLimit(MESSAGES_OF_ROOM);

  constructor(deps: HelpRequestsDependencies) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { store, broker, logger } = this.#deps;
    broker.onPresence((who, connected) => {
      if (connected && who.party === 'room')
        void this.#publish(who.id).catch((error: unknown) =>
          logger.error({ err: error, roomId: who.id }, 'request for help not published'),
        );
    });
    const since = this.#deps.clock.nowMs() - CLOSED_SHOWN_MS;
    const rooms = await store.read
      .selectFrom('helpRequest')
      .select('roomId')
      .distinct()
      .where((e) => e.or([e('closedAtMs', 'is', null), e('closedAtMs', '>', since)]))
      .execute();
    for (const { roomId } of rooms) await this.#publish(roomId);
    // an end between a call and its alert leaves no alert behind, and none out
    const alerted = this.#deps.book.all.flatMap(({ signal, roomId }) =>
      signal === 'help-called' && roomId ? [roomId] : [],
    );
    for (const roomId of new Set([...rooms.map((room) => room.roomId), ...alerted])) await this.#settleAlert(roomId);
  }

  stop(): void {
    for (const timer of this.#closing.values()) clearTimeout(timer);
  }

  /** A request is new, or has changed, until the function that comes back is called. */
  onChanged(handler: (roomId: string, helpIds: readonly string[]) => void): () => void {
    this.#changed.add(handler);
    return () => void this.#changed.delete(handler);
  }

  /** The requests of a room that are open. */
  async openOf(roomId: string): Promise<string[]> {
    const rows = await this.#deps.store.read
      .selectFrom('helpRequest')
      .select('helpId')
      .where('roomId', '=', roomId)
      .where('closedAtMs', 'is', null)
      .execute();
    return rows.map(({ helpId }) => helpId);
  }

  /** Before the events are acknowledged: what the store refuses comes again. */
  async receive(roomId: string, events: readonly RoomEvent[]): Promise<void> {
    const ours = events.filter(isHelpEvent);
    if (ours.length === 0) return;
    const diagnostics = ours.some(({ name }) => name === 'help-called')
      ? JSON.stringify(await this.#deps.diagnosticsOf(roomId))
      : '{}';
    const changed = new Set<string>();
    await this.#deps.store.write(async (trx) => {
      for (const event of ours)
        for (const helpId of await this.#apply(trx, roomId, event, diagnostics)) changed.add(helpId);
    });
    await this.#tell(roomId, [...changed]);
    // also for events that came before: their alert may not have been written
    await this.#settleAlert(roomId);
  }

  /** @throws ProtocolError bad-message for a cursor that is not ours */
  async page({ cursor, limit, state, roomId }: Query, reach: Reach): Promise<RouteAnswer<typeof helpApi.listHelp>> {
    const matching = () => {
      let query = this.#inReach(reach);
      if (state !== undefined) query = query.where('state', '=', state);
      if (roomId !== undefined) query = query.where('helpRequest.roomId', '=', roomId);
      return query;
    };
    const before = cursor === undefined ? null : readCursor(Position, cursor);
    const after =
      before === null
        ? matching()
        : matching().where((e) =>
            e.or([
              e('receivedAtMs', '<', before.receivedAtMs),
              e.and([e('receivedAtMs', '=', before.receivedAtMs), e('helpId', '<', before.helpId)]),
            ]),
          );
    const [found, { count }, counts] = await Promise.all([
      after
        .select([...HELP_COLUMNS, 'roomName', 'placeId'])
        .orderBy('receivedAtMs', 'desc')
        .orderBy('helpId', 'desc')
        .limit(limit + 1)
        .execute(),
      matching()
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow(),
      this.counts(reach),
    ]);
    const rows = await this.#tickets(found.slice(0, limit));
    const last = rows.at(-1);
    const place = last && { receivedAtMs: last.receivedAtMs, helpId: last.helpId };
    const nextCursor = found.length > limit && place ? cursorOf(place satisfies z.infer<typeof Position>) : null;
    return { rows, nextCursor, total: Number(count), counts };
  }

  async counts(reach: Reach): Promise<Counts> {
    const states = await this.#inReach(reach).select('state').where('closedAtMs', 'is', null).execute();
    return { open: states.length, unseen: states.filter(({ state }) => state === 'sent').length };
  }

  async tickets(helpIds: readonly string[], reach: Reach): Promise<HelpTicket[]> {
    if (helpIds.length === 0) return [];
    const found = await this.#inReach(reach)
      .select([...HELP_COLUMNS, 'roomName', 'placeId'])
      .where('helpId', 'in', helpIds)
      .execute();
    return this.#tickets(found);
  }

  /** The room is shown that somebody has seen it. @throws ProtocolError not-found */
  async see(helpId: string, by: ActionAsker, reach: Reach): Promise<HelpTicketDetail> {
    const { store } = this.#deps;
    const { roomId } = await this.#required(helpId, reach);
    const seen = await store.write((trx) =>
      trx
        .updateTable('helpRequest')
        .set({ state: 'seen', seenBy: by.name, seenByAccountId: by.accountId })
        .where('helpId', '=', helpId)
        .where('state', '=', 'sent')
        .executeTakeFirst(),
    );
    if (seen.numUpdatedRows > 0) await this.#tell(roomId, [helpId]);
    const { diagnostics } = await store.read
      .selectFrom('helpRequest')
      .select('diagnostics')
      .where('helpId', '=', helpId)
      .executeTakeFirstOrThrow();
    const [ticket] = await this.tickets([helpId], reach);
    if (!ticket) throw new ProtocolError('not-found', 'no such request');
    return { ...ticket, diagnostics: JSON.parse(diagnostics) as Diagnostics };
  }

  /** @throws ProtocolError not-found, InvalidStateError not-possible-now: it is closed, or nothing more can be written to it */
  async answer(helpId: string, text: string, by: ActionAsker, reach: Reach): Promise<HelpTicket> {
    const { store, clock } = this.#deps;
    const { roomId } = await this.#required(helpId, reach);
    await store.write(async (trx) => {
      const request = await storedIn(trx, helpId);
      if (!request || !isHelpOpen(request) || (await messageCount(trx, helpId)) >= MOST_MESSAGES)
        throw new InvalidStateError('not-possible-now', 'it is closed');
      const seen =
        request.seenBy === null ? { seenBy: by.name, seenByAccountId: by.accountId } : { seenBy: request.seenBy };
      await trx
        .updateTable('helpRequest')
        .set({ state: 'seen', ...seen })
        .where('helpId', '=', helpId)
        .execute();
      const message = {
        messageId: newId(),
        helpId,
        fromWhom: 'it',
        author: by.name,
        authorAccountId: by.accountId,
        text,
        atMs: clock.nowMs(),
      } as const;
      await trx.insertInto('helpMessage').values(message).execute();
      const details = { helpId };
      await appendAudit(trx, { kind: 'help-answered', actor: by.actor, subject: `room:${roomId}`, details });
    });
    await this.#tell(roomId, [helpId]);
    return (await this.tickets([helpId], reach))[0]!;
  }

  /** One that is closed already stays so. @throws ProtocolError not-found */
  async solve(helpId: string, by: ActionAsker, reach: Reach): Promise<void> {
    const { roomId } = await this.#required(helpId, reach);
    const isClosed = await this.#deps.store.write((trx) => this.#close(trx, helpId, 'solved', by.actor));
    if (isClosed) await this.#tell(roomId, [helpId]);
    await this.#settleAlert(roomId);
  }

  /** Its requests went with the room. */
  async roomRemoved(roomId: string): Promise<void> {
    await this.#deps.store.write((trx) => trx.deleteFrom('helpRequest').where('roomId', '=', roomId).execute());
  }

  /** @returns which have changed */
  async #apply(trx: AuthorityWrite, roomId: string, event: HelpEvent, diagnostics: string): Promise<string[]> {
    const { clock, clockOffsetOf, logger } = this.#deps;
    const { helpId } = event;
    const nowMs = clock.nowMs();
    // the kiosk's clock may be off, also by years
    const atMs = Math.max(0, Math.min(nowMs, event.atMs - clockOffsetOf(roomId)));
    const known = await storedIn(trx, helpId);
    if (known && known.roomId !== roomId) {
      logger.warn({ roomId, helpId }, 'an event about the request of another room');
      return [];
    }
    if (event.name === 'help-called') {
      if (known) return [];
      if (!this.#calls.take(roomId)) {
        logger.warn({ roomId, helpId }, 'a room calls for help too often');
        return [];
      }
      // another box stands there, which knew nothing of it
      const former = await this.#openIn(trx, roomId);
      for (const each of former) await this.#close(trx, each, 'withdrawn', `room:${roomId}`);
      const { topic, text } = event;
      const request = { helpId, roomId, topic, state: 'sent', calledAtMs: atMs, receivedAtMs: nowMs } as const;
      await trx
        .insertInto('helpRequest')
        .values({ ...request, seenBy: null, closedAtMs: null, diagnostics })
        .execute();
      if (text !== '') await this.#keepMessage(trx, { messageId: event.eventId, helpId, text, atMs });
      const details = { helpId, topic };
      await appendAudit(trx, { kind: 'help-called', actor: `room:${roomId}`, subject: `room:${roomId}`, details });
      return [helpId, ...former];
    }
    if (!known || !isHelpOpen(known)) return [];
    if (event.name === 'help-withdrawn')
      return (await this.#close(trx, helpId, 'withdrawn', `room:${roomId}`)) ? [helpId] : [];
    const { messageId, text } = event;
    return (await this.#keepMessage(trx, { messageId, helpId, text, atMs })) ? [helpId] : [];
  }

  /** False: it is there already, or there are too many. */
  async #keepMessage(
    trx: AuthorityWrite,
    message: { messageId: string; helpId: string; text: string; atMs: number },
  ): Promise<boolean> {
    const isThere = await trx
      .selectFrom('helpMessage')
      .select('messageId')
      .where('messageId', '=', message.messageId)
      .executeTakeFirst();
    if (isThere || message.text === '' || (await messageCount(trx, message.helpId)) >= MOST_MESSAGES) return false;
    if (!this.#written.take(message.helpId)) return false;
    await trx
      .insertInto('helpMessage')
      .values({ ...message, fromWhom: 'room', author: '' })
      .execute();
    return true;
  }

  async #close(trx: AuthorityWrite, helpId: string, state: 'solved' | 'withdrawn', actor: string): Promise<boolean> {
    const request = await storedIn(trx, helpId);
    if (!request || !isHelpOpen(request)) return false;
    const closedAtMs = this.#deps.clock.nowMs();
    await trx.updateTable('helpRequest').set({ state, closedAtMs }).where('helpId', '=', helpId).execute();
    const details = { helpId, state };
    await appendAudit(trx, { kind: 'help-closed', actor, subject: `room:${request.roomId}`, details });
    return true;
  }

  async #openIn(trx: AuthorityWrite, roomId: string): Promise<string[]> {
    const rows = await trx
      .selectFrom('helpRequest')
      .select('helpId')
      .where('roomId', '=', roomId)
      .where('closedAtMs', 'is', null)
      .execute();
    return rows.map(({ helpId }) => helpId);
  }

  async #tell(roomId: string, helpIds: readonly string[]): Promise<void> {
    if (helpIds.length === 0) return;
    await this.#publish(roomId);
    for (const handler of this.#changed) handler(roomId, helpIds);
  }

  /** The alert is open as long as a request is. */
  async #settleAlert(roomId: string): Promise<void> {
    const { book, store } = this.#deps;
    const open = await store.read
      .selectFrom('helpRequest')
      .select('topic')
      .where('roomId', '=', roomId)
      .where('closedAtMs', 'is', null)
      .executeTakeFirst();
    if (open) await book.raise('help-called', ofRoom(roomId), { topic: open.topic });
    else await book.clear('help-called', ofRoom(roomId));
  }

  /** The newest request of the room, while it is open or was closed a short while ago. */
  async #publish(roomId: string): Promise<void> {
    const { store, broker, clock } = this.#deps;
    const newest = await store.read
      .selectFrom('helpRequest')
      .select([...HELP_COLUMNS])
      .where('roomId', '=', roomId)
      .orderBy('receivedAtMs', 'desc')
      .orderBy('helpId', 'desc')
      .limit(1)
      .executeTakeFirst();
    const shownForMs = newest?.closedAtMs == null ? null : newest.closedAtMs + CLOSED_SHOWN_MS - clock.nowMs();
    clearTimeout(this.#closing.get(roomId));
    this.#closing.delete(roomId);
    const isShown = newest !== undefined && (shownForMs === null || shownForMs > 0);
    if (isShown && shownForMs !== null)
      this.#closing.set(
        roomId,
        setTimeout(() => void this.#publish(roomId).catch(() => {}), Math.min(shownForMs, CLOSED_SHOWN_MS)),
      );
    const request = isShown ? requestOf(newest, await this.#messagesOf([newest.helpId])) : null;
    broker.publish('helpOfRoom', roomId, { protocol: PROTOCOL_VERSION, request });
  }

  #inReach(reach: Reach) {
    const all = this.#deps.store.read.selectFrom('helpRequest').innerJoin('room', 'room.roomId', 'helpRequest.roomId');
    if (reach === 'organisation') return all;
    return reach.size === 0 ? all.where('helpId', '=', '') : all.where('helpRequest.roomId', 'in', [...reach]);
  }

  /** @throws ProtocolError not-found: also where it is of a room beyond reach */
  async #required(helpId: string, reach: Reach): Promise<StoredHelp> {
    const request = await this.#deps.store.read
      .selectFrom('helpRequest')
      .select([...HELP_COLUMNS])
      .where('helpId', '=', helpId)
      .executeTakeFirst();
    if (!request || !reaches(reach, request.roomId)) throw new ProtocolError('not-found', 'no such request');
    return request;
  }

  async #messagesOf(helpIds: readonly string[]): Promise<StoredMessage[]> {
    if (helpIds.length === 0) return [];
    return this.#deps.store.read
      .selectFrom('helpMessage')
      .selectAll()
      .where('helpId', 'in', helpIds)
      .orderBy('atMs')
      .orderBy('messageId')
      .execute();
  }

  async #tickets(found: readonly HelpOfRoomRow[]): Promise<HelpTicket[]> {
    const messages = await this.#messagesOf(found.map(({ helpId }) => helpId));
    return found.map((row) =>
      ticketOf(
        row,
        messages.filter(({ helpId }) => helpId === row.helpId),
      ),
    );
  }
}

async function storedIn(trx: AuthorityWrite, helpId: string): Promise<StoredHelp | undefined> {
  return trx
    .selectFrom('helpRequest')
    .select([...HELP_COLUMNS])
    .where('helpId', '=', helpId)
    .executeTakeFirst();
}

async function messageCount(trx: AuthorityWrite, helpId: string): Promise<number> {
  const { count } = await trx
    .selectFrom('helpMessage')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('helpId', '=', helpId)
    .executeTakeFirstOrThrow();
  return Number(count);
}
