import { afterEach, expect, it } from 'vitest';
import { KeptWindow } from './kept-window.ts';
import { ShellChoice } from './shell-choice.ts';
import type { ShellName, ShellWindow } from './shell-window.ts';

/** A window whose start and end the test decides. */
class FakeWindow implements ShellWindow {
  readonly ended = Promise.withResolvers<string>();
  readonly startable: boolean;
  stopped = false;

  constructor(startable: boolean) {
    this.startable = startable;
  }
  async start(): Promise<void> {
    if (!this.startable) throw new Error('nothing came');
  }
  watch(): Promise<string> {
    return this.ended.promise;
  }
  async picture(): Promise<Buffer<ArrayBuffer>> {
    return Buffer.from('a picture');
  }
  async stop(): Promise<void> {
    this.stopped = true;
    this.ended.resolve('stopped');
  }
}

let kept: KeptWindow;
afterEach(() => kept.stop());

function keep(options: {
  startable?: (shell: ShellName) => boolean;
  served?: () => boolean;
  electron?: boolean;
  prepare?: () => Promise<void>;
  outdated?: () => Promise<string>;
}) {
  const opened: { shell: ShellName; window: FakeWindow }[] = [];
  const log: string[] = [];
  const choice = new ShellChoice({
    wanted: 'auto',
    electronBinary: options.electron ? '/electron' : null,
    log: (line) => log.push(line),
  });
  kept = new KeptWindow({
    nextShell: () => choice.next,
    open: (shell) => {
      const window = new FakeWindow(options.startable?.(shell) ?? true);
      opened.push({ shell, window });
      return window;
    },
    prepare: options.prepare ?? (async () => {}),
    outdated: options.outdated ?? (() => new Promise(() => {})),
    served: async () => options.served?.() ?? true,
    onStarted: (shell, shown) => choice.note(shell, shown),
    log: (line) => log.push(line),
  });
  kept.start();
  return { opened, log };
}

it('opens another when one is no longer sound, and ends the first', async () => {
  const { opened, log } = keep({});
  await expect.poll(() => opened.length).toBe(1);
  opened[0]!.window.ended.resolve('the page is frozen');
  await expect.poll(() => opened.length).toBe(2);
  expect(opened[0]!.window.stopped).toBe(true);
  expect(log).toEqual(['chromium: the page is frozen, it is started again']);
});

it('opens another when what a browser reads at its start has changed, prepared anew', async () => {
  let outdated = Promise.withResolvers<string>();
  let prepared = 0;
  const { opened, log } = keep({
    prepare: async () => {
      prepared += 1;
    },
    outdated: () => {
      outdated = Promise.withResolvers();
      return outdated.promise;
    },
  });
  await expect.poll(() => opened.length).toBe(1);
  outdated.resolve('the CA is another');
  await expect.poll(() => opened.length).toBe(2);
  expect(opened[0]!.window.stopped).toBe(true);
  expect(prepared).toBe(2);
  expect(log).toEqual(['chromium: the CA is another, it is started again']);
});

it('waits for the agent, and says so once', async () => {
  let served = false;
  const { opened, log } = keep({ served: () => served });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(opened).toEqual([]);
  expect(log).toEqual(['the agent does not serve the page yet']);
  served = true;
  await expect.poll(() => opened.length).toBe(1);
});

it('takes Electron where it is there', async () => {
  const { opened } = keep({ electron: true });
  await expect.poll(() => opened.map(({ shell }) => shell)).toEqual(['electron']);
});

it('gives up an Electron that never comes up, aloud, and shows the room in Chromium', async () => {
  const { opened, log } = keep({ electron: true, startable: (shell) => shell === 'chromium' });
  await expect.poll(() => opened.map(({ shell }) => shell)).toEqual(['electron', 'electron', 'chromium']);
  expect(log).toContain('Electron does not come up on this box: Chromium from here on');
});

it('stays with an Electron that has come up once', async () => {
  let startable = true;
  const { opened } = keep({ electron: true, startable: () => startable });
  await expect.poll(() => opened.length).toBe(1);
  startable = false;
  opened[0]!.window.ended.resolve('Electron ended (SIGSEGV)');
  await expect.poll(() => opened.length, { timeout: 5_000 }).toBeGreaterThanOrEqual(4);
  expect(new Set(opened.map(({ shell }) => shell))).toEqual(new Set(['electron']));
});

it('refuses an Electron that is asked for and is not there', () => {
  kept = new KeptWindow({
    nextShell: () => 'chromium',
    open: () => new FakeWindow(true),
    prepare: async () => {},
    outdated: () => new Promise(() => {}),
    served: async () => true,
    onStarted: () => {},
    log: () => {},
  });
  expect(() => new ShellChoice({ wanted: 'electron', electronBinary: null, log: () => {} })).toThrow(/no binary/);
});

it('gives a picture of the window that is open, and none while none is', async () => {
  let isServed = false;
  const { opened } = keep({ served: () => isServed });
  expect(await kept.picture()).toBe(null);
  isServed = true;
  await expect.poll(() => opened.length, { timeout: 3_000 }).toBe(1);
  expect(String(await kept.picture())).toBe('a picture');
});
