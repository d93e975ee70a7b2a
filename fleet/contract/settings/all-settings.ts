/** Every section of a room's settings that the fleet can set. The kiosk's parts each read their own. */
import type { z } from '../schema.ts';
import { broadcastSettings } from './broadcast-settings.ts';
import { calendarSettings } from './calendar-settings.ts';
import { idleSettings } from './idle-settings.ts';
import { mediaDeviceSettings } from './media-device-settings.ts';
import type { RoomSettingsReport } from './room-settings.ts';
import { screenSettings } from './screen-settings.ts';
import type { SettingField, SettingsSection } from './setting-field.ts';
import { tvSettings } from './tv-settings.ts';
import { updateSettings } from './update-settings.ts';
import { watchSettings } from './watch-settings.ts';

/** in the order of the console's form */
export const allSettings = {
  screen: screenSettings,
  tv: tvSettings,
  mediaDevices: mediaDeviceSettings,
  calendar: calendarSettings,
  broadcast: broadcastSettings,
  idle: idleSettings,
  watch: watchSettings,
  updates: updateSettings,
} as const satisfies Record<string, SettingsSection>;
export type SectionName = keyof typeof allSettings;
export type SectionValues<N extends SectionName> = z.output<(typeof allSettings)[N]['schema']>;
export const SECTION_NAMES = Object.keys(allSettings) as SectionName[];

export const settingFieldsOf = (section: SectionName): [string, SettingField][] =>
  Object.entries(allSettings[section].fields);
const kindOf = (section: SectionName, field: string): SettingField['kind'] | undefined =>
  (allSettings[section].fields as Record<string, SettingField>)[field]?.kind;
export const isSecret = (section: SectionName, field: string): boolean => kindOf(section, field) === 'secret';
/** What the fleet holds in the open: no secret, and nothing that the box alone knows. */
export const isOpen = (section: SectionName, field: string): boolean =>
  !['secret', 'local', undefined].includes(kindOf(section, field));

/** Sections that a release has which reports no fields. */
const SECTIONS_BEFORE_REPORTED: readonly string[] = ['screen', 'tv', 'mediaDevices', 'calendar', 'broadcast'];
/** Whether the kiosk that sent the report can apply a field. */
export const isKnownTo = ({ known }: Pick<RoomSettingsReport, 'known'>, section: string, field: string): boolean =>
  known ? (known[section]?.includes(field) ?? false) : SECTIONS_BEFORE_REPORTED.includes(section);
