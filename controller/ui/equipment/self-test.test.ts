/** A self-test while it runs and after: what is under way, what is red and why. */
import { expect, it } from 'vitest';
import type { RoomEquipment, SelfTest, SelfTestCheck } from '#contract/room-equipment.ts';
import { failedLines, testLines } from './self-test.ts';

const check = (name: SelfTestCheck['name'], reason: SelfTestCheck['reason'] = null): SelfTestCheck => ({
  name,
  outcome: reason === null ? 'passed' : 'failed',
  reason,
});
const test = (state: SelfTest['state'], checks: SelfTestCheck[]): SelfTest => ({
  state,
  startedAtMs: 1,
  because: 'asked',
  checks,
});
const equipmentWith = (selfTest: SelfTest | null) => ({ selfTest }) as RoomEquipment;

it('shows what is through, then what is under way, then what waits', () => {
  const lines = testLines(test('running', [check('microphone'), check('camera', 'black')]));
  expect(lines.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
    'microphone passed',
    'camera failed',
    'speaker running',
    'media-udp waiting',
    'media-tcp waiting',
    'fleet waiting',
  ]);
});

it('shows of a test that is through what was tested, and no more', () => {
  expect(testLines(test('done', [check('camera')])).map(({ name }) => name)).toEqual(['camera']);
});

it('is red by the last test that is through, with a reason in any case', () => {
  const failed = test('done', [
    check('camera', 'black'),
    check('fleet'),
    { name: 'speaker', outcome: 'failed', reason: null },
  ]);
  expect(failedLines(equipmentWith(failed)).map(({ name, reason }) => [name, reason])).toEqual([
    ['camera', 'black'],
    ['speaker', 'unknown'],
  ]);
  expect(failedLines(equipmentWith({ ...failed, state: 'running' }))).toEqual([]);
  for (const none of [null, undefined, equipmentWith(null)]) expect(failedLines(none)).toEqual([]);
});
