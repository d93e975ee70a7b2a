/**
 * The rooms themselves: name, language, standing meeting, and whose kiosk is a room's. Renaming, revoking and removing
 * are decided here in one transaction each; who holds links and reports is notified after it. What rooms report is
 * `room-reports.ts`.
 */
import type { HttpResponse, RoomSummary } from '#contract/http-api.ts';
import { clientIdOf } from '#contract/topics.ts';
import { appendAudit } from '../audit/index.ts';
import type { CertificateRegister, Enrolment } from '../devices/index.ts';
import type { Meetings } from '../meetings/index.ts';
import { type AuthorityStore, type AuthorityTables, type AuthorityWrite, newId } from '../store/index.ts';
import type { RoomReports } from './room-reports.ts';

export type RoomRow = AuthorityTables['room'];
type RoomClaim = HttpResponse<'createClaim'>;
export type RoomRegistryDependencies = {
  store: AuthorityStore;
  meetings: Meetings;
  enrolment: Enrolment;
  register: CertificateRegister;
  reports: RoomReports;
  deviceApi: { url: string; caSha256: string };
};

export class RoomRegistry {
  readonly #deps: RoomRegistryDependencies;
  readonly #renamedHandlers: ((roomId: string) => void)[] = [];

  constructor(deps: RoomRegistryDependencies) {
    this.#deps = deps;
  }

  /** null: there never was one, or it was removed */
  async byId(roomId: string): Promise<RoomRow | null> {
    return (await roomOf(this.#deps.store.read, roomId)) ?? null;
  }
  async all(): Promise<RoomRow[]> {
    return this.#deps.store.read
      .selectFrom('room')
      .selectAll()
      .where('removedAtMs', 'is', null)
      .orderBy('roomName')
      .execute();
  }

  async list(): Promise<RoomSummary[]> {
    const { store, register, reports, meetings } = this.#deps;
    const unreachable = await meetings.unreachable.byRoom();
    const rows = await store.read
      .selectFrom('room')
      .innerJoin('meeting', 'meeting.roomId', 'room.roomId')
      .select(['room.roomId', 'room.roomName', 'meeting.meetingId'])
      .where('room.removedAtMs', 'is', null)
      .orderBy('room.roomName')
      .execute();
    return rows.map((row) => ({
      ...row,
      ...reports.of(row.roomId),
      blockedCount: blockedCount(reports.of(row.roomId).state, meetings),
      unreachableCall: unreachable.get(row.roomId) ?? null,
      enrolled: register.isEnrolled(clientIdOf('room', row.roomId)),
    }));
  }

  onRenamed(handler: (roomId: string) => void): void {
    this.#renamedHandlers.push(handler);
  }

  /** Room, meeting and claim at once, or none of them. */
  async create(roomName: string, actor: string): Promise<HttpResponse<'createRoom'>> {
    const { store, meetings } = this.#deps;
    const roomId = newId();
    return store.write(async (trx) => {
      await trx.insertInto('room').values({ roomId, roomName, language: 'en', createdAtMs: Date.now() }).execute();
      await meetings.createStanding(trx, roomId, roomName);
      await appendAudit(trx, { kind: 'room-created', actor, subject: `room:${roomId}` });
      return { roomId, ...(await this.#claim(trx, roomId, actor)) };
    });
  }

  /** False: no such room. */
  async rename(roomId: string, roomName: string, actor: string): Promise<boolean> {
    const { store, meetings } = this.#deps;
    const renamed = await store.write(async (trx) => {
      const room = await roomOf(trx, roomId);
      if (!room) return null;
      await trx.updateTable('room').set({ roomName }).where('roomId', '=', roomId).execute();
      const details = { from: room.roomName, to: roomName };
      await appendAudit(trx, { kind: 'room-renamed', actor, subject: `room:${roomId}`, details });
      return meetings.renameRoom(trx, roomId, roomName);
    });
    renamed?.apply();
    if (renamed) for (const handler of this.#renamedHandlers) handler(roomId);
    return renamed !== null;
  }

  /** For a kiosk that is to stand there from now on; the present one works until the claim is used. null: no such room */
  async newClaim(roomId: string, actor: string): Promise<RoomClaim | null> {
    return this.#deps.store.write(async (trx) =>
      (await roomOf(trx, roomId)) ? this.#claim(trx, roomId, actor) : null,
    );
  }

  /** How many certificates of the room's kiosk were good and are not any more; no claim of the room works either. */
  async revokeKiosk(roomId: string, actor: string): Promise<number | null> {
    const { store, enrolment, register } = this.#deps;
    const revoked = await store.write(async (trx) => {
      if (!(await roomOf(trx, roomId))) return null;
      await enrolment.voidClaims(trx, roomId);
      return register.revokeAll(trx, clientIdOf('room', roomId), actor);
    });
    revoked?.apply();
    return revoked?.revokedCount ?? null;
  }

  /** Its kiosk is revoked; its meetings, calls and guest links end. False: no such room. */
  async remove(roomId: string, actor: string): Promise<boolean> {
    const { store, meetings, enrolment, register } = this.#deps;
    const removed = await store.write(async (trx) => {
      const room = await roomOf(trx, roomId);
      if (!room) return null;
      await trx.updateTable('room').set({ removedAtMs: Date.now() }).where('roomId', '=', roomId).execute();
      await trx.deleteFrom('tabletCode').where('roomId', '=', roomId).execute();
      await enrolment.voidClaims(trx, roomId);
      const kiosk = await register.revokeAll(trx, clientIdOf('room', roomId), actor);
      const meeting = await meetings.endOfRoom(trx, roomId);
      const { roomName } = room;
      await appendAudit(trx, { kind: 'room-removed', actor, subject: `room:${roomId}`, details: { roomName } });
      return [kiosk, meeting];
    });
    for (const { apply } of removed ?? []) apply();
    return removed !== null;
  }

  /** Another claim for a room whose box has not enrolled yet; null: one has. */
  async claimUnlessEnrolled(
    roomId: string,
  ): Promise<{ deviceApiUrl: string; caSha256: string; claimCode: string } | null> {
    if (this.#deps.register.isEnrolled(clientIdOf('room', roomId))) return null;
    const claim = await this.newClaim(roomId, 'fleet');
    if (!claim) return null;
    const { claimExpiresAtMs: _, ...forTheBox } = claim;
    return forTheBox;
  }

  async #claim(trx: AuthorityWrite, roomId: string, actor: string): Promise<RoomClaim> {
    const { enrolment, deviceApi } = this.#deps;
    const { claimCode, expiresAtMs } = await enrolment.makeClaim(trx, roomId, actor);
    return { claimCode, claimExpiresAtMs: expiresAtMs, deviceApiUrl: deviceApi.url, caSha256: deviceApi.caSha256 };
  }
}

const roomOf = (db: AuthorityStore['read'] | AuthorityWrite, roomId: string): Promise<RoomRow | undefined> =>
  db.selectFrom('room').selectAll().where('roomId', '=', roomId).where('removedAtMs', 'is', null).executeTakeFirst();

function blockedCount(state: RoomSummary['state'], { nodes }: Meetings): number {
  return state?.phase.name === 'in-call' ? nodes.blockedCountOf(state.phase.callId) : 0;
}
