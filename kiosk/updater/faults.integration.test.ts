// A few of the faults that `npm run chaos:updater` goes through one by one; a case that failed there becomes a line here.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type FaultCase, faultOutcome } from './faults-under-test.ts';

const canStrike = spawnSync('strace', ['-e', 'trace=none', 'true']).status === 0;
const CASES: FaultCase[] = [
  // the slot gets its name
  { order: 'place', fault: 'KILL', call: 'rename', at: 2 },
  { order: 'place', fault: 'ENOSPC', call: 'write', at: 12 },
  // between the note of the trial and the link
  { order: 'switch', fault: 'KILL', call: 'symlink', at: 1 },
  // the link has moved, and its units are being placed
  { order: 'switch', fault: 'KILL', call: 'chmod', at: 1 },
  { order: 'switch', fault: 'EIO', call: 'fsync', at: 3 },
  { order: 'repair', fault: 'KILL', call: 'link', at: 1 },
];

describe.skipIf(!canStrike)("root's updater", () => {
  it.each(CASES)(
    'leaves the old release or the new one, whole: $order, $fault at $call $at',
    { timeout: 120_000 },
    async (each) => {
      expect(await faultOutcome(each)).toEqual({ isBeyond: false, wrong: [] });
    },
  );
});
