/** How closely a room is watched, and when it is maintained: restarts, check-ups. */
import { z } from '../schema.ts';
import { settingsSection } from './setting-field.ts';

export const watchSettings = settingsSection(
  z.strictObject({
    /** camera, microphone and speaker of an idle room are tested this often; 0: only on request and before bookings */
    checkUpMinutes: z.number().int().min(0).max(1440).default(60),
    diskFreeMinPercent: z.number().int().min(1).max(50).default(5),
    temperatureMaxCelsius: z.number().int().min(50).max(110).default(90),
    clockOffMaxSeconds: z.number().int().min(1).max(3600).default(5),
    /** TV, phones and tablets of the room offer "call for help" */
    offersHelp: z.boolean().default(true),
    /** IT may fetch a picture of the screen; the TV shows it as long as IT looks */
    mayBeSeen: z.boolean().default(true),
  }),
  {
    checkUpMinutes: { kind: 'number', min: 0, max: 1440, unit: 'minutes' },
    diskFreeMinPercent: { kind: 'number', min: 1, max: 50, unit: 'percent' },
    temperatureMaxCelsius: { kind: 'number', min: 50, max: 110, unit: 'celsius' },
    clockOffMaxSeconds: { kind: 'number', min: 1, max: 3600, unit: 'seconds' },
    offersHelp: { kind: 'boolean' },
    mayBeSeen: { kind: 'boolean' },
  },
);
