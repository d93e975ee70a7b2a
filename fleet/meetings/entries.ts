/**
 * Who came into a call by which right, and what ends it. The right is checked and the entry recorded in one transaction: a
 * revocation finds every entry before it, and refuses every one after it. A removal bans the person, and no address.
 */
import { createHash } from 'node:crypto';
import type { MeetingRole } from '#contract/call-order.ts';
import { UserError } from '#contract/error-codes.ts';
import type { InviteClaims } from '#contract/grants.ts';
import { appendAudit } from '../audit/index.ts';
import { type AuthorityStore, type AuthorityTables, type AuthorityWrite, newId } from '../store/index.ts';
import { endTicketsOfInvite } from './tickets.ts';

type InviteRow = AuthorityTables['invite'];
type EntryRow = AuthorityTables['entry'];
type Reader = Pick<AuthorityWrite, 'selectFrom'>;
export type NewEntry = Pick<EntryRow, 'peerId' | 'callId' | 'inviteId' | 'accountId' | 'ticketId' | 'person' | 'role'>;
export type RoleToSend = { nodeId: string; callId: string; person: string; role: MeetingRole; changeId: string };
/** A peer that has to leave, at the node of its call. */
export type LeavingPeer = { nodeId: string; callId: string; peerId: string };

const ROOM = 'room:';
const PROGRAM = 'program:';
/** of a room that needed no entry: which one is not known */
const ROOM_PEER = 'room-peer:';
/** null: a person */
export const roomOfPerson = (person: string): string | null =>
  person.startsWith(ROOM) ? person.slice(ROOM.length) : null;
export const personOfRoom = (roomId: string): string => `${ROOM}${roomId}`;
export const personOfProgram = (broadcastId: string): string => `${PROGRAM}${broadcastId}`;
export const isProgram = (person: string): boolean => person.startsWith(PROGRAM);
export const personOfAccount = (accountId: string): string => `account:${accountId}`;
/** A named invite is one person; of a link for anyone each browser that names itself, else each entry (`once`). */
export function personOfInvite({ jti, displayName }: InviteClaims, entryId: string | null, once: string): string {
  if (displayName !== null) return `invite:${jti}`;
  return `invite:${jti}:${entryId === null ? once : createHash('sha256').update(entryId).digest('base64url')}`;
}

export class Entries {
  readonly #store: AuthorityStore;

  constructor({ store }: { store: AuthorityStore }) {
    this.#store = store;
  }

  /** The room came into the call by an invite, and was not removed from it. */
  async wasLetIn(roomId: string, callId: string): Promise<boolean> {
    const entry = await this.#store.read
      .selectFrom('entry')
      .select('peerId')
      .where('callId', '=', callId)
      .where('person', '=', personOfRoom(roomId))
      .where('removedAtMs', 'is', null)
      .executeTakeFirst();
    return entry !== undefined;
  }

  /** Who has a grant to the call, used or not; rooms of the meeting itself are in none, and a program is nobody. */
  async admittedTo(callId: string): Promise<Pick<EntryRow, 'peerId' | 'person' | 'role'>[]> {
    return this.#store.read
      .selectFrom('entry')
      .select(['peerId', 'person', 'role'])
      .where('callId', '=', callId)
      .where('removedAtMs', 'is', null)
      .where('person', 'not like', `${ROOM_PEER}%`)
      .where('person', 'not like', `${PROGRAM}%`)
      .execute();
  }

  /** Roles that the staff page has set in calls that run, and that their nodes have not reported. */
  async rolesToSend(of: { meetingId: string } | { nodeId: string }): Promise<RoleToSend[]> {
    const rows = await this.#store.read
      .selectFrom('entry')
      .innerJoin('call', 'call.callId', 'entry.callId')
      .select(['call.nodeId', 'call.callId', 'entry.person', 'entry.role', 'entry.roleChangeId as changeId'])
      .distinct()
      .where('call.endedAtMs', 'is', null)
      .where((e) => ('meetingId' in of ? e('call.meetingId', '=', of.meetingId) : e('call.nodeId', '=', of.nodeId)))
      .where('entry.roleChangeId', 'is not', null)
      .where('entry.removedAtMs', 'is', null)
      .execute();
    return rows.map(({ changeId, ...row }) => ({ ...row, changeId: changeId! }));
  }

