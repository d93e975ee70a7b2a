// What the managed policy holds, in real Chromium under the real shell: the file lies where Chromium reads it, in a mount
// namespace of the test's own, so that no other browser of this machine is under it.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PageUnderTest, type ShellRun, startShell, STARTS_WITHIN_MS } from '../shell-under-test.ts';
import { managedPolicy } from './policy.ts';

vi.setConfig({ testTimeout: STARTS_WITHIN_MS, hookTimeout: STARTS_WITHIN_MS });

const canMount =
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/etc/chromium']).status === 0;
const why = 'only root can put a policy where Chromium reads it';
const folder = mkdtempSync(join(tmpdir(), 'maru-policy-'));
const page = new PageUnderTest();
const other = new PageUnderTest();
let shell: ShellRun | null = null;

/** A shell whose Chromium finds this policy and no other. */
function underPolicy(policy: object | null, url: string, chromium = '/usr/bin/chromium'): ShellRun {
  const file = join(folder, 'policy.json');
  writeFileSync(file, JSON.stringify(policy));
  const place =
    policy === null
      ? ':'
      : `mkdir -p /etc/chromium/policies/managed && cp ${file} /etc/chromium/policies/managed/maru.json`;
  const script = `mount -t tmpfs none /etc/chromium && ${place} && exec "$@"`;
  return startShell(
    url,
    ['--shell=chromium', '--headless', '--fake-media'],
    ['env', `MARU_CHROMIUM=${chromium}`, 'unshare', '-m', 'sh', '-c', script, 'sh'],
  );
}

