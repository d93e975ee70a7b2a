/**
 * The suite's groups as vitest projects. Unit tests stand beside the code they test; whoever needs other processes, a
 * browser or the network namespaces of the machine is `integration` or `e2e` and says so by folder or file name.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './gate/longest-first.ts';

const built = ['**/node_modules/**', '**/dist/**'];
const integrationFiles = ['tests/integration/**/*.test.ts', '**/*.integration.test.{ts,mjs}'];
const endToEndFiles = ['tests/e2e/**/*.test.ts'];
const chaosFiles = ['tests/chaos/**/*.test.ts'];
/** What the gate runs in a process of its own, see gate/timing-files.ts. */
const elsewhere = process.env.MARU_TEST_EXCEPT?.split(',') ?? [];
const inTurn = process.env.MARU_TEST_IN_TURN === '1';
/** `expect.poll` gives up after a second by itself: too soon for anything that other processes do. */
const patient = { poll: { timeout: 15_000, interval: 100 } };
/** For processes that tests start: reading TypeScript is half of a start, and a busy machine is what turns tests red. */
const compiledOnce = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../node_modules/.cache/maru/tests', import.meta.url)),
};
/** They replace a module (vi.mock), and so they cannot share modules with other files. */
const mockedFiles = ['**/*.mocked.test.{ts,tsx}'];
const architectureFiles = ['tests/architecture/**/*.test.ts'];

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  // the suite's own cache, so that a run beside a dev server does not fight over one folder
  cacheDir: 'node_modules/.vite-tests',
  test: {
    pool: 'forks',
    // vitest by itself leaves one core out, which is half of a machine of two
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.{ts,tsx}', '**/*.test.mjs'],
          exclude: [
            ...built,
            ...integrationFiles,
            ...endToEndFiles,
            ...chaosFiles,
            ...architectureFiles,
            ...mockedFiles,
          ],
          // one process for all files of a worker: reading each module again for each file is half of the time
          isolate: false,
          testTimeout: 10_000,
        },
      },
      {
        extends: true,
        test: { name: 'mocked', include: mockedFiles, exclude: built, testTimeout: 10_000 },
      },
      {
        extends: true,
        test: { name: 'architecture', include: architectureFiles, exclude: built, testTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          env: compiledOnce,
          expect: patient,
          include: integrationFiles,
          exclude: [...built, ...elsewhere],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // a file needs a third of a core, the rest is waiting. More at a time make each late, and what runs in real time
          // meanwhile costs as much for longer
          maxWorkers: inTurn ? 1 : 3,
          // of one file: a scene waits for its page as long as it works
          maxConcurrency: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          expect: patient,
          include: endToEndFiles,
          exclude: [...built, ...elsewhere],
          // a product with its browsers needs two cores: two at a time last as long, and turn each other red
          maxWorkers: 1,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'chaos',
          expect: patient,
          include: chaosFiles,
          exclude: built,
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
