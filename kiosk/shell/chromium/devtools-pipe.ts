/**
 * The little of the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/) that a watchdog needs, over
 * the pipe of --remote-debugging-pipe: no port is opened, nobody else can attach. Messages end with a zero byte. The
 * policy lets it attach to the screen's origin and to nothing else.
 */
import { lookExpression, type PageLook } from '../watched-page.ts';

type Message = {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
  sessionId?: string;
};
type TargetInfo = { type: string; targetId: string; url: string; openerId?: string };
/** `silent`: no answer in time; `refused`: an answer, but an error */
type Answer = Record<string, unknown> | 'silent' | 'refused';

/** `key`: read at each look; null where the agent has left none yet */
export type ScreenOfPipe = { origin: string; key: () => string | null };

const ATTACH_WITHIN_MS = 2_000;
const TRY_AGAIN_MS = 100;

export class DevtoolsPipe {
  readonly #out: NodeJS.WritableStream;
  readonly #origin: string;
  readonly #screenKey: () => string | null;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly crashed: Promise<void>;
  #onCrashed!: () => void;
  #nextId = 1;
  #unread = '';
  #sessionId: string | undefined;
  #targetId: string | undefined;

  /** @param screen its origin, and the key that the page is given */
  constructor(out: NodeJS.WritableStream, incoming: NodeJS.ReadableStream, screen: ScreenOfPipe) {
    this.#out = out;
    this.#origin = screen.origin;
    this.#screenKey = screen.key;
    this.crashed = new Promise((resolve) => {
      this.#onCrashed = resolve;
    });
    // the browser may go at any moment: its exit event reports that
    out.on('error', () => {});
    incoming.on('error', () => {});
    incoming.setEncoding('utf8');
    incoming.on('data', (text: string) => this.#read(text));
  }

  /**
   * Before a page is attached: rights belong to the browser. The flag that accepts captures opens devices, but keeps their
   * names from the page, and a camera's motors; `Browser.grantPermissions` gives both, and refuses all other rights.
   */
  allow(origin: string, permissions: readonly string[], withinMs: number): Promise<unknown> {
    return this.#ask('Browser.grantPermissions', { origin, permissions }, withinMs, null);
  }

  /** @throws when the screen's page is not there by then */
  async attachToPage(withinMs: number): Promise<void> {
    const untilMs = performance.now() + withinMs;
    while (performance.now() < untilMs) {
      if (this.#sessionId === undefined) await this.#attach();
      else if ((await this.look(ATTACH_WITHIN_MS)) === 'shown') {
        // from here on, other windows are closed as they open
        await this.#ask('Target.setDiscoverTargets', { discover: true }, ATTACH_WITHIN_MS, null);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
    }
    throw new Error('the browser does not show the page');
  }

  async look(withinMs: number): Promise<PageLook> {
    const answer = await this.#ask(
      'Runtime.evaluate',
      { expression: lookExpression(this.#origin, this.#screenKey()), returnByValue: true },
      withinMs,
    );
    if (answer === 'silent') return 'silent';
    if (answer === 'refused') return 'elsewhere';
    return (answer.result as { value?: unknown } | undefined)?.value === this.#origin ? 'shown' : 'elsewhere';
  }

  async #attach(): Promise<void> {
    const found = await this.#ask('Target.getTargets', {}, ATTACH_WITHIN_MS, null);
    if (typeof found === 'string') return;
    // a window that the page has opened already is of the same origin
    const page = (found.targetInfos as TargetInfo[]).find(
      ({ type, url, openerId }) => type === 'page' && openerId === undefined && this.#isOurs(url),
    );
    if (page === undefined) return;
    const options = { targetId: page.targetId, flatten: true };
    const attached = await this.#ask('Target.attachToTarget', options, ATTACH_WITHIN_MS, null);
    if (typeof attached === 'string') return;
    this.#sessionId = attached.sessionId as string;
    this.#targetId = page.targetId;
    await this.#ask('Inspector.enable', {}, ATTACH_WITHIN_MS);
  }

  #isOurs(url: string): boolean {
    return URL.canParse(url) && new URL(url).origin === this.#origin;
  }

  /** @param sessionId null: to the browser itself */
  #ask(
    method: string,
    params: Record<string, unknown>,
    withinMs: number,
    sessionId: string | null | undefined = this.#sessionId,
  ): Promise<Answer> {
    const id = this.#nextId++;
    const answer = new Promise<Answer>((resolve) => {
      const late = setTimeout(() => {
        this.#waiting.delete(id);
        resolve('silent');
      }, withinMs);
      this.#waiting.set(id, ({ result }) => {
        clearTimeout(late);
        resolve(result ?? 'refused');
      });
    });
    this.#out.write(`${JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) })}\0`);
    return answer;
  }

  #read(text: string): void {
    const parts = (this.#unread + text).split('\0');
    this.#unread = parts.pop() ?? '';
    for (const part of parts) {
      const message = JSON.parse(part) as Message;
      if (message.id === undefined) {
        this.#hear(message);
        continue;
      }
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    }
  }

  #hear({ method, params }: Message): void {
    if (method === 'Inspector.targetCrashed') this.#onCrashed();
    if (method === 'Target.targetCrashed' && params?.targetId === this.#targetId) this.#onCrashed();
    if (method !== 'Target.targetCreated') return;
    const { type, targetId, url } = (params as { targetInfo: TargetInfo }).targetInfo;
    // a window that somebody opened would stand before the TV's page; the browser's frame is made of pages too
    if (type === 'page' && !url.includes('.top-chrome') && targetId !== this.#targetId)
      void this.#ask('Target.closeTarget', { targetId }, 1_000, null);
  }
}
