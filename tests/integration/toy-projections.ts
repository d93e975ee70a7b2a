/**
 * Two more lines in the list of projections, as parts that don't exist would add them. Loaded before what derives from
 * the list: first of a test's imports, and by `--import` in a server's process.
 */
import { ProjectionHeading } from '#contract/projection-heading.ts';
import { type ProjectionReader, projections } from '#contract/projections.ts';
import { z } from '#contract/schema.ts';

const Toy = ProjectionHeading.extend({ turns: z.number() });
const everyone: ProjectionReader[] = ['phone', 'tv', 'console', 'lan'];
Object.assign(projections, {
  toy: { schema: Toy, maxBytes: 512, perSecond: 5, readers: everyone },
  inside: { schema: Toy, maxBytes: 512, perSecond: 5, readers: ['tv'] },
});
