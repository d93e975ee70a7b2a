/** What a change of some fields would do in one room: which values change there, and which would not be in force. Pure. */
import type { SettingsTrial } from '#contract/http/settings-api.ts';
import { allSettings, isKnownTo, type SectionName } from '#contract/settings/all-settings.ts';
import { calendarAccountOf } from '#contract/settings/calendar-account-of.ts';
import type { Desired, KnownRoom } from './rooms-desired.ts';
import { defaultOf, type Fields, fieldKey, type SettingsValues, valuesOf } from './settings-in-force.ts';

type Because = Exclude<SettingsTrial['refused'][number]['because'], 'unknown'>;
/** A field that the change names; `set` where it gets a value. */
export type TriedField = { section: string; field: string; set?: { value: unknown } };
export type TriedRoom = { changed: string[]; refused: { field: string; because: Because }[] };

const asText = (value: unknown): string | undefined => JSON.stringify(value);

export function tryInRoom(
  fields: readonly TriedField[],
  { before, after, secrets, report }: { before: Fields; after: Fields } & Pick<KnownRoom, 'secrets' | 'report'>,
): TriedRoom {
  const tried: TriedRoom = { changed: [], refused: [] };
  const valueIn = (values: Fields, section: string, field: string): unknown => {
    const known = values.get(fieldKey(section, field));
    return known && known.source.kind !== 'default' ? known.value : defaultOf(section as SectionName, field);
  };
  for (const { section, field, set } of fields) {
    const key = fieldKey(section, field);
    const refuse = (because: Because): void => void tried.refused.push({ field: key, because });
    const [was, is] = [asText(valueIn(before, section, field)), asText(valueIn(after, section, field))];
    if (was === is) {
      if (set && is !== asText(set.value)) refuse('overridden');
    } else if (report?.local[section]?.includes(field)) refuse('kiosk-file');
    else if (report && !isKnownTo(report, section, field)) refuse('kiosk-too-old');
    else if (breaksRule(section, { values: valuesOf(after), secrets }, report?.local[section] ?? []))
      refuse('invalid-here');
    else tried.changed.push(key);
  }
  return tried;
}

/** The calendar alone has a rule between its fields. What the file on the kiosk sets is there, and nobody knows what. */
function breaksRule(section: string, { values, secrets }: Desired, local: readonly string[]): boolean {
  if (section !== 'calendar' || local.includes('kind')) return false;
  const given: SettingsValues['calendar'] = { ...values[section] };
  for (const field of Object.keys(secrets[section] ?? {})) given[field] = 'set';
  for (const field of local)
    if (field === 'url') given[field] = 'https://kiosk.invalid/';
    else if (['userName', 'password', 'passwordFile'].includes(field)) given[field] = 'set';
    else delete given[field];
  try {
    calendarAccountOf(allSettings[section as SectionName & 'calendar'].schema.parse(given));
    return false;
  } catch {
    return true;
  }
}
