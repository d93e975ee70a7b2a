/** The rooms themselves: name, language, standing meeting. What they report is `room-reports.ts`. */
import type { HttpResponse, RoomSummary } from '#contract/http-api.ts';
import { clientIdOf } from '#contract/topics.ts';
import { appendAudit } from '../audit/index.ts';
import type { CertificateRegister, Enrolment } from '../devices/index.ts';
import type { Meetings } from '../meetings/index.ts';
import { type AuthorityStore, type AuthorityTables, newId } from '../store/index.ts';
import type { RoomReports } from './room-reports.ts';

export type Room = AuthorityTables['room'];
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

  constructor(deps: RoomRegistryDependencies) {
    this.#deps = deps;
  }

  async byId(roomId: string): Promise<Room | null> {
    return (
      (await this.#deps.store.read.selectFrom('room').selectAll().where('roomId', '=', roomId).executeTakeFirst()) ??
      null
    );
  }
  async all(): Promise<Room[]> {
    return this.#deps.store.read.selectFrom('room').selectAll().orderBy('roomName').execute();
  }

  async list(): Promise<RoomSummary[]> {
    const { store, register, reports, meetings } = this.#deps;
    const unreachable = await meetings.unreachable.byRoom();
    const rows = await store.read
      .selectFrom('room')
      .innerJoin('meeting', 'meeting.roomId', 'room.roomId')
      .select(['room.roomId', 'room.roomName', 'meeting.meetingId'])
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

  /** Room, meeting and claim at once, or none of them. */
  async create(roomName: string, actor: string): Promise<HttpResponse<'createRoom'>> {
    const { store, meetings, enrolment } = this.#deps;
    const roomId = newId();
    return store.write(async (trx) => {
      await trx.insertInto('room').values({ roomId, roomName, language: 'en', createdAtMs: Date.now() }).execute();
      await meetings.createStanding(trx, roomId, roomName);
      await appendAudit(trx, { kind: 'room-created', actor, subject: `room:${roomId}` });
      const { claimCode, expiresAtMs } = await enrolment.makeClaim(trx, roomId, actor);
      return { roomId, ...this.#claim(claimCode), claimExpiresAtMs: expiresAtMs };
    });
  }

  /** Another claim for a room whose box has not enrolled yet; null: one has. */
  async claimUnlessEnrolled(
    roomId: string,
  ): Promise<{ deviceApiUrl: string; caSha256: string; claimCode: string } | null> {
    const { store, enrolment, register } = this.#deps;
    if (register.isEnrolled(clientIdOf('room', roomId))) return null;
    const { claimCode } = await store.write((trx) => enrolment.makeClaim(trx, roomId, 'fleet'));
    return this.#claim(claimCode);
  }

  #claim(claimCode: string): { claimCode: string; deviceApiUrl: string; caSha256: string } {
    const { url, caSha256 } = this.#deps.deviceApi;
    return { claimCode, deviceApiUrl: url, caSha256 };
  }
}

function blockedCount(state: RoomSummary['state'], { nodes }: Meetings): number {
  return state?.phase.name === 'in-call' ? nodes.blockedCountOf(state.phase.callId) : 0;
}
