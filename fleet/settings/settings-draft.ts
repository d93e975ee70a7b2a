/** What a change makes of a scope's settings: pure, as a whole or refused with the reason. */
import { UserError } from '#contract/error-codes.ts';
import type { SettingsVersion } from '#contract/http/settings-api.ts';
import { z } from '#contract/schema.ts';
import { allSettings, isOpen, isSecret, SECTION_NAMES, type SectionName } from '#contract/settings/all-settings.ts';
import {
  type Fields,
  inOrder,
  putField,
  settingsFieldsOf,
  type OwnSettings,
  type SettingsValues,
} from './settings-in-force.ts';

export type RequestedChange = {
  set: SettingsValues;
  clear: Record<string, readonly string[]>;
  lock: SettingsValues<boolean>;
  /** null: removed */
  secrets: SettingsValues<string | null>;
};
export type Changes = SettingsVersion['changes'];
export type SettingsDraft = OwnSettings & { changes: Changes };

const invalid = (message: string): UserError => new UserError('setting-invalid', message.slice(0, 300));

/**
 * Of the open fields; secrets are checked, and change nothing here. `above`: what the scope inherits.
 * @throws UserError setting-invalid, setting-locked
 */
export function settingsDraftOf(
  before: OwnSettings,
  { set, clear, lock, secrets }: RequestedChange,
  { isRoom, above }: { isRoom: boolean; above: Fields },
): SettingsDraft {
  const given = checkedValues(set);
  for (const { section, field, key } of settingsFieldsOf(given)) {
    if (clear[section]?.includes(field)) throw invalid(`${key} is both set and cleared`);
    if (above.get(key)?.lockedBy) throw new UserError('setting-locked', `${key} is locked from above`);
  }
  for (const { section, field, key } of settingsFieldsOf(lock)) {
    if (isRoom) throw invalid('a room has nothing below it to lock');
    if (!isOpen(sectionOf(section), field)) throw invalid(`${key} cannot be locked`);
  }
  for (const { section, field, key } of settingsFieldsOf(secrets)) {
    if (!isRoom) throw invalid('secrets are set in a room');
    if (!isSecret(sectionOf(section), field)) throw invalid(`${key} is not a secret`);
  }
  // never a name that only JSON made an own property, as `__proto__`
  for (const section of Object.keys(clear)) sectionOf(section);
  const own = structuredClone(before.own);
  for (const { section, field, value } of settingsFieldsOf(given)) putField(own, section, field, value);
  for (const [section, fields] of Object.entries(clear)) for (const field of fields) delete own[section]?.[field];
  const locked: SettingsValues<true> = {};
  for (const { section, field } of locksOf(before.locks)) putField(locked, section, field, true);
  for (const { section, field, value } of settingsFieldsOf(lock))
    if (value) putField(locked, section, field, true);
    else delete locked[section]?.[field];
  return withChanges(before, { own: inOrder(own), locks: namesOf(inOrder(locked)) });
}

/** As a version had it. @throws UserError setting-invalid, setting-locked */
export function draftOfReturn(before: OwnSettings, version: OwnSettings, above: Fields): SettingsDraft {
  const draft = withChanges(before, { own: checkedValues(version.own), locks: version.locks });
  for (const { section, field, what, after } of draft.changes) {
    const key = `${section}.${field}`;
    if (what === 'value' && after !== undefined && above.get(key)?.lockedBy)
      throw new UserError('setting-locked', `${key} is locked from above`);
  }
  return draft;
}

/** Field by field: what belongs together may be split between scopes and the box, so that only the kiosk can judge it. */
function checkedValues(values: SettingsValues): SettingsValues {
  const checked: SettingsValues = {};
  for (const [name, fields] of Object.entries(values)) {
    const section = sectionOf(name);
    for (const field of Object.keys(fields))
      if (!isOpen(section, field)) throw invalid(`${section}.${field} is not set here`);
    const parsed = allSettings[section].schema.safeParse(fields);
    if (!parsed.success) throw invalid(`${section}: ${z.prettifyError(parsed.error)}`);
    const all = parsed.data as Record<string, unknown>;
    checked[section] = Object.fromEntries(Object.keys(fields).map((field) => [field, all[field]]));
  }
  return inOrder(checked);
}

function sectionOf(name: string): SectionName {
  const section = SECTION_NAMES.find((each) => each === name);
  if (section === undefined) throw invalid(`there is no section ${name}`);
  return section;
}

const locksOf = (locks: OwnSettings['locks']) =>
  Object.entries(locks).flatMap(([section, fields]) => fields.map((field) => ({ section, field })));
const namesOf = (locked: SettingsValues<true>): OwnSettings['locks'] =>
  Object.fromEntries(Object.entries(locked).map(([section, fields]) => [section, Object.keys(fields)]));

function withChanges(before: OwnSettings, after: OwnSettings): SettingsDraft {
  const changes: Changes = [];
  const [was, is] = [byKey(before), byKey(after)];
  for (const key of [...new Set([...was.keys(), ...is.keys()])].sort()) {
    const [what, section, field] = JSON.parse(key) as ['value' | 'lock', string, string];
    const [from, to] = [was.get(key), is.get(key)];
    if (from?.text !== to?.text) changes.push({ section, field, what, before: from?.value, after: to?.value });
  }
  return { ...after, changes };
}

type Shown = { value: unknown; text: string };
function byKey({ own, locks }: OwnSettings): Map<string, Shown> {
  const shown = (value: unknown): Shown => ({ value, text: JSON.stringify(value) });
  return new Map([
    ...settingsFieldsOf(own).map(
      ({ section, field, value }) => [JSON.stringify(['value', section, field]), shown(value)] as const,
    ),
    ...locksOf(locks).map(({ section, field }) => [JSON.stringify(['lock', section, field]), shown(true)] as const),
  ]);
}
