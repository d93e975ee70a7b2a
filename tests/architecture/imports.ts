/**
 * Reads the real import graph of a checkout and holds it against the rules. swc reads the TypeScript, type-only imports
 * included: an arrow is an arrow whether it is erased or not.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { importRules } from './import-rules.ts';

export const topFolders = ['fleet', 'kiosk', 'controller', 'provisioning', 'tests'] as const;

export type ImportReport = { filesRead: number; violations: string[] };

/** @param baseDir the checkout, or a planted one in the tests */
export async function checkImports(baseDir: string): Promise<ImportReport> {
  const folders = topFolders.filter((folder) => existsSync(join(baseDir, folder)));
  const result = await cruise(
    [...folders],
    {
      baseDir,
      parser: 'swc',
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      exclude: { path: '(^|/)dist/' },
      validate: true,
      ruleSet: { forbidden: importRules },
      // what a query adds is the bundler's business (?url, ?worker)
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        conditionNames: ['import', 'node', 'default', 'types'],
        mainFields: ['module', 'main', 'types'],
        extensions: ['.ts', '.tsx', '.mjs', '.js', '.d.ts', '.css'],
      },
    },
    undefined,
    {},
  );
  const { summary } = result.output as ICruiseResult;
  const violations = summary.violations.map(({ rule, from, to, cycle }) => {
    const way = cycle ? [from, ...cycle.map(({ name }) => name)].join(' → ') : `${from} → ${to}`;
    return `${rule.name}: ${way}`;
  });
  return { filesRead: summary.totalCruised, violations: [...new Set(violations)].sort() };
}
