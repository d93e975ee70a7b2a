/**
 * Two more lines in the list of projections, as parts that don't exist would add them. Loaded before what derives from
 * the list: first of a test's imports, and by `--import` in a server's process.
 */
import { type ProjectionReader, projections } from '#contract/projections.ts';
import { z } from '#contract/schema.ts';

const everyone: ProjectionReader[] = ['phone', 'tv', 'console', 'lan'];
Object.assign(projections, {
  toy: { schema: z.object({ turns: z.number() }), maxBytes: 512, perSecond: 5, readers: everyone },
  inside: { schema: z.object({ turns: z.number() }), maxBytes: 512, perSecond: 5, readers: ['tv'] },
});
