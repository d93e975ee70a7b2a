/**
 * What rooms last told of their day and their devices: checked, kept in telemetry so that a phone sees it after our
 * restart, handed on to who listens. The state itself is room-reports.ts's.
 */
import type { Logger } from 'pino';
import type { ErrorCode } from '#contract/error-codes.ts';
import { negotiate } from '#contract/protocol-version.ts';
import { RoomAgenda } from '#contract/room-agenda.ts';
import { RoomEquipment } from '#contract/room-equipment.ts';
import type { Broker } from '../broker/index.ts';
import type { TelemetryStore } from '../store/index.ts';

export type KnownProjections = { agenda: RoomAgenda | null; equipment: RoomEquipment | null };
export type ProjectionListener = {
  onAgenda: (agenda: RoomAgenda) => void;
  onEquipment: (equipment: RoomEquipment) => void;
};
type Detail = RoomAgenda | RoomEquipment;

export type RoomProjectionsDependencies = { telemetry: TelemetryStore; broker: Broker; logger: Logger };

export class RoomProjections {
  readonly #deps: RoomProjectionsDependencies;
  readonly #rooms = new Map<string, KnownProjections>();
  readonly #listeners = new Map<string, Set<ProjectionListener>>();

  constructor(deps: RoomProjectionsDependencies) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { telemetry, broker } = this.#deps;
    for (const { roomId, agenda, equipment } of await telemetry.read.selectFrom('roomDetail').selectAll().execute()) {
      this.#rooms.set(roomId, {
        agenda: agenda === null ? null : (RoomAgenda.safeParse(JSON.parse(agenda)).data ?? null),
        equipment: equipment === null ? null : (RoomEquipment.safeParse(JSON.parse(equipment)).data ?? null),
      });
    }
    broker.on('agenda', (roomId, agenda) => {
      if (!this.#isGood(roomId, agenda, this.of(roomId).agenda)) return;
      this.#keep(roomId, { agenda });
      for (const listener of this.#listeners.get(roomId) ?? []) listener.onAgenda(agenda);
    });
    broker.on('equipment', (roomId, equipment) => {
      if (!this.#isGood(roomId, equipment, this.of(roomId).equipment)) return;
      this.#keep(roomId, { equipment });
      for (const listener of this.#listeners.get(roomId) ?? []) listener.onEquipment(equipment);
    });
  }

  of(roomId: string): KnownProjections {
    return this.#rooms.get(roomId) ?? { agenda: null, equipment: null };
  }

  /** Until the function that comes back is called. */
  listen(roomId: string, listener: ProjectionListener): () => void {
    const listeners = this.#listeners.get(roomId) ?? new Set();
    this.#listeners.set(roomId, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(roomId);
    };
  }

  /** Another box stands there now. */
  forget(roomId: string): void {
    this.#keep(roomId, { agenda: null, equipment: null });
  }

  /** The room itself is no more. */
  remove(roomId: string): void {
    this.#rooms.delete(roomId);
  }

  /** Of the room's one writer, and not overtaken. */
  #isGood(roomId: string, detail: Detail, former: Detail | null): boolean {
    const objection = objectionTo(detail, roomId, former?.epoch ?? 0);
    if (objection) {
      const { code, reason } = objection;
      this.#deps.logger.warn({ roomId, code, reason }, 'room detail refused');
      this.#deps.broker.publish('requestReply', roomId, {
        name: 'refused',
        id: null,
        error: { code, message: reason },
      });
      return false;
    }
    return former === null || detail.epoch > former.epoch || detail.revision >= former.revision;
  }

  #keep(roomId: string, change: Partial<KnownProjections>): void {
    const detail = { ...this.of(roomId), ...change };
    this.#rooms.set(roomId, detail);
    const row = {
      agenda: detail.agenda && JSON.stringify(detail.agenda),
      equipment: detail.equipment && JSON.stringify(detail.equipment),
    };
    const { telemetry, logger } = this.#deps;
    void telemetry
      .write((trx) =>
        trx
          .insertInto('roomDetail')
          .values({ roomId, ...row })
          .onConflict((c) => c.column('roomId').doUpdateSet(row))
          .execute(),
      )
      .catch((error: unknown) => logger.error({ err: error, roomId }, 'room detail not saved'));
  }
}

function objectionTo(detail: Detail, roomId: string, epoch: number): { code: ErrorCode; reason: string } | null {
  const negotiated = negotiate(detail.protocol);
  if (negotiated !== 'accepted') return { code: negotiated, reason: `protocol ${detail.protocol}` };
  if (detail.roomId !== roomId) return { code: 'wrong-room', reason: 'of another room' };
  if (detail.epoch < epoch) return { code: 'second-writer', reason: `epoch ${detail.epoch} after ${epoch}` };
  return null;
}
