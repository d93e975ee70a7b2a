/**
 * How the tests start Debian's Firefox: headless, with a profile of its own, driven by WebDriver BiDi
 * (https://w3c.github.io/webdriver-bidi/). Playwright drives only its own build of Firefox, so this client speaks the few
 * commands that a person's page needs.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FIREFOX = process.env.FIREFOX_BIN ?? '/usr/bin/firefox-esr';
const STARTED_WITHIN_MS = 30_000;
/** WebDriver's codes for pressed keys (WebDriver 2, 17.4.2). */
const BACKSPACE = '\uE003';
const TAB = '\uE004';

/** A person's browser on a network without Mozilla: nothing is fetched, so no OpenH264 either. */
const PREFERENCES = {
  'app.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.getAddons.cache.enabled': false,
  'intl.locale.requested': 'en-US',
  'media.gmp-manager.url': 'data:text/plain,',
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'toolkit.telemetry.enabled': false,
  'toolkit.telemetry.server': '',
} as const;

export type FirefoxOptions = {
  /** beside those above */
  preferences?: Record<string, string | number | boolean>;
  /** a network namespace to run in (`ip netns`) */
  namespace?: string;
  /** a CA that the profile trusts */
  caCertificatePath?: string;
};

type Answer = { id?: number; type: string; result?: unknown; error?: string; message?: string };
type Remote = { type: string; value?: unknown };

export class Firefox {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  /** null: it runs on this network */
  readonly #relay: Server | null;
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  #lastId = 0;

  private constructor(process: ChildProcess, profile: string, socket: WebSocket, relay: Server | null) {
    this.#relay = relay;
    this.#process = process;
    this.#profile = profile;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#settle(JSON.parse(String(data)) as Answer);
    socket.onclose = () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Firefox is gone'));
      this.#waiting.clear();
    };
  }

  static async launch({ preferences = {}, namespace, caCertificatePath }: FirefoxOptions = {}): Promise<Firefox> {
    const profile = mkdtempSync(join(tmpdir(), 'maru-firefox-'));
    const lines = Object.entries({ ...PREFERENCES, ...preferences }).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
    );
    writeFileSync(join(profile, 'user.js'), `${lines.join('\n')}\n`);
    if (caCertificatePath !== undefined) trust(profile, caCertificatePath);
    const command = [FIREFOX, '--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'];
    const [file, ...args] = namespace === undefined ? command : ['ip', 'netns', 'exec', namespace, ...command];
    const child = spawn(file!, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, HOME: profile, MOZ_DISABLE_AUTO_SAFE_MODE: '1' },
    });
    let relay: Server | null = null;
    try {
      const address = await listeningAddress(child);
      if (namespace !== undefined) relay = await relayInto(namespace, Number(new URL(address).port));
      const socket = new WebSocket(`${address}/session`);
      await new Promise<void>((resolve, reject) => {
        socket.onopen = () => resolve();
        socket.onerror = () => reject(new Error('Firefox refuses its WebDriver socket'));
      });
      const firefox = new Firefox(child, profile, socket, relay);
      await firefox.ask('session.new', { capabilities: {} });
      return firefox;
    } catch (error) {
      child.kill();
      relay?.close();
      rmSync(profile, { recursive: true, force: true });
      throw error;
    }
  }

  /** @param script runs in every document of the page before its own scripts */
  async open(address: string, script: string, size: { width: number; height: number }): Promise<FirefoxPage> {
    const { context } = (await this.ask('browsingContext.create', { type: 'tab' })) as { context: string };
    await this.ask('browsingContext.setViewport', { context, viewport: size });
    await this.ask('script.addPreloadScript', { functionDeclaration: `() => {${script}}`, contexts: [context] });
    const page = new FirefoxPage(this, context);
    await page.goto(address);
    return page;
  }

  /** @throws Error with the code of BiDi and its message */
  ask(method: string, params: object): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    // one that was killed has no exit code
    if (exitCode === null && signalCode === null) {
      const ended = new Promise((resolve) => this.#process.once('exit', resolve));
      this.#process.kill();
      await ended;
    }
    this.#relay?.close();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  #settle({ id, type, result, error, message }: Answer): void {
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || waiting === undefined) return;
    this.#waiting.delete(id);
    if (type === 'success') waiting.resolve(result);
    else waiting.reject(new Error(`${error}: ${message}`));
  }
}

export class FirefoxPage {
  readonly #firefox: Firefox;
  readonly #context: string;

  constructor(firefox: Firefox, context: string) {
    this.#firefox = firefox;
    this.#context = context;
  }

