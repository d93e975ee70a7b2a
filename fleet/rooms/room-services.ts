/**
 * Whether people count on each room: new, in service, in maintenance until a time or until somebody ends it, retired. A new
 * room is in service with its first call; maintenance ends by itself at its time; a retired room's kiosk is revoked.
 */
import type { Logger } from 'pino';
import { ProtocolError } from '#contract/error-codes.ts';
import type { RoomService, ServiceState } from '#contract/room-service.ts';
import { clientIdOf } from '#contract/topics.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import { appendAudit } from '../audit/index.ts';
import type { CertificateRegister, Enrolment } from '../devices/index.ts';
import type { AuthorityStore } from '../store/index.ts';
import type { RoomRegistry } from './room-registry.ts';

type ServiceChange = { state: Exclude<ServiceState, 'new'>; untilMs: number | null; reason: string };
type RoomServicesDependencies = {
  store: AuthorityStore;
  registry: Pick<RoomRegistry, 'all' | 'onChanged'>;
  enrolment: Pick<Enrolment, 'voidClaims'>;
  register: Pick<CertificateRegister, 'revokeAll'>;
  clock: Pick<WallClock, 'nowMs'>;
  logger: Logger;
};

const LOOK_EACH_MS = 1_000;

export class RoomServices {
  readonly #deps: RoomServicesDependencies;
  readonly #services = new Map<string, RoomService>();
  readonly #handlers: ((roomId: string) => void)[] = [];
  /** whose maintenance has an end */
  readonly #ending = new Set<string>();
  readonly #beginning = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: RoomServicesDependencies) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { registry, clock } = this.#deps;
    for (const { roomId, service, serviceSinceMs, serviceUntilMs, serviceReason } of await registry.all())
      this.#keep(roomId, {
        state: service,
        sinceMs: serviceSinceMs,
        untilMs: serviceUntilMs,
        reason: serviceReason,
      });
    registry.onChanged(({ kind, roomId }) => {
      if (kind === 'created') this.#keep(roomId, { state: 'new', sinceMs: clock.nowMs(), untilMs: null, reason: '' });
      if (kind !== 'removed') return;
      this.#services.delete(roomId);
      this.#ending.delete(roomId);
    });
    this.#timer = setInterval(() => this.#look(), LOOK_EACH_MS);
    this.#timer.unref();
  }
  stop(): void {
    clearInterval(this.#timer);
  }

  readonly of = (roomId: string): RoomService => this.#services.get(roomId) ?? NEW;

  onChanged(handler: (roomId: string) => void): void {
    this.#handlers.push(handler);
  }

  /** @throws ProtocolError not-found; bad-message: an end that is past, or of what has none */
  async set(roomId: string, change: ServiceChange, actor: string): Promise<RoomService> {
    const service = await this.#change(roomId, change, actor, null);
    if (!service) throw new ProtocolError('not-found', 'no such room');
    return service;
  }

  /**
   * @param former what has to hold still when it is written; null: anything
   * @returns null: there is no such room, or it is not so any more
   */
  async #change(
    roomId: string,
    { state, untilMs, reason }: ServiceChange,
    actor: string,
    former: RoomService | null,
  ): Promise<RoomService | null> {
    const { store, enrolment, register, clock } = this.#deps;
    const sinceMs = clock.nowMs();
    if (untilMs !== null && (state !== 'maintenance' || untilMs <= sinceMs))
      throw new ProtocolError('bad-message', 'only maintenance has an end, and that is to come');
    const changed = await store.write(async (trx) => {
      let update = trx
        .updateTable('room')
        .set({ service: state, serviceSinceMs: sinceMs, serviceUntilMs: untilMs, serviceReason: reason })
        .where('roomId', '=', roomId)
        .where('removedAtMs', 'is', null);
      if (former) update = update.where('service', '=', former.state);
      if (former && former.untilMs !== null) update = update.where('serviceUntilMs', '=', former.untilMs);
      const { numUpdatedRows } = await update.executeTakeFirst();
      if (numUpdatedRows === 0n) return null;
      const details = { from: this.of(roomId).state, to: state, untilMs, reason };
      await appendAudit(trx, { kind: 'room-service-changed', actor, subject: `room:${roomId}`, details });
      if (state !== 'retired') return { revoked: null };
      await enrolment.voidClaims(trx, roomId);
      return { revoked: await register.revokeAll(trx, clientIdOf('room', roomId), actor) };
    });
    if (!changed) return null;
    changed.revoked?.apply();
    const service: RoomService = { state, sinceMs, untilMs, reason };
    this.#keep(roomId, service);
    for (const handler of this.#handlers) handler(roomId);
    return service;
  }

  /** The room is in a call: a new one is in service from here on. */
  inCall(roomId: string): void {
    if (this.of(roomId).state !== 'new' || !this.#services.has(roomId) || this.#beginning.has(roomId)) return;
    this.#beginning.add(roomId);
    void this.#set(roomId).finally(() => this.#beginning.delete(roomId));
  }

  #look(): void {
    const nowMs = this.#deps.clock.nowMs();
    for (const roomId of this.#ending) {
      const { untilMs } = this.of(roomId);
      if (untilMs === null || untilMs > nowMs) continue;
      this.#ending.delete(roomId);
      // a disk that fails: it is tried again
      void this.#set(roomId).then((isSet) => isSet || this.#ending.add(roomId));
    }
  }

  async #set(roomId: string): Promise<boolean> {
    try {
      // somebody may have decided otherwise while this waits for the disk
      await this.#change(roomId, { state: 'in-service', untilMs: null, reason: '' }, 'fleet', this.of(roomId));
      return true;
    } catch (error) {
      this.#deps.logger.error({ err: error, roomId }, 'room not put in service');
      return !this.#services.has(roomId);
    }
  }

  #keep(roomId: string, service: RoomService): void {
    this.#services.set(roomId, service);
    if (service.state === 'maintenance' && service.untilMs !== null) this.#ending.add(roomId);
    else this.#ending.delete(roomId);
  }
}

const NEW: RoomService = { state: 'new', sinceMs: 0, untilMs: null, reason: '' };
