import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SelfTest, type SelfTestCheckName } from '#contract/room-equipment.ts';
import { beginSelfTest, hasFailed, type SelfTestEvent, type SelfTestStart, stepSelfTest } from './self-test.ts';

const start = (over: Partial<SelfTestStart> = {}): SelfTestStart => ({
  testId: 't1',
  because: 'asked',
  nowMs: 5,
  fleetOnline: true,
  hasGrant: true,
  ...over,
});
const passed = (name: SelfTestCheckName, testId = 't1'): SelfTestEvent => ({
  type: 'check',
  testId,
  check: { name, outcome: 'passed', reason: null },
});
const run = (events: SelfTestEvent[], over: Partial<SelfTestStart> = {}) =>
  events.reduce(stepSelfTest, beginSelfTest(start(over))).test;
const outcomes = (test: SelfTest) => test.checks.map(({ name, outcome, reason }) => `${name} ${reason ?? outcome}`);
const NAMES = ['camera', 'microphone', 'speaker', 'media-udp', 'media-tcp'] as const;

describe('a self-test', () => {
  it('runs until each check is through, in the order in which they came', () => {
    expect(run([])).toMatchObject({ state: 'running', because: 'asked', startedAtMs: 5 });
    const all = run(NAMES.map((name) => passed(name)));
    expect(all.state).toBe('done');
    expect(outcomes(all)).toEqual(['fleet passed', ...NAMES.map((name) => `${name} passed`)]);
    expect(hasFailed(all)).toBe(false);
  });

  it('takes no check twice, and none of another run', () => {
    const once = run([
      passed('camera'),
      { ...passed('camera'), check: { name: 'camera', outcome: 'failed', reason: 'black' } } as SelfTestEvent,
    ]);
    expect(outcomes(once)).toEqual(['fleet passed', 'camera passed']);
    expect(outcomes(run([passed('camera', 't0')]))).toEqual(['fleet passed']);
    expect(run([{ type: 'done', testId: 't0' }]).state).toBe('running');
  });

  it('says of a page that hangs where it hangs, and goes on waiting for the next', () => {
    const late = run([passed('camera'), { type: 'late' }, passed('speaker')]);
    expect(outcomes(late)).toEqual(['fleet passed', 'camera passed', 'microphone timed-out', 'speaker passed']);
    expect(run(NAMES.map(() => ({ type: 'late' }) as const)).state).toBe('done');
  });

  it('skips what was left when a call begins, or when the page is done without it', () => {
    expect(outcomes(run([passed('camera'), { type: 'interrupted' }]))).toEqual([
      'fleet passed',
      'camera passed',
      ...NAMES.slice(1).map((name) => `${name} skipped`),
    ]);
    const done = run([{ type: 'done', testId: 't1' }]);
    expect(done.state).toBe('done');
    expect(hasFailed(done)).toBe(false);
  });

  it('tells a fleet that is away once, and a fleet without a node as no media', () => {
    expect(outcomes(run([], { fleetOnline: false, hasGrant: false }))).toEqual([
      'fleet unreachable',
      'media-udp skipped',
      'media-tcp skipped',
    ]);
    expect(outcomes(run([], { hasGrant: false }))).toEqual([
      'fleet passed',
      'media-udp unreachable',
      'media-tcp unreachable',
    ]);
    // the room's own delegation may give a grant while the fleet is away
    expect(outcomes(run([], { fleetOnline: false }))).toEqual(['fleet unreachable']);
  });

  it('ends after five deadlines at most, whatever comes, with each check once', () => {
    const event = fc.oneof(
      fc.constantFrom<SelfTestEvent>({ type: 'late' }, { type: 'done', testId: 't0' }),
      fc.constantFrom(...NAMES).map((name) => passed(name)),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), fc.boolean(), fc.boolean(), (events, fleetOnline, hasGrant) => {
        const test = run([...events, ...NAMES.map(() => ({ type: 'late' }) as const)], { fleetOnline, hasGrant });
        expect(SelfTest.parse(test).state).toBe('done');
        expect(new Set(test.checks.map(({ name }) => name)).size).toBe(6);
        expect(test.checks.length).toBe(6);
      }),
    );
  });
});