  /** null: there is no such invite in that meeting. Otherwise who came in by it and has to leave. */
  async revoke(meetingId: string, inviteId: string, actor: string): Promise<LeavingPeer[] | null> {
    return this.#store.write(async (trx) => {
      const invite = await trx
        .selectFrom('invite')
        .select('revokedAtMs')
        .where('meetingId', '=', meetingId)
        .where('inviteId', '=', inviteId)
        .executeTakeFirst();
      if (!invite) return null;
      if (invite.revokedAtMs === null) {
        await trx.updateTable('invite').set({ revokedAtMs: Date.now() }).where('inviteId', '=', inviteId).execute();
        await endTicketsOfInvite(trx, inviteId, actor);
        await appendAudit(trx, { kind: 'invite-revoked', actor, subject: `invite:${inviteId}` });
      }
      return leaving(trx).where('entry.inviteId', '=', inviteId).execute();
    });
  }

  /** null: it is in no call of the meeting now */
  async roleInCall(accountId: string, meetingId: string): Promise<MeetingRole | null> {
    const entry = await this.#store.read
      .selectFrom('entry')
      .innerJoin('call', 'call.callId', 'entry.callId')
      .select('entry.role')
      .where('call.meetingId', '=', meetingId)
      .where('call.endedAtMs', 'is', null)
      .where('entry.accountId', '=', accountId)
      .where('entry.joinedAtMs', 'is not', null)
      .where('entry.leftAtMs', 'is', null)
      .where('entry.removedAtMs', 'is', null)
      .orderBy('entry.joinedAtMs', 'desc')
      .executeTakeFirst();
    return entry?.role ?? null;
  }

  /** In the call that the meeting has now, in the order in which they came; without its programs. */
  async inCall(meetingId: string, most: number): Promise<{ peerId: string; displayName: string }[]> {
    const rows = await this.#store.read
      .selectFrom('entry')
      .innerJoin('call', 'call.callId', 'entry.callId')
      .select(['entry.peerId', 'entry.displayName'])
      .where('call.meetingId', '=', meetingId)
      .where('call.endedAtMs', 'is', null)
      .where('entry.joinedAtMs', 'is not', null)
      .where('entry.leftAtMs', 'is', null)
      .where('entry.removedAtMs', 'is', null)
      .where('entry.person', 'not like', `${PROGRAM}%`)
      .orderBy('entry.joinedAtMs')
      .orderBy('entry.peerId')
      .limit(most)
      .execute();
    return rows.map(({ peerId, displayName }) => ({ peerId, displayName: displayName ?? '' }));
  }

  /** From the call that the meeting has now. */
  async wasRemovedFromCall(accountId: string, meetingId: string): Promise<boolean> {
    const entry = await this.#store.read
      .selectFrom('entry')
      .innerJoin('call', 'call.callId', 'entry.callId')
      .select('entry.peerId')
      .where('call.meetingId', '=', meetingId)
      .where('call.endedAtMs', 'is', null)
      .where('entry.accountId', '=', accountId)
      .where('entry.removedAtMs', 'is not', null)
      .executeTakeFirst();
    return entry !== undefined;
  }

  /** Of an account that may not be anywhere any more. */
  async ofAccount(accountId: string): Promise<LeavingPeer[]> {
    return leaving(this.#store.read).where('entry.accountId', '=', accountId).execute();
  }

  /** Those of a node's calls who may not be there any more, for a node that was out of reach. */
  async unwelcomeAt(nodeId: string): Promise<LeavingPeer[]> {
    return leaving(this.#store.read)
      .leftJoin('invite', 'invite.inviteId', 'entry.inviteId')
      .leftJoin('account', 'account.accountId', 'entry.accountId')
      .where('call.nodeId', '=', nodeId)
      .where((e) =>
        e.or([
          e('invite.revokedAtMs', 'is not', null),
          e('account.disabledAtMs', 'is not', null),
          e('entry.removedAtMs', 'is not', null),
        ]),
      )
      .execute();
  }
}

const leaving = (db: Reader) =>
  db
    .selectFrom('entry')
    .innerJoin('call', 'call.callId', 'entry.callId')
    .select(['call.nodeId', 'call.callId', 'entry.peerId'])
    .where('call.endedAtMs', 'is', null);

/** Of a room that is no more: in calls of meetings that go on without it. */
export const peersOfRoom = (db: Reader, roomId: string): Promise<LeavingPeer[]> =>
  leaving(db).where('entry.person', '=', personOfRoom(roomId)).execute();

export async function insertEntry(trx: AuthorityWrite, entry: NewEntry): Promise<void> {
  const unused = { roleChangeId: null, joinedAtMs: null, leftAtMs: null, removedAtMs: null, displayName: null };
  await trx
    .insertInto('entry')
    .values({ ...entry, atMs: Date.now(), ...unused })
    .execute();
}

/**
 * An entry is only a grant until its person joins: after a removal, only those who joined may return. A room without an entry
 * is one of the meeting's own: it needs no right but its certificate.
 */
export async function recordJoin(
  trx: AuthorityWrite,
  { callId, peerId, peerKind }: { callId: string; peerId: string; peerKind: string },
  displayName: string,
): Promise<void> {
  const nowMs = Date.now();
  const { numUpdatedRows } = await trx
    .updateTable('entry')
    .set((e) => ({ joinedAtMs: e.fn.coalesce('joinedAtMs', e.val(nowMs)), leftAtMs: null, displayName }))
    .where('peerId', '=', peerId)
    .executeTakeFirst();
  if (numUpdatedRows > 0n || peerKind !== 'room') return;
  const room: NewEntry = {
    peerId,
    callId,
    inviteId: null,
    accountId: null,
    ticketId: null,
    person: `${ROOM_PEER}${peerId}`,
    role: 'co-host',
  };
  await trx
    .insertInto('entry')
    .values({
      ...room,
      roleChangeId: null,
      atMs: nowMs,
      joinedAtMs: nowMs,
      leftAtMs: null,
      removedAtMs: null,
      displayName,
    })
    .execute();
}

export async function recordLeave(trx: AuthorityWrite, peerId: string): Promise<void> {
  await trx.updateTable('entry').set({ leftAtMs: Date.now() }).where('peerId', '=', peerId).execute();
}

/** What an account is in the meeting's call follows what it is in the meeting; its node has to be sent that. */
export async function recordRoleInMeeting(
  trx: AuthorityWrite,
  { meetingId, accountId, role }: { meetingId: string; accountId: string; role: MeetingRole },
): Promise<void> {
  const live = trx
    .selectFrom('call')
    .select('callId')
    .where('meetingId', '=', meetingId)
    .where('endedAtMs', 'is', null);
  await trx
    .updateTable('entry')
    .set({ role, roleChangeId: newId() })
    .where('accountId', '=', accountId)
    .where('callId', 'in', live)
    .execute();
}

/** As its node reports it. */
export async function recordRole(trx: AuthorityWrite, peerId: string, role: MeetingRole): Promise<void> {
  await trx.updateTable('entry').set({ role, roleChangeId: null }).where('peerId', '=', peerId).execute();
}

/**
 * A guest's removal also closes the invite: nobody new comes in by it, and those who joined by it stay. Others leave it open.
 * @returns the other peers of that person in the call: another page, another device
 */
export async function recordRemoval(trx: AuthorityWrite, peerId: string, byPeerId: string): Promise<LeavingPeer[]> {
  const entry = await trx.selectFrom('entry').selectAll().where('peerId', '=', peerId).executeTakeFirst();
  if (entry?.removedAtMs !== null) return [];
  const nowMs = Date.now();
  await trx.updateTable('entry').set({ removedAtMs: nowMs }).where('peerId', '=', peerId).execute();
  const isRoom = entry.person.startsWith(ROOM) || entry.person.startsWith(ROOM_PEER);
  if (!isRoom && entry.inviteId !== null)
    await trx
      .updateTable('invite')
      .set({ closedAtMs: nowMs })
      .where('inviteId', '=', entry.inviteId)
      .where('closedAtMs', 'is', null)
      .execute();
  await appendAudit(trx, {
    kind: isRoom ? 'room-removed' : entry.accountId === null ? 'guest-removed' : 'member-removed',
    actor: `peer:${byPeerId}`,
    subject: `call:${entry.callId}`,
    details: { inviteId: entry.inviteId, accountId: entry.accountId, peerId },
  });
  return leaving(trx)
    .where('entry.callId', '=', entry.callId)
    .where('entry.person', '=', entry.person)
    .where('entry.peerId', '<>', peerId)
    .execute();
}

/** @throws UserError invite-invalid (made up, revoked), invite-expired */
export async function usableInvite(
  db: Reader,
  { jti, meetingId }: Pick<InviteClaims, 'jti' | 'meetingId'>,
): Promise<InviteRow> {
  const invite = await unrevokedInvite(db, { jti, meetingId });
  if (invite.expiresAtMs <= Date.now()) throw new UserError('invite-expired');
  return invite;
}

/** @throws UserError invite-invalid (made up, revoked) */
export async function unrevokedInvite(
  db: Reader,
  { jti, meetingId }: Pick<InviteClaims, 'jti' | 'meetingId'>,
): Promise<InviteRow> {
  const invite = await db.selectFrom('invite').selectAll().where('inviteId', '=', jti).executeTakeFirst();
  if (!invite || invite.revokedAtMs !== null || invite.meetingId !== meetingId) throw new UserError('invite-invalid');
  return invite;
}
