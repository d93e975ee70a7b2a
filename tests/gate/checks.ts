/**
 * The static half of the gate: each check is one command, and counts as one test.
 */
import { runCommand } from './command.ts';
import type { Run } from './gate.ts';
import type { Tally } from './tally.ts';

type Check = { name: string; command: string; args: string[] };

const commands: readonly Check[] = [
  { name: 'types', command: 'tsc', args: ['--noEmit', '-p', '.'] },
  {
    name: 'lint and format',
    command: 'biome',
    args: ['check', '--config-path=tests/biome.json', '--error-on-warnings', '--max-diagnostics=60', '.'],
  },
  { name: 'import directions', command: 'node', args: ['tests/architecture/check-imports.ts'] },
  { name: 'dead code', command: 'knip', args: ['--config', 'tests/knip.json', '--no-progress'] },
];

export const checks: readonly Run[] = commands.map((check) => ({ group: 'checks', run: () => runCheck(check) }));

async function runCheck(check: Check): Promise<Tally> {
  const run = await runCommand(check.command, check.args);
  const ok = run.exitCode === 0;
  return {
    group: check.name,
    passed: ok ? 1 : 0,
    failures: ok ? [] : [{ name: check.name, detail: run.output || `exit code ${run.exitCode}` }],
    skipped: [],
    tookMs: run.tookMs,
  };
}
