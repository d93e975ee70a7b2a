/**
 * Who was in a call from when to when, a row for each device: written from the events of the call's node, in their
 * transaction. A stay of which nobody reported the end lasts while its call runs, else until its last sign of life.
 */
import type { AttendeeKind } from '#contract/http/record-api.ts';
import type { KnownCallEvent } from '#contract/node-link.ts';
import { cutText, shownText } from '#contract/shown-text.ts';
import type { AuthorityTables, AuthorityWrite } from '../store/index.ts';
import type { DeviceStay } from './attended.ts';

type Reader = Pick<AuthorityWrite, 'selectFrom'>;
type Joined = Extract<KnownCallEvent, { name: 'participant-joined' }>;
type StayRow = AuthorityTables['stay'] & { callEndedAtMs: number | null };

const MAX_NAME = { units: 80, bytes: 240 };

export async function recordStay(trx: AuthorityWrite, event: KnownCallEvent): Promise<void> {
  switch (event.name) {
    case 'participant-joined':
      return begin(trx, event);
    case 'participant-left':
      return endStays(trx, event, event.peerId);
    case 'call-ended':
      return endStays(trx, event, null);
    default:
      return;
  }
}

/** A program of a broadcast or a recording is nobody. */
async function begin(trx: AuthorityWrite, event: Joined): Promise<void> {
  const { eventId, callId, meetingId, peerId, peerKind, atMs } = event;
  if (peerKind === 'program') return;
  const entry = await trx
    .selectFrom('entry')
    .select(['person', 'accountId'])
    .where('peerId', '=', peerId)
    .executeTakeFirst();
  const room = peerKind === 'room' ? (event.roomId ?? peerId) : (event.roomId ?? undefined);
  const accountId = room === undefined ? (entry?.accountId ?? null) : null;
  const kind: AttendeeKind = room !== undefined ? 'room' : accountId === null ? 'guest' : 'account';
  await trx
    .insertInto('stay')
    .values({
      stayId: eventId,
      meetingId,
      callId,
      peerId,
      person: room === undefined ? (entry?.person ?? event.person ?? `peer:${peerId}`) : `room:${room}`,
      kind,
      accountId,
      displayName: await nameOf(trx, event),
      joinedAtMs: atMs,
      leftAtMs: null,
      seenAtMs: atMs,
    })
    // one that a node sends again after its id was forgotten
    .onConflict((c) => c.column('stayId').doNothing())
    .execute();
}

/** A laptop in a room goes by the room's name: who sits there is not known. */
async function nameOf(trx: AuthorityWrite, { peerKind, roomId, displayName }: Joined): Promise<string> {
  const name = cutText(shownText(displayName), MAX_NAME);
  if (peerKind === 'room' || !roomId) return name;
  const room = await trx.selectFrom('room').select('roomName').where('roomId', '=', roomId).executeTakeFirst();
  return room?.roomName ?? name;
}

/** @param peerId null: of all in the call */
async function endStays(trx: AuthorityWrite, { callId, atMs }: KnownCallEvent, peerId: string | null): Promise<void> {
  let ending = trx
    .updateTable('stay')
    .set({ leftAtMs: atMs, seenAtMs: atMs })
    .where('callId', '=', callId)
    .where('leftAtMs', 'is', null);
  if (peerId !== null) ending = ending.where('peerId', '=', peerId);
  await ending.execute();
}

/** Calls at these nodes give a sign of life. */
export async function recordSigns(trx: AuthorityWrite, nodeIds: readonly string[], nowMs: number): Promise<void> {
  if (nodeIds.length === 0) return;
  const live = trx.selectFrom('call').select('callId').where('nodeId', 'in', nodeIds).where('endedAtMs', 'is', null);
  await trx
    .updateTable('stay')
    .set({ seenAtMs: nowMs })
    .where('leftAtMs', 'is', null)
    .where('callId', 'in', live)
    .execute();
}

export const staysIn = (db: Reader) =>
  db
    .selectFrom('stay')
    .innerJoin('call', 'call.callId', 'stay.callId')
    .selectAll('stay')
    .select('call.endedAtMs as callEndedAtMs');

export function deviceStay({ callEndedAtMs, ...row }: StayRow, nowMs: number): DeviceStay {
  const { person, kind, displayName, joinedAtMs, leftAtMs, seenAtMs } = row;
  const isThere = leftAtMs === null && callEndedAtMs === null;
  const untilMs = Math.max(joinedAtMs, leftAtMs ?? (isThere ? nowMs : seenAtMs));
  return { person, kind, displayName, fromMs: joinedAtMs, untilMs, isThere };
}
