/**
 * The settings of all rooms: what is desired of each, kept with a revision and published retained, and what its kiosk
 * reported. A secret is encrypted before it is stored, and is in no log, audit entry or answer.
 */
import type { Logger } from 'pino';
import { InvalidStateError, ProtocolError, UserError } from '#contract/error-codes.ts';
import type { RoomSettingsView } from '#contract/http/settings-api.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { z } from '#contract/schema.ts';
import { allSettings, isOpen, isSecret, SECTION_NAMES, type SectionName } from '#contract/settings/all-settings.ts';
import { RoomSettingsReport } from '#contract/settings/room-settings.ts';
import { appendAudit } from '../audit/index.ts';
import type { Broker } from '../broker/index.ts';
import type { AuthorityStore } from '../store/index.ts';
import { isSealedFor, sealSetting } from './seal-setting.ts';

const BySection = <V extends z.ZodType>(value: V) => z.record(z.string(), z.record(z.string(), value));
const StoredSettings = z.object({ values: BySection(z.unknown()), secrets: BySection(z.string()) });
type StoredSettings = z.infer<typeof StoredSettings>;
type Known = StoredSettings & { revision: number; report: RoomSettingsReport | null };

export type SettingsChange = {
  roomId: string;
  section: string;
  /** as the person last saw it */
  revision: number;
  values: Record<string, unknown>;
  secrets: Record<string, string | null>;
  actor: string;
};
export type RoomsSettingsDependencies = {
  store: AuthorityStore;
  broker: Broker;
  /** false: there is no such room */
  isRoom: (roomId: string) => Promise<boolean>;
  logger: Logger;
};

const NOTHING_SET: Known = { revision: 0, values: {}, secrets: {}, report: null };

export class RoomsSettings {
  readonly #deps: RoomsSettingsDependencies;
  readonly #rooms = new Map<string, Known>();
  readonly #watchers = new Map<string, Set<() => void>>();

