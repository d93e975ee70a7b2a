/**
 * Which call a meeting has, and on which node. `openCall` is get-or-create in one transaction, so that two starts at
 * the same instant make one. A call's own truth is its media node's: its events count once per id, and a call that a room
 * began while we were gone becomes the meeting's. A node's silence ends no call: it only keeps new people away.
 */
import type { Logger } from 'pino';
import { OperationalError, ProtocolError } from '#contract/error-codes.ts';
import type { PeerKind } from '#contract/grants.ts';
import type { CallEvents, EventAcks, KnownCallEvent, NodeCommand, NodeRegistration } from '#contract/node-link.ts';
import { NODE_RETURN_MS } from '#contract/timing.ts';
import type { TranscriptSegment } from '#contract/transcript.ts';
import { isChatEvent, recordChatEvent, recordReads } from '../chat/index.ts';
import { recordPoll } from '../polls/index.ts';
import { isTranscriptEvent, recordTranscriptEvent } from '../transcript/index.ts';
import { type AuthorityStore, type AuthorityWrite, newId } from '../store/index.ts';
import {
  applyEvent,
  type CallRow,
  EMPTY,
  ENDED_BY_FLEET,
  endRow,
  GIVEN_UP,
  giveUpRow,
  isNew,
  liveCallOf,
  MOVED,
  newCall,
  takeBackRow,
} from './call-rows.ts';
import { mayBeOffMs } from './node-clocks.ts';
import { beyondMsOf, heldTo } from './reported-times.ts';
import { isOfDeletedRecord, isRecorded, withoutForgotten } from './late-events.ts';
import { type LeavingPeer, recordRemoval } from './entries.ts';
import type { RegisteredNode, MediaNodes } from './media-nodes.ts';

export type OpenCall = { call: CallRow; node: RegisteredNode };

/** after so much silence of its node a call is given up: the next who comes opens another */
const GIVEN_UP_AFTER_MS = 5 * 60_000;
/** an ended call's event may be behind the client that saw its end */
const END_EVENT_WAIT_MS = 1_000;
const SWEEP_INTERVAL_MS = 5_000;
const EVENT_MEMORY_MS = 7 * 86_400_000;

export type CallsDependencies = {
  store: AuthorityStore;
  nodes: MediaNodes;
  sendToNode: (nodeId: string, command: NodeCommand) => void;
  acknowledge: (nodeId: string, acks: EventAcks) => void;
  /** once for each event that leaves something behind, in its transaction; also of a call that we count as over */
  onEvent: (trx: AuthorityWrite, event: KnownCallEvent) => Promise<void>;
  /** a call of this meeting began, ended, or counts other people */
  onMeetingChanged: (meetingId: string) => void;
  /** a call of this meeting was made ready; nobody is in it yet */
  onPrepared: (meetingId: string) => void;
  /** something was written in a call of this meeting */
  onChatChanged: (meetingId: string) => void;
  /** somebody has read more of what is written in it */
  onChatRead: (meetingId: string) => void;
  /** this was spoken in a call of this meeting, and is kept; its times may be off by so much */
  onSpoken: (meetingId: string, segment: TranscriptSegment, offMs: number) => void;
  logger: Logger;
};

