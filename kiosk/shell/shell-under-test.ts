/**
 * A shell over a page that reports, for tests: the page is served from loopback like the agent's, says each 100 ms that it
 * lives, asks what it is to do, and tells what became of it. Everything seen is a fact about the real browser.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SCREEN_PROOF_PATH, screenProof } from '#contract/screen-link.ts';

const PAGE = `<!doctype html><title>screen</title><body style="background:#008000"><div id="root">screen</div><script>
const load = Math.random().toString(36).slice(2);
const post = (path, body) => fetch(path, { method: 'POST', body });
setInterval(() => post('/alive', load).catch(() => {}), 100);
(async () => {
  for (;;) {
    try {
      const { id, code } = await (await fetch('/next')).json();
      // a script element, because the page's policy allows no eval
      window.answer = (value) => post('/answer', JSON.stringify({ id, value: String(value) }));
      const script = document.createElement('script');
      script.textContent = '(async () => { try { answer(await (' + code + ')) } catch (error) { answer(error) } })()';
      document.body.append(script);
    } catch { await new Promise((next) => setTimeout(next, 100)); }
  }
})();
</script>`;

/** As an agent would have left it; a test may leave another. */
export const SCREEN_KEY = 'k'.repeat(43);

/** A start is not judged by these tests: a return is. */
const STARTED_WITHIN_MS = 90_000;
/** For a test or hook that waits for a start. */
export const STARTS_WITHIN_MS = 150_000;

export class PageUnderTest {
  key = SCREEN_KEY;
  /** when each load of the page was last heard, in the order of their first word */
  readonly #heard = new Map<string, { firstMs: number; lastMs: number }>();
  readonly #commands: { id: number; code: string }[] = [];
  readonly #answers = new Map<number, (value: string) => void>();
  readonly requests: string[] = [];
  #waiting: ((command: { id: number; code: string }) => void) | null = null;
  #server: Server | null = null;
  #nextId = 1;

