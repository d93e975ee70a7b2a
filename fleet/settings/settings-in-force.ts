/**
 * What is in force in a scope, and why: pure rules of inheritance from the organisation over the places down to a room.
 * A scope's own value stands above what it inherits, also one that is equal to it. A lock holds the value of its scope
 * for all below: their own values are kept, and are in force again after the unlock.
 */
import { allSettings, isOpen, SECTION_NAMES, type SectionName } from '#contract/settings/all-settings.ts';
import type { SettingInForce } from '#contract/http/settings-api.ts';
import type { SettingSource, SettingsScope } from '#contract/settings/settings-scope.ts';

/** by section and field */
export type SettingsValues<V = unknown> = Record<string, Record<string, V>>;
/** What one scope sets for itself. */
export type OwnSettings = { own: SettingsValues; locks: Record<string, readonly string[]> };
type Field = { value: unknown; source: SettingSource; lockedBy: SettingSource | null };
/** By `section.field`; a field that nobody sets or locks is left out. */
export type Fields = ReadonlyMap<string, Field>;
export type SettingsTree = {
  /** null: directly below the organisation */
  parentOf: (placeId: string) => string | null;
  placeOf: (roomId: string) => string | null;
  nameOf: (placeId: string) => string | null;
};

export const NOTHING_SET: OwnSettings = { own: {}, locks: {} };
const DEFAULT: SettingSource = { kind: 'default' };

/** `section` is one of ours: a name that JSON alone makes an own property, as `__proto__`, is refused before. */
export function putField<V>(values: SettingsValues<V>, section: string, field: string, value: V): void {
  values[section] ??= {};
  values[section][field] = value;
}
export const fieldKey = (section: string, field: string): string => `${section}.${field}`;
export function settingsFieldsOf<V>(
  values: SettingsValues<V>,
): { section: string; field: string; key: string; value: V }[] {
  return Object.entries(values).flatMap(([section, fields]) =>
    Object.entries(fields).map(([field, value]) => ({ section, field, key: fieldKey(section, field), value })),
  );
}

export const keyOfScope = (scope: SettingsScope): string =>
  scope.kind === 'organisation'
    ? 'organisation'
    : scope.kind === 'place'
      ? `place:${scope.placeId}`
      : `room:${scope.roomId}`;

/** What holds in a scope itself: its locks do not bind it. */
export function inForceIn(above: Fields, source: SettingSource, { own }: OwnSettings): Fields {
  const here = new Map(above);
  for (const { key, value } of settingsFieldsOf(own))
    if (!above.get(key)?.lockedBy) here.set(key, { value, source, lockedBy: null });
  return here;
}

/** What those below it inherit. */
export function handedDown(here: Fields, source: SettingSource, { locks }: OwnSettings): Fields {
  const below = new Map(here);
  for (const [section, fields] of Object.entries(locks))
    for (const field of fields) {
      const key = fieldKey(section, field);
      const known = here.get(key) ?? { value: undefined, source: DEFAULT, lockedBy: null };
      if (!known.lockedBy) below.set(key, { ...known, lockedBy: source });
    }
  return below;
}

/** The settings of all scopes over one tree. What places hand down is worked out once for each. */
export class SettingsInForce {
  readonly #tree: SettingsTree;
  readonly #ownOf: (key: string) => OwnSettings;
  /** null: the organisation */
  readonly #handedDown = new Map<string | null, Fields>();

  constructor({ tree, ownOf }: { tree: SettingsTree; ownOf: (key: string) => OwnSettings }) {
    this.#tree = tree;
    this.#ownOf = ownOf;
  }

  above(scope: SettingsScope): Fields {
    if (scope.kind === 'organisation') return new Map();
    const { placeOf, parentOf } = this.#tree;
    return this.#below(scope.kind === 'room' ? placeOf(scope.roomId) : parentOf(scope.placeId));
  }

  in(scope: SettingsScope): Fields {
    return inForceIn(this.above(scope), this.#sourceOf(scope), this.#ownOf(keyOfScope(scope)));
  }

  /** Every open field with its default where nobody sets it. */
  view(scope: SettingsScope): SettingsValues<SettingInForce> {
    const [above, here] = [this.above(scope), this.in(scope)];
    const at = (fields: Fields, section: SectionName, field: string) => {
      const known = fields.get(fieldKey(section, field));
      return known && known.source.kind !== 'default' ? known : { value: defaultOf(section, field), source: DEFAULT };
    };
    const viewOf = (section: SectionName, field: string): SettingInForce => {
      const [now, inherited] = [at(here, section, field), at(above, section, field)];
      return {
        value: now.value,
        source: now.source,
        lockedBy: above.get(fieldKey(section, field))?.lockedBy ?? null,
        inherited: inherited.value,
        inheritedFrom: inherited.source,
      };
    };
    return Object.fromEntries(
      SECTION_NAMES.map((section) => {
        const open = Object.keys(allSettings[section].fields).filter((field) => isOpen(section, field));
        return [section, Object.fromEntries(open.map((field) => [field, viewOf(section, field)]))];
      }),
    );
  }

  #below(placeId: string | null): Fields {
    const known = this.#handedDown.get(placeId);
    if (known) return known;
    const scope: SettingsScope = placeId === null ? { kind: 'organisation' } : { kind: 'place', placeId };
    const below = handedDown(this.in(scope), this.#sourceOf(scope), this.#ownOf(keyOfScope(scope)));
    this.#handedDown.set(placeId, below);
    return below;
  }

  #sourceOf(scope: SettingsScope): SettingSource {
    return scope.kind === 'place' ? { ...scope, placeName: this.#tree.nameOf(scope.placeId) ?? '' } : scope;
  }
}

const defaults = new Map<string, Record<string, unknown>>();
export function defaultOf(section: SectionName, field: string): unknown {
  let known = defaults.get(section);
  if (!known) {
    known = allSettings[section].schema.parse({}) as Record<string, unknown>;
    defaults.set(section, known);
  }
  return known[field];
}

export const isDefault = (section: string, field: string, value: unknown): boolean =>
  section in allSettings && JSON.stringify(value) === JSON.stringify(defaultOf(section as SectionName, field));

/** Without the fields that have their default because nobody sets them; in one order, so that equal ones are equal as text. */
export function valuesOf(fields: Fields): SettingsValues {
  const values: SettingsValues = {};
  for (const [key, { value, source }] of [...fields].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (source.kind === 'default') continue;
    const dot = key.indexOf('.');
    putField(values, key.slice(0, dot), key.slice(dot + 1), value);
  }
  return values;
}

/** The same order for values that were stored before. */
export function inOrder<V>(values: SettingsValues<V>): SettingsValues<V> {
  const byName = <T>(record: Record<string, T>): [string, T][] =>
    Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    byName(values)
      .filter(([, fields]) => Object.keys(fields).length > 0)
      .map(([section, fields]) => [section, Object.fromEntries(byName(fields))]),
  );
}

export function withoutThose<V>(
  values: SettingsValues<V>,
  isLeftOut: (at: { section: string; field: string; value: V }) => boolean,
): SettingsValues<V> {
  const left: SettingsValues<V> = {};
  for (const at of settingsFieldsOf(values)) if (!isLeftOut(at)) putField(left, at.section, at.field, at.value);
  return left;
}
