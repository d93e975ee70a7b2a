import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { START_REFUSED_EXIT_CODE } from './start-refused.ts';
import { type SupervisedOptions, SupervisedProcess } from './supervised-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'maru-supervised-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const script = join(folder, 'child.mjs');
writeFileSync(
  script,
  `import { appendFileSync } from 'node:fs';
   appendFileSync(process.argv[2], 'started ');
   process.send({ hello: true });
   setTimeout(() => process.exit(Number(process.argv[3] ?? 3)), 20);`,
);

function supervise(
  name: string,
  { exitCode = 3, ...options }: Partial<SupervisedOptions> & { exitCode?: number } = {},
): () => number {
  const starts = join(folder, `${name}.starts`);
  writeFileSync(starts, '');
  const child = new SupervisedProcess({
    script,
    args: () => [starts, String(exitCode)],
    pidFile: join(folder, `${name}.pid`),
    compiledDir: join(folder, 'compiled'),
    log: () => {},
    ...options,
  });
  onTestFinished(() => child.stop());
  child.start();
  return () => readFileSync(starts, 'utf8').split(' ').length - 1;
}

test('a child that ends is started again, with or without a disk that takes its pid', async () => {
  const starts = [
    supervise('sound'),
    // under a file, as under a disk that takes nothing: neither written nor removed
    supervise('full disk', { pidFile: join(script, 'child.pid') }),
  ];
  for (const count of starts) await expect.poll(count).toBeGreaterThanOrEqual(3);
});

test('a message that cannot be handled ends nothing', async () => {
  const starts = supervise('talks', {
    onMessage: () => {
      throw new Error('planted');
    },
  });
  await expect.poll(starts).toBeGreaterThanOrEqual(3);
});

test('a start that is refused with an explanation is not repeated', async () => {
  const refused: string[] = [];
  const exitCode = START_REFUSED_EXIT_CODE;
  const starts = supervise('refuses', { exitCode, onRefused: () => refused.push('refused') });
  const others = supervise('refuses, and nobody asks', { exitCode });
  await expect.poll(others).toBeGreaterThanOrEqual(3);
  expect([starts(), refused]).toEqual([1, ['refused']]);
});