  async start(port = 0): Promise<void> {
    this.#server = createServer((request, response) => {
      const { url = '/', method } = request;
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        if (url === '/alive') this.#hear(body);
        else if (url.startsWith(SCREEN_PROOF_PATH)) {
          const nonce = new URLSearchParams(url.split('?')[1]).get('nonce') ?? '';
          void screenProof(this.key, nonce).then((proof) => response.end(proof));
          return;
        } else if (url === '/answer') this.#answered(JSON.parse(body) as { id: number; value: string });
        else if (url === '/next') {
          this.#waiting = (command) => response.end(JSON.stringify(command));
          this.#handOut();
          return;
        } else this.requests.push(`${method} ${url}`);
        if (url.startsWith('/download')) response.setHeader('content-disposition', 'attachment; filename=x.bin');
        else response.setHeader('content-type', 'text/html');
        response.end(method === 'GET' ? PAGE : '');
      });
    });
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server!.address() as AddressInfo).port}`;
  }

  /** Runs an expression in the page. @throws when it does not answer in time */
  async run(code: string, withinMs = 10_000): Promise<string> {
    const id = this.#nextId++;
    const answer = new Promise<string>((resolve) => this.#answers.set(id, resolve));
    this.tell(code, id);
    const late = sleep(withinMs).then(() => Promise.reject(new Error(`the page did not answer: ${code}`)));
    return await Promise.race([answer, late]);
  }

  /** As `run`, for what leaves no page that could answer. */
  tell(code: string, id = this.#nextId++): void {
    this.#commands.push({ id, code });
    this.#handOut();
  }

  /** @returns milliseconds until a load that was not heard before lives */
  async newLoad(sinceMs: number, withinMs: number): Promise<number> {
    const untilMs = Date.now() + withinMs;
    for (;;) {
      const fresh = [...this.#heard.values()].find(({ firstMs }) => firstMs >= sinceMs);
      if (fresh !== undefined) return fresh.firstMs - sinceMs;
      if (Date.now() > untilMs) throw new Error(`no page came within ${withinMs} ms`);
      await sleep(20);
    }
  }

  /**
   * The first load of a browser that has just been started, which takes half a minute where many are.
   * @throws with what its shell logged
   */
  async firstLoad(run: ShellRun): Promise<void> {
    await this.newLoad(0, STARTED_WITHIN_MS).catch((error: Error) => {
      throw new Error(`${error.message}; its shell logged: ${run.log()}`);
    });
  }

  get lastAliveMs(): number {
    return Math.max(0, ...[...this.#heard.values()].map(({ lastMs }) => lastMs));
  }

  #hear(load: string): void {
    const nowMs = Date.now();
    this.#heard.set(load, { firstMs: this.#heard.get(load)?.firstMs ?? nowMs, lastMs: nowMs });
  }

  #answered({ id, value }: { id: number; value: string }): void {
    this.#answers.get(id)?.(value);
    this.#answers.delete(id);
  }

  #handOut(): void {
    if (this.#waiting === null || this.#commands.length === 0) return;
    this.#waiting(this.#commands.shift()!);
    this.#waiting = null;
  }
}

/** Where the shell looks for what an agent would have left. */
export const shellDirOf = (profileDir: string): string => join(profileDir, 'from-agent');

export function leaveKey(shellDir: string): void {
  mkdirSync(shellDir, { recursive: true });
  writeFileSync(join(shellDir, 'screen-key'), SCREEN_KEY);
}

export type ShellRun = { child: ChildProcess; log: () => string; profileDir: string; stop: () => Promise<void> };

/**
 * @param command what is before `node`: another namespace or user
 * @param before what lies in the profile's folder before the shell starts
 */
export function startShell(
  url: string,
  args: string[],
  command: string[] = [],
  before: (profileDir: string) => void = () => {},
): ShellRun {
  const profileDir = mkdtempSync(join(tmpdir(), 'maru-shell-'));
  leaveKey(shellDirOf(profileDir));
  before(profileDir);
  const main = join(import.meta.dirname, 'main.ts');
  const [program, ...rest] = [
    ...command,
    process.execPath,
    main,
    `--url=${url}`,
    `--profile-dir=${profileDir}`,
    `--shell-dir=${shellDirOf(profileDir)}`,
    ...args,
  ];
  const child = spawn(program!, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  return {
    child,
    log: () => log,
    profileDir,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill('SIGTERM');
        await exited;
      }
      rmSync(profileDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export type FoundProcess = { pid: number; parent: number; group: number; command: string };

function everyProcess(): FoundProcess[] {
  const all: FoundProcess[] = [];
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const [, parent, group] = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      all.push({ pid: Number(name), parent: Number(parent), group: Number(group), command });
    } catch {
      // gone meanwhile
    }
  }
  return all;
}

/** A shell that somebody else started, by the address that it was given. */
export function shellOver(url: string): number {
  const mains = everyProcess().filter(({ command }) =>
    /^\S*node (?:--\S+ )*\S*dist\/kiosk-shell-main\.js /.test(command),
  );
  const one = mains.find(({ command }) => command.includes(`--url=${url} `));
  if (one === undefined) throw new Error(`no shell over ${url}`);
  return one.pid;
}

/** Everything that came of a process, by parentage and by the groups that its children made. */
export function descendantsOf(pid: number): FoundProcess[] {
  const all = everyProcess();
  const found = new Set([pid]);
  const groups = new Set<number>();
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const one of all) {
      if (!found.has(one.parent) && !groups.has(one.group)) continue;
      found.add(one.pid);
      if (one.group === one.pid) groups.add(one.group);
    }
  }
  return all.filter((one) => found.has(one.pid) && one.pid !== pid);
}

export const renderersOf = (pid: number): number[] =>
  descendantsOf(pid).flatMap((one) => (one.command.includes('--type=renderer') ? [one.pid] : []));
/** The browser's main process: of its group, the one that no other of the group started. */
export const browserOf = (pid: number): number => descendantsOf(pid).find((one) => one.pid === one.group)!.pid;

/** A process that has ended and that nobody has asked about yet does not run. */
export function runs(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
