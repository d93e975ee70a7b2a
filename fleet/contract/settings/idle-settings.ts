/** What an idle TV shows besides clock and bookings: a notice of IT, and pictures in turn. */
import { EpochMs, z } from '../schema.ts';
import { shownText } from '../shown-text.ts';
import { settingsSection } from './setting-field.ts';

/** Of a picture that the fleet keeps (signage-api.ts). */
export const SignageKey = z.string().regex(/^[0-9a-f]{64}$/);
export const MAX_SIGNAGE_PICTURES = 20;

export const idleSettings = settingsSection(
  z.strictObject({
    noticeText: z.string().max(300).overwrite(shownText).min(1).nullable().default(null),
    noticeTone: z.enum(['info', 'warning']).default('info'),
    /** epoch milliseconds; null: until it is taken away */
    noticeUntilMs: EpochMs.positive().nullable().default(null),
    signage: z.array(SignageKey).max(MAX_SIGNAGE_PICTURES).default([]),
    signageSeconds: z.number().int().min(5).max(600).default(15),
  }),
  {
    noticeText: { kind: 'text', isOptional: true },
    noticeTone: { kind: 'choice', options: ['info', 'warning'] },
    noticeUntilMs: { kind: 'moment' },
    signage: { kind: 'picture-list' },
    signageSeconds: { kind: 'number', min: 5, max: 600, unit: 'seconds' },
  },
);
