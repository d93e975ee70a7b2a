/**
 * Who comes into a meeting by which invite. The right is checked and the entry recorded in one transaction: a revocation
 * finds every entry before it, and refuses every one after it. Who is removed from a call cannot come back by its invite.
 */
import { createHash } from 'node:crypto';
import { type ErrorCode, UserError } from '#contract/error-codes.ts';
import type { InviteClaims, InviteSeat } from '#contract/grants.ts';
import { appendAudit, type AuditEntry } from '../audit/index.ts';
import type { AuthorityStore, AuthorityTables, AuthorityWrite } from '../store/index.ts';

type InviteRow = AuthorityTables['invite'];
type EntryRow = AuthorityTables['entry'];
export type Entering = { peerId: string; callId: string; claims: InviteClaims; by: EntersBy };
export type EntersBy =
  | { kind: 'guest' /** the browser's own secret; null: it has none */; entryId: string | null }
  | { kind: 'room'; roomId: string };
/** A peer that has to leave, at the node of its call. */
export type LeavingPeer = { nodeId: string; callId: string; peerId: string };

export class Entries {
  readonly #store: AuthorityStore;

  constructor({ store }: { store: AuthorityStore }) {
    this.#store = store;
  }

  /**
   * The seat to be held; null: the call is over meanwhile, and another may be open.
   * @throws UserError invite-invalid, invite-expired, invite-closed, removed-from-call
   */
  async record(
    { peerId, callId, claims, by }: Entering,
    audit: Omit<AuditEntry, 'subject'>,
  ): Promise<InviteSeat | null> {
    const { jti: inviteId } = claims;
    const holder = holderOf(claims, by, peerId);
    return this.#store.write(async (trx) => {
      const invite = await usableInvite(trx, claims);
      const refusal = await refusalOf(trx, invite, { callId, holder, isRoom: by.kind === 'room' });
      if (refusal) throw new UserError(refusal);
      const call = await trx
        .selectFrom('call')
        .select('callId')
        .where('callId', '=', callId)
        .where('endedAtMs', 'is', null)
        .executeTakeFirst();
      if (!call) return null;
      await trx
        .insertInto('entry')
        .values({
          peerId,
          callId,
          inviteId,
          accountId: null,
          ticketId: null,
          holder,
          atMs: Date.now(),
          joinedAtMs: null,
          removedAtMs: null,
          displayName: null,
        })
        .execute();
      await appendAudit(trx, {
        ...audit,
        subject: `call:${callId}`,
        details: { ...audit.details, inviteId, peerId },
      });
      return { inviteId, seats: invite.seats, holder };
    });
  }

  /** The room came into the call by an invite, and was not removed from it. */
  async wasLetIn(roomId: string, callId: string): Promise<boolean> {
    const entry = await this.#store.read
      .selectFrom('entry')
      .select('peerId')
      .where('callId', '=', callId)
      .where('holder', '=', `${ROOM_HOLDER}${roomId}`)
      .where('removedAtMs', 'is', null)
      .executeTakeFirst();
    return entry !== undefined;
  }

  /** Who has a grant to the call by an invite, used or not: guests by peer, rooms by room. */
  async admittedTo(callId: string): Promise<{ peerIds: string[]; roomIds: string[] }> {
    const entries = await this.#store.read
      .selectFrom('entry')
      .select(['peerId', 'holder'])
      .where('callId', '=', callId)
      .where('removedAtMs', 'is', null)
      .execute();
    const isRoom = ({ holder }: { holder: string }): boolean => holder.startsWith(ROOM_HOLDER);
    return {
      peerIds: entries.filter((entry) => !isRoom(entry)).map(({ peerId }) => peerId),
      roomIds: entries.filter(isRoom).map(({ holder }) => holder.slice(ROOM_HOLDER.length)),
    };
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
        await appendAudit(trx, { kind: 'invite-revoked', actor, subject: `invite:${inviteId}` });
      }
      return trx
        .selectFrom('entry')
        .innerJoin('call', 'call.callId', 'entry.callId')
        .select(['call.nodeId', 'call.callId', 'entry.peerId'])
        .where('entry.inviteId', '=', inviteId)
        .where('call.endedAtMs', 'is', null)
        .execute();
    });
  }

  /** Those of a node's calls who may not be there any more, for a node that was out of reach. */
  async unwelcomeAt(nodeId: string): Promise<LeavingPeer[]> {
    return this.#store.read
      .selectFrom('entry')
      .innerJoin('call', 'call.callId', 'entry.callId')
      .innerJoin('invite', 'invite.inviteId', 'entry.inviteId')
      .select(['call.nodeId', 'call.callId', 'entry.peerId'])
      .where('call.nodeId', '=', nodeId)
      .where('call.endedAtMs', 'is', null)
      .where((eb) => eb.or([eb('invite.revokedAtMs', 'is not', null), eb('entry.removedAtMs', 'is not', null)]))
      .execute();
  }
}

