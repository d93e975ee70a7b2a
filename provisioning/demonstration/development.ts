/**
 * What `npm run dev` adds: the pages are built on save, and a save in code that runs in Node starts the processes again.
 * Owns the watching alone; main.ts starts and stops.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, type FSWatcher, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';

const SETTLE_MS = 300;
const pages = ['controller', 'kiosk/screen', 'fleet/console'];
/** Bundled by Vite: a save there is the page's business. The TV's own page is looked at again when its build changed. */
const bundled = /^(fleet\/(console|call)|kiosk\/(screen|stage))\//;
/** A watching build knows nothing of its parent: it ends with its stdin, which ends with this process. */
const lifeline = 'data:text/javascript,process.stdin.resume().on("end", () => process.exit())';
const screenBuilt = 'kiosk/screen/dist/index.html';

/** Whether a save of this file, relative to the checkout, starts the processes again. */
export function startsAgain(path: string): boolean {
  if (path === screenBuilt) return true;
  return path.endsWith('.ts') && !/\.test\.ts$|-under-test\.ts$/.test(path) && !bundled.test(path);
}

export class Development {
  readonly #checkout: string;
  readonly #builds: ChildProcess[] = [];
  readonly #watchers: FSWatcher[] = [];
  #timer: NodeJS.Timeout | null = null;
  #saved = Promise.withResolvers<void>();
  #screen: string;

  constructor(checkout: string) {
    this.#checkout = checkout;
    this.#screen = this.#readScreen();
  }

  start(): void {
    const vite = join(this.#checkout, 'node_modules/vite/bin/vite.js');
    for (const page of pages) {
      const args = [
        '--import',
        lifeline,
        vite,
        'build',
        '--watch',
        '--logLevel',
        'warn',
        '-c',
        `${page}/vite.config.ts`,
      ];
      this.#builds.push(spawn(process.execPath, args, { cwd: this.#checkout, stdio: ['pipe', 2, 2] }));
    }
    for (const folder of ['fleet', 'kiosk']) {
      const onSave = (_event: string, file: string | null) => this.#onSave(`${folder}/${file}`);
      this.#watchers.push(watch(join(this.#checkout, folder), { recursive: true }, onSave));
    }
  }

  /** Settles at the next save that starts the processes again; several within a moment are one. */
  saved(): Promise<void> {
    return this.#saved.promise;
  }

  stop(): void {
    for (const watcher of this.#watchers) watcher.close();
    for (const build of this.#builds) build.kill('SIGTERM');
    if (this.#timer) clearTimeout(this.#timer);
  }

  #onSave(path: string): void {
    if (!startsAgain(path)) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (path === screenBuilt && !this.#screenChanged()) return;
      this.#saved.resolve();
      this.#saved = Promise.withResolvers();
    }, SETTLE_MS);
  }

  /** Its files are named by their content, so a build that changed nothing gives the same page. */
  #screenChanged(): boolean {
    const screen = this.#readScreen();
    // half way through a build there is none
    if (screen === '' || screen === this.#screen) return false;
    this.#screen = screen;
    return true;
  }

  #readScreen(): string {
    const path = join(this.#checkout, screenBuilt);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }
}
