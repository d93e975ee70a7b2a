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

  it('comes with the slowest 20 files of all groups, the slowest first', () => {
    const files = Array.from({ length: 15 }, (_, n) => ({ file: `file-${n}.test.ts`, tookMs: n * 1000 }));
    const slower = files.map(({ file, tookMs }) => ({ file: `slow-${file}`, tookMs: tookMs + 500 }));
    const lines = summary([green, { ...green, files }, { ...green, files: slower }]).split('\n');
    const listed = lines.slice(lines.indexOf('Slowest files') + 1).filter((line) => line.includes('.test.ts'));
    expect(listed.slice(0, 3)).toEqual([
      '    14.5 s  slow-file-14.test.ts',
      '    14.0 s  file-14.test.ts',
      '    13.5 s  slow-file-13.test.ts',
    ]);
    expect(listed).toHaveLength(20);
    expect(summary([green])).not.toContain('Slowest files');
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

  it('keeps how long each file took', () => {
    const module: TestEvent = { event: 'module', file: 'a.test.ts', tests: 1, failed: 0, tookMs: 900 };
    expect(tallyOf('unit', [passed, module, end], run).files).toEqual([{ file: 'a.test.ts', tookMs: 900 }]);
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