/** An entry is only a grant until its guest joins: after a removal, only those who joined may return. */
export async function recordJoin(trx: AuthorityWrite, peerId: string, displayName: string): Promise<void> {
  await trx
    .updateTable('entry')
    .set({ joinedAtMs: Date.now(), displayName })
    .where('peerId', '=', peerId)
    .where('joinedAtMs', 'is', null)
    .execute();
}

/**
 * A guest's removal also closes the invite: nobody new comes in by it, and those who joined by it stay. A room's removal leaves the
 * invite to the guests.
 */
export async function recordRemoval(trx: AuthorityWrite, peerId: string, byPeerId: string): Promise<void> {
  const entry = await trx.selectFrom('entry').selectAll().where('peerId', '=', peerId).executeTakeFirst();
  if (entry?.removedAtMs !== null) return;
  const nowMs = Date.now();
  await trx.updateTable('entry').set({ removedAtMs: nowMs }).where('peerId', '=', peerId).execute();
  const isRoom = entry.holder.startsWith(ROOM_HOLDER);
  if (!isRoom)
    await trx
      .updateTable('invite')
      .set({ closedAtMs: nowMs })
      .where('inviteId', '=', entry.inviteId)
      .where('closedAtMs', 'is', null)
      .execute();
  await appendAudit(trx, {
    kind: isRoom ? 'room-removed' : 'guest-removed',
    actor: `peer:${byPeerId}`,
    subject: `call:${entry.callId}`,
    details: { inviteId: entry.inviteId, peerId },
  });
}

/** @throws UserError invite-invalid (made up, revoked), invite-expired */
export async function usableInvite(
  db: Pick<AuthorityWrite, 'selectFrom'>,
  { jti, meetingId }: Pick<InviteClaims, 'jti' | 'meetingId'>,
): Promise<InviteRow> {
  const invite = await db.selectFrom('invite').selectAll().where('inviteId', '=', jti).executeTakeFirst();
  if (!invite || invite.revokedAtMs !== null || invite.meetingId !== meetingId) throw new UserError('invite-invalid');
  if (invite.expiresAtMs <= Date.now()) throw new UserError('invite-expired');
  return invite;
}

async function refusalOf(
  trx: AuthorityWrite,
  { inviteId, closedAtMs }: InviteRow,
  { callId, holder, isRoom }: { callId: string; holder: string; isRoom: boolean },
): Promise<ErrorCode | null> {
  const former: Pick<EntryRow, 'callId' | 'joinedAtMs' | 'removedAtMs'>[] = await trx
    .selectFrom('entry')
    .select(['callId', 'joinedAtMs', 'removedAtMs'])
    .where('inviteId', '=', inviteId)
    .where('holder', '=', holder)
    .execute();
  const removals = former.filter(({ removedAtMs }) => removedAtMs !== null);
  if (isRoom) return removals.some((entry) => entry.callId === callId) ? 'removed-from-call' : null;
  if (removals.length > 0) return 'removed-from-call';
  const joinedBefore = former.some(({ joinedAtMs }) => joinedAtMs !== null);
  return closedAtMs !== null && !joinedBefore ? 'invite-closed' : null;
}

const ROOM_HOLDER = 'room:';

/** A named invite is one person; of a link for anyone each browser that names itself, else each entry. */
function holderOf({ jti, displayName }: InviteClaims, by: EntersBy, peerId: string): string {
  if (by.kind === 'room') return `${ROOM_HOLDER}${by.roomId}`;
  if (displayName !== null) return jti;
  return by.entryId === null ? peerId : createHash('sha256').update(by.entryId).digest('base64url');
}
