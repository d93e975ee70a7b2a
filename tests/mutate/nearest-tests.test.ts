import { describe, expect, it } from 'vitest';
import { importersOf, nearestTests, projectOf } from './nearest-tests.ts';

const aliases = { '#call/*': './fleet/call/*' };
/** A file, and what it imports. */
const graphOf = (files: Record<string, string[]>) =>
  importersOf(
    new Map(
      Object.entries(files).map(([path, imported]) => [path, imported.map((each) => `import '${each}';`).join('\n')]),
    ),
    aliases,
  );
const pathsNear = (file: string, files: Record<string, string[]>): string[] =>
  nearestTests(file, graphOf(files)).map(({ path }) => path);

describe('who imports a file', () => {
  const importing = (source: string): string[] => [
    ...(importersOf(
      new Map([
        ['fleet/call/a.ts', ''],
        ['fleet/call/b.ts', source],
      ]),
      aliases,
    ).get('fleet/call/a.ts') ?? []),
  ];

  it.each([
    "import { a } from './a.ts';",
    "import { type A, a } from '#call/a.ts';",
    "import '../call/a.ts';",
    "export * from './a.ts';",
    "const { a } = await import('./a.ts');",
    "new Worker(new URL('./a.ts', import.meta.url));",
    "fork(join(import.meta.dirname, 'a.ts'));",
  ])('is seen in `%s`', (source) => {
    expect(importing(source)).toEqual(['fleet/call/b.ts']);
  });

  it.each([
    "import type { A } from './a.ts';",
    "import { type A } from './a.ts';",
    "export type { A } from './a.ts';",
    "import { a } from '#elsewhere/a.ts';",
    "import { a } from 'a.ts-library';",
    "const listed = 'fleet/call/a.ts';",
  ])('is not seen in `%s`', (source) => {
    expect(importing(source)).toEqual([]);
  });
});

it('imports a program that is started from the top of the checkout', () => {
  const sources = new Map([
    ['kiosk/main.ts', ''],
    ['tests/integration/a.test.ts', "new ProcessTree('kiosk/main.ts', folder);"],
  ]);
  expect(importersOf(sources, aliases).get('kiosk/main.ts')).toEqual(new Set(['tests/integration/a.test.ts']));
});

describe('the nearest tests', () => {
  it('are the one of the same name, those that import the file, those of its folder, then those a step away', () => {
    const files = {
      'fleet/call/line.ts': [],
      'fleet/call/client.ts': ['./line.ts'],
      'fleet/call/index.ts': ['./client.ts'],
      'fleet/rooms/z.test.ts': ['../call/client.ts'],
      'fleet/call/client.test.ts': ['./index.ts'],
      'fleet/alerts/a.test.ts': ['../call/line.ts'],
      'fleet/call/line.sequences.test.ts': ['./line.ts'],
    };
    expect(pathsNear('fleet/call/line.ts', files)).toEqual([
      'fleet/call/line.sequences.test.ts',
      'fleet/alerts/a.test.ts',
      'fleet/call/client.test.ts',
      'fleet/rooms/z.test.ts',
    ]);
  });

  it('are at most four that start nothing, and after them three that do', () => {
    const tests = ['a', 'b', 'c', 'd', 'e'];
    const files = {
      'fleet/call/line.ts': [],
      ...Object.fromEntries(tests.map((name) => [`fleet/call/${name}.integration.test.ts`, ['./line.ts']])),
      ...Object.fromEntries(tests.map((name) => [`fleet/call/${name}.test.ts`, ['./line.ts']])),
    };
    expect(pathsNear('fleet/call/line.ts', files)).toEqual([
      ...['a', 'b', 'c', 'd'].map((name) => `fleet/call/${name}.test.ts`),
      ...['a', 'b', 'c'].map((name) => `fleet/call/${name}.integration.test.ts`),
    ]);
  });

  it('count what only tests use as part of the test', () => {
    const files = {
      'fleet/rooms/pairing.ts': [],
      'fleet/rooms/rooms.ts': ['./pairing.ts'],
      'fleet/room-under-test.ts': ['./rooms/rooms.ts'],
      'fleet/call/testing/room.ts': ['../../room-under-test.ts'],
      'fleet/call/calls.test.ts': ['./testing/room.ts'],
      'fleet/call/nearer.test.ts': ['../rooms/rooms.ts'],
    };
    expect(pathsNear('fleet/rooms/pairing.ts', files)).toEqual([
      'fleet/call/calls.test.ts',
      'fleet/call/nearer.test.ts',
    ]);
  });

  it('are those whose names are most like the file where all of a folder go through the program', () => {
    const program = {
      'fleet/rooms/room-list.ts': [],
      'fleet/index.ts': ['./rooms/room-list.ts'],
      'fleet/server.ts': ['./index.ts'],
    };
    const names = ['deaf', 'lists', 'tablets', 'wall'];
    const tests = Object.fromEntries(
      names.map((name) => [`fleet/rooms/${name}.integration.test.ts`, ['../server.ts']]),
    );
    expect(pathsNear('fleet/rooms/room-list.ts', { ...program, ...tests })[0]).toBe(
      'fleet/rooms/lists.integration.test.ts',
    );
  });

  it('are far ones only where there is none nearer, and none of another program', () => {
    const files = {
      'kiosk/agent/a.ts': [],
      'kiosk/agent/b.ts': ['./a.ts'],
      'kiosk/main.ts': ['./agent/b.ts'],
      'kiosk/start.ts': ['./main.ts'],
      'kiosk/start.test.ts': ['./start.ts'],
      'fleet/far.test.ts': ['../kiosk/start.ts'],
    };
    expect(pathsNear('kiosk/agent/a.ts', files)).toEqual(['kiosk/start.test.ts']);
    expect(pathsNear('kiosk/agent/a.ts', { ...files, 'kiosk/agent/a.test.ts': ['./a.ts'] })).toEqual([
      'kiosk/agent/a.test.ts',
    ]);
  });

  it('end where files import each other in a circle', () => {
    expect(pathsNear('fleet/a.ts', { 'fleet/a.ts': ['./b.ts'], 'fleet/b.ts': ['./a.ts'] })).toEqual([]);
  });
});

it.each([
  ['fleet/call/a.test.ts', 'unit'],
  ['fleet/console/a.test.tsx', 'unit'],
  ['provisioning/setup/a.test.mjs', 'unit'],
  ['kiosk/a.mocked.test.ts', 'mocked'],
  ['fleet/a.integration.test.ts', 'integration'],
  ['tests/integration/a.test.ts', 'integration'],
  ['tests/e2e/a.test.ts', null],
  ['tests/chaos/a.test.ts', null],
  ['tests/architecture/a.test.ts', null],
  ['fleet/a-under-test.ts', null],
])('%s belongs to %s', (path, project) => {
  expect(projectOf(path)).toBe(project);
});
