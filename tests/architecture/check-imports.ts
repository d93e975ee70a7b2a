/** `node tests/architecture/check-imports.ts`: prints every import that goes against the house's arrows. */
import { fileURLToPath } from 'node:url';
import { importRules } from './import-rules.ts';
import { checkImports } from './imports.ts';

const { filesRead, violations } = await checkImports(fileURLToPath(new URL('../..', import.meta.url)));
for (const violation of violations) {
  const rule = importRules.find(({ name }) => violation.startsWith(`${name}:`));
  console.log(rule?.comment ? `${violation} (${rule.comment})` : violation);
}
console.log(`${filesRead} files read, ${violations.length} imports against the rules`);
process.exitCode = violations.length === 0 && filesRead > 0 ? 0 : 1;
