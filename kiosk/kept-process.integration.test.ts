import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { KeptProcess } from './kept-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'maru-kept-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const modulePath = join(folder, 'child.mjs');
writeFileSync(
  modulePath,
  `import { appendFileSync } from 'node:fs';
   appendFileSync(process.argv[2], 'started ');
   process.send({ hello: true });
   setTimeout(() => process.exit(3), 20);`,
);

function keep(name: string, options: { pidFile?: string; onMessage?: () => void } = {}): () => number {
  const starts = join(folder, `${name}.starts`);
  writeFileSync(starts, '');
  const child = new KeptProcess({
    modulePath,
    args: () => [starts],
    pidFile: join(folder, `${name}.pid`),
    compiledDir: join(folder, 'compiled'),
    ...options,
  });
  onTestFinished(() => child.stop());
  child.start();
  return () => readFileSync(starts, 'utf8').split(' ').length - 1;
}

test('a child that ends is started again, with or without a disk that takes its pid', async () => {
  // under a file, as under a disk that takes nothing: neither written nor removed
  const starts = [keep('sound'), keep('full disk', { pidFile: join(modulePath, 'child.pid') })];
  for (const count of starts) await expect.poll(count).toBeGreaterThanOrEqual(3);
});

test('a message that cannot be handled ends nothing', async () => {
  const starts = keep('talks', {
    onMessage: () => {
      throw new Error('planted');
    },
  });
  await expect.poll(starts).toBeGreaterThanOrEqual(3);
});
