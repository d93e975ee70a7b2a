import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Stage, wantedStages } from './gate.ts';
import { longestFiles, longestFirst } from './longest-first.ts';
import type { Tally } from './tally.ts';
import { timingIntegrationFiles } from './timing-files.ts';

const checkout = join(import.meta.dirname, '../..');
const run = async (): Promise<Tally> => ({ group: '', passed: 1, failures: [], skipped: [], tookMs: 0 });
const stages: Stage[] = [
  [
    { group: 'checks', run },
    { group: 'checks', run },
  ],
  [
    { group: 'unit', run },
    { group: 'architecture', run },
  ],
  [{ group: 'e2e', run }],
];
const groupsOf = (...args: string[]) => wantedStages(stages, args).map((stage) => stage.map(({ group }) => group));

describe('the groups that a command line asks for', () => {
  it('are all without --only', () => {
    expect(groupsOf()).toEqual([['checks', 'checks'], ['unit', 'architecture'], ['e2e']]);
  });

  it('are those of --only, each with all its runs, in the order of the suite', () => {
    expect(groupsOf('--only', 'architecture')).toEqual([['architecture']]);
    expect(groupsOf('--only', 'e2e', '--only', 'checks')).toEqual([['checks', 'checks'], ['e2e']]);
  });

  it('are named when one is unknown', () => {
    expect(() => groupsOf('--only', 'unit', '--only', 'units')).toThrow(
      'there is no group "units"; there is checks, unit, architecture, e2e',
    );
  });
});

describe('the files that the gate names', () => {
  it.each([
    ['that judge times', timingIntegrationFiles],
    ['that last longest', longestFiles],
  ])('%s are there, by the name that the runs know', (_which, files) => {
    expect(files.filter((file) => !existsSync(join(checkout, file)))).toEqual([]);
  });

  it('that last longest start first, and the others stay in their order', () => {
    const files = ['b.test.ts', longestFiles[1], 'a.test.ts', longestFiles[0]].map((file) => `/checkout/${file}`);
    expect(longestFirst(files, (file) => file)).toEqual([files[3], files[1], files[0], files[2]]);
  });
});
