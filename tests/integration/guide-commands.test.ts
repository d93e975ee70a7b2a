// Every command that a guide or a README prints is started as it is printed, with the machine's own Node first in the PATH:
// on Debian 12 that is any Node from 18 on, and not the one that this checkout brings.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(checkout, path), 'utf8');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: checkout,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(checkout, path)));

/** Debian's own, which change the machine: named, not started. */
const SYSTEM_TOOLS = ['apt-get', 'install', 'reboot', 'echo', 'journalctl', 'systemctl'];
/** A box's checkout or release. */
const INSTALLED = '/opt/maru/current/';
const COMMAND = /^(?:npm (?:start|test|run)\b|npx |node |\S*node_modules\/\.bin\/|\S+\/\S+\.sh\b)/;

type Printed = { page: string; line: string };

/** The command lines of a page: its blocks, and what stands in backquotes within its sentences. */
function commandsOf(page: string): Printed[] {
  const text = read(page);
  const blocks = text
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => /^ {4}\S/.test(line))
    .map((line) => line.trim().replace(/\s+#\s.*$/, ''));
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map((found) => found[1] as string);
  return [...blocks, ...spans]
    .map((line) => line.replace(/^(?:[A-Z_]+=\S+ )+/, ''))
    .filter((line) => COMMAND.test(line) || SYSTEM_TOOLS.includes(line.split(' ')[0] as string))
    .map((line) => ({ page, line }));
}

/** What is started, without its options. */
function programOf(line: string): string[] {
  const words = line.replaceAll(INSTALLED, '').split(' ');
  if (words[0] === 'npm') return words.slice(0, words[1] === 'run' ? 3 : 2);
  const end = words.findIndex((word, at) => at > 0 && word.startsWith('-'));
  const program = end < 0 ? words : words.slice(0, end);
  // the program itself, or a launcher and what it launches
  const isLauncher = program[1]?.endsWith('run.mjs') === true;
  return program[0]?.endsWith('node') ? program.slice(0, isLauncher ? 4 : 2) : program.slice(0, 1);
}

const optionsOf = (line: string): string[] =>
  [...line.matchAll(/ (--[a-z][a-z-]*)/g)].map((found) => found[1] as string);

const pages = tracked.filter((path) => path.endsWith('.md') && path !== 'CHANGELOG.md');
const printed = pages.flatMap(commandsOf);
const started = printed.filter(({ line }) => COMMAND.test(line));
const programs = new Map<string, Printed[]>();
for (const each of started) {
  const program = programOf(each.line).join(' ');
  programs.set(program, [...(programs.get(program) ?? []), each]);
}

/** The oldest Node of this machine outside of the checkout. */
function machinesNode(): { folder: string; major: number } {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/bin', '/usr/bin'];
  const found = [...new Set(folders)]
    .filter((folder) => !folder.includes('node_modules') && existsSync(join(folder, 'node')))
    .map((folder) => ({
      folder,
      major: Number(/^v(\d+)/.exec(execFileSync(join(folder, 'node'), ['--version'], { encoding: 'utf8' }))?.[1]),
    }));
  return found.sort((a, b) => a.major - b.major)[0] ?? expect.unreachable('this machine has no Node of its own');
}

const TIMEOUT_MS = 120_000;
let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'maru-guide-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** As a person at a terminal of the checkout runs it. */
function run(words: string[], env: NodeJS.ProcessEnv = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_)/.test(name));
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const [command, ...args] = words as [string, ...string[]];
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: checkout,
    encoding: 'utf8',
    env: { ...Object.fromEntries(inherited), PATH: [machinesNode().folder, ...path].join(delimiter), ...env },
    timeout: TIMEOUT_MS,
  });
  return { status, stdout, stderr: error ? String(error) : stderr };
}
const withArguments = (program: string, ...args: string[]): string[] => [
  ...program.split(' '),
  ...(program.startsWith('npm') ? ['--', ...args] : args),
];
const STACK = /\n\s+at /;

