/**
 * Since when each room is as it is: kept in telemetry, so that our restart does not make every state young. While rooms
 * return to a server that has just started, what was known before is kept.
 */
import type { Logger } from 'pino';
import { HealthState } from '#contract/http/rooms-api.ts';
import { ROOM_ONLINE_MS } from '#contract/timing.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import type { TelemetryStore } from '../store/index.ts';

type Age = { health: HealthState; sinceMs: number };
type HealthAgesDependencies = { telemetry: TelemetryStore; clock: Pick<WallClock, 'nowMs'>; logger: Logger };

/** after our start */
const RETURN_MS = ROOM_ONLINE_MS + 15_000;
const SAVE_EACH_MS = 2_000;

export class HealthAges {
  readonly #deps: HealthAgesDependencies;
  readonly #ages = new Map<string, Age>();
  /** of our predecessor; forgotten once rooms have had the time to return */
  #former = new Map<string, Age>();
  readonly #unsaved = new Set<string>();
  #returnEndsAtMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: HealthAgesDependencies) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    for (const { roomId, health, sinceMs } of await this.#deps.telemetry.read
      .selectFrom('roomHealth')
      .selectAll()
      .execute()) {
      const known = HealthState.safeParse(health).data;
      if (known) this.#former.set(roomId, { health: known, sinceMs });
    }
    this.#returnEndsAtMs = performance.now() + RETURN_MS;
    this.#timer = setInterval(() => this.#save(), SAVE_EACH_MS);
    this.#timer.unref();
  }
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Of a room that is so now. */
  sinceMs(roomId: string, health: HealthState): number {
    const known = this.#ages.get(roomId);
    if (known?.health === health) return known.sinceMs;
    const former = this.#former.get(roomId);
    const age = former?.health === health ? former : { health, sinceMs: this.#deps.clock.nowMs() };
    this.#ages.set(roomId, age);
    this.#unsaved.add(roomId);
    return age.sinceMs;
  }

  forget(roomId: string): void {
    this.#ages.delete(roomId);
    this.#former.delete(roomId);
    this.#unsaved.add(roomId);
  }

  #save(): void {
    if (performance.now() < this.#returnEndsAtMs || this.#unsaved.size === 0) return;
    this.#former.clear();
    const { telemetry, logger } = this.#deps;
    const due = [...this.#unsaved];
    this.#unsaved.clear();
    const written = telemetry.write(async (trx) => {
      for (const roomId of due) {
        const age = this.#ages.get(roomId);
        if (!age) {
          await trx.deleteFrom('roomHealth').where('roomId', '=', roomId).execute();
          continue;
        }
        await trx
          .insertInto('roomHealth')
          .values({ roomId, ...age })
          .onConflict((c) => c.column('roomId').doUpdateSet(age))
          .execute();
      }
    });
    void written.catch((error: unknown) => {
      for (const roomId of due) this.#unsaved.add(roomId);
      logger.error({ err: error }, 'ages of states not saved');
    });
  }
}