  constructor(deps: RoomsSettingsDependencies) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { store, broker, logger } = this.#deps;
    for (const { roomId, revision, settings, report } of await store.read
      .selectFrom('roomSettings')
      .selectAll()
      .execute())
      this.#rooms.set(roomId, {
        revision,
        ...StoredSettings.parse(JSON.parse(settings)),
        report: report === null ? null : (RoomSettingsReport.safeParse(JSON.parse(report)).data ?? null),
      });
    broker.onPresence((who, connected) => {
      if (connected && who.party === 'room') this.#publish(who.id);
    });
    broker.on('settingsReport', (roomId, report) => {
      void this.#keepReport(roomId, report).catch((error: unknown) =>
        logger.error({ err: error, roomId }, 'report of settings not kept'),
      );
    });
  }

  /** @throws ProtocolError not-found */
  async view(roomId: string): Promise<RoomSettingsView> {
    if (!(await this.#deps.isRoom(roomId))) throw new ProtocolError('not-found', 'no such room');
    return this.viewNow(roomId);
  }

  viewNow(roomId: string): RoomSettingsView {
    const { revision, values, secrets, report } = this.#of(roomId);
    const stateOf = (sealed: string) => (report && isSealedFor(sealed, report.key.kid) ? 'set' : 'enter-again');
    return {
      revision,
      values,
      secrets: mapValues(secrets, (ofSection) => mapValues(ofSection, stateOf)),
      report: report && { revision: report.revision, local: report.local, refused: report.refused },
    };
  }

  /** A section that nobody has set: as IT would. One that was set stays. */
  async preset(roomId: string, section: SectionName, values: Record<string, unknown>): Promise<void> {
    const { revision, values: set } = this.#of(roomId);
    if (set[section] === undefined)
      await this.change({ roomId, section, revision, values, secrets: {}, actor: 'fleet' });
  }

  /** As it is desired; the default of a section that nobody has set, and of one that another release wrote. */
  desired<N extends SectionName>(roomId: string, section: N): z.output<(typeof allSettings)[N]['schema']> {
    const { schema } = allSettings[section];
    const parsed = schema.safeParse(this.#of(roomId).values[section] ?? {});
    return (parsed.success ? parsed.data : schema.parse({})) as z.output<(typeof allSettings)[N]['schema']>;
  }

  /** Until the function that comes back is called. */
  watch(roomId: string, onChange: () => void): () => void {
    const watchers = this.#watchers.get(roomId) ?? new Set();
    this.#watchers.set(roomId, watchers);
    watchers.add(onChange);
    return () => {
      watchers.delete(onChange);
      if (watchers.size === 0) this.#watchers.delete(roomId);
    };
  }

  /** @throws ProtocolError not-found, UserError setting-invalid, InvalidStateError settings-changed, not-possible-now (no kiosk to encrypt for) */
  async change({ roomId, section, revision, values, secrets, actor }: SettingsChange): Promise<RoomSettingsView> {
    const { store, isRoom } = this.#deps;
    if (!(await isRoom(roomId))) throw new ProtocolError('not-found', 'no such room');
    const name = SECTION_NAMES.find((each) => each === section);
    if (name === undefined) throw new ProtocolError('not-found', 'no such section');
    checkValues(name, values);
    const sealed = await this.#seal(roomId, name, secrets);
    const changed = await store.write(async (trx) => {
      const stored = await trx
        .selectFrom('roomSettings')
        .select(['revision', 'settings'])
        .where('roomId', '=', roomId)
        .executeTakeFirst();
      const before = stored ? StoredSettings.parse(JSON.parse(stored.settings)) : NOTHING_SET;
      if ((stored?.revision ?? 0) !== revision) throw new InvalidStateError('settings-changed');
      const next: StoredSettings = {
        values: withSection(before.values, name, values),
        secrets: withSection(before.secrets, name, withoutNulls({ ...before.secrets[name], ...sealed })),
      };
      const row = { roomId, revision: revision + 1, settings: JSON.stringify(next) };
      await trx
        .insertInto('roomSettings')
        .values({ ...row, report: null })
        .onConflict((c) => c.column('roomId').doUpdateSet(row))
        .execute();
      const fields = [...new Set([...changedFields(before.values[name] ?? {}, values), ...Object.keys(sealed)])];
      const details = { section: name, fields: fields.join(' '), revision: row.revision };
      await appendAudit(trx, { kind: 'settings-changed', actor, subject: `room:${roomId}`, details });
      return { ...next, revision: row.revision };
    });
    this.#rooms.set(roomId, { ...changed, report: this.#of(roomId).report });
    this.#publish(roomId);
    this.#notify(roomId);
    return this.viewNow(roomId);
  }

  /** Another box, or none: its key opens nothing that was encrypted before. */
  async kioskReplaced(roomId: string): Promise<void> {
    const known = this.#rooms.get(roomId);
    if (!known?.report) return;
    this.#rooms.set(roomId, { ...known, report: null });
    this.#notify(roomId);
    await this.#deps.store.write((trx) =>
      trx.updateTable('roomSettings').set({ report: null }).where('roomId', '=', roomId).execute(),
    );
  }

  async roomRemoved(roomId: string): Promise<void> {
    this.#rooms.delete(roomId);
    await this.#deps.store.write((trx) => trx.deleteFrom('roomSettings').where('roomId', '=', roomId).execute());
  }

  #of(roomId: string): Known {
    return this.#rooms.get(roomId) ?? NOTHING_SET;
  }

  #publish(roomId: string): void {
    const { revision, values, secrets } = this.#of(roomId);
    this.#deps.broker.publish('settings', roomId, { protocol: PROTOCOL_VERSION, revision, values, secrets });
  }

  #notify(roomId: string): void {
    for (const onChange of this.#watchers.get(roomId) ?? []) onChange();
  }

  async #seal(
    roomId: string,
    section: SectionName,
    secrets: Record<string, string | null>,
  ): Promise<Record<string, string | null>> {
    const sealed: Record<string, string | null> = {};
    for (const [field, value] of Object.entries(secrets)) {
      if (!isSecret(section, field)) throw new UserError('setting-invalid', `${section}.${field} is not a secret`);
      const key = this.#of(roomId).report?.key;
      if (value !== null && !key) throw new InvalidStateError('not-possible-now', 'no kiosk has reported its key');
      sealed[field] = value === null ? null : await sealSetting(key!, { roomId, section, field, value });
    }
    return sealed;
  }

  async #keepReport(roomId: string, report: RoomSettingsReport): Promise<void> {
    const known = this.#of(roomId);
    const text = JSON.stringify(report);
    if (text === JSON.stringify(known.report) || !(await this.#deps.isRoom(roomId))) return;
    this.#rooms.set(roomId, { ...this.#of(roomId), report });
    this.#notify(roomId);
    const settings = JSON.stringify({ values: known.values, secrets: known.secrets } satisfies StoredSettings);
    await this.#deps.store.write((trx) =>
      trx
        .insertInto('roomSettings')
        .values({ roomId, revision: known.revision, settings, report: text })
        .onConflict((c) => c.column('roomId').doUpdateSet({ report: text }))
        .execute(),
    );
  }
}

/** Field by field: what belongs together may be split between fleet and box, so that only the kiosk can judge it. */
function checkValues(section: SectionName, values: Record<string, unknown>): void {
  const { schema } = allSettings[section];
  for (const field of Object.keys(values))
    if (!isOpen(section, field)) throw new UserError('setting-invalid', `${section}.${field} is not set here`);
  const parsed = schema.safeParse(values);
  if (!parsed.success) throw new UserError('setting-invalid', z.prettifyError(parsed.error));
}

/** A section that is empty is left out. */
function withSection<V>(
  all: Record<string, Record<string, V>>,
  section: string,
  fields: Record<string, V>,
): Record<string, Record<string, V>> {
  const { [section]: _, ...others } = all;
  return Object.keys(fields).length === 0 ? others : { ...others, [section]: fields };
}

const withoutNulls = (fields: Record<string, string | null>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== null));

const changedFields = (before: Record<string, unknown>, now: Record<string, unknown>): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(now[field]),
  );

const mapValues = <A, B>(record: Record<string, A>, map: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
