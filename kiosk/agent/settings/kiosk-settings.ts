/**
 * The settings in force: defaults, then what the fleet desires, then the file on the box. Each section is checked as a
 * whole; one that is refused stays as it last was good, and the report names the reason. What was last good is kept, so
 * that a start without the fleet has it. The parts subscribe to their section and apply it live.
 */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { MaruError } from '#contract/error-codes.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { z } from '#contract/schema.ts';
import {
  allSettings,
  isOpen,
  SECTION_NAMES,
  type SectionName,
  type SectionValues,
} from '#contract/settings/all-settings.ts';
import {
  type RefusedSettings,
  RoomSettingsDesired,
  type RoomSettingsReport,
} from '#contract/settings/room-settings.ts';
import { KeptFile } from '../kept-file.ts';
import { calendarAccountOf, SettingMissing } from '#contract/settings/calendar-account-of.ts';
import { readSettingsFile, type SettingsFile } from './settings-file.ts';
import { SettingsKeyPair } from './settings-key-pair.ts';

type AllValues = { [N in SectionName]: SectionValues<N> };
type Fields = Record<string, unknown>;
export type KioskSettingsOptions = {
  dataDir: string;
  roomId: string;
  publish: (report: RoomSettingsReport) => void;
  logger: Logger;
};

const MAX_MESSAGE = 300;

export class KioskSettings {
  readonly #options: KioskSettingsOptions;
  readonly #file: SettingsFile;
  readonly #kept: KeptFile<typeof RoomSettingsDesired>;
  readonly #handlers = new Map<SectionName, (values: never) => void>();
  #keys: SettingsKeyPair | null = null;
  #values: AllValues;
  /** of the fleet, as far as it was good */
  #good: RoomSettingsDesired;
  #report: RoomSettingsReport | null = null;
  /** one message after the other: a secret takes a moment to open */
  #working: Promise<void> = Promise.resolve();

  constructor(options: KioskSettingsOptions) {
    const { dataDir, logger } = options;
    this.#options = options;
    this.#file = readSettingsFile(join(dataDir, 'settings.json'), logger);
    this.#kept = new KeptFile(join(dataDir, 'fleet-settings.json'), RoomSettingsDesired);
    this.#good = { protocol: PROTOCOL_VERSION, revision: 0, values: {}, secrets: {} };
    this.#values = Object.fromEntries(SECTION_NAMES.map((name) => [name, this.#withoutFleet(name)])) as AllValues;
  }

  /** Settles when what was last good is in force. */
  async start(): Promise<void> {
    try {
      this.#keys = SettingsKeyPair.at(join(this.#options.dataDir, 'settings-key.json'));
    } catch (error) {
      this.#options.logger.error({ err: error }, 'settings: no key for secrets');
    }
    const kept = this.#kept.read();
    if (kept !== null) await this.#apply(kept);
  }

  get lan(): SettingsFile['lan'] {
    return this.#file.lan;
  }

  value<N extends SectionName>(section: N): SectionValues<N> {
    return this.#values[section];
  }

  /** One for each section: the part that it belongs to. Called after `start` with each change. */
  onChange<N extends SectionName>(section: N, handler: (values: SectionValues<N>) => void): void {
    this.#handlers.set(section, handler);
  }

