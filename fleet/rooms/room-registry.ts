/**
 * The rooms themselves: name, standing meeting, and whose kiosk is a room's. Renaming, revoking and removing
 * are decided here in one transaction each; what depends on them is notified after it. room-reports.ts holds what rooms
 * report, room-list.ts how they are listed.
 */
import { ProtocolError } from '#contract/error-codes.ts';
import type { RouteAnswer } from '#contract/http/route.ts';
import type { roomsApi } from '#contract/http/rooms-api.ts';
import { clientIdOf } from '#contract/topics.ts';
import { appendAudit } from '../audit/index.ts';
import type { CertificateRegister, Enrolment } from '../devices/index.ts';
import type { Meetings } from '../meetings/index.ts';
import type { Selectable } from 'kysely';
import { type AuthorityStore, type AuthorityTables, type AuthorityWrite, newId } from '../store/index.ts';

export type StoredRoom = Selectable<AuthorityTables['room']>;
export type RegistryChange = {
  kind: 'created' | 'renamed' | 'placed' | 'removed';
  roomId: string;
  roomName: string;
  placeId: string | null;
};
type RoomClaim = RouteAnswer<typeof roomsApi.createClaim>;
export type RoomRegistryDependencies = {
  store: AuthorityStore;
  meetings: Meetings;
  enrolment: Enrolment;
  register: CertificateRegister;
  deviceApi: { url: string; caSha256: string };
};

export class RoomRegistry {
  readonly #deps: RoomRegistryDependencies;
  readonly #changedHandlers: ((change: RegistryChange) => void)[] = [];

  constructor(deps: RoomRegistryDependencies) {
    this.#deps = deps;
  }

  /** null: there never was one, or it was removed */
  async byId(roomId: string): Promise<StoredRoom | null> {
    return (await roomOf(this.#deps.store.read, roomId)) ?? null;
  }
  async all(): Promise<StoredRoom[]> {
    return this.#deps.store.read
      .selectFrom('room')
      .selectAll()
      .where('removedAtMs', 'is', null)
      .orderBy('roomName')
      .execute();
  }

  onChanged(handler: (change: RegistryChange) => void): void {
    this.#changedHandlers.push(handler);
  }

  /** Room, meeting and claim at once, or none of them. @throws ProtocolError not-found: no such place */
  async create(
    { roomName, placeId }: { roomName: string; placeId: string | null },
    actor: string,
  ): Promise<RouteAnswer<typeof roomsApi.createRoom>> {
    const { store, meetings } = this.#deps;
    const roomId = newId();
    const createdAtMs = Date.now();
    const created = await store.write(async (trx) => {
      await checkPlace(trx, placeId);
      await trx
        .insertInto('room')
        .values({ roomId, roomName, placeId, createdAtMs, service: 'new', serviceSinceMs: createdAtMs })
        .execute();
      await meetings.createStanding(trx, roomId, roomName);
      await appendAudit(trx, { kind: 'room-created', actor, subject: `room:${roomId}` });
      return { roomId, ...(await this.#claim(trx, roomId, actor)) };
    });
    this.#changed({ kind: 'created', roomId, roomName, placeId });
    return created;
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
      return { placeId: room.placeId, ...(await meetings.renameRoom(trx, roomId, roomName)) };
    });
    renamed?.apply();
    if (renamed) this.#changed({ kind: 'renamed', roomId, roomName, placeId: renamed.placeId });
    return renamed !== null;
  }

  /** False: no such room. @throws ProtocolError not-found: no such place */
  async setPlace(roomId: string, placeId: string | null, actor: string): Promise<boolean> {
    const placed = await this.#deps.store.write(async (trx) => {
      const room = await roomOf(trx, roomId);
      if (!room) return null;
      await checkPlace(trx, placeId);
      await trx.updateTable('room').set({ placeId }).where('roomId', '=', roomId).execute();
      const details = { from: room.placeId, to: placeId };
      await appendAudit(trx, { kind: 'room-placed', actor, subject: `room:${roomId}`, details });
      return room;
    });
    if (placed) this.#changed({ kind: 'placed', roomId, roomName: placed.roomName, placeId });
    return placed !== null;
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
      const { roomName, placeId } = room;
      await appendAudit(trx, { kind: 'room-removed', actor, subject: `room:${roomId}`, details: { roomName } });
      return { roomName, placeId, revoked: [kiosk, meeting] };
    });
    for (const { apply } of removed?.revoked ?? []) apply();
    if (removed) this.#changed({ kind: 'removed', roomId, roomName: removed.roomName, placeId: removed.placeId });
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

  #changed(change: RegistryChange): void {
    for (const handler of this.#changedHandlers) handler(change);
  }

  async #claim(trx: AuthorityWrite, roomId: string, actor: string): Promise<RoomClaim> {
    const { enrolment, deviceApi } = this.#deps;
    const { claimCode, expiresAtMs } = await enrolment.makeClaim(trx, roomId, actor);
    return { claimCode, claimExpiresAtMs: expiresAtMs, deviceApiUrl: deviceApi.url, caSha256: deviceApi.caSha256 };
  }
}

const roomOf = (db: AuthorityStore['read'] | AuthorityWrite, roomId: string): Promise<StoredRoom | undefined> =>
  db.selectFrom('room').selectAll().where('roomId', '=', roomId).where('removedAtMs', 'is', null).executeTakeFirst();

async function checkPlace(trx: AuthorityWrite, placeId: string | null): Promise<void> {
  if (placeId === null) return;
  const place = await trx.selectFrom('place').select('placeId').where('placeId', '=', placeId).executeTakeFirst();
  if (!place) throw new ProtocolError('not-found', 'no such place');
}
