import { expect, it } from 'vitest';
import { mutantsOf } from './mutations.ts';
import { diffOf, type Fate, type JudgedMutant, killedPercent, summaryOf } from './report.ts';

const source = 'function end(): void {\n  if (ended) {\n    return;\n  }\n  close();\n}\n';
const mutants = mutantsOf('fleet/a.ts', source);
const judged = (kind: string, fate: Fate): JudgedMutant => {
  const mutant = mutants.find((each) => each.kind === kind)!;
  return { ...mutant, fate, by: null, diff: diffOf(source, mutant), tookMs: 0 };
};

it('shows the lines that a mutant changes, and no others', () => {
  expect(judged('call removed', 'survived').diff).toEqual(['- close();', '+ ;']);
  expect(judged('guard removed', 'survived').diff).toEqual(['- if (ended) {', '- return;', '- }', '+ ;']);
});

it('counts what no test comes near as not killed, and a mutant that hangs as killed', () => {
  const all = [
    judged('call removed', 'killed'),
    judged('call removed', 'killed by time'),
    judged('guard removed', 'survived'),
    judged('condition negated', 'not covered'),
  ];
  expect(killedPercent(all)).toBe(50);
  const summary = summaryOf({ folder: 'fleet', seed: 3, redAnyway: ['fleet/red.test.ts'], mutants: all });
  expect(summary).toContain('survived: fleet/a.ts:2 guard removed\n  - if (ended) {');
  expect(summary).toContain('not covered: fleet/a.ts:2 condition negated');
  expect(summary).not.toContain('killed: fleet');
  expect(summary).toMatch(/^all +2 +1 +1$/m);
  expect(summary).toMatch(/^call removed +2 +0 +0$/m);
  expect(summary).toContain('red without a mutant, left out: fleet/red.test.ts');
  expect(summary).toContain('fleet, seed 3: 4 mutants, 50.0 % killed');
});
