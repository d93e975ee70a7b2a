// Proves that the import check can fail: each planted file breaks one arrow, and the check names the rule.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkImports } from './imports.ts';

const planted: string[] = [];
afterAll(() => {
  for (const folder of planted) rmSync(folder, { recursive: true, force: true });
});

function plant(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'maru-planted-'));
  planted.push(folder);
  const imports = {
    '#contract/*': './fleet/contract/*',
    '#edge/*': './fleet/edge/*',
    '#ui/*': './controller/ui/*',
    '#stage/*': './kiosk/stage/*',
  };
  const all = { 'package.json': JSON.stringify({ name: 'planted', type: 'module', imports }), ...files };
  for (const [path, content] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

async function violationsOf(files: Record<string, string>): Promise<string[]> {
  return (await checkImports(plant(files))).violations.map((line) => line.split(':')[0] ?? '');
}

const topic = { 'fleet/contract/topics.ts': 'export const topic = 1;' };
const limit = {
  'fleet/edge/limit.ts': "import { topic } from '#contract/topics.ts';\nexport const limit = topic;",
};
const takesLimit = "import { limit } from '#edge/limit.ts';\nconsole.log(limit);";

describe('import directions', () => {
  it('let pass what the house allows', async () => {
    const report = await checkImports(
      plant({
        ...topic,
        'kiosk/room/machine.ts': "import { topic } from '#contract/topics.ts';\nexport const machine = topic;",
        'kiosk/agent/main.ts':
          "import { machine } from '../room/machine.ts';\nimport './lan/part.ts';\nconsole.log(machine);",
        'kiosk/agent/lan/part.ts': "import './lan-server.ts';",
        'kiosk/agent/lan/lan-server.ts': 'export {};',
      }),
    );
    expect(report).toEqual({ filesRead: 5, violations: [] });
  });

  it('let every Node process import #edge', async () => {
    const processes = ['http', 'media', 'rooms', 'broker'].map((folder) => `fleet/${folder}/a.ts`);
    const files = [...processes, 'kiosk/agent/a.ts', 'kiosk/shell/a.ts', 'kiosk/kiosk-options.ts'];
    const report = await checkImports(
      plant({ ...topic, ...limit, ...Object.fromEntries(files.map((path) => [path, takesLimit])) }),
    );
    expect(report).toEqual({ filesRead: files.length + 2, violations: [] });
  });

  it.each(['fleet/call/a.ts', 'fleet/console/a.ts', 'kiosk/screen/a.ts', 'kiosk/stage/a.ts', 'controller/join/a.ts'])(
    'turn red where a browser would load #edge: %s',
    async (path) => expect(await violationsOf({ ...topic, ...limit, [path]: takesLimit })).toContain('edge-in-node'),
  );

  it.each<{ rule: string; broken: Record<string, string> }>([
    {
      rule: 'agent',
      broken: { 'kiosk/agent/a.ts': "import '../../fleet/store/s.ts';", 'fleet/store/s.ts': 'export {};' },
    },
    {
      rule: 'agent-parts',
      broken: {
        'kiosk/agent/calendar/a.ts': "import '../peripherals/tv/t.ts';",
        'kiosk/agent/peripherals/tv/t.ts': 'export {};',
      },
    },
    {
      rule: 'agent-parts',
      broken: {
        'kiosk/agent/peripherals/media-devices/a.ts': "import '../tv/t.ts';",
        'kiosk/agent/peripherals/tv/t.ts': 'export {};',
      },
    },
    {
      rule: 'agent-parts-by-list',
      broken: { 'kiosk/agent/room-authority.ts': "import './lan/l.ts';", 'kiosk/agent/lan/l.ts': 'export {};' },
    },
    {
      rule: 'contract-alone',
      broken: { 'fleet/contract/a.ts': "import '../store/s.ts';", 'fleet/store/s.ts': 'export {};' },
    },
    {
      rule: 'edge',
      broken: { 'fleet/edge/a.ts': "import '../store/s.ts';", 'fleet/store/s.ts': 'export {};' },
    },
    { rule: 'room-machine-pure', broken: { 'kiosk/room/a.ts': "import 'node:fs';" } },
    {
      rule: 'aggregates-by-index',
      broken: { 'fleet/rooms/a.ts': "import '../meetings/inside.ts';", 'fleet/meetings/inside.ts': 'export {};' },
    },
    {
      rule: 'media-is-a-process',
      broken: { 'fleet/rooms/a.ts': "import '../media/pool.ts';", 'fleet/media/pool.ts': 'export {};' },
    },
    {
      rule: 'mains-are-the-end',
      broken: { 'fleet/http/a.ts': "import '../server.ts';", 'fleet/server.ts': 'export {};' },
    },
    {
      rule: 'nothing-imports-tests',
      broken: { 'fleet/http/a.ts': "import '../../tests/f.ts';", 'tests/f.ts': 'export {};' },
    },
    {
      rule: 'fixtures-for-tests',
      broken: { 'fleet/http/a.ts': "import '../fleet-under-test.ts';", 'fleet/fleet-under-test.ts': 'export {};' },
    },
    {
      rule: 'kiosk-house',
      broken: { 'kiosk/agent/a.test.ts': "import '../../fleet/store/s.ts';", 'fleet/store/s.ts': 'export {};' },
    },
    {
      rule: 'controller-join',
      broken: { 'controller/join/a.ts': "import '../remote/r.ts';", 'controller/remote/r.ts': 'export {};' },
    },
    {
      rule: 'simulators',
      broken: { 'tests/simulators/a.ts': "import '../../fleet/call/c.ts';", 'fleet/call/c.ts': 'export {};' },
    },
    {
      rule: 'fleet-in-node',
      broken: { 'fleet/http/a.ts': "import '#ui/button.ts';", 'controller/ui/button.ts': 'export {};' },
    },
    { rule: 'resolvable', broken: { 'fleet/store/a.ts': "import './not-there.ts';" } },
  ])('turn red: $rule', async ({ rule, broken }) => {
    expect(await violationsOf(broken)).toContain(rule);
  });

  it('count types as imports: an erased arrow is an arrow', async () => {
    const files = {
      'kiosk/screen/a.ts': "import type { S } from '../../fleet/store/s.ts';\nexport type A = S;",
      'fleet/store/s.ts': 'export type S = 1;',
    };
    expect(await violationsOf(files)).toContain('screen');
  });

  it('see a cycle, made of types too', async () => {
    const files = {
      'fleet/store/a.ts': "import type { B } from './b.ts';\nexport type A = B;",
      'fleet/store/b.ts': "import type { A } from './a.ts';\nexport type B = A;",
    };
    expect(await violationsOf(files)).toContain('no-cycles');
  });
});
