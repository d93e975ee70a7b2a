/**
 * One run of Electron, seen from outside: started in a process group of its own, watched by its sign of life, ended
 * with all its children. The page inside is kept by app/page-keeper.ts; this finds a main process that hangs or went.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { FAKE_MEDIA_FLAG } from '#edge/chromium/browser-process.ts';
import type { ShellWindow } from '../shell-window.ts';
import type { ElectronBinary } from './binary.ts';

/** Sent each second. */
const SILENT_AFTER_MS = 4_000;
const STOP_WITHIN_MS = 2_000;
const PICTURE_WITHIN_MS = 3_000;

export type ElectronWindowOptions = {
  binary: ElectronBinary;
  url: string;
  profileDir: string;
  /** where its main process finds the page's key */
  shellDir: string;
  fakeMedia: boolean;
};

export class ElectronWindow implements ShellWindow {
  readonly #options: ElectronWindowOptions;
  readonly #shown = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<string>();
  #child: ChildProcess | null = null;
  #silence: NodeJS.Timeout | undefined;
  #onPicture: ((picture: Buffer<ArrayBuffer>) => void) | undefined;

  constructor(options: ElectronWindowOptions) {
    this.#options = options;
  }

  async start(withinMs: number): Promise<void> {
    const { binary } = this.#options;
    const child = spawn(binary.path, [...binary.args, ...electronFlags(this.#options)], {
      detached: true,
      env: cleanEnvironment(process.env, this.#options.profileDir),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    child.once('exit', (code, signal) => this.#ended.resolve(`Electron ended (${signal ?? code})`));
    child.once('error', (error) => this.#ended.resolve(`Electron did not start: ${error.message}`));
    child.on('message', (message) => this.#hear(message));
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error('Electron does not show the page')), withinMs);
    const gone = this.#ended.promise.then((why) => Promise.reject(new Error(why)));
    try {
      await Promise.race([this.#shown.promise, gone, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  watch(): Promise<string> {
    this.#awaitLife();
    return this.#ended.promise;
  }

  async picture(): Promise<Buffer<ArrayBuffer> | null> {
    const child = this.#child;
    if (!child?.connected) return null;
    const { promise, resolve } = Promise.withResolvers<Buffer<ArrayBuffer> | null>();
    this.#onPicture = resolve;
    child.send({ picture: 'wanted' });
    const late = setTimeout(() => resolve(null), PICTURE_WITHIN_MS);
    return promise.finally(() => clearTimeout(late));
  }

  async stop(): Promise<void> {
    clearTimeout(this.#silence);
    const child = this.#child;
    if (child?.pid === undefined) return;
    const signalGroup = (signal: NodeJS.Signals): void => {
      try {
        process.kill(-child.pid!, signal);
      } catch {
        // nobody is left in it
      }
    };
    const running = child.exitCode === null && child.signalCode === null;
    const exited = running ? once(child, 'exit') : Promise.resolve();
    signalGroup('SIGTERM');
    await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, STOP_WITHIN_MS))]);
    signalGroup('SIGKILL');
  }

  /** What comes is of our own making, and is looked at all the same. */
  #hear(message: unknown): void {
    if (typeof message !== 'object' || message === null) return;
    if ('shown' in message) this.#shown.resolve();
    if ('picture' in message && typeof message.picture === 'string')
      this.#onPicture?.(Buffer.from(message.picture, 'base64'));
    if ('alive' in message && this.#silence !== undefined) this.#awaitLife();
  }

  #awaitLife(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#ended.resolve('Electron does not answer'), SILENT_AFTER_MS);
  }
}

export function electronFlags({
  url,
  profileDir,
  shellDir,
  fakeMedia,
}: Omit<ElectronWindowOptions, 'binary'>): string[] {
  return [
    `--maru-url=${url}`,
    `--maru-shell-dir=${shellDir}`,
    `--user-data-dir=${join(profileDir, 'electron')}`,
    ...(process.env.WAYLAND_DISPLAY ? ['--ozone-platform=wayland'] : []),
    '--password-store=basic',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-pinch',
    '--autoplay-policy=no-user-gesture-required',
    ...(fakeMedia ? [FAKE_MEDIA_FLAG] : []),
    // a container's root has no sandbox to go into; a real box runs the kiosk as a user of its own
    ...(process.getuid?.() === 0 ? ['--no-sandbox', '--disable-gpu'] : []),
  ];
}

/** Without variables that change Electron (the fuses forbid them too); HOME is where Chromium looks for the CA. */
export function cleanEnvironment(env: NodeJS.ProcessEnv, home: string): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(ELECTRON_|NODE_)/.test(name));
  return { ...Object.fromEntries(kept), HOME: home };
}
