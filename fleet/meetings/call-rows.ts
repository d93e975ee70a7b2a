/**
 * The rows of calls, and what a node's events make of them. A call is over when its node reports it or is another process;
 * one that is given up may still run at a node out of reach, and come back.
 */
import type { KnownCallEvent } from '#contract/node-link.ts';
import { cutText, shownText } from '#contract/shown-text.ts';
import { appendAudit } from '../audit/index.ts';
import type { ChatEvent } from '../chat/index.ts';
import type { TranscriptEvent } from '../transcript/index.ts';
import type { AuthorityTables, AuthorityWrite } from '../store/index.ts';
import { recordJoin, recordLeave, recordRole } from './entries.ts';
import type { RegisteredNode } from './media-nodes.ts';

export type CallRow = AuthorityTables['call'];
/** `endReason` of a call whose node was silent for too long */
export const GIVEN_UP = 'given-up';
/** `endReason` of a call whose people were sent to another call of its meeting */
export const MOVED = 'moved';
/** `endReason` of a call whose node was started anew, or that we ended */
export const ENDED_BY_FLEET = 'ended-by-fleet';
/** `endReason` of a call that everybody has left */
export const EMPTY = 'empty';

export const liveCallOf = (db: Pick<AuthorityWrite, 'selectFrom'>, meetingId: string): Promise<CallRow | undefined> =>
  db
    .selectFrom('call')
    .selectAll()
    .where('meetingId', '=', meetingId)
    .where('endedAtMs', 'is', null)
    .executeTakeFirst();

export async function giveUpRow(trx: AuthorityWrite, call: CallRow, actor: string): Promise<void> {
  await trx
    .updateTable('call')
    .set({ state: 'ended', endedAtMs: Date.now(), endReason: GIVEN_UP, participantCount: 0 })
    .where('callId', '=', call.callId)
    .execute();
  await appendAudit(trx, {
    kind: 'call-given-up',
    actor,
    subject: `call:${call.callId}`,
    details: { meetingId: call.meetingId, nodeId: call.nodeId, participantCount: call.participantCount },
  });
}

/** It ran all the while. */
export async function takeBackRow(trx: AuthorityWrite, call: CallRow, participantCount: number): Promise<void> {
  await trx
    .updateTable('call')
    .set({ state: 'open', endedAtMs: null, endReason: null, participantCount })
    .where('callId', '=', call.callId)
    .execute();
  await appendAudit(trx, {
    kind: 'call-returned',
    actor: `node:${call.nodeId}`,
    subject: `call:${call.callId}`,
    details: { meetingId: call.meetingId, participantCount },
  });
}

export const newCall = (callId: string, meetingId: string, { nodeId, instanceId }: RegisteredNode): CallRow => ({
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
  callOrder: null,
});

export async function isNew(trx: AuthorityWrite, { eventId, callId, atMs }: KnownCallEvent): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('callEvent')
    .values({ eventId, callId, atMs })
    .onConflict((c) => c.column('eventId').doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** What is written and spoken in the call is the meeting's: `chat/`, `transcript/`. */
export async function applyEvent(
  trx: AuthorityWrite,
  call: CallRow,
  event: Exclude<KnownCallEvent, ChatEvent | TranscriptEvent | { name: 'chat-read' }>,
): Promise<void> {
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
    case 'participant-joined':
      await recordJoin(trx, event, nameInRows(event.displayName));
      await row
        .set({ state: 'open', openedAtMs: call.openedAtMs ?? Date.now(), participantCount: event.participantCount })
        .execute();
      return appendAudit(trx, {
        kind: 'peer-admitted',
        actor: `peer:${event.peerId}`,
        subject: `call:${call.callId}`,
        details: {
          peerKind: event.peerKind,
          displayName: nameInRows(event.displayName),
        },
      });
    case 'participant-left':
      await recordLeave(trx, event.peerId);
      await row.set({ participantCount: event.participantCount }).execute();
      return;
    case 'order-changed':
      await row.set({ callOrder: JSON.stringify(event.order) }).execute();
      return;
    case 'role-changed':
      return recordRole(trx, event.peerId, event.role);
    case 'participant-removed':
    case 'page-shown':
    case 'poll-started':
    case 'poll-ended':
      return;
    case 'call-ended':
      return endRow(trx, call, event.reason);
  }
}

const nameInRows = (displayName: string): string => cutText(shownText(displayName), { units: 80, bytes: 240 });

export async function endRow(trx: AuthorityWrite, call: CallRow, reason: string): Promise<void> {
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
