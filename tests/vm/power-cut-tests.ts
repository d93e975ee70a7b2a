/** What has to outlive a power cut, each with its own two boots. */
import type { Tally } from '../gate/tally.ts';
import type { BaseImage } from './base-image.ts';
import { cutPower } from './power-cut.ts';

const cases: { name: string; run: (image: BaseImage) => Promise<void> }[] = [
  {
    name: 'power cut > a kept file is whole, and no older than what was said to be safe',
    run: async (image) => {
      const { written, found } = await cutPower({
        image,
        writer: 'tests/vm/guest/kept-file.writer.ts',
        cutAtMark: 40,
        cutAfterMs: 137,
        reader: 'tests/vm/guest/kept-file.reader.ts',
      });
      const [count, unsynced] = found.map(Number);
      const safe = Number(written.at(-1));
      if (!(count !== undefined && count >= safe)) throw new Error(`said to be safe: ${safe}, found: ${found[0]}`);
      // or else this was no cut, and shows nothing
      if (!(unsynced !== undefined && unsynced < safe))
        throw new Error(`of ${safe} unsynced files ${unsynced} are whole`);
    },
  },
];

export async function powerCutTests(image: BaseImage, tally: Tally, progress: (line: string) => void): Promise<void> {
  for (const { name, run } of cases) {
    const startedAt = performance.now();
    try {
      await run(image);
      tally.passed += 1;
      progress(`  ✓ ${tally.group}: ${name} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
    } catch (error) {
      tally.failures.push({ name: `${tally.group}: ${name}`, detail: String((error as Error).stack ?? error) });
      progress(`  ✗ ${tally.group}: ${name}`);
    }
  }
}