beforeAll(async () => {
  if (!canMount) return;
  await page.start();
  await other.start();
  shell = underPolicy(managedPolicy(page.origin), `${page.origin}/`);
  await page.firstLoad(shell);
});
afterAll(async () => {
  await shell?.stop();
  if (canMount) await Promise.all([page.stop(), other.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

type Answer = {
  id: number;
  result?: { targetId?: string; targetInfos?: { targetId: string; title: string }[] };
  error?: { message: string };
};

describe('under the policy, the TV’s page', () => {
  const ask = (code: string) =>
    page.run(`Promise.race([${code}, new Promise((late) => setTimeout(late, 4000, 'no answer'))])`);

  it('is watched, and the shell has nothing to say of the policy', (context) => {
    context.skip(!canMount, why);
    expect(shell!.log()).toBe('');
  });

  it.for([
    [
      'camera and microphone',
      'navigator.mediaDevices.getUserMedia({ audio: true, video: true }).then((s) => s.getTracks().length)',
      '2',
    ],
    [
      'pan, tilt and zoom',
      'navigator.mediaDevices.getUserMedia({ video: { pan: true, tilt: true, zoom: true } }).then((s) => s.getTracks().length)',
      '1',
    ],
    ['sound without a tap', 'new AudioContext().resume().then(() => "sounds")', 'sounds'],
  ])('has %s', async ([, code, answer], context) => {
    context.skip(!canMount, why);
    expect(await ask(code!)).toBe(answer);
  });

  it.for([
    [
      'the place',
      `new Promise((done) => navigator.geolocation.getCurrentPosition(() => done('given'), () => done('denied')))`,
      'denied',
    ],
    ['notifications', 'Notification.requestPermission()', 'denied'],
    ['the clipboard', `navigator.permissions.query({ name: 'clipboard-read' }).then((p) => p.state)`, 'denied'],
    ['fonts of the box', `navigator.permissions.query({ name: 'local-fonts' }).then((p) => p.state)`, 'denied'],
    ['other screens', `navigator.permissions.query({ name: 'window-management' }).then((p) => p.state)`, 'denied'],
    ['sensors', `navigator.permissions.query({ name: 'accelerometer' }).then((p) => p.state)`, 'denied'],
    ['idleness', `navigator.permissions.query({ name: 'idle-detection' }).then((p) => p.state)`, 'denied'],
  ])('is denied: %s', async ([, code, answer], context) => {
    context.skip(!canMount, why);
    expect(await ask(code!)).toBe(answer);
  });

  it('downloads nothing', async (context) => {
    context.skip(!canMount, why);
    await page.run(
      `(() => { const a = document.createElement('a'); a.href = '/download'; a.download = 'maru.bin'; document.body.append(a); a.click(); })()`,
    );
    await expect.poll(() => page.requests.filter((request) => request.startsWith('GET /download')).length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    for (const home of [homedir(), shell!.profileDir]) expect(existsSync(join(home, 'Downloads/maru.bin'))).toBe(false);
  });

  it('opens no window', async (context) => {
    context.skip(!canMount, why);
    expect(await ask(`window.open('/other') === null || 'opened'`)).toBe('true');
  });

  it('frames nobody else', async (context) => {
    context.skip(!canMount, why);
    await page.run(
      `(() => { const f = document.createElement('iframe'); f.src = '${other.origin}/framed'; document.body.append(f); })()`,
    );
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(other.requests).toEqual([]);
  });

  // the navigation never happens, and the watchdog brings the page back
  it.for(['OTHER', 'file:///etc/passwd', 'chrome://settings', 'data:text/html,hello', 'about:blank'])(
    'goes nowhere: %s',
    { timeout: 30_000 },
    async (where, context) => {
      context.skip(!canMount, why);
      const sinceMs = Date.now();
      page.tell(`void location.assign('${where === 'OTHER' ? `${other.origin}/there` : where}')`);
      // what a page may not even ask for leaves it where it is
      const stays = ['file:', 'chrome:', 'data:'].some((scheme) => where.startsWith(scheme));
      if (stays) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        expect(Date.now() - page.lastAliveMs).toBeLessThan(900);
      } else {
        await page.newLoad(sinceMs, 15_000);
      }
      expect(other.requests).toEqual([]);
    },
  );
});

describe('the browser itself, asked from outside', () => {
  it('shows no other address, and lets no tool look at one', async (context) => {
    context.skip(!canMount, why);
    const script = `mount -t tmpfs none /etc/chromium && mkdir -p /etc/chromium/policies/managed && cp ${folder}/policy.json /etc/chromium/policies/managed/maru.json && exec /usr/bin/chromium "$@"`;
    const args = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--remote-debugging-pipe'];
    const child = spawn(
      'unshare',
      ['-m', 'sh', '-c', script, 'sh', ...args, `--user-data-dir=${folder}/asked`, `${page.origin}/asked`],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    const answers = new Map<number, (message: Answer) => void>();
    let unread = '';
    (child.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => {
      const parts = (unread + text).split('\0');
      unread = parts.pop()!;
      for (const part of parts) {
        const message = JSON.parse(part) as Answer;
        answers.get(message.id)?.(message);
      }
    });
    let nextId = 1;
    const ask = (method: string, params: object = {}): Promise<Answer> => {
      const id = nextId++;
      (child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params })}\0`);
      return new Promise((resolve) => answers.set(id, resolve));
    };
    await expect.poll(() => page.requests, { timeout: 15_000 }).toContain('GET /asked');

    // what each would be called if it were shown; a refusal has the address for a title
    const shown = /^(screen|passwd|Settings|About Version|Policies|DevTools|view-source:.*)$/;
    const places = [
      `${other.origin}/asked`,
      'file:///etc/passwd',
      'chrome://settings',
      'chrome://version',
      'chrome://policy',
      'devtools://devtools/bundled/inspector.html',
      `view-source:${page.origin}/`,
    ];
    for (const url of places) {
      const { targetId } = (await ask('Target.createTarget', { url })).result!;
      await new Promise((resolve) => setTimeout(resolve, 700));
      const title = async (): Promise<string | undefined> => {
        const { targetInfos } = (await ask('Target.getTargets')).result!;
        return targetInfos!.find((info) => info.targetId === targetId)?.title;
      };
      // on a busy machine a file's name is the title until it is refused
      await expect.poll(title, { timeout: 10_000, message: url }).not.toMatch(shown);
      const attached = await ask('Target.attachToTarget', { targetId, flatten: true });
      expect(attached.error?.message, url).toBe('Not allowed');
    }
    expect(other.requests).toEqual([]);
    const exited = once(child, 'exit');
    child.kill();
    await exited;
  });
});

describe('without the policy', () => {
  it('the shell says so aloud, and names what is missing', async (context) => {
    context.skip(!canMount, why);
    const bare = underPolicy(null, `${page.origin}/`);
    await expect.poll(() => bare.log(), { timeout: 15_000 }).toMatch(/managed policy is NOT in force/);
    await bare.stop();
    const { URLBlocklist: _, ...weaker } = managedPolicy(page.origin);
    const partly = underPolicy(weaker, `${page.origin}/`);
    await expect.poll(() => partly.log(), { timeout: 15_000 }).toMatch(/NOT in force \(URLBlocklist\)/);
    await partly.stop();
  });

  it('gives another origin no camera, though it were shown', async (context) => {
    context.skip(!canMount, why);
    const both = [page.origin, other.origin];
    const open = { ...managedPolicy(page.origin), URLAllowlist: both, DeveloperToolsAvailabilityAllowlist: both };
    // a policy that is not the shell's own: it would say yes to every page by a flag, which is taken out here
    const strict = join(folder, 'strict');
    const dropFlag = 'for a in "$@"; do shift; case $a in --auto-accept*) ;; *) set -- "$@" "$a" ;; esac; done';
    writeFileSync(strict, `#!/bin/sh\n${dropFlag}\nexec /usr/bin/chromium "$@"\n`, { mode: 0o755 });
    const sinceMs = Date.now();
    const run = underPolicy(open, `${page.origin}/`, strict);
    context.onTestFinished(() => run.stop());
    await page.newLoad(sinceMs, 30_000);
    const code = `navigator.mediaDevices.getUserMedia({ video: true }).then(() => 'given', (error) => error.name)`;
    expect(await page.run(code)).toBe('given');
    // asked as soon as it is there: the shell closes a window that shows another page
    const answer = other.run(code, 20_000);
    page.tell(`location.assign('${other.origin}/')`);
    expect(await answer).toBe('NotAllowedError');
  });
});