  receive(desired: RoomSettingsDesired): void {
    this.#working = this.#working
      .then(async () => {
        const refused = await this.#apply(desired);
        if (this.#keys === null) return;
        const local = Object.fromEntries(
          Object.entries(this.#file.sections).map(([name, fields]) => [name, Object.keys(fields)]),
        );
        const { revision } = desired;
        const known = Object.fromEntries(SECTION_NAMES.map((name) => [name, Object.keys(allSettings[name].fields)]));
        this.#report = { protocol: PROTOCOL_VERSION, revision, key: this.#keys.publicKey, local, known, refused };
        this.#options.publish(this.#report);
      })
      .catch((error: unknown) => this.#options.logger.error({ err: error }, 'settings: not handled'));
  }

  /** The broker may have forgotten the report; before the first message there is none. */
  onFleet(online: boolean): void {
    if (online && this.#report !== null) this.#options.publish(this.#report);
  }

  async #apply(desired: RoomSettingsDesired): Promise<RefusedSettings[]> {
    const { logger } = this.#options;
    const refused: RefusedSettings[] = this.#file.unreadable.map(({ section, reason }) => ({
      section: section.slice(0, 40),
      field: null,
      code: 'setting-file-invalid',
      message: reason.slice(0, MAX_MESSAGE),
    }));
    const good = { ...desired, values: { ...desired.values }, secrets: { ...desired.secrets } };
    const changed: SectionName[] = [];
    for (const name of SECTION_NAMES) {
      try {
        const values = await this.#checked(name, desired);
        if (JSON.stringify(values) === JSON.stringify(this.#values[name])) continue;
        this.#values = { ...this.#values, [name]: values };
        changed.push(name);
      } catch (error) {
        const why = whyRefused(name, error);
        logger.warn(why, 'settings: a section is refused');
        refused.push(why);
        good.values = withSection(good.values, name, this.#good.values[name]);
        good.secrets = withSection(good.secrets, name, this.#good.secrets[name]);
      }
    }
    this.#keep(good);
    for (const name of changed) {
      logger.info({ section: name, revision: desired.revision }, 'settings: in force');
      this.#handlers.get(name)?.(this.#values[name] as never);
    }
    return refused;
  }

  async #checked<N extends SectionName>(name: N, desired: RoomSettingsDesired): Promise<SectionValues<N>> {
    const fields: Fields = {};
    for (const [field, value] of Object.entries(desired.values[name] ?? {}))
      if (isOpen(name, field)) fields[field] = value;
      else throw new z.ZodError([{ code: 'custom', path: [field], message: 'unknown here', input: undefined }]);
    for (const [field, sealed] of Object.entries(desired.secrets[name] ?? {})) {
      if (this.#file.sections[name]?.[field] !== undefined) continue;
      if (this.#keys === null) throw new MaruError('secret-unreadable', 'this box has no key');
      const place = { roomId: this.#options.roomId, section: name, field };
      fields[field] = await this.#keys.open(sealed, place).catch((error: MaruError) => {
        throw Object.assign(error, { field });
      });
    }
    return this.#parsed(name, fields);
  }

  #parsed<N extends SectionName>(name: N, fleet: Fields): SectionValues<N> {
    const values = allSettings[name].schema.parse({ ...fleet, ...this.#file.sections[name] }) as SectionValues<N>;
    if (name === 'calendar') calendarAccountOf(values as SectionValues<'calendar'>);
    return values;
  }

  /** A file that is not enough by itself waits for the fleet. */
  #withoutFleet<N extends SectionName>(name: N): SectionValues<N> {
    try {
      return this.#parsed(name, {});
    } catch {
      return allSettings[name].schema.parse({}) as SectionValues<N>;
    }
  }

  #keep(good: RoomSettingsDesired): void {
    const before = JSON.stringify(this.#good);
    this.#good = good;
    if (JSON.stringify(good) === before) return;
    try {
      this.#kept.write(good);
    } catch (error) {
      // a full or read-only disk costs the memory of a restart, nothing else
      this.#options.logger.error({ err: error }, 'settings could not be kept');
    }
  }
}

function withSection<V>(all: Record<string, V>, name: string, section: V | undefined): Record<string, V> {
  const { [name]: _, ...others } = all;
  return section === undefined ? others : { ...others, [name]: section };
}

function whyRefused(section: string, error: unknown): RefusedSettings {
  if (error instanceof z.ZodError) {
    const field = error.issues[0]?.path[0];
    const message = error.issues[0]?.message ?? '';
    return {
      section,
      field: typeof field === 'string' ? field.slice(0, 40) : null,
      code: 'setting-invalid',
      message: message.slice(0, MAX_MESSAGE),
    };
  }
  if (error instanceof SettingMissing)
    return { section, field: error.field, code: error.code, message: error.message.slice(0, MAX_MESSAGE) };
  if (error instanceof MaruError) {
    const { field = null } = error as { field?: string };
    return { section, field, code: error.code, message: error.message.slice(0, MAX_MESSAGE) };
  }
  throw error;
}
