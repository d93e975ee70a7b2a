// `npm start` as a program sees it: one line of JSON, addresses that answer, and nothing left when it ends, whoever ends it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpackedElectron } from '../../kiosk/shell/electron/binary.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const MARK = 'MARU_TEST_MARK';
/** Nobody listens there. */
const CLOSED = 'http://127.0.0.1:2/';

let mark: string;
let temporary: string;
let output: string;
let progress: string;

beforeEach(() => {
  mark = `${MARK}=${process.pid}-${Date.now()}`;
  temporary = mkdtempSync(join(tmpdir(), 'maru-start-test-'));
  output = '';
  progress = '';
});
afterEach(() => {
  for (const pid of markedProcesses()) process.kill(pid, 'SIGKILL');
  rmSync(temporary, { recursive: true, force: true });
});

/** Whoever inherited the mark, whatever became of its parents. */
function markedProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark);
      } catch {
        return false;
      }
    })
    .map(Number);
}

function start(command: string, args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const [name, value] = mark.split('=') as [string, string];
  const child = spawn(command, args, {
    cwd: checkout,
    env: { ...process.env, [name]: value, TMPDIR: temporary, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    progress += chunk;
  });
  return child;
}

const startArgs = ['--headless', '--ephemeral', '--json', '--no-shell'];
const startDirectly = (args = startArgs, env: NodeJS.ProcessEnv = {}) =>
  start('node', ['provisioning/setup/start.mjs', 'provisioning/demonstration/main.ts', ...args], env);

async function readyLine(child: ChildProcess): Promise<Record<string, string>> {
  const line = () => output.split('\n').find((text) => text.startsWith('{'));
  await expect
    .poll(() => line() ?? (child.exitCode === null ? null : `it ended: ${progress}`), { timeout: 100_000 })
    .not.toBeNull();
  const found = line();
  if (!found) expect.unreachable(`it ended: ${progress}`);
  return JSON.parse(found as string) as Record<string, string>;
}

const exitOf = (child: ChildProcess) =>
  new Promise<number | string | null>((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));

const expectNothingLeft = async () => {
  await expect.poll(markedProcesses, { timeout: 20_000 }).toEqual([]);
  expect(readdirSync(temporary).filter((name) => name.startsWith('maru-'))).toEqual([]);
};

// long enough for a first one, which builds the pages
describe('npm start -- --headless --ephemeral --json', { timeout: 120_000 }, () => {
  it('prints one line of JSON whose addresses answer, and leaves nothing behind at SIGTERM', async () => {
    const child = startDirectly();
    const exit = exitOf(child);
    const ready = await readyLine(child);
    expect(Object.keys(ready).sort()).toEqual(
      [
        'adminPassword',
        'adminUser',
        'consoleUrl',
        'controllerUrl',
        'fleetUrl',
        'joinUrl',
        'roomId',
        'staffUrl',
        'tvUrl',
        'watchUrl',
      ].sort(),
    );
    expect(output.trimEnd().split('\n')).toHaveLength(1);

    const health = await fetch(new URL('/healthz', ready.fleetUrl));
    expect(health.status).toBe(200);
    for (const page of ['consoleUrl', 'controllerUrl', 'joinUrl', 'staffUrl', 'tvUrl', 'watchUrl']) {
      const answer = await fetch(ready[page] as string);
      expect([page, answer.status]).toEqual([page, 200]);
    }
    for (const address of Object.values(ready).filter((value) => value?.startsWith('http'))) {
      expect(new URL(address).hostname).toBe('127.0.0.1');
    }

    child.kill('SIGTERM');
    expect(await exit).toBe(0);
    await expectNothingLeft();
  });

  it('ends with npm, which has a shell in between', async () => {
    const child = start('npm', ['start', '--', ...startArgs]);
    const exit = exitOf(child);
    await readyLine(child);
    child.kill('SIGTERM');
    await exit;
    await expectNothingLeft();
  });

  it('ends when whoever started it was killed outright', async () => {
    const child = startDirectly();
    await readyLine(child);
    child.kill('SIGKILL');
    await expectNothingLeft();
  });

  it('says what ended for good, and ends with an error', async () => {
    const child = startDirectly();
    const exit = exitOf(child);
    await readyLine(child);
    const kiosk = markedProcesses().find((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('dist/kiosk-main.js'),
    );
    process.kill(kiosk as number, 'SIGKILL');
    expect(await exit).toBe(1);
    expect(progress).toMatch('The kiosk ended (SIGKILL)');
    await expectNothingLeft();
  });

  it('shows the TV in Electron where there is one', async () => {
    const electron = join(temporary, 'electron');
    const started = join(temporary, 'started');
    const life = 'process.send({ shown: true }); setInterval(() => process.send({ alive: true }), 300)';
    const note = `require('node:fs').writeFileSync('${started}', process.argv.join(' '))`;
    writeFileSync(electron, `#!${process.execPath}\n${note}; ${life};\n`, { mode: 0o755 });
    // it draws nothing, so that there need be no display
    const child = startDirectly(['--ephemeral', '--json'], { DISPLAY: ':none', MARU_ELECTRON: electron });
    const exit = exitOf(child);
    const ready = await readyLine(child);
    await expect.poll(() => existsSync(started), { timeout: 20_000 }).toBe(true);
    expect(readFileSync(started, 'utf8')).toContain(`--maru-url=${new URL('/', ready.tvUrl).href}`);
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
    await expectNothingLeft();
  });

  it('refuses an option that it does not know, in words and at once', async () => {
    const child = start('node', ['provisioning/setup/start.mjs', 'provisioning/demonstration/main.ts', '--hedless']);
    expect(await exitOf(child)).toBe(2);
    expect(progress).toMatch('--hedless');
    expect(existsSync(join(temporary, 'maru'))).toBe(false);
    await expectNothingLeft();
  });
});

it('set-up goes on without Electron, and says why in one line', async (context) => {
  context.skip(unpackedElectron() !== null, 'Electron is on this machine, so that set-up does not look for it');
  const setUp = () => once(start('node', ['provisioning/setup/run.mjs', 'true'], { ELECTRON_MIRROR: CLOSED }), 'close');
  expect(await setUp()).toEqual([0, null]);
  const lines = progress.split('\n').filter((line) => line.includes('ECONNREFUSED'));
  expect(lines).toEqual([expect.stringMatching(/127\.0\.0\.1:2 cannot be reached .* Chromium/)]);

  progress = '';
  expect(await setUp()).toEqual([0, null]);
  expect(progress).toBe('');
});
