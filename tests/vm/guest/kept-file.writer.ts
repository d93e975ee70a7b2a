/**
 * In the guest, until the power is cut: writes a kept file again and again, and says what is safe once it is. Beside it a
 * file that nobody syncs, by which is seen that the cut was one.
 */
import { writeFileSync } from 'node:fs';
import { z } from '#contract/schema.ts';
import { KeptFile } from '../../../kiosk/agent/kept-file.ts';
import { writeLine } from '../line.ts';

const kept = new KeptFile('/disk/kept.json', z.object({ count: z.number(), filler: z.string() }));
for (let count = 1; ; count += 1) {
  writeFileSync(`/disk/unsynced-${count}`, 'x'.repeat(10_000));
  kept.write({ count, filler: 'x'.repeat(10_000 + (count % 7) * 1_000) });
  process.stdout.write(writeLine({ event: 'mark', text: String(count) }));
}
