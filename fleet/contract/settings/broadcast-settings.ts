/** What a room may do with broadcasts and recordings, and which it shows while it is idle. */
import { z } from '../schema.ts';
import { settingsSection } from './setting-field.ts';

/** `by-itself`: each that is for its place; `by-tap`: the phone offers it. A call, a booking and a person's tap come first. */
export const TuneIn = z.enum(['never', 'by-tap', 'by-itself']);

export const broadcastSettings = settingsSection(
  z.strictObject({
    /** its phones and tablets put its meeting on air */
    mayBroadcast: z.boolean().default(false),
    mayRecord: z.boolean().default(false),
    tuneIn: TuneIn.default('by-tap'),
  }),
  {
    mayBroadcast: { kind: 'boolean' },
    mayRecord: { kind: 'boolean' },
    tuneIn: { kind: 'choice', options: TuneIn.options },
  },
);
