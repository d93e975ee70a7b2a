/** A room's TV. `{}` parses: a TV found by itself, off after a quarter of an hour. */
import { z } from '../schema.ts';
import { settingsSection } from './setting-field.ts';

const MinuteOfDay = z
  .number()
  .int()
  .min(0)
  .max(24 * 60);
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** By the box's own clock and zone. An end that is not after its start is on the next day. */
export const TvHours = z.strictObject({
  fromMinuteOfDay: MinuteOfDay,
  toMinuteOfDay: MinuteOfDay,
  days: z.array(z.enum(WEEKDAYS)).min(1).max(7),
});
export type TvHours = z.infer<typeof TvHours>;

export const TvSettings = z.strictObject({
  offAfterIdleMinutes: z
    .number()
    .int()
    .min(1)
    .max(24 * 60)
    .default(15),
  /** within them the idle minutes alone count; when they end, an idle TV goes off. null: no hours */
  hours: TvHours.nullable().default(null),
  /** `tv`: the room's volume is the TV's, set over CEC. `device`: CEC leaves the sound alone */
  audio: z.enum(['tv', 'device']).default('device'),
  /** the kernel's node of an adapter, as /dev/cec0 */
  adapter: z.union([z.enum(['auto', 'none']), z.string().regex(/^\/dev\/cec\d{1,2}$/)]).default('auto'),
});
export type TvSettings = z.infer<typeof TvSettings>;

export const tvSettings = settingsSection(TvSettings, {
  offAfterIdleMinutes: { kind: 'number', min: 1, max: 24 * 60, unit: 'minutes' },
  hours: { kind: 'hours' },
  audio: { kind: 'choice', options: ['device', 'tv'] },
  // a node of the kernel is known on the box alone
  adapter: { kind: 'choice', options: ['auto', 'none'] },
});
