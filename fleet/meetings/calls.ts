/**
 * Which call a meeting has, and on which node. `openCall` is get-or-create in one transaction, so that two starts at
 * the same instant make one. A call's own truth is its media node's: what it tells is taken in once per event id, and a
 * call that a room began while we were gone becomes the meeting's.
 */
import type { Logger } from 'pino';
import { OperationalError, ProtocolError } from '#contract/error-codes.ts';
import type { CallEvent, CallEvents, EventAcks, NodeCommand, NodeRegistration } from '#contract/node-link.ts';
import { appendAudit } from '../audit/index.ts';
import { type AuthorityStore, type AuthorityTables, type AuthorityWrite, newId } from '../store/index.ts';
import { recordRemoval } from './guest-entries.ts';
import type { MediaNode, MediaNodes } from './media-nodes.ts';

export type Call = AuthorityTables['call'];
export type OpenCall = { call: Call; node: MediaNode };

/** how long a client's question waits for a node that is just being started again */
const NODE_RETURN_MS = 3_000;
/** a node silent for longer has lost its calls, as far as we tell anyone */
const NODE_GONE_MS = 15_000;
/** an ended call's event may be behind the client that saw its end */
const END_EVENT_WAIT_MS = 1_000;
const SWEEP_INTERVAL_MS = 5_000;
const EVENT_MEMORY_MS = 7 * 86_400_000;

export type CallsDependencies = {
  store: AuthorityStore;
  nodes: MediaNodes;
  sendToNode: (nodeId: string, command: NodeCommand) => void;
  acknowledge: (nodeId: string, acks: EventAcks) => void;
  /** a call of this meeting began, ended, or counts other people */
  onMeetingChanged: (meetingId: string) => void;
  logger: Logger;
};

export class Calls {
  readonly #deps: CallsDependencies;
  readonly #endWaiters = new Map<string, Set<() => void>>();
  #sweep: NodeJS.Timeout | null = null;

  constructor(deps: CallsDependencies) {
    this.#deps = deps;
  }

