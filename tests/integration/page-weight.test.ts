/** What pages bring before they can do anything, as they are built: a phone waits for the remote in front of a TV, and a guest for the call. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MOST_CONTROLLER_KB, MOST_JOIN_KB, MOST_STAFF_KB, pageWeightKB } from '../load/call/page-weight.ts';

test.each([
  ['control.html', MOST_CONTROLLER_KB],
  ['join.html', MOST_JOIN_KB],
  ['staff.html', MOST_STAFF_KB],
])('%s is within its bound of %d KB', (html, mostKB) => {
  const weightKB = pageWeightKB(join(import.meta.dirname, '../../controller/dist'), html);
  expect(weightKB).toBeGreaterThan(100);
  expect(weightKB).toBeLessThanOrEqual(mostKB);
});
