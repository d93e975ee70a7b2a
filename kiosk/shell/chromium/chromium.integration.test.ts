// Real Chromium that is made to fail in every way that a box has seen: the page is back each time.
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import {
  browserOf,
  descendantsOf,
  PageUnderTest,
  renderersOf,
  runs,
  SCREEN_KEY,
  shellDirOf,
  type ShellRun,
  startShell,
  STARTS_WITHIN_MS,
} from '../shell-under-test.ts';

vi.setConfig({ testTimeout: STARTS_WITHIN_MS, hookTimeout: STARTS_WITHIN_MS });

/** What a room is promised; a busy machine is given three times that. */
const BACK_WITHIN_MS = 5_000;
const page = new PageUnderTest();
let shell: ShellRun;

beforeAll(async () => {
  await page.start();
  shell = startShell(`${page.origin}/`, ['--shell=chromium', '--headless']);
  await page.firstLoad(shell);
});
afterAll(async () => {
  await shell.stop();
  await page.stop();
});

const signalAll = (pids: number[], signal: NodeJS.Signals): void => {
  expect(pids.length).toBeGreaterThan(0);
  for (const pid of pids) process.kill(pid, signal);
};
const shellPid = () => shell.child.pid!;

it.each<{ fault: string; strike: () => void; said: RegExp }>([
  { fault: 'its page crashed', strike: () => signalAll(renderersOf(shellPid()), 'SIGKILL'), said: /the page crashed/ },
  {
    fault: 'its page was stopped',
    strike: () => signalAll(renderersOf(shellPid()), 'SIGSTOP'),
    said: /page is frozen/,
  },
  { fault: 'its page loops for ever', strike: () => page.tell('(() => { for (;;); })()'), said: /page is frozen/ },
  {
    fault: 'the browser was killed',
    strike: () => signalAll([browserOf(shellPid())], 'SIGKILL'),
    said: /browser ended/,
  },
  {
    fault: 'the browser was stopped',
    strike: () => signalAll([browserOf(shellPid())], 'SIGSTOP'),
    said: /page is frozen/,
  },
  { fault: 'the page went elsewhere', strike: () => page.tell("location.assign('about:blank')"), said: /another one/ },
])(
  'is back after $fault',
  async ({ fault, strike, said }) => {
    const tookMs: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      // sound again, and watched
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      const logged = shell.log().length;
      const struckMs = Date.now();
      strike();
      tookMs.push(await page.newLoad(struckMs, 3 * BACK_WITHIN_MS));
      expect(shell.log().slice(logged)).toMatch(said);
    }
    process.stdout.write(`${fault}: back after ${tookMs.join(', ')} ms\n`);
  },
  STARTS_WITHIN_MS,
);

it('closes a window that a page manages to open', async () => {
  const other = new PageUnderTest();
  await other.start();
  // Chromium itself refuses a window that nobody tapped for
  const folder = mkdtempSync(join(tmpdir(), 'maru-popups-'));
  const lenient = join(folder, 'chromium');
  writeFileSync(lenient, '#!/bin/sh\nexec /usr/bin/chromium --disable-popup-blocking "$@"\n', { mode: 0o755 });
  const run = startShell(`${other.origin}/`, ['--shell=chromium', '--headless'], ['env', `MARU_CHROMIUM=${lenient}`]);
  onTestFinished(async () => {
    await run.stop();
    await other.stop();
    rmSync(folder, { recursive: true });
  });
  await other.firstLoad(run);
  expect(await other.run("(window.opened = window.open('/other')) !== null")).toBe('true');
  await expect.poll(() => other.run('window.opened.closed')).toBe('true');
});

it('gives the page the agent’s key, and says it to no other process', async () => {
  const keyed = new PageUnderTest();
  await keyed.start();
  const keyFileOf = (profileDir: string) => join(shellDirOf(profileDir), 'screen-key');
  const run = startShell(`${keyed.origin}/`, ['--shell=chromium', '--headless']);
  onTestFinished(async () => {
    await run.stop();
    await keyed.stop();
  });
  await keyed.firstLoad(run);
  const key = () => keyed.run('globalThis.maruScreenKey');
  await expect.poll(key, { timeout: 5_000 }).toBe('k'.repeat(43));
  // an agent that makes another is followed, and so is a page that loads itself anew
  keyed.key = 'j'.repeat(43);
  writeFileSync(keyFileOf(run.profileDir), keyed.key);
  await expect.poll(key, { timeout: 5_000 }).toBe('j'.repeat(43));
  const reloadedMs = Date.now();
  keyed.tell('location.reload()');
  await keyed.newLoad(reloadedMs, 10_000);
  await expect.poll(key, { timeout: 10_000 }).toBe('j'.repeat(43));
  for (const { pid } of [...descendantsOf(run.child.pid!), { pid: run.child.pid! }]) {
    for (const what of ['cmdline', 'environ']) {
      const open = readFileSync(`/proc/${pid}/${what}`, 'latin1');
      expect(open, `${what} of ${pid}`).not.toMatch(/[jk]{43}/);
    }
  }
  expect(keyed.requests.join(' ')).not.toMatch(/[jk]{43}/);
  expect(run.log()).not.toMatch(/[jk]{43}/);
});

it('opens no window over another process on the agent’s port', async () => {
  const impostor = new PageUnderTest();
  impostor.key = 'x'.repeat(43);
  await impostor.start();
  const run = startShell(`${impostor.origin}/`, ['--shell=chromium', '--headless']);
  onTestFinished(async () => {
    await run.stop();
    await impostor.stop();
  });
  await expect.poll(() => run.log(), { timeout: 10_000 }).toMatch(/does not serve the page yet/);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(descendantsOf(run.child.pid!)).toEqual([]);
  impostor.key = SCREEN_KEY;
  await impostor.firstLoad(run);
});

it('waits for an agent that is not there yet, and leaves nothing behind', async () => {
  const late = new PageUnderTest();
  await late.start();
  const { port } = new URL(late.origin);
  await late.stop();
  const waiting = startShell(`http://127.0.0.1:${port}/`, ['--shell=chromium', '--headless']);
  onTestFinished(() => waiting.stop());
  await expect.poll(() => waiting.log(), { timeout: 10_000 }).toMatch(/does not serve the page yet/);
  expect(descendantsOf(waiting.child.pid!)).toEqual([]);
  await late.start(Number(port));
  const startedMs = Date.now();
  await late.newLoad(startedMs, 90_000);
  const pids = descendantsOf(waiting.child.pid!).map(({ pid }) => pid);
  expect(pids.length).toBeGreaterThan(0);
  await waiting.stop();
  await late.stop();
  await expect.poll(() => pids.filter(runs), { timeout: 5_000 }).toEqual([]);
});

it('comes up although the profile is locked by the box’s former name', async () => {
  const renamed = new PageUnderTest();
  await renamed.start();
  const lockOf = (profileDir: string) => join(profileDir, 'profile/SingletonLock');
  // as a power cut leaves it: a symbolic link to HOST-PID, which is no file
  const former = startShell(`${renamed.origin}/`, ['--shell=chromium', '--headless'], [], (profileDir) => {
    mkdirSync(join(profileDir, 'profile'));
    symlinkSync('former-name-4711', lockOf(profileDir));
  });
  onTestFinished(async () => {
    await former.stop();
    await renamed.stop();
  });
  await renamed.firstLoad(former);
  expect(former.log()).not.toMatch(/browser ended/);
  expect(lstatSync(lockOf(former.profileDir)).isSymbolicLink()).toBe(true);
  expect(readlinkSync(lockOf(former.profileDir))).not.toMatch(/^former-name/);
});
