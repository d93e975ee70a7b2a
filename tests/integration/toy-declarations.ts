/**
 * Two more lines in the list of projections and one in the list of settings, as a part that doesn't exist would add them. Loaded before what derives from
 * the lists: first of a test's imports, and by `--import` in a server's process.
 */
import { ProjectionHeading } from '#contract/projection-heading.ts';
import { type ProjectionReader, projections } from '#contract/projections.ts';
import { z } from '#contract/schema.ts';
import { allSettings, SECTION_NAMES, type SectionName } from '#contract/settings/all-settings.ts';
import { settingsSection } from '#contract/settings/setting-field.ts';

const Toy = ProjectionHeading.extend({ turns: z.number() });
const everyone: ProjectionReader[] = ['phone', 'tv', 'console', 'lan'];
Object.assign(projections, {
  toy: { schema: Toy, maxBytes: 512, perSecond: 5, readers: everyone },
  inside: { schema: Toy, maxBytes: 512, perSecond: 5, readers: ['tv'] },
});

const toySettings = settingsSection(z.strictObject({ step: z.number().int().min(1).max(60).default(1) }), {
  step: { kind: 'number', min: 1, max: 60, unit: 'minutes' },
});
Object.assign(allSettings, { toy: toySettings });
SECTION_NAMES.push('toy' as SectionName);
