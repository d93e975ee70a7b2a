/** What the remote brings before a call, as it is built: a phone waits for it in front of a TV. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MOST_CONTROLLER_KB, pageWeightKB } from '../load/call/page-weight.ts';

test('the remote is within its bound', () => {
  const weightKB = pageWeightKB(join(import.meta.dirname, '../../controller/dist'), 'control.html');
  expect(weightKB).toBeGreaterThan(100);
  expect(weightKB).toBeLessThanOrEqual(MOST_CONTROLLER_KB);
});