describe('the commands of the guides', () => {
  it('are found, and no page of ours is without a look', () => {
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'fleet/GUIDE.md', 'kiosk/GUIDE.md', 'fleet/README.md']));
    expect([...programs.keys()]).toEqual(
      expect.arrayContaining(['npm start', 'npm run kiosk', 'npm run fleet', 'npm run media']),
    );
    expect(machinesNode().major).toBeGreaterThanOrEqual(18);
  });

  it('start no TypeScript with the Node of the machine', () => {
    const wrong = started.filter(({ line }) => /(?:^|\s)node \S+\.ts\b/.test(line.replace(/run\.mjs node /, '')));
    expect(wrong).toEqual([]);
  });

  it.each([...programs.keys()])(
    '%s is started, and knows every option that is printed',
    (program) => {
      const { status, stdout, stderr } = run(withArguments(program, '--help'));
      expect([status, stderr]).toEqual([0, expect.not.stringMatching(STACK)]);
      const known = optionsOf(` ${stdout.replace(/[=,[\]|]/g, ' ').replace(/\s+/g, ' ')}`);
      expect(known.length + stdout.length).toBeGreaterThan(0);
      for (const { page, line } of programs.get(program) ?? []) {
        const used = optionsOf(line.split(' -- ').at(-1) as string);
        expect(
          used.filter((option) => option !== '--help' && !known.includes(option)),
          `${page}: ${line}`,
        ).toEqual([]);
      }
    },
    TIMEOUT_MS,
  );

  it(
    'say that there is no display, and what to do',
    () => {
      const noDisplay = { DISPLAY: '', WAYLAND_DISPLAY: '', HOME: home };
      const kiosk = run(withArguments('npm run kiosk', '--data-dir', join(home, 'kiosk')), noDisplay);
      expect([kiosk.status, kiosk.stderr]).toEqual([2, expect.stringMatching(/There is no display: .*--headless/s)]);
      expect(kiosk.stderr).not.toMatch(STACK);
      // nothing was begun
      expect(readdirSync(home)).not.toContain('kiosk');
    },
    TIMEOUT_MS,
  );
});

describe('every program', () => {
  const READS = 'fleet/edge/command-line.ts';
  const sources = tracked.filter((path) => /\.(ts|tsx)$/.test(path) && !/\.test\.tsx?$/.test(path));
  const entries = sources.filter((path) => path !== READS && /\breadCommandLine\(/.test(read(path)));
  /** Started by another program of ours with arguments that are its own. */
  const inner = [
    'fleet/main.ts',
    'kiosk/shell/electron/app/main.ts',
    'provisioning/programs/build.ts',
    'tests/e2e/networks/tv-of-shell.ts',
    'tests/install/caller.ts',
    'tests/integration/converter-unit/main.ts',
    'tests/load/broadcast/delivery-host.ts',
    'tests/load/peers/bare-server.ts',
  ];

  it('reads its command line in one way', () => {
    const others = sources.filter(
      (path) => /process\.argv|parseArgs\(\{\s*(?:allowPositionals|options)/.test(read(path)) && path !== READS,
    );
    expect(others.filter((path) => !inner.includes(path) && !path.startsWith('tests/vm/guest/'))).toEqual([]);
    expect(entries.length).toBeGreaterThan(15);
  });

  it.each(entries)(
    '%s answers --help, and refuses what it does not know in words',
    (entry) => {
      const node24 = 'node_modules/.bin/node';
      const help = run([node24, entry, '--help']);
      expect([help.status, help.stderr]).toEqual([0, '']);
      expect(help.stdout.length).toBeGreaterThan(20);
      const refused = run([node24, entry, '--no-such-option']);
      expect([refused.status, refused.stderr]).toEqual([
        2,
        expect.stringMatching(/^Unknown option '--no-such-option'\n\n/),
      ]);
    },
    TIMEOUT_MS,
  );

  it.each(['node provisioning/setup/start.mjs', 'node provisioning/setup/run.mjs'])('%s answers --help', (launcher) => {
    expect(run([...launcher.split(' '), '--help'])).toMatchObject({ status: 0, stderr: '' });
    expect(run(launcher.split(' '))).toMatchObject({ status: 2, stdout: '' });
  });
});
