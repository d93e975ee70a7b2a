import { describe, expect, it } from 'vitest';
import { countLine, isGreen, noReason, summary, type Tally } from './tally.ts';
import { tallyOf } from './vitest-group.ts';
import type { TestEvent } from './vitest-reporter.ts';

const green: Tally = { group: 'unit', passed: 3, failures: [], skipped: [], tookMs: 1200 };
const red: Tally = { ...green, group: 'types', passed: 0, failures: [{ name: 'types', detail: 'a.ts:1' }] };
const withSkipped: Tally = { ...green, skipped: [{ name: 'electron', reason: 'no binary here' }] };
const run = { exitCode: 0, output: 'what it said', tookMs: 10 };

describe('the count', () => {
  it('is one line that continuous integration knows', () => {
    expect(countLine([green, red])).toBe('3 passed, 1 failed');
    expect(countLine([green, withSkipped])).toBe('6 passed, 0 failed, 1 skipped');
  });

  it('is green only when nothing failed and something ran', () => {
    expect(isGreen([green, withSkipped])).toBe(true);
    expect(isGreen([green, red])).toBe(false);
    expect(isGreen([])).toBe(false);
  });

  it('is told with every skipped test and its reason', () => {
    expect(summary([withSkipped])).toContain('- electron: no binary here');
  });
});

describe('a run of vitest', () => {
  const passed: TestEvent = { event: 'passed', name: 'a' };
  const end: TestEvent = { event: 'end' };

  it('counts what was told', () => {
    const events: TestEvent[] = [
      passed,
      { event: 'failed', name: 'b', detail: 'no' },
      { event: 'skipped', name: 'c', reason: null },
      end,
    ];
    const tally = tallyOf('unit', events, { ...run, exitCode: 1 });
    expect(countLine([tally])).toBe('1 passed, 1 failed, 1 skipped');
    expect(tally.skipped[0]?.reason).toBe(noReason);
  });

  it('that died counts as failed, whatever passed before', () => {
    const tally = tallyOf('unit', [passed], { ...run, exitCode: 137 });
    expect(countLine([tally])).toBe('1 passed, 1 failed');
    expect(tally.failures[0]?.detail).toContain('what it said');
  });

  it('that ended with an error that no test owns counts as failed', () => {
    expect(tallyOf('unit', [passed, end], { ...run, exitCode: 1 }).failures).toHaveLength(1);
    expect(tallyOf('unit', [passed, end], run).failures).toEqual([]);
  });
});
