/**
 * One run of the self-test, as the agent follows it: (run, event) to run, pure. The page opens the devices; here is what
 * is through, that no check keeps the room waiting, and that what comes too late changes nothing.
 */
import type { SelfTest, SelfTestCheck, SelfTestCheckName } from '#contract/room-equipment.ts';

/** The page has deadlines of its own, shorter than this: it is for a page that hangs. */
export const CHECK_WITHIN_MS = 20_000;

/** In the order in which the page runs them. */
const CHECKS_OF_SCREEN = [
  'camera',
  'microphone',
  'speaker',
  'media-udp',
  'media-tcp',
] as const satisfies readonly SelfTestCheckName[];

export type SelfTestRun = { testId: string; test: SelfTest };
export type SelfTestEvent =
  | { type: 'check'; testId: string; check: SelfTestCheck }
  /** the page is through with all that it could do */
  | { type: 'done'; testId: string }
  /** nothing was heard for CHECK_WITHIN_MS */
  | { type: 'late' }
  /** a call begins, or the page is another */
  | { type: 'interrupted' };

export type SelfTestStart = {
  testId: string;
  because: SelfTest['because'];
  nowMs: number;
  fleetOnline: boolean;
  /** without one, no media node can be tried */
  hasGrant: boolean;
};

export function beginSelfTest({ testId, because, nowMs, fleetOnline, hasGrant }: SelfTestStart): SelfTestRun {
  const checks: SelfTestCheck[] = [fleetOnline ? passed('fleet') : failed('fleet', 'unreachable')];
  // a fleet that is there and has no node for this room: no call is possible. Without a fleet that is one fault, told once
  if (!hasGrant)
    for (const name of ['media-udp', 'media-tcp'] as const)
      checks.push(fleetOnline ? failed(name, 'unreachable') : skipped(name));
  return { testId, test: { state: 'running', startedAtMs: nowMs, because, checks } };
}

export function stepSelfTest(run: SelfTestRun, event: SelfTestEvent): SelfTestRun {
  if (run.test.state === 'done') return run;
  const missing = missingOf(run);
  switch (event.type) {
    case 'check':
      if (event.testId !== run.testId || !missing.some((name) => name === event.check.name)) return run;
      return settled(run, [event.check]);
    case 'done':
      return event.testId === run.testId ? settled(run, missing.map(skipped)) : run;
    case 'late':
      return settled(
        run,
        missing.slice(0, 1).map((name) => failed(name, 'timed-out')),
      );
    case 'interrupted':
      return settled(run, missing.map(skipped));
  }
}

export const hasFailed = (test: SelfTest): boolean => test.checks.some(({ outcome }) => outcome === 'failed');

const missingOf = ({ test }: SelfTestRun): SelfTestCheckName[] =>
  CHECKS_OF_SCREEN.filter((name) => !test.checks.some((check) => check.name === name));

function settled(run: SelfTestRun, through: SelfTestCheck[]): SelfTestRun {
  const next: SelfTestRun = { ...run, test: { ...run.test, checks: [...run.test.checks, ...through] } };
  return missingOf(next).length > 0 ? next : { ...next, test: { ...next.test, state: 'done' } };
}

const passed = (name: SelfTestCheckName): SelfTestCheck => ({ name, outcome: 'passed', reason: null });
const skipped = (name: SelfTestCheckName): SelfTestCheck => ({ name, outcome: 'skipped', reason: null });
const failed = (name: SelfTestCheckName, reason: SelfTestCheck['reason']): SelfTestCheck => ({
  name,
  outcome: 'failed',
  reason,
});
