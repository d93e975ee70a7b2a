/** When a room's box may change its software, by the box's own clock and zone, and what the room may do about it. */
import { z } from '../schema.ts';
import { settingsSection } from './setting-field.ts';
import { TvHours, WEEKDAYS } from './tv-settings.ts';

const NIGHT: TvHours = { fromMinuteOfDay: 60, toMinuteOfDay: 5 * 60, days: [...WEEKDAYS] };

export const updateSettings = settingsSection(
  z.strictObject({
    /** updates begin within them alone; null: at any time when nobody meets */
    windowHours: TvHours.nullable().default(NIGHT),
    /** people in the room may put an update off, once, up to NOT_NOW_MS, never past its deadline */
    offersNotNow: z.boolean().default(true),
    /** of a fetch; 0: without a limit */
    fetchMegabitsPerSecond: z.number().int().min(0).max(1_000).default(20),
  }),
  {
    windowHours: { kind: 'hours' },
    offersNotNow: { kind: 'boolean' },
    fetchMegabitsPerSecond: { kind: 'number', min: 0, max: 1_000, unit: 'megabits-per-second' },
  },
);
