/**
 * What IT does to rooms from afar: asked, sent, followed by its state, stopped, ended by its time. Stored before it is sent, so
 * that a restart of the fleet loses no action; the kiosk begins each once by its id. `action-state.ts` decides the states.
 */
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { MaruError, OperationalError, InvalidStateError, ProtocolError, toMaruError } from '#contract/error-codes.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import {
  ACTION_FILES,
  type ActionReport,
  isOver,
  type LogLines,
  type RefusedAction,
  RoomAction,
  type RoomActionName,
  type ShownAction,
} from '#contract/room-action.ts';
import type { z } from '#contract/schema.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import { appendAudit } from '../audit/index.ts';
import type { Broker } from '../broker/index.ts';
import type { Download } from '../http/route.ts';
import { type AuthorityStore, type AuthorityWrite, newId } from '../store/index.ts';
import { ActionFeed } from './action-feed.ts';
import type { ActionFiles } from './action-files.ts';
import { shownOf, type StoredAction } from './action-rows.ts';
import { type ActionEvent, beginsBeforeMs, actionDueAtMs, firstProgress, stepAction } from './action-state.ts';

/** `actor`: for the audit log; `name`: as the TV shows it. */
/** `accountId`: whose name it is; null: nobody's who could be forgotten */
export type ActionAsker = { actor: string; name: string; accountId: string | null };
export type RoomActionsDependencies = {
  store: AuthorityStore;
  broker: Broker;
  clock: WallClock;
  files: ActionFiles;
  isRoom: (roomId: string) => Promise<boolean>;
  isOnline: (roomId: string) => boolean;
  logger: Logger;
};

/** An action that is not over. */
type Open = { row: StoredAction; name: RoomActionName; action: RoomAction; asker: ActionAsker };

/** What can be stopped once it has begun: a restart cannot. */
const STOPPABLE: ReadonlySet<RoomActionName> = new Set([
  'collect-logs',
  'follow-logs',
  'test-network',
  'run-self-test',
  'look-at-screen',
]);
const SHOWN_FIRST = 20;
/** setTimeout fires at once beyond its range */
const LONGEST_TIMER_MS = 86_400_000;