export class Calls {
  readonly #deps: CallsDependencies;
  readonly #endWaiters = new Map<string, Set<() => void>>();
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: CallsDependencies) {
    this.#deps = deps;
  }

  start(): void {
    const { logger } = this.#deps;
    this.#timer = setInterval(
      () => void this.sweep().catch((error: unknown) => logger.error({ err: error }, 'sweep failed')),
      SWEEP_INTERVAL_MS,
    );
    this.#timer.unref();
  }
  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  async currentOf(meetingId: string): Promise<CallRow | null> {
    return (await liveCallOf(this.#deps.store.read, meetingId)) ?? null;
  }

  /**
   * The meeting's call and its node; the first who asks opens it. `endedCallId`: the asker saw that one end, which is
   * believed when its node reports it too.
   * @throws ProtocolError not-found; OperationalError no-media-node, call-unreachable: the call may still run at a node
   *   that is silent, and no second one is opened beside it
   */
  async openCall(meetingId: string, endedCallId: string | null, peerKind: PeerKind): Promise<OpenCall> {
    const { nodes } = this.#deps;
    const current = await this.currentOf(meetingId);
    if (current) {
      const ended = endedCallId === current.callId && (await this.#provesEnded(current));
      if (!ended && (await nodes.comesBack(current.nodeId, NODE_RETURN_MS))) {
        const node = nodes.get(current.nodeId);
        if (node?.instanceId === current.nodeInstanceId) return { call: current, node };
      } else if (!ended && current.state === 'open') {
        throw new OperationalError('call-unreachable', 'the media node of the call is silent');
      }
    }
    const chosen = await nodes.choose(NODE_RETURN_MS, peerKind);
    if (!chosen) throw new OperationalError('no-media-node');
    const call = await this.#replace(meetingId, current?.callId ?? null, chosen);
    const node = nodes.get(call.nodeId);
    if (!node) throw new OperationalError('no-media-node');
    return { call, node };
  }

  /** With people in them, as far as we know, at nodes that are silent. */
  async unreachable(): Promise<CallRow[]> {
    const rows = await this.#deps.store.read
      .selectFrom('call')
      .selectAll()
      .where('state', '=', 'open')
      .where('endedAtMs', 'is', null)
      .execute();
    return rows.filter(({ nodeId }) => this.#deps.nodes.silentMs(nodeId) > 0);
  }

  /** From now on the next who comes opens another call. @returns how many there still were */
  async giveUp(calls: readonly CallRow[], actor: string): Promise<number> {
    const given = await this.#deps.store.write(async (trx) => {
      const live: CallRow[] = [];
      for (const { callId, meetingId } of calls) {
        const call = await liveCallOf(trx, meetingId);
        if (call?.callId !== callId || this.#deps.nodes.silentMs(call.nodeId) === 0) continue;
        await giveUpRow(trx, call, actor);
        live.push(call);
      }
      return live;
    });
    if (given.length === 0) return 0;
    this.#deps.logger.warn(
      { actor, callIds: given.map(({ callId }) => callId) },
      'calls given up: their node is silent',
    );
    this.#told(
      given.map(({ callId }) => callId),
      new Set(given.map(({ meetingId }) => meetingId)),
    );
    return given.length;
  }

  async takeEvents(nodeId: string, { events }: CallEvents): Promise<void> {
    const changed = new Set<string>();
    const written = new Set<string>();
    const read = new Set<string>();
    const endedCallIds: string[] = [];
    const spoken: [meetingId: string, segment: TranscriptSegment, offMs: number][] = [];
    const toMove = new Set<string>();
    const toRemove: LeavingPeer[] = [];
    const nowMs = Date.now();
    const clock = this.#deps.nodes.clocks.of(nodeId);
    await this.#deps.store.write(async (trx) => {
      for (const reported of events) {
        if (reported.name === 'unknown') continue;
        // remembered since we got it: by a node's clock it might be forgotten at once, or never
        if (!(await isNew(trx, { ...reported, atMs: nowMs }))) continue;
        const known = await withoutForgotten(trx, reported);
        if (known === null) continue;
        const call =
          (await trx.selectFrom('call').selectAll().where('callId', '=', known.callId).executeTakeFirst()) ??
          (await this.#adopt(trx, nodeId, known));
        if (!call || call.nodeId !== nodeId || call.meetingId !== known.meetingId) {
          this.#deps.logger.warn(
            { nodeId, callId: known.callId, event: known.name },
            "event of a call that is not this node's",
          );
          continue;
        }
        const fromMs = Math.min(call.createdAtMs, nowMs);
        const knownTime = { fromMs, untilMs: nowMs, aheadMs: clock?.aheadMs ?? 0 };
        const event = heldTo(knownTime, known);
        const isDeleted = await isOfDeletedRecord(trx, event);
        if (isDeleted && isRecorded(event)) continue;
        // also of a call that is over: its words were said
        if (isChatEvent(event)) {
          if (!(await recordChatEvent(trx, event)))
            this.#deps.logger.warn(
              { nodeId, callId: event.callId, event: event.name, person: event.person ?? null },
              'not kept: the meeting has another message of this id',
            );
          written.add(call.meetingId);
          continue;
        }
        if (event.name === 'chat-read') {
          const { isGrown, hasReadMention } = await recordReads(trx, event);
          if (isGrown) read.add(call.meetingId);
          if (hasReadMention) written.add(call.meetingId);
          continue;
        }
        // words are written a moment after they were spoken, which may be after the call
        if (isTranscriptEvent(event)) {
          const offMs = mayBeOffMs(clock, beyondMsOf(knownTime, known));
          const isKept = await recordTranscriptEvent(trx, event, offMs);
          if (isKept && event.name === 'transcript-segment') spoken.push([call.meetingId, event.segment, offMs]);
          continue;
        }
        // also of a call that is over: its invite is good for the next one
        if (event.name === 'participant-removed')
          toRemove.push(...(await recordRemoval(trx, event.peerId, event.byPeerId)));
        // and the result of a call that we ended comes after its end
        if (event.name === 'poll-started' || event.name === 'poll-ended') await recordPoll(trx, event);
        if (call.endReason === MOVED && event.name !== 'call-ended') toMove.add(call.callId);
        if (call.endedAtMs === null) await applyEvent(trx, call, event);
        if (!isDeleted) await this.#deps.onEvent(trx, event);
        if (call.endedAtMs !== null) continue;
        changed.add(call.meetingId);
        if (event.name === 'call-ended') endedCallIds.push(call.callId);
      }
    });
    // by id, after the commit: what is not acknowledged comes again
    this.#deps.acknowledge(nodeId, { eventIds: events.map((event) => event.eventId) });
    for (const { nodeId, ...peer } of toRemove) this.#deps.sendToNode(nodeId, { name: 'remove-participant', ...peer });
    for (const callId of toMove) this.#deps.sendToNode(nodeId, { name: 'move-call', callId });
    for (const meetingId of written) this.#deps.onChatChanged(meetingId);
    for (const meetingId of read) this.#deps.onChatRead(meetingId);
    for (const each of spoken) this.#deps.onSpoken(...each);
    this.#told(endedCallIds, changed);
  }

  /**
   * A call that we did not open: a room did, by its delegation. It is moved where it can't be the meeting's, because that
   * has one with people in it. null: we know no such meeting, or the call is over.
   */
  async #adopt(
    trx: AuthorityWrite,
    nodeId: string,
    { callId, meetingId, name }: KnownCallEvent,
  ): Promise<CallRow | null> {
    const { nodes, logger } = this.#deps;
    const node = nodes.get(nodeId);
    // its opening, or a later sign of a call that the node lists
    const lives = name === 'call-opened' || (name === 'participant-joined' && node?.callIds.has(callId));
    if (!node || !lives) return null;
    const meeting = await trx
      .selectFrom('meeting')
      .select('meetingId')
      .where('meetingId', '=', meetingId)
      .where('endedAtMs', 'is', null)
      .executeTakeFirst();
    if (!meeting) return null;
    const current = await liveCallOf(trx, meetingId);
    const silent = current !== undefined && nodes.silentMs(current.nodeId) > 0;
    const call = newCall(callId, meetingId, node);
    if (current && !silent && !this.#isEmpty(current)) {
      logger.warn({ nodeId, callId, meetingId, live: current.callId }, 'the meeting has two calls: the newer is moved');
      const moved: CallRow = { ...call, state: 'ended', endedAtMs: Date.now(), endReason: MOVED };
      await trx.insertInto('call').values(moved).execute();
      return moved;
    }
    if (current && silent && !this.#isEmpty(current)) await giveUpRow(trx, current, `node:${nodeId}`);
    else if (current) await endRow(trx, current, ENDED_BY_FLEET);
    await trx.insertInto('call').values(call).execute();
    // whom we sent to the other meanwhile the node let in here
    if (current) await trx.updateTable('entry').set({ callId }).where('callId', '=', current.callId).execute();
    logger.info({ nodeId, callId, meetingId }, 'call adopted: a room began it while we were gone');
    return call;
  }

  /** All who are in the calls of these meetings are put out once `apply` is called after the commit. */
  async endOf(trx: AuthorityWrite, meetingIds: string[]): Promise<{ apply: () => void }> {
    const calls = await trx
      .selectFrom('call')
      .selectAll()
      .where('meetingId', 'in', meetingIds)
      .where('endedAtMs', 'is', null)
      .execute();
    for (const call of calls) await endRow(trx, call, ENDED_BY_FLEET);
    // one that was given up ends when its node is back
    await trx
      .updateTable('call')
      .set({ endReason: ENDED_BY_FLEET })
      .where('meetingId', 'in', meetingIds)
      .where('endReason', 'in', [GIVEN_UP, MOVED])
      .execute();
    return {
      apply: () => {
        // a node that is not there is sent the end when it registers with them
        for (const { nodeId, callId } of calls) this.#deps.sendToNode(nodeId, { name: 'end-call', callId });
        this.#told(
          calls.map(({ callId }) => callId),
          new Set(),
        );
      },
    };
  }

  #isSameProcess({ nodeId, nodeInstanceId }: CallRow): boolean {
    return this.#deps.nodes.get(nodeId)?.instanceId === nodeInstanceId;
  }

  /** Nobody has been in it, or its node was started anew since and carries it no more. */
  #isEmpty({ state, nodeId, nodeInstanceId }: CallRow): boolean {
    const node = this.#deps.nodes.get(nodeId);
    return state === 'prepared' || (node !== null && node.heardAtMs > 0 && node.instanceId !== nodeInstanceId);
  }

  /** Squares what the node carries with what we believe. */
  async reconcile(registration: NodeRegistration): Promise<void> {
    const { nodeId, instanceId, online, callIds } = registration;
    if (!online) return;
    const { store, sendToNode } = this.#deps;
    const rows = await store.read
      .selectFrom('call')
      .selectAll()
      .where('nodeId', '=', nodeId)
      .where('endedAtMs', 'is', null)
      .execute();
    await this.#end(rows.filter((row) => row.nodeInstanceId !== instanceId));
    if (callIds.length === 0) return;
    const over = await store.read
      .selectFrom('call')
      .selectAll()
      .where('callId', 'in', callIds)
      .where('nodeId', '=', nodeId)
      .where('endedAtMs', 'is not', null)
      .execute();
    for (const call of over) {
      const { callId, endReason } = call;
      if (endReason === GIVEN_UP) await this.#takeBack(call, registration.participantCounts[callId] ?? 1);
      else sendToNode(nodeId, { name: endReason === MOVED ? 'move-call' : 'end-call', callId });
    }
  }

  /**
   * The node of a call that was given up is back, and carries it. It is the meeting's again where nobody has opened another
   * since, or fewer are in that one, or nobody can reach it; the people of the call that loses are moved.
   */
  async #takeBack(call: CallRow, participantCount: number): Promise<void> {
    const { store, nodes, sendToNode, logger } = this.#deps;
    const { callId, meetingId } = call;
    const loser = await store.write(async (trx) => {
      const current = await liveCallOf(trx, meetingId);
      const stays = current && nodes.silentMs(current.nodeId) === 0 && current.participantCount >= participantCount;
      if (stays) {
        await trx.updateTable('call').set({ endReason: MOVED }).where('callId', '=', callId).execute();
        return call;
      }
      if (current && nodes.silentMs(current.nodeId) > 0) await giveUpRow(trx, current, `node:${call.nodeId}`);
      else if (current) await endRow(trx, current, MOVED);
      await takeBackRow(trx, call, participantCount);
      return current ?? null;
    });
    logger.warn({ callId, meetingId, moved: loser?.callId ?? null }, 'a call that was given up is back');
    if (loser) sendToNode(loser.nodeId, { name: 'move-call', callId: loser.callId });
    this.#told([], new Set([meetingId]));
  }

  async #provesEnded(call: CallRow): Promise<boolean> {
    await this.#endOf(call.callId);
    if ((await this.currentOf(call.meetingId))?.callId !== call.callId) return true;
    const node = this.#deps.nodes.get(call.nodeId);
    // a node that is silent has not reported what it carries
    return (
      node?.online === true &&
      node.heardAtMs > (call.openedAtMs ?? Number.MAX_SAFE_INTEGER) &&
      !node.callIds.has(call.callId)
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

  /** Ends the stale one and opens another, unless somebody has done so meanwhile: then theirs. */
  async #replace(meetingId: string, staleCallId: string | null, node: RegisteredNode): Promise<CallRow> {
    const callId = newId();
    const result = await this.#deps.store.write(async (trx) => {
      const current = await liveCallOf(trx, meetingId);
      if (current && current.callId !== staleCallId) return { call: current, opened: false };
      // somebody may have come in without a report of the silent node
      if (current && this.#deps.nodes.silentMs(current.nodeId) > 0) await giveUpRow(trx, current, 'fleet');
      // the same process carries it no more: it is over, though its event is still under way
      else if (current) await endRow(trx, current, this.#isSameProcess(current) ? EMPTY : ENDED_BY_FLEET);
      const meeting = await trx
        .selectFrom('meeting')
        .select('meetingId')
        .where('meetingId', '=', meetingId)
        .where('endedAtMs', 'is', null)
        .executeTakeFirst();
      if (!meeting) throw new ProtocolError('not-found', 'no such meeting');
      const call = newCall(callId, meetingId, node);
      await trx.insertInto('call').values(call).execute();
      return { call, opened: true };
    });
    if (result.opened) this.#deps.onPrepared(meetingId);
    if (result.opened && staleCallId) this.#told([staleCallId], new Set([meetingId]));
    return result.call;
  }

  /** What the clock alone brings about: calls whose node was silent for too long are given up, old event ids forgotten. */
  async sweep(): Promise<void> {
    const { store, nodes } = this.#deps;
    const live = await store.read.selectFrom('call').selectAll().where('endedAtMs', 'is', null).execute();
    await this.giveUp(
      live.filter(({ nodeId }) => nodes.silentMs(nodeId) >= GIVEN_UP_AFTER_MS),
      'fleet',
    );
    await store.write((trx) =>
      trx
        .deleteFrom('callEvent')
        .where('atMs', '<', Date.now() - EVENT_MEMORY_MS)
        .execute(),
    );
  }

  async #end(calls: CallRow[]): Promise<void> {
    if (calls.length === 0) return;
    await this.#deps.store.write(async (trx) => {
      for (const call of calls) await endRow(trx, call, ENDED_BY_FLEET);
    });
    this.#deps.logger.warn({ callIds: calls.map((call) => call.callId) }, 'calls ended: their node was started anew');
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
