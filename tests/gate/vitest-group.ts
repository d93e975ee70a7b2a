/**
 * Runs one project of tests/vitest.config.ts as a process of its own, and counts what came of it from the reporter's
 * file. A run that dies, or ends with an error that no test owns, counts as one failed.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { print, type Run } from './gate.ts';
import { noReason, type Tally, type TestFile } from './tally.ts';
import type { TestEvent } from './vitest-reporter.ts';

const OUTPUT_TAIL_CHARACTERS = 6000;

type Files = {
  /** these alone */
  only?: readonly string[];
  /** all but these */
  except?: readonly string[];
  /** one file after the other, where the project runs several at a time */
  inTurn?: boolean;
};

/** One project, or some of its files; prints a line for each test file that ends. */
export function vitestGroup(project: string, files: Files = {}): Run {
  return { group: project, run: () => runVitest(project, files) };
}

async function runVitest(project: string, { only = [], except = [], inTurn = false }: Files): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'maru-gate-'));
  const results = join(folder, 'results');
  const reader = followEvents(results, (event) => {
    if (event.event !== 'module') return;
    const mark = event.failed === 0 ? '✓' : '✗';
    print(`  ${mark} ${project}: ${event.file} (${event.tests} tests, ${(event.tookMs / 1000).toFixed(1)} s)`);
  });
  try {
    const args = ['run', '--config', 'tests/vitest.config.ts', '--project', project, '--passWithNoTests', ...only];
    const reporters = ['--reporter', 'default', '--reporter', './tests/gate/vitest-reporter.ts'];
    const run = await runCommand('vitest', [...args, ...reporters], {
      env: { MARU_TEST_RESULTS: results, MARU_TEST_EXCEPT: except.join(), ...(inTurn && { MARU_TEST_IN_TURN: '1' }) },
    });
    return tallyOf(project, reader.finish(), run);
  } finally {
    reader.finish();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Exported for its test. */
export function tallyOf(
  project: string,
  events: readonly TestEvent[],
  run: { exitCode: number; output: string; tookMs: number },
): Tally {
  const files: TestFile[] = [];
  const tally: Tally = { group: project, passed: 0, failures: [], skipped: [], files, tookMs: run.tookMs };
  for (const event of events) {
    if (event.event === 'passed') tally.passed += 1;
    else if (event.event === 'failed') tally.failures.push({ name: event.name, detail: event.detail });
    else if (event.event === 'skipped') tally.skipped.push({ name: event.name, reason: event.reason ?? noReason });
    else if (event.event === 'module') files.push({ file: event.file, tookMs: event.tookMs });
  }
  const ended = events.some(({ event }) => event === 'end');
  if (!ended || (run.exitCode !== 0 && tally.failures.length === 0)) {
    const detail = `exit code ${run.exitCode}\n${run.output.slice(-OUTPUT_TAIL_CHARACTERS)}`;
    tally.failures.push({ name: `${project}: the test runner itself failed`, detail });
  }
  return tally;
}

/** Reads the growing file once a second; `finish` reads the rest and gives all of it. */
function followEvents(path: string, onEvent: (event: TestEvent) => void) {
  const events: TestEvent[] = [];
  const read = () => {
    let lines: string[];
    try {
      lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    } catch {
      return;
    }
    for (const line of lines.slice(events.length)) {
      const event = JSON.parse(line) as TestEvent;
      events.push(event);
      onEvent(event);
    }
  };
  const timer = setInterval(read, 1000);
  return {
    finish(): TestEvent[] {
      clearInterval(timer);
      read();
      return events;
    },
  };
}
