/**
 * Tells the gate what vitest does, as one JSON object a line in the file named by MARU_TEST_RESULTS: counts, failures,
 * and the note of each skipped test, which vitest's own JSON leaves out. The last line is `end`; without it the run died.
 */
import { appendFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

export type TestEvent =
  | { event: 'passed'; name: string }
  | { event: 'failed'; name: string; detail: string }
  | { event: 'skipped'; name: string; reason: string | null }
  | { event: 'module'; file: string; tests: number; failed: number; tookMs: number }
  | { event: 'end' };

type Problem = { message?: string; stack?: string; diff?: string };

function textOf(problems: readonly Problem[]): string {
  return problems
    .map(({ message, stack, diff }) => [stack ?? message ?? '', diff ?? ''].join('\n').trim())
    .join('\n\n');
}

function eventOf(test: TestCase): TestEvent {
  const name = `${test.module.relativeModuleId} > ${test.fullName}`;
  const result = test.result();
  if (result.state === 'passed') return { event: 'passed', name };
  if (result.state === 'skipped') {
    const mode = test.options.mode;
    return { event: 'skipped', name, reason: result.note ?? (mode === 'todo' ? 'not written yet' : null) };
  }
  return { event: 'failed', name, detail: textOf(result.errors ?? []) };
}

export default class GateReporter implements Reporter {
  onTestModuleEnd(module: TestModule): void {
    const events = [...module.children.allTests()].map(eventOf);
    for (const event of events) this.#tell(event);
    // A file that cannot be loaded, or a hook that fails, has no test of its own to blame.
    const suites = [...module.children.allSuites()].flatMap((suite) => suite.errors());
    const problems = [...module.errors(), ...suites];
    if (problems.length > 0) {
      this.#tell({ event: 'failed', name: module.relativeModuleId, detail: textOf(problems) });
    }
    const failed = events.filter(({ event }) => event === 'failed').length + (problems.length > 0 ? 1 : 0);
    const tookMs = module.diagnostic().duration;
    this.#tell({ event: 'module', file: module.relativeModuleId, tests: events.length, failed, tookMs });
  }

  onTestRunEnd(_modules: readonly TestModule[], unhandled: readonly Problem[]): void {
    for (const problem of unhandled) {
      this.#tell({ event: 'failed', name: 'an error outside of any test', detail: textOf([problem]) });
    }
    this.#tell({ event: 'end' });
  }

  #tell(event: TestEvent): void {
    const path = process.env.MARU_TEST_RESULTS;
    if (path) appendFileSync(path, `${JSON.stringify(event)}\n`);
  }
}
