/**
 * What is desired of each room, and what its kiosk reported: kept, and published retained. The revision counts the changes
 * of what is in force in that very room. Changes of many rooms are published bit by bit: each kiosk answers with a report.
 */
import type { Logger } from 'pino';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { z } from '#contract/schema.ts';
import { RoomSettingsReport } from '#contract/settings/room-settings.ts';
import type { Broker } from '../broker/index.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';
import { inOrder, isDefault, type SettingsValues, withoutThose } from './settings-in-force.ts';

const BySection = <V extends z.ZodType>(value: V) => z.record(z.string(), z.record(z.string(), value));
const StoredSettings = z.object({ values: BySection(z.unknown()), secrets: BySection(z.string()) });
export type Desired = { values: SettingsValues; secrets: SettingsValues<string> };
export type KnownRoom = Desired & {
  revision: number;
  /** `values` and `secrets` as they are stored, to compare by */
  text: string;
  report: RoomSettingsReport | null;
  reportedAtMs: number | null;
};
export type ChangedRoom = { roomId: string; desired: Desired; revision: number; text: string };
export type RoomsDesiredDependencies = {
  store: AuthorityStore;
  broker: Broker;
  /** false: there is no such room */
  isRoom: (roomId: string) => Promise<boolean>;
  onReported: (roomId: string) => void;
  logger: Logger;
};

const ROWS_AT_ONCE = 250;
const PUBLISHED_AT_ONCE = 100;
const PUBLISHED_EVERY_MS = 50;
const textOf = ({ values, secrets }: Desired): string => JSON.stringify({ values, secrets });
const withoutDefaults = ({ values, secrets }: Desired): Desired => ({
  values: withoutThose(values, ({ section, field, value }) => isDefault(section, field, value)),
  secrets,
});
const UNCHANGED: KnownRoom = {
  revision: 0,
  values: {},
  secrets: {},
  text: textOf({ values: {}, secrets: {} }),
  report: null,
  reportedAtMs: null,
};

export class RoomsDesired {
  readonly #deps: RoomsDesiredDependencies;
  readonly #rooms = new Map<string, KnownRoom>();
  readonly #unpublished = new Set<string>();
  #publishing: NodeJS.Timeout | null = null;

  constructor(deps: RoomsDesiredDependencies) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { store, broker, logger } = this.#deps;
    for (const row of await store.read.selectFrom('roomSettings').selectAll().execute()) {
      const stored = StoredSettings.parse(JSON.parse(row.settings));
      const desired = { values: inOrder(stored.values), secrets: inOrder(stored.secrets) as SettingsValues<string> };
      this.#rooms.set(row.roomId, {
        ...desired,
        revision: row.desiredRevision,
        text: textOf(desired),
        report: row.report === null ? null : (RoomSettingsReport.safeParse(JSON.parse(row.report)).data ?? null),
        reportedAtMs: row.reportedAtMs,
      });
    }
    broker.onPresence((who, connected) => {
      if (connected && who.party === 'room') this.#publish(who.id);
    });
    broker.on('settingsReport', (roomId, report) => {
      void this.#keepReport(roomId, report).catch((error: unknown) =>
        logger.error({ err: error, roomId }, 'report of settings not kept'),
      );
    });
  }

  stop(): void {
    clearTimeout(this.#publishing ?? undefined);
  }

  of(roomId: string): KnownRoom {
    return this.#rooms.get(roomId) ?? UNCHANGED;
  }

  /** null: it is what is desired already */
  changeOf(roomId: string, desired: Desired): ChangedRoom | null {
    const known = this.of(roomId);
    const text = textOf(desired);
    if (text === known.text) return null;
    // a value that is set to what it was by default changes nothing in the room
    const isInForce = textOf(withoutDefaults(desired)) !== textOf(withoutDefaults(known));
    return { roomId, desired, revision: known.revision + (isInForce ? 1 : 0), text };
  }

  async store(trx: AuthorityWrite, changed: readonly ChangedRoom[]): Promise<void> {
    for (let from = 0; from < changed.length; from += ROWS_AT_ONCE)
      await trx
        .insertInto('roomSettings')
        .values(
          changed.slice(from, from + ROWS_AT_ONCE).map(({ roomId, revision, text }) => ({
            roomId,
            desiredRevision: revision,
            settings: text,
            report: null,
            reportedAtMs: null,
          })),
        )
        .onConflict((c) =>
          c.column('roomId').doUpdateSet((excluded) => ({
            desiredRevision: excluded.ref('excluded.desiredRevision'),
            settings: excluded.ref('excluded.settings'),
          })),
        )
        .execute();
  }

  /** Once it is stored. */
  apply(changed: readonly ChangedRoom[]): void {
    for (const { roomId, desired, revision, text } of changed) {
      this.#rooms.set(roomId, { ...this.of(roomId), ...desired, revision, text });
      this.#unpublished.add(roomId);
    }
    if (this.#publishing === null) this.#publishSome();
  }

  /** Another box, or none: its key opens nothing that was encrypted before. */
  async kioskReplaced(roomId: string): Promise<void> {
    const known = this.#rooms.get(roomId);
    if (!known?.report) return;
    const none = { report: null, reportedAtMs: null };
    this.#rooms.set(roomId, { ...known, ...none });
    this.#deps.onReported(roomId);
    await this.#deps.store.write((trx) =>
      trx.updateTable('roomSettings').set(none).where('roomId', '=', roomId).execute(),
    );
  }

  forget(roomId: string): void {
    this.#rooms.delete(roomId);
    this.#unpublished.delete(roomId);
  }

  #publishSome(): void {
    const some = [...this.#unpublished].slice(0, PUBLISHED_AT_ONCE);
    for (const roomId of some) this.#publish(roomId);
    this.#publishing = this.#unpublished.size === 0 ? null : setTimeout(() => this.#publishSome(), PUBLISHED_EVERY_MS);
  }

  #publish(roomId: string): void {
    this.#unpublished.delete(roomId);
    const { revision, values, secrets } = this.of(roomId);
    this.#deps.broker.publish('settings', roomId, { protocol: PROTOCOL_VERSION, revision, values, secrets });
  }

  async #keepReport(roomId: string, report: RoomSettingsReport): Promise<void> {
    const text = JSON.stringify(report);
    if (text === JSON.stringify(this.of(roomId).report) || !(await this.#deps.isRoom(roomId))) return;
    const reported = { report: text, reportedAtMs: Date.now() };
    this.#rooms.set(roomId, { ...this.of(roomId), ...reported, report });
    this.#deps.onReported(roomId);
    const { revision, text: settings } = this.of(roomId);
    await this.#deps.store.write((trx) =>
      trx
        .insertInto('roomSettings')
        .values({ roomId, desiredRevision: revision, settings, ...reported })
        .onConflict((c) => c.column('roomId').doUpdateSet(reported))
        .execute(),
    );
  }
}
