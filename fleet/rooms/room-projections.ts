/**
 * The last of each projection of each room: what the room's one writer published, checked, as it came, and as this
 * release reads it. Kept in telemetry, so that a phone sees it after our restart, but for what people write and say. Who listens is
 * `room-reports.ts`.
 */
import type { Logger } from 'pino';
import type { ErrorCode } from '#contract/error-codes.ts';
import {
  type ProjectionName,
  type ProjectionReader,
  projections,
  type ProjectionValue,
} from '#contract/projections.ts';
import { isReadBy, projectionNames, type RelayedProjections } from '#contract/relayed-projections.ts';
import { ProjectionHeading } from '#contract/projection-heading.ts';
import type { TelemetryStore } from '../store/index.ts';

type Received = {
  /** with the fields and words of a newer room, which a newer phone knows */
  raw: unknown;
  value: ProjectionValue<ProjectionName>;
  heading: ProjectionHeading;
  /** fleet's clock */
  receivedAtMs: number;
};
type Refusal = { code: ErrorCode; reason: string };
type Unsaved = { roomId: string; name: string };

/** What keeps changing is saved this often. */
export const SAVE_INTERVAL_MS = 1_000;
/** What was quiet for so long is saved at once, together with what comes right behind it. */
const QUIET_MS = 60_000;
const GATHER_MS = 20;

export class RoomProjections {
  readonly #telemetry: TelemetryStore;
  readonly #logger: Logger;
  readonly #rooms = new Map<string, Map<ProjectionName, Received>>();
  readonly #unsaved = new Map<string, Unsaved>();
  #gathering: NodeJS.Timeout | null = null;

  constructor({ telemetry, logger }: { telemetry: TelemetryStore; logger: Logger }) {
    this.#telemetry = telemetry;
    this.#logger = logger;
  }

  async start(): Promise<void> {
    const rows = await this.#telemetry.read.selectFrom('roomProjection').selectAll().execute();
    for (const { roomId, name, value: text, receivedAtMs } of rows) {
      const known = projectionNames.find((each) => each === name);
      if (!known) continue;
      if (isInMemoryOnly(known)) {
        this.#unsaved.set(`${roomId}/${name}`, { roomId, name });
        continue;
      }
      const raw: unknown = JSON.parse(text);
      const { data: value } = projections[known].schema.safeParse(raw);
      const { data: heading } = ProjectionHeading.safeParse(raw);
      if (value && heading) this.#of(roomId).set(known, { raw, value, heading, receivedAtMs });
    }
    // by an earlier release
    this.save();
  }

  /** null: the room has published none */
  get<N extends ProjectionName>(roomId: string, name: N): ProjectionValue<N> | null {
    return (this.#rooms.get(roomId)?.get(name)?.value as ProjectionValue<N> | undefined) ?? null;
  }

  /** fleet's clock; null: the room has published none */
  receivedAtMs(roomId: string, name: ProjectionName): number | null {
    return this.#rooms.get(roomId)?.get(name)?.receivedAtMs ?? null;
  }

  /** What a reader may see, as it came. */
  relayedTo(reader: ProjectionReader, roomId: string): RelayedProjections {
    const received = [...(this.#rooms.get(roomId) ?? [])];
    return Object.fromEntries(
      received.filter(([name]) => isReadBy(reader, name)).map(([name, { raw }]) => [name, raw]),
    );
  }

  /** @returns whether it is news, or why it is refused: not of the room's one writer */
  receive(
    roomId: string,
    name: ProjectionName,
    { raw, value, nowMs }: { raw: unknown; value: ProjectionValue<ProjectionName>; nowMs: number },
  ): 'news' | 'overtaken' | Refusal {
    const { data: heading } = ProjectionHeading.safeParse(raw);
    if (!heading) return { code: 'bad-message', reason: `${name} without its heading` };
    const former = this.#rooms.get(roomId)?.get(name);
    const refusal = refusalOf(heading, roomId, former?.heading.epoch ?? 0);
    if (refusal) return refusal;
    // delivered twice, or overtaken: the newer one stands
    if (former && heading.epoch === former.heading.epoch && heading.revision < former.heading.revision)
      return 'overtaken';
    this.#of(roomId).set(name, { raw, value, heading, receivedAtMs: nowMs });
    if (isInMemoryOnly(name)) return 'news';
    this.#unsaved.set(`${roomId}/${name}`, { roomId, name });
    if (!former || Math.abs(nowMs - former.receivedAtMs) >= QUIET_MS)
      this.#gathering ??= setTimeout(() => this.save(), GATHER_MS);
    return 'news';
  }

  /** Another box stands there now. */
  forget(roomId: string): void {
    for (const name of this.#rooms.get(roomId)?.keys() ?? []) this.#unsaved.set(`${roomId}/${name}`, { roomId, name });
    this.#rooms.delete(roomId);
    this.save();
  }

  /** What is not saved yet; tried again with the next where it fails. */
  save(): void {
    void this.saved().catch((error: unknown) => this.#logger.error({ err: error }, 'projections not saved'));
  }
  async saved(): Promise<void> {
    if (this.#gathering) clearTimeout(this.#gathering);
    this.#gathering = null;
    const due = [...this.#unsaved];
    if (due.length === 0) return;
    this.#unsaved.clear();
    const written = this.#telemetry.write(async (trx) => {
      for (const [, { roomId, name }] of due) {
        const received = this.#rooms.get(roomId)?.get(name as ProjectionName);
        if (!received) {
          await trx.deleteFrom('roomProjection').where('roomId', '=', roomId).where('name', '=', name).execute();
          continue;
        }
        const row = { value: JSON.stringify(received.raw), receivedAtMs: received.receivedAtMs };
        await trx
          .insertInto('roomProjection')
          .values({ roomId, name, ...row })
          .onConflict((c) => c.columns(['roomId', 'name']).doUpdateSet(row))
          .execute();
      }
    });
    await written.catch((error: unknown) => {
      for (const [key, unsaved] of due) this.#unsaved.set(key, unsaved);
      throw error;
    });
  }

  #of(roomId: string): Map<ProjectionName, Received> {
    const received = this.#rooms.get(roomId) ?? new Map<ProjectionName, Received>();
    this.#rooms.set(roomId, received);
    return received;
  }
}

const isInMemoryOnly = (name: ProjectionName): boolean => 'inMemoryOnly' in projections[name];

/** The broker has compared the protocol. */
function refusalOf({ roomId: of, epoch }: ProjectionHeading, roomId: string, known: number): Refusal | null {
  if (of !== roomId) return { code: 'wrong-room', reason: 'of another room' };
  if (epoch < known) return { code: 'second-writer', reason: `epoch ${epoch} after ${known}` };
  return null;
}
