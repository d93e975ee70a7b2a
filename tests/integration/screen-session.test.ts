// The TV's session as its unit starts it, on a display without hardware: compositor, picture, real Chromium in its sandbox,
// as a user of its own with no privilege. Looked at as the TV shows it, pixel by pixel.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { roomPicture } from '../../kiosk/shell/room-picture.ts';
import { browserOf, leaveKey, PageUnderTest, renderersOf, shellOver } from '../../kiosk/shell/shell-under-test.ts';

const checkout = join(import.meta.dirname, '../..');
const system = join(checkout, 'provisioning/system');
const NOBODY = 65_534;
const asNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
const SURFACE = '16110d';
const INK = 'f7efe3';
const PAGE = '008000';

const reason = whyNot();
const page = new PageUnderTest();
let folder: string;
let session: ChildProcess;
let env: NodeJS.ProcessEnv;

function whyNot(): string | null {
  if (process.getuid?.() !== 0) return 'only root can start the session as another user';
  for (const program of ['sway', 'swaybg', 'grim']) {
    if (spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0) return `${program} is not installed`;
  }
  const [setpriv, ...args] = asNobody;
  const reads = spawnSync(setpriv!, [...args, join(checkout, 'node_modules/.bin/node'), '-e', '0']);
  return reads.status === 0 ? null : 'this checkout cannot be read by another user';
}

beforeAll(async () => {
  if (reason !== null) return;
  folder = mkdtempSync(join(tmpdir(), 'maru-session-'));
  chmodSync(folder, 0o755);
  for (const name of ['home', 'runtime']) {
    mkdirSync(join(folder, name), { mode: 0o700 });
    chownSync(join(folder, name), NOBODY, NOBODY);
  }
  writeFileSync(join(folder, 'room.svg'), roomPicture());
  const config = readFileSync(join(system, 'files/kiosk/etc/maru/sway.conf'), 'utf8');
  writeFileSync(join(folder, 'sway.conf'), config.replace('/usr/local/share/maru/room.svg', join(folder, 'room.svg')));
  await page.start();
  const port = Number(new URL(page.origin).port);
  await page.stop();
  // in a real room the agent does
  leaveKey(join(folder, 'from-agent'));
  env = {
    PATH: process.env.PATH,
    HOME: join(folder, 'home'),
    XDG_RUNTIME_DIR: join(folder, 'runtime'),
    WLR_BACKENDS: 'headless',
    WLR_RENDERER: 'pixman',
    WLR_LIBINPUT_NO_DEVICES: '1',
    MARU_SWAY_CONFIG: join(folder, 'sway.conf'),
    MARU_RELEASE: checkout,
    MARU_SCREEN_URL: `http://127.0.0.1:${port}/`,
    MARU_SHELL_DIR: join(folder, 'from-agent'),
    MARU_SCREEN_OPTIONS: '--shell=chromium --fake-media',
  };
  const [setpriv, ...args] = asNobody;
  const bare = ['--no-new-privs', '--bounding-set=-all', join(system, 'screen-session.sh')];
  session = spawn(setpriv!, [...args, ...bare], { env, stdio: 'ignore' });
});
afterAll(async () => {
  if (reason !== null) return;
  const exited = session.exitCode === null ? once(session, 'exit') : null;
  // what systemd does to a unit's processes: the shell first, so that it takes its browser with it
  process.kill(shellOver(env.MARU_SCREEN_URL!), 'SIGTERM');
  await exited;
  await page.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Colours on the TV by how many pixels have them. */
function look(): Map<string, number> {
  const [setpriv, ...args] = asNobody;
  const shot = execFileSync(setpriv!, [...args, 'grim', '-t', 'ppm', '-'], {
    env: { ...env, WAYLAND_DISPLAY: 'wayland-1' },
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const header = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(shot.subarray(0, 40).toString('latin1'))!;
  const colours = new Map<string, number>();
  for (let at = header[0].length; at + 2 < shot.length; at += 3) {
    const colour = shot.toString('hex', at, at + 3);
    colours.set(colour, (colours.get(colour) ?? 0) + 1);
  }
  return colours;
}
const most = (): string => {
  try {
    return [...look()].sort(([, a], [, b]) => b - a)[0]![0];
  } catch {
    return 'nothing';
  }
};

it('shows the picture with its words while there is no page', async (context) => {
  context.skip(reason !== null, reason ?? '');
  await expect.poll(most, { timeout: 15_000 }).toBe(SURFACE);
  await expect.poll(() => look().get(INK) ?? 0, { timeout: 5_000 }).toBeGreaterThan(500);
});

it('shows the page when the agent serves it, full screen, from a sandbox', async (context) => {
  context.skip(reason !== null, reason ?? '');
  await page.start(Number(new URL(env.MARU_SCREEN_URL!).port));
  await page.newLoad(0, 50_000);
  await expect.poll(most, { timeout: 5_000 }).toBe(PAGE);
  const [colour] = [...look()].filter(([, count]) => count > 1_000);
  expect(colour![0]).toBe(PAGE);
  const renderers = renderersOf(shellOver(env.MARU_SCREEN_URL!));
  expect(renderers.length).toBeGreaterThan(0);
  for (const pid of renderers) {
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('--no-sandbox');
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Seccomp:\t2$/m);
  }
});

it('is never black while the browser is away, and has its page back', async (context) => {
  context.skip(reason !== null, reason ?? '');
  const shell = shellOver(env.MARU_SCREEN_URL!);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const struckMs = Date.now();
  process.kill(browserOf(shell), 'SIGKILL');
  const seen = new Set<string>();
  const back = page.newLoad(struckMs, 15_000);
  let isBack = false;
  void back.then(() => {
    isBack = true;
  });
  while (!isBack) {
    seen.add(most());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  process.stdout.write(`the page was back after ${await back} ms, and the TV showed ${[...seen].join(', ')}\n`);
  expect(seen).not.toContain('000000');
  expect(seen).toContain(SURFACE);
  await expect.poll(most, { timeout: 5_000 }).toBe(PAGE);
});

it('ends with 78 when an administrator asks for a login prompt', async (context) => {
  context.skip(reason !== null, reason ?? '');
  writeFileSync(join(folder, 'runtime/maru-login'), '');
  const socket = readdirSync(join(folder, 'runtime')).find((name) => name.startsWith('sway-ipc.'))!;
  const exited = once(session, 'exit');
  spawnSync('swaymsg', ['-s', join(folder, 'runtime', socket), 'exit']);
  expect((await exited)[0]).toBe(78);
});