  async goto(url: string): Promise<void> {
    await this.#ask('browsingContext.navigate', { url, wait: 'interactive' });
  }

  async reload(): Promise<void> {
    await this.#ask('browsingContext.reload', { wait: 'interactive' });
  }

  /** @param delta -1: as the Back button does */
  async travel(delta: number): Promise<void> {
    await this.#ask('browsingContext.traverseHistory', { delta });
  }

  /** `expression` may be a promise; what it gives must survive JSON. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, type, exceptionDetails } = (await this.#ask('script.evaluate', {
      expression: `Promise.resolve(${expression}).then((value) => JSON.stringify(value ?? null))`,
      target: { context: this.#context },
      awaitPromise: true,
    })) as { type: string; result: Remote; exceptionDetails?: { text: string } };
    if (type !== 'success') throw new Error(exceptionDetails?.text ?? 'the page threw');
    return JSON.parse(String(result.value)) as T;
  }

  /** By role and accessible name, as a check from outside would find it. */
  async count(role: string, name: string): Promise<number> {
    return (await this.#find(role, name)).length;
  }

  /** A real click in the element's middle, once it is in sight. */
  async click(role: string, name: string): Promise<void> {
    const [element] = await this.#find(role, name);
    if (element === undefined) throw new Error(`no ${role} ${name}`);
    await this.#ask('script.callFunction', {
      functionDeclaration: '(element) => element.scrollIntoView({ block: "center", behavior: "instant" })',
      arguments: [{ sharedId: element.sharedId }],
      target: { context: this.#context },
      awaitPromise: false,
    });
    const origin = { type: 'element', element: { sharedId: element.sharedId } };
    const press = [
      { type: 'pointerMove', x: 0, y: 0, origin },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ];
    await this.#ask('input.performActions', { actions: [{ type: 'pointer', id: 'mouse', actions: press }] });
  }

  /** What stands there is replaced. */
  async fill(role: string, name: string, text: string): Promise<void> {
    await this.click(role, name);
    await this.evaluate('void document.activeElement.select()');
    await this.#type([BACKSPACE, ...text]);
  }

  /** Into the field behind the one that has the focus. */
  async fillNext(text: string): Promise<void> {
    await this.#type([TAB, ...text]);
  }

  async screenshot(): Promise<Buffer> {
    const { data } = (await this.#ask('browsingContext.captureScreenshot', {})) as { data: string };
    return Buffer.from(data, 'base64');
  }

  async close(): Promise<void> {
    await this.#ask('browsingContext.close', {});
  }

  async #type(values: string[]): Promise<void> {
    const keys = values.flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ]);
    await this.#ask('input.performActions', { actions: [{ type: 'key', id: 'keyboard', actions: keys }] });
  }

  async #find(role: string, name: string): Promise<{ sharedId: string }[]> {
    const { nodes } = (await this.#ask('browsingContext.locateNodes', {
      locator: { type: 'accessibility', value: { role, name } },
    })) as { nodes: { sharedId: string }[] };
    return nodes;
  }

  #ask(method: string, params: object): Promise<unknown> {
    return this.#firefox.ask(method, { context: this.#context, ...params });
  }
}

function listeningAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error(`Firefox did not start: ${said}`)), STARTED_WITHIN_MS);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Firefox ended with ${code}: ${said}`)));
    child.stderr!.on('data', (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-4_000);
      const address = /WebDriver BiDi listening on (ws:\S+)/.exec(said)?.[1];
      if (address === undefined) return;
      clearTimeout(late);
      resolve(address);
    });
  });
}

/** This network's loopback to that of the namespace, at the same port: Firefox refuses a handshake for another one. */
async function relayInto(namespace: string, port: number): Promise<Server> {
  const carry = `const to = require('node:net').connect(${port}, '127.0.0.1'); process.stdin.pipe(to).pipe(process.stdout);`;
  const server = createServer((from) => {
    const carrier = spawn('ip', ['netns', 'exec', namespace, process.execPath, '-e', carry], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    from.pipe(carrier.stdin).on('error', () => from.destroy());
    carrier.stdout.pipe(from).on('error', () => carrier.kill());
    from.once('close', () => carrier.kill());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

function trust(profile: string, caCertificatePath: string): void {
  const certutil = (...args: string[]) =>
    execFileSync('certutil', ['-d', `sql:${profile}`, ...args], { stdio: 'pipe' });
  certutil('-N', '--empty-password');
  certutil('-A', '-t', 'C,,', '-n', 'the office', '-i', caCertificatePath);
}
