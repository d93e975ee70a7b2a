/** What the TV's page shows itself in. */
import { Language, z } from '../schema.ts';
import { settingsSection } from './setting-field.ts';

export const screenSettings = settingsSection(z.strictObject({ language: Language.default('en') }), {
  language: { kind: 'choice', options: Language.options },
});
