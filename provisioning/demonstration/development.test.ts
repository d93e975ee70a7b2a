import { expect, it } from 'vitest';
import { startsAgain } from './development.ts';

it.each([
  ['fleet/rooms/rooms.ts', true],
  ['fleet/contract/topics.ts', true],
  ['kiosk/agent/main.ts', true],
  ['kiosk/screen/dist/index.html', true],
  ['fleet/rooms/rooms.test.ts', false],
  ['fleet/fleet-under-test.ts', false],
  ['kiosk/stage/stage.ts', false],
  ['fleet/console/api.ts', false],
  ['kiosk/README.md', false],
])('a save of %s starts the processes again: %s', (path, again) => {
  expect(startsAgain(path)).toBe(again);
});