export class RoomActions {
  readonly feed = new ActionFeed();
  readonly #deps: RoomActionsDependencies;
  readonly #open = new Map<string, Open>();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(deps: RoomActionsDependencies) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { store, broker, clock } = this.#deps;
    const rows = await store.read
      .selectFrom('roomAction')
      .selectAll()
      .where('state', 'in', ['pending', 'running'])
      .execute();
    for (const row of rows) {
      const action = RoomAction.parse(JSON.parse(row.action));
      this.#open.set(row.actionId, {
        row,
        action,
        name: action.name,
        asker: { actor: 'fleet', name: row.askedBy, accountId: row.askedByAccountId },
      });
    }
    broker.on('actionReport', (roomId, report) => this.#onReport(roomId, report));
    broker.on('logLines', (roomId, lines) => this.#onLines(roomId, lines));
    broker.onSubscribed((who, topic) => {
      if (who.party !== 'room' || topic !== 'action') return;
      // a repeated order begins nothing: the kiosk reports again how it is
      for (const open of this.#open.values()) if (open.row.roomId === who.id) this.#send(open);
    });
    // what is left of its time stays the same
    clock.onJump((byMs) => {
      for (const open of this.#open.values())
        open.row = { ...open.row, endsBeforeMs: Math.max(0, open.row.endsBeforeMs + byMs) };
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#look(), 0);
    });
    this.#look();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /**
   * @throws ProtocolError not-found, OperationalError room-not-answering, InvalidStateError not-possible-now: the same is
   * under way in the room
   */
  async ask(roomId: string, action: RoomAction, asker: ActionAsker): Promise<ShownAction> {
    const { store, clock, isRoom } = this.#deps;
    if (!(await isRoom(roomId))) throw new ProtocolError('not-found', 'no such room');
    try {
      this.#requirePossible(roomId, action.name);
    } catch (error) {
      const details = { action: action.name, code: toMaruError(error).code };
      await store.write((trx) =>
        appendAudit(trx, { kind: 'room-action-refused', actor: asker.actor, subject: `room:${roomId}`, details }),
      );
      throw error;
    }
    const nowMs = clock.nowMs();
    const { name: _, ...progress } = firstProgress(action.name, nowMs);
    const row: StoredAction = {
      actionId: newId(),
      roomId,
      action: JSON.stringify(action),
      result: null,
      askedBy: asker.name,
      askedByAccountId: asker.accountId,
      askedAtMs: nowMs,
      hasFile: 0,
      ...progress,
    };
    const open: Open = { row, action, name: action.name, asker };
    // before the commit: a second one of the same is refused meanwhile
    this.#open.set(row.actionId, open);
    try {
      await store.write(async (trx) => {
        await trx.insertInto('roomAction').values(row).execute();
        const details = { action: action.name, actionId: row.actionId };
        await appendAudit(trx, { kind: 'room-action-asked', actor: asker.actor, subject: `room:${roomId}`, details });
      });
    } catch (error) {
      this.#open.delete(row.actionId);
      throw error;
    }
    this.#send(open);
    this.#look();
    this.feed.action(shownOf(row)!);
    return shownOf(row)!;
  }

  /** Each room by itself: one that refuses stops no other. */
  async askOfMany(
    roomIds: readonly string[],
    action: RoomAction,
    asker: ActionAsker,
  ): Promise<{ begun: ShownAction[]; refused: z.infer<typeof RefusedAction>[] }> {
    const begun: ShownAction[] = [];
    const refused: z.infer<typeof RefusedAction>[] = [];
    await Promise.all(
      [...new Set(roomIds)].map((roomId) =>
        this.ask(roomId, action, asker).then(
          (shown) => begun.push(shown),
          (error: unknown) => {
            if (!(error instanceof MaruError)) throw error;
            refused.push({ roomId, code: error.code });
          },
        ),
      ),
    );
    return { begun, refused };
  }

  /** @throws ProtocolError not-found, InvalidStateError not-possible-now: it is over, or cannot be stopped any more */
  async cancel(roomId: string, actionId: string, asker: ActionAsker): Promise<ShownAction> {
    const open = this.#open.get(actionId);
    if (!open || open.row.roomId !== roomId) {
      await this.#stored(roomId, actionId);
      throw new InvalidStateError('not-possible-now', 'it is over');
    }
    if (open.row.state === 'running' && !STOPPABLE.has(open.name))
      throw new InvalidStateError('not-possible-now', `${open.name} cannot be stopped`);
    this.#sendStop(roomId, actionId);
    return (await this.#step(open, { type: 'stopped' }, asker)) ?? this.shown(roomId, actionId);
  }

  /** @throws ProtocolError not-found */
  async shown(roomId: string, actionId: string): Promise<ShownAction> {
    const shown = shownOf(this.#open.get(actionId)?.row ?? (await this.#stored(roomId, actionId)));
    if (!shown) throw new ProtocolError('not-found', 'no action that this release knows');
    return shown;
  }

  /** The newest of a room, the oldest of them first. */
  async newest(roomId: string): Promise<ShownAction[]> {
    const rows = await this.#deps.store.read
      .selectFrom('roomAction')
      .selectAll()
      .where('roomId', '=', roomId)
      .orderBy('actionId', 'desc')
      .limit(SHOWN_FIRST)
      .execute();
    return rows.reverse().flatMap((row) => shownOf(this.#open.get(row.actionId)?.row ?? row) ?? []);
  }

  /**
   * A file that a room's kiosk brings.
   * @throws ProtocolError forbidden (of another room, or asked of nobody), bad-message, too-large; OperationalError storage-failed
   */
  async receiveFile(
    roomId: string,
    actionId: string,
    file: { stream: Readable; contentType: string | undefined; sizeBytes: number | null },
  ): Promise<void> {
    const { files, store, clock, logger } = this.#deps;
    const open = this.#open.get(actionId);
    const expected = open && open.row.roomId === roomId && fileOf(open.name);
    if (!expected) {
      logger.warn({ roomId, actionId }, 'a file that nobody asked of this room');
      throw new ProtocolError('not-found', 'no action of this room waits for a file');
    }
    if (file.contentType !== expected.contentType)
      throw new ProtocolError('bad-message', `${open.name} brings ${expected.contentType}`);
    if ((file.sizeBytes ?? 0) > expected.maxBytes)
      throw new ProtocolError('too-large', `more than ${expected.maxBytes} bytes`);
    await files.receive(actionId, { ...expected, stream: file.stream });
    if (open.row.hasFile === 0) {
      open.row = { ...open.row, hasFile: 1 };
      await store.write((trx) =>
        trx.updateTable('roomAction').set({ hasFile: 1 }).where('actionId', '=', actionId).execute(),
      );
      this.#shownChanged(open.row);
    }
    if (open.name === 'look-at-screen') this.feed.picture(roomId, actionId, clock.nowMs());
  }

  /** @throws ProtocolError not-found */
  async openFile(roomId: string, actionId: string, roomName: string): Promise<Download> {
    const { action } = await this.shown(roomId, actionId);
    const expected = fileOf(action.name);
    const found = expected && (await this.#deps.files.open(actionId));
    if (!expected || !found) throw new ProtocolError('not-found', 'there is no file of it (any more)');
    const { handle, sizeBytes } = found;
    return {
      contentType: expected.contentType,
      fileName: `${roomName}.${action.name === 'collect-logs' ? 'log.gz' : 'jpg'}`,
      sizeBytes,
      etag: `"${actionId}-${(await handle.stat()).mtimeMs}"`,
      open: ({ start, end }) => handle.createReadStream({ start, end }),
      close: () => handle.close(),
    };
  }

  /** Its file was kept for long enough. */
  async fileGone(actionId: string): Promise<void> {
    await this.#deps.store.write((trx) =>
      trx.updateTable('roomAction').set({ hasFile: 0 }).where('actionId', '=', actionId).execute(),
    );
  }

  /** Its actions went with the room. */
  async roomRemoved(roomId: string): Promise<void> {
    for (const { row } of [...this.#open.values()]) if (row.roomId === roomId) this.#open.delete(row.actionId);
    const removed = await this.#deps.store.write((trx) =>
      trx.deleteFrom('roomAction').where('roomId', '=', roomId).returning('actionId').execute(),
    );
    for (const { actionId } of removed) await this.#deps.files.remove(actionId);
  }

  #requirePossible(roomId: string, name: RoomActionName): void {
    const isUnderWay = [...this.#open.values()].some((each) => each.row.roomId === roomId && each.name === name);
    if (isUnderWay) throw new InvalidStateError('not-possible-now', `${name} is under way in this room`);
    // nothing waits for a room that is off
    if (!this.#deps.broker.isHeard('action', { party: 'room', id: roomId }) && !this.#deps.isOnline(roomId))
      throw new OperationalError('room-not-answering', 'the room is offline');
  }

  #send({ row, action }: Open): void {
    const { actionId, roomId, askedBy, endsBeforeMs } = row;
    const begins = beginsBeforeMs({ name: action.name, endsBeforeMs });
    this.#deps.broker.publish('action', roomId, {
      order: 'begin',
      protocol: PROTOCOL_VERSION,
      actionId,
      roomId,
      action,
      askedBy: askedBy.slice(0, 240),
      beginsBeforeMs: begins,
      endsBeforeMs,
    });
  }

  #sendStop(roomId: string, actionId: string): void {
    this.#deps.broker.publish('action', roomId, { order: 'stop', protocol: PROTOCOL_VERSION, actionId, roomId });
  }

  #onReport(roomId: string, { actionId, state, code, result }: ActionReport): void {
    const open = this.#open.get(actionId);
    if (!open || open.row.roomId !== roomId) {
      // stopped or over while its kiosk was away; another room's action is not this one's to report
      if (state === 'running') this.#sendStop(roomId, actionId);
      return;
    }
    // a result of another action is none
    const ofAction = result !== null && result.of === open.name ? JSON.stringify(result) : null;
    if (ofAction !== null) open.row = { ...open.row, result: ofAction };
    void this.#step(open, { type: 'reported', state, code }, { actor: `room:${roomId}`, name: '', accountId: null });
  }

  #onLines(roomId: string, lines: LogLines): void {
    const open = this.#open.get(lines.actionId);
    if (open?.row.roomId === roomId && open.name === 'follow-logs') this.feed.lines(roomId, lines);
  }

  /** Memory first: what comes next finds it as it is. @returns null: nothing has changed */
  async #step(open: Open, event: ActionEvent, by: ActionAsker): Promise<ShownAction | null> {
    const { store, clock, logger } = this.#deps;
    const { row, name } = open;
    const next = stepAction({ ...row, name }, event, clock.nowMs());
    const { state, code, begunAtMs, endedAtMs } = next;
    if (state === row.state) return null;
    open.row = { ...row, state, code, begunAtMs, endedAtMs };
    const now = open.row;
    if (isOver(state)) this.#open.delete(row.actionId);
    this.#look();
    await store
      .write(async (trx) => {
        const { result } = now;
        await trx
          .updateTable('roomAction')
          .set({ state, code, begunAtMs, endedAtMs, result })
          .where('actionId', '=', row.actionId)
          .execute();
        if (isOver(state)) await auditEnd(trx, now, name, by);
      })
      // after a restart it goes on from what was stored, and ends by its time at the latest
      .catch((error: unknown) => logger.error({ err: error, actionId: row.actionId }, 'state of an action not stored'));
    this.#shownChanged(now);
    return shownOf(now);
  }

  #shownChanged(row: StoredAction): void {
    const shown = shownOf(row);
    if (shown) this.feed.action(shown);
  }

  /** Ends what is due, and looks again when the next is. */
  #look(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    const nowMs = this.#deps.clock.nowMs();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const open of this.#open.values()) {
      const due = actionDueAtMs({ ...open.row, name: open.name });
      if (due === null) continue;
      if (due > nowMs) nextMs = Math.min(nextMs, due);
      else {
        this.#sendStop(open.row.roomId, open.row.actionId);
        void this.#step(open, { type: 'time-passed' }, { actor: 'fleet', name: '', accountId: null });
      }
    }
    if (Number.isFinite(nextMs))
      this.#timer = setTimeout(() => this.#look(), Math.min(nextMs - nowMs, LONGEST_TIMER_MS));
  }

  /** @throws ProtocolError not-found */
  async #stored(roomId: string, actionId: string): Promise<StoredAction> {
    const row = await this.#deps.store.read
      .selectFrom('roomAction')
      .selectAll()
      .where('actionId', '=', actionId)
      .where('roomId', '=', roomId)
      .executeTakeFirst();
    if (!row) throw new ProtocolError('not-found', 'no such action');
    return row;
  }
}

const fileOf = (name: RoomActionName): { contentType: string; maxBytes: number } | null =>
  name === 'collect-logs' || name === 'look-at-screen' ? ACTION_FILES[name] : null;

async function auditEnd(
  trx: AuthorityWrite,
  { actionId, roomId, state, code }: StoredAction,
  name: RoomActionName,
  { actor }: ActionAsker,
): Promise<void> {
  const details = { action: name, actionId, state, code };
  const kind =
    state === 'stopped' ? 'room-action-stopped' : state === 'refused' ? 'room-action-refused' : 'room-action-ended';
  await appendAudit(trx, { kind, actor, subject: `room:${roomId}`, details });
}
