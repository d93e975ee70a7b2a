/** A self-test as people follow it: each check in its order, with how far it is. Pure. */
import {
  type RoomEquipment,
  type SelfTest,
  type SelfTestCheck,
  SelfTestCheckName,
  type SelfTestReason,
} from '#contract/room-equipment.ts';

export type TestLine = {
  name: SelfTestCheckName;
  outcome: SelfTestCheck['outcome'] | 'running' | 'waiting';
  /** `unknown`: it failed, and the room reported no reason */
  reason: SelfTestReason | 'unknown' | null;
};

/** Those that are through as they ran, then, while it runs, those to come: the first of them is under way. */
export function testLines({ state, checks }: SelfTest): TestLine[] {
  const through = checks.map(lineOf);
  if (state === 'done') return through;
  const toCome = SelfTestCheckName.options.filter((name) => !checks.some((check) => check.name === name));
  return [
    ...through,
    ...toCome.map((name, index): TestLine => ({ name, outcome: index === 0 ? 'running' : 'waiting', reason: null })),
  ];
}

/** The red checks of the last test that is through; a running one has no verdict yet. */
export function failedLines(equipment: RoomEquipment | null | undefined): TestLine[] {
  const test = equipment?.selfTest;
  if (test === null || test === undefined || test.state === 'running') return [];
  return testLines(test).filter(({ outcome }) => outcome === 'failed');
}

function lineOf({ name, outcome, reason }: SelfTestCheck): TestLine {
  return { name, outcome, reason: outcome === 'failed' ? (reason ?? 'unknown') : null };
}
