/**
 * The little of the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/) that a watchdog needs, over
 * the pipe of --remote-debugging-pipe: no port is opened, nobody else can attach. Messages end with a zero byte.
 */
type Message = {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: unknown;
  sessionId?: string;
};

export class DevtoolsPipe {
  readonly #out: NodeJS.WritableStream;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly crashed: Promise<void>;
  #onCrashed!: () => void;
  #nextId = 1;
  #unread = '';
  #sessionId: string | undefined;

  constructor(out: NodeJS.WritableStream, incoming: NodeJS.ReadableStream) {
    this.#out = out;
    this.crashed = new Promise((resolve) => {
      this.#onCrashed = resolve;
    });
    // the browser may go at any moment: that is heard by its exit
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
    return this.#ask('Browser.grantPermissions', { origin, permissions }, withinMs);
  }

  /** @throws when there is no page by then */
  async attachToPage(withinMs: number): Promise<void> {
    const untilMs = Date.now() + withinMs;
    while (Date.now() < untilMs) {
      const { targetInfos } = ((await this.#ask('Target.getTargets', {}, 1_000)) ?? {}) as {
        targetInfos?: { type: string; targetId: string; url: string }[];
      };
      const page = targetInfos?.find(({ type, url }) => type === 'page' && url.startsWith('http'));
      if (page !== undefined) {
        const attached = await this.#ask('Target.attachToTarget', { targetId: page.targetId, flatten: true }, 2_000);
        this.#sessionId = attached?.sessionId as string | undefined;
        await this.#ask('Inspector.enable', {}, 2_000);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('the browser shows no page');
  }

  /** False: the page's own thread did not answer in time. */
  async answers(withinMs: number): Promise<boolean> {
    return (await this.#ask('Runtime.evaluate', { expression: '1' }, withinMs)) !== null;
  }

  #ask(method: string, params: Record<string, unknown>, withinMs: number): Promise<Record<string, unknown> | null> {
    const id = this.#nextId++;
    const answer = new Promise<Record<string, unknown> | null>((resolve) => {
      const late = setTimeout(() => {
        this.#waiting.delete(id);
        resolve(null);
      }, withinMs);
      this.#waiting.set(id, ({ result }) => {
        clearTimeout(late);
        resolve(result ?? null);
      });
    });
    const session = this.#sessionId === undefined ? {} : { sessionId: this.#sessionId };
    this.#out.write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    return answer;
  }

  #read(text: string): void {
    const parts = (this.#unread + text).split('\0');
    this.#unread = parts.pop() ?? '';
    for (const part of parts) {
      const message = JSON.parse(part) as Message;
      if (message.method === 'Inspector.targetCrashed' || message.method === 'Target.targetCrashed') this.#onCrashed();
      if (message.id === undefined) continue;
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    }
  }
}
