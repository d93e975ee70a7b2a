/** In the guest after it: what the kept file holds. */
import { KeptFile } from '../../../kiosk/agent/kept-file.ts';
import { z } from '#contract/schema.ts';
import { writeLine } from '../line.ts';

const kept = new KeptFile('/disk/kept.json', z.object({ count: z.number(), filler: z.string() }));
process.stdout.write(writeLine({ event: 'mark', text: String(kept.read()?.count ?? 'nothing readable') }));
