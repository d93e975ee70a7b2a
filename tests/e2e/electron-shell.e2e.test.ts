// The Electron shell where there is an Electron: on a display of its own, over a page that reports, as on a TV.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findElectron, unpackedElectron } from '../../kiosk/shell/electron/binary.ts';
import { PageUnderTest, renderersOf, type ShellRun, startShell } from '../../kiosk/shell/shell-under-test.ts';

const checkout = join(import.meta.dirname, '../..');
const there = process.env.MARU_ELECTRON !== undefined || unpackedElectron() !== null;
const why = 'no binary of Electron on this machine: the Electron shell did NOT run';
const BACK_WITHIN_MS = 5_000;
const page = new PageUnderTest();
let display: ChildProcess | null = null;
let shell: ShellRun | null = null;

beforeAll(async () => {
  if (!there) return;
  execFileSync('vite', ['build', '-c', 'kiosk/shell/electron/vite.config.ts'], { cwd: checkout, stdio: 'ignore' });
  expect(findElectron()).not.toBeNull();
  display = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1920x1080x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const [number] = (await once(display.stdio[3]!, 'data')) as [Buffer];
  await page.start();
  const args = ['--shell=electron', '--fake-media'];
  shell = startShell(`${page.origin}/`, args, ['env', `DISPLAY=:${String(number).trim()}`]);
  await page.newLoad(0, 60_000);
});
afterAll(async () => {
  await shell?.stop();
  display?.kill();
  if (there) await page.stop();
});

it('shows the page, with camera and microphone, and nothing of Electron in it', async (context) => {
  context.skip(!there, why);
  const devices = 'navigator.mediaDevices.getUserMedia({ audio: true, video: { pan: true, tilt: true, zoom: true } })';
  expect(await page.run(`${devices}.then((stream) => stream.getTracks().length, (error) => error.name)`)).toBe('2');
  expect(await page.run('typeof require + typeof process + typeof module')).toBe('undefinedundefinedundefined');
});

it('denies what is not the screen’s', async (context) => {
  context.skip(!there, why);
  expect(await page.run('Notification.requestPermission()')).toBe('denied');
  expect(await page.run(`navigator.mediaDevices.getDisplayMedia().catch((error) => error.name)`)).toMatch(
    /NotAllowed|NotSupported|InvalidState/,
  );
  expect(await page.run(`window.open('/other') === null`)).toBe('true');
  page.tell(`location.assign('file:///etc/passwd')`);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(Date.now() - page.lastAliveMs).toBeLessThan(900);
});

it('is back after its page crashed, was stopped, or loops for ever', async (context) => {
  context.skip(!there, why);
  const strikes = [() => strikeAll('SIGKILL'), () => strikeAll('SIGSTOP'), () => page.tell('(() => { for (;;); })()')];
  for (const strike of strikes) {
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const struckMs = Date.now();
    strike();
    expect(await page.newLoad(struckMs, 3 * BACK_WITHIN_MS)).toBeLessThan(3 * BACK_WITHIN_MS);
  }
});

function strikeAll(signal: NodeJS.Signals): void {
  const pids = renderersOf(shell!.child.pid!);
  expect(pids.length).toBeGreaterThan(0);
  for (const pid of pids) process.kill(pid, signal);
}
