/**
 * In the guest: runs every NAME.guest.ts of this folder, each in a process of its own, side by side as far as there are
 * processors, and reports each test by a line.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { writeLine } from '../line.ts';

const TIMEOUT_MS = 240_000;
const LAST_WORDS = 3_000;

// what the command line asks for, or all
const [only] = process.argv.slice(2);
const files = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.guest.ts') && (only === undefined || name.startsWith(only)))
  .map((name) => join(import.meta.dirname, name));
const say = (line: Parameters<typeof writeLine>[0]) => process.stdout.write(writeLine(line));

const isFile = (name: string): boolean => files.includes(name);

const groups: string[] = [];
/** the last words of each file's process, which are the reason where it died */
const lastWords = new Map<string, string>();
let failed = 0;
for await (const { type, data } of run({ files, concurrency: 2, timeout: TIMEOUT_MS })) {
  switch (type) {
    case 'test:start':
      groups[data.nesting] = data.name;
      break;
    case 'test:pass':
    case 'test:fail': {
      const name = [...groups.slice(0, data.nesting), data.name].join(' > ');
      const isGroup = data.details.type === 'suite';
      const skipped = data.skip ?? data.todo;
      if (type === 'test:fail') {
        const { cause = data.details.error } = data.details.error;
        // a group fails with what is in it
        if (isGroup && data.details.error.message.includes('subtest')) break;
        failed += 1;
        const { exitCode, signal } = data.details.error as { exitCode?: number; signal?: string | null };
        const died = exitCode === undefined && !signal ? '' : `\nexit code ${exitCode}, signal ${signal}`;
        const words = isFile(name) ? `${died}\n${lastWords.get(name) ?? ''}` : '';
        say({ event: 'failed', name, detail: String((cause as Error).stack ?? cause) + words });
      } else if (isGroup) break;
      else if (skipped)
        say({ event: 'skipped', name, reason: typeof skipped === 'string' ? skipped : 'no reason given' });
      else say({ event: 'passed', name, tookMs: data.details.duration_ms });
      break;
    }
    case 'test:diagnostic':
      if (data.level === 'info' && data.nesting > 0) say({ event: 'note', text: data.message });
      break;
    case 'test:stdout':
    case 'test:stderr':
      if (data.file !== undefined)
        lastWords.set(data.file, `${lastWords.get(data.file) ?? ''}${data.message}`.slice(-LAST_WORDS));
      process.stdout.write(data.message);
      break;
  }
}
process.exit(failed === 0 ? 0 : 1);