  start(): void {
    this.#sweep = setInterval(
      () => void this.#sweepGone().catch((error: unknown) => this.#deps.logger.error({ err: error }, 'sweep failed')),
      SWEEP_INTERVAL_MS,
    );
    this.#sweep.unref();
  }
  stop(): void {
    if (this.#sweep) clearInterval(this.#sweep);
  }

  async currentOf(meetingId: string): Promise<Call | null> {
    return (
      (await this.#deps.store.read
        .selectFrom('call')
        .selectAll()
        .where('meetingId', '=', meetingId)
        .where('endedAtMs', 'is', null)
        .executeTakeFirst()) ?? null
    );
  }

  /**
   * The meeting's call and its node; the first who asks opens it. `endedCallId`: the asker saw that one end, which is
   * believed when its node says so too.
   * @throws ProtocolError not-found; OperationalError no-media-node
   */
  async openCall(meetingId: string, endedCallId: string | null): Promise<OpenCall> {
    const { nodes } = this.#deps;
    const current = await this.currentOf(meetingId);
    if (current) {
      const ended = endedCallId === current.callId && (await this.#provesEnded(current));
      const node = ended ? null : await this.#liveNodeOf(current);
      if (node) return { call: current, node };
    }
    const chosen = await nodes.choose(NODE_RETURN_MS);
    if (!chosen) throw new OperationalError('no-media-node');
    const call = await this.#replace(meetingId, current?.callId ?? null, chosen);
    const node = nodes.get(call.nodeId);
    if (!node) throw new OperationalError('no-media-node');
    return { call, node };
  }

  async takeEvents(nodeId: string, { events }: CallEvents): Promise<void> {
    const changed = new Set<string>();
    const endedCallIds: string[] = [];
    await this.#deps.store.write(async (trx) => {
      for (const event of events) {
        if (!(await isNew(trx, event))) continue;
        const call =
          (await trx.selectFrom('call').selectAll().where('callId', '=', event.callId).executeTakeFirst()) ??
          (await this.#adopt(trx, nodeId, event));
        if (!call || call.nodeId !== nodeId || call.meetingId !== event.meetingId) {
          this.#deps.logger.warn(
            { nodeId, callId: event.callId, event: event.name },
            "event of a call that is not this node's",
          );
          continue;
        }
        // also of a call that is over: its invite is good for the next one
        if (event.name === 'peer-removed') await recordRemoval(trx, event.peerId, event.byPeerId);
        if (call.endedAtMs !== null) continue;
        await applyEvent(trx, call, event);
        changed.add(call.meetingId);
        if (event.name === 'call-ended') endedCallIds.push(call.callId);
      }
    });
    // by id, after the commit: what is not acknowledged comes again
    this.#deps.acknowledge(nodeId, { eventIds: events.map((event) => event.eventId) });
    this.#told(endedCallIds, changed);
  }

  /**
   * A call that we did not open: a room did, by its delegation. null where it can't be the meeting's, because that has
   * one in which somebody is.
   */
  async #adopt(trx: AuthorityWrite, nodeId: string, { callId, meetingId, name }: CallEvent): Promise<Call | null> {
    const node = this.#deps.nodes.get(nodeId);
    // its opening, or a later sign of a call that the node says it carries
    const lives = name === 'call-opened' || (name === 'peer-joined' && node?.callIds.has(callId));
    if (!node || !lives) return null;
    const meeting = await trx
      .selectFrom('meeting')
      .select('meetingId')
      .where('meetingId', '=', meetingId)
      .executeTakeFirst();
    if (!meeting) return null;
    const current = await trx
      .selectFrom('call')
      .selectAll()
      .where('meetingId', '=', meetingId)
      .where('endedAtMs', 'is', null)
      .executeTakeFirst();
    if (current && !this.#isEmpty(current)) {
      this.#deps.logger.warn({ nodeId, callId, meetingId, live: current.callId }, 'the meeting has two calls');
      return null;
    }
    const call = newCall(callId, meetingId, node);
    if (current) await endRow(trx, current, 'ended-by-fleet');
    await trx.insertInto('call').values(call).execute();
    // whom we sent to the other meanwhile the node let in here
    if (current) await trx.updateTable('guestEntry').set({ callId }).where('callId', '=', current.callId).execute();
    this.#deps.logger.info({ nodeId, callId, meetingId }, 'call adopted: a room began it while we were gone');
    return call;
  }

  /** Nobody has been in it, or its node was started anew since and carries it no more. */
  #isEmpty({ state, nodeId, nodeInstanceId }: Call): boolean {
    const node = this.#deps.nodes.get(nodeId);
    return state === 'prepared' || (node !== null && node.heardAtMs > 0 && node.instanceId !== nodeInstanceId);
  }

  /** Squares what the node carries with what we believe. */
  async reconcile(registration: NodeRegistration): Promise<void> {
    const { nodeId, instanceId, online, callIds } = registration;
    if (!online) return;
    const rows = await this.#deps.store.read
      .selectFrom('call')
      .selectAll()
      .where('nodeId', '=', nodeId)
      .where('endedAtMs', 'is', null)
      .execute();
    await this.#end(rows.filter((row) => row.nodeInstanceId !== instanceId));
    if (callIds.length === 0) return;
    const ended = await this.#deps.store.read
      .selectFrom('call')
      .select('callId')
      .where('callId', 'in', callIds)
      .where('endedAtMs', 'is not', null)
      .execute();
    for (const { callId } of ended) this.#deps.sendToNode(nodeId, { name: 'end-call', callId });
  }

  async #provesEnded(call: Call): Promise<boolean> {
    await this.#endOf(call.callId);
    if ((await this.currentOf(call.meetingId))?.callId !== call.callId) return true;
    const node = this.#deps.nodes.get(call.nodeId);
    return (
      node !== null && node.heardAtMs > (call.openedAtMs ?? Number.MAX_SAFE_INTEGER) && !node.callIds.has(call.callId)
    );
  }

  async #endOf(callId: string): Promise<void> {
    await new Promise<void>((resolve) => {
      const waiters = this.#endWaiters.get(callId) ?? new Set();
      this.#endWaiters.set(callId, waiters);
      const done = (): void => {
        clearTimeout(timer);
        waiters.delete(done);
        if (waiters.size === 0) this.#endWaiters.delete(callId);
        resolve();
      };
      const timer = setTimeout(done, END_EVENT_WAIT_MS);
      waiters.add(done);
    });
  }

  async #liveNodeOf(call: Call): Promise<MediaNode | null> {
    const { nodes } = this.#deps;
    if (!(await nodes.comesBack(call.nodeId, NODE_RETURN_MS))) return null;
    const node = nodes.get(call.nodeId);
    return node?.instanceId === call.nodeInstanceId ? node : null;
  }

  /** Ends the stale one and opens another, unless somebody has done so meanwhile: then theirs. */
  async #replace(meetingId: string, staleCallId: string | null, node: MediaNode): Promise<Call> {
    const callId = newId();
    const result = await this.#deps.store.write(async (trx) => {
      const current = await trx
        .selectFrom('call')
        .selectAll()
        .where('meetingId', '=', meetingId)
        .where('endedAtMs', 'is', null)
        .executeTakeFirst();
      if (current && current.callId !== staleCallId) return { call: current, opened: false };
      if (current) await endRow(trx, current, 'ended-by-fleet');
      const meeting = await trx
        .selectFrom('meeting')
        .select('meetingId')
        .where('meetingId', '=', meetingId)
        .executeTakeFirst();
      if (!meeting) throw new ProtocolError('not-found', 'no such meeting');
      const call = newCall(callId, meetingId, node);
      await trx.insertInto('call').values(call).execute();
      return { call, opened: true };
    });
    if (result.opened && staleCallId) this.#told([staleCallId], new Set([meetingId]));
    return result.call;
  }

  async #sweepGone(): Promise<void> {
    const nowMs = Date.now();
    for (const node of this.#deps.nodes.all) {
      if (node.online || nowMs - node.heardAtMs < NODE_GONE_MS) continue;
      await this.#end(
        await this.#deps.store.read
          .selectFrom('call')
          .selectAll()
          .where('nodeId', '=', node.nodeId)
          .where('endedAtMs', 'is', null)
          .execute(),
      );
    }
    await this.#deps.store.write((trx) =>
      trx
        .deleteFrom('callEvent')
        .where('atMs', '<', nowMs - EVENT_MEMORY_MS)
        .execute(),
    );
  }

  async #end(calls: Call[]): Promise<void> {
    if (calls.length === 0) return;
    await this.#deps.store.write(async (trx) => {
      for (const call of calls) await endRow(trx, call, 'ended-by-fleet');
    });
    this.#deps.logger.warn({ callIds: calls.map((call) => call.callId) }, 'calls ended: their node is gone');
    this.#told(
      calls.map((call) => call.callId),
      new Set(calls.map((call) => call.meetingId)),
    );
  }

  #told(endedCallIds: string[], meetingIds: Set<string>): void {
    for (const callId of endedCallIds) for (const done of [...(this.#endWaiters.get(callId) ?? [])]) done();
    for (const meetingId of meetingIds) this.#deps.onMeetingChanged(meetingId);
  }
}

const newCall = (callId: string, meetingId: string, { nodeId, instanceId }: MediaNode): Call => ({
  callId,
  meetingId,
  nodeId,
  nodeInstanceId: instanceId,
  state: 'prepared',
  participantCount: 0,
  createdAtMs: Date.now(),
  openedAtMs: null,
  endedAtMs: null,
  endReason: null,
});

async function isNew(trx: AuthorityWrite, { eventId, callId, atMs }: CallEvent): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('callEvent')
    .values({ eventId, callId, atMs })
    .onConflict((c) => c.column('eventId').doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

async function applyEvent(trx: AuthorityWrite, call: Call, event: CallEvent): Promise<void> {
  const row = trx.updateTable('call').where('callId', '=', call.callId);
  switch (event.name) {
    case 'call-opened':
      await row.set({ state: 'open', openedAtMs: Date.now() }).execute();
      return appendAudit(trx, {
        kind: 'call-opened',
        actor: `node:${call.nodeId}`,
        subject: `call:${call.callId}`,
        details: { meetingId: call.meetingId },
      });
    case 'peer-joined':
      await row
        .set({ state: 'open', openedAtMs: call.openedAtMs ?? Date.now(), participantCount: event.participantCount })
        .execute();
      return appendAudit(trx, {
        kind: 'peer-admitted',
        actor: `peer:${event.peerId}`,
        subject: `call:${call.callId}`,
        details: { peerKind: event.peerKind, displayName: event.displayName.slice(0, 80) },
      });
    case 'peer-left':
      await row.set({ participantCount: event.participantCount }).execute();
      return;
    case 'peer-removed':
      return;
    case 'call-ended':
      return endRow(trx, call, event.reason);
  }
}

async function endRow(trx: AuthorityWrite, call: Call, reason: string): Promise<void> {
  await trx
    .updateTable('call')
    .set({ state: 'ended', endedAtMs: Date.now(), endReason: reason, participantCount: 0 })
    .where('callId', '=', call.callId)
    .execute();
  if (call.state === 'open')
    await appendAudit(trx, {
      kind: 'call-ended',
      actor: `node:${call.nodeId}`,
      subject: `call:${call.callId}`,
      details: { reason },
    });
}
