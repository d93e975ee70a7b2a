/**
 * What one declaration says of a section of a room's settings: its schema with defaults, and each field as a form shows
 * it. The console's form, the fleet's check and the kiosk's parts read the same declaration; the words of a field are
 * `settings` of `controller/ui/words`, by section and field.
 */
import type { z } from '../schema.ts';

export type SettingField =
  | { kind: 'boolean' }
  | {
      kind: 'number';
      min: number;
      max: number;
      unit: 'minutes' | 'seconds' | 'percent' | 'celsius' | 'megabits-per-second';
    }
  /** the file on the box may know further values */
  | { kind: 'choice'; options: readonly string[] }
  /** hours of a day on days of the week, or none */
  | { kind: 'hours' }
  /** `isOptional`: empty is null */
  | { kind: 'text'; isOptional: boolean }
  /** epoch milliseconds, or null */
  | { kind: 'moment' }
  /** pictures that the fleet keeps, in their order */
  | { kind: 'picture-list' }
  /** media devices by name or USB id, the first before the second */
  | { kind: 'device-list' }
  /** write-only: it leaves the fleet encrypted for the kiosk alone, and is never answered */
  | { kind: 'secret' }
  /** a path, a port or an override of hardware: stands in the file on the box alone */
  | { kind: 'local' };

/** Field by field without a rule between fields: a file on the box may hold one half, and the fleet the other. */
export type SettingsSection = {
  schema: z.ZodObject;
  fields: Record<string, SettingField>;
};

/** Ties the fields to the schema: a field without a declaration does not compile. */
export const settingsSection = <S extends z.ZodObject>(
  schema: S,
  fields: { [K in keyof z.output<S> & string]: SettingField },
): { schema: S; fields: { [K in keyof z.output<S> & string]: SettingField } } => ({ schema, fields });
