/**
 * The little of the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/) that a process needs that keeps
 * one page of its own in a browser, over the pipe of --remote-debugging-pipe: no port is opened, nobody else can attach.
 * Messages end with a zero byte.
 */

/** `silent`: the page's own thread did not answer in time. `elsewhere`: what answered is not our page. */
export type PageLook = 'shown' | 'elsewhere' | 'silent';

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

export type PageOfPipe = {
  origin: string;
  /** what each look evaluates in the page; its value is `location.origin` */
  lookExpression?: () => string;
  /** what the page sends by the function of this name, which takes a text; the function is there before the page's own scripts run */
  binding?: { name: string; onCall: (text: string) => void };
};

const ATTACH_WITHIN_MS = 2_000;
const TRY_AGAIN_MS = 100;
const PICTURE_QUALITY = 60;
const PRINT_PART_BYTES = 256 * 1024;

export class DevtoolsPipe {
  readonly #out: NodeJS.WritableStream;
  readonly #page: PageOfPipe;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly crashed: Promise<void>;
  #onCrashed!: () => void;
  #nextId = 1;
  #unread = '';
  #sessionId: string | undefined;
  #targetId: string | undefined;

  constructor(out: NodeJS.WritableStream, incoming: NodeJS.ReadableStream, page: PageOfPipe) {
    this.#out = out;
    this.#page = page;
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

  /** @throws when the page is not there by then */
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
    const { lookExpression, origin } = this.#page;
    const answer = await this.evaluate(lookExpression?.() ?? 'location.origin', withinMs);
    if (answer === 'silent') return 'silent';
    return answer !== 'refused' && answer.value === origin ? 'shown' : 'elsewhere';
  }

  /**
   * In the page that is attached.
   * @param asTouched as if a person had just touched it: a page may then capture its own tab, and open windows
   * @returns its value, as JSON carries it
   */
  async evaluate(
    expression: string,
    withinMs: number,
    { asTouched = false } = {},
  ): Promise<{ value: unknown } | 'silent' | 'refused'> {
    const asked = { expression, returnByValue: true, userGesture: asTouched };
    const answer = await this.#ask('Runtime.evaluate', asked, withinMs);
    return typeof answer === 'string' ? answer : { value: (answer.result as { value?: unknown } | undefined)?.value };
  }

  /** A JPEG of the page that is attached, as the window shows it; null: it can't be had in time. */
  async picture(withinMs: number): Promise<Buffer<ArrayBuffer> | null> {
    const answer = await this.#ask('Page.captureScreenshot', { format: 'jpeg', quality: PICTURE_QUALITY }, withinMs);
    return typeof answer === 'string' ? null : Buffer.from(String(answer.data), 'base64');
  }

  /** Of the page that is attached, in CSS pixels that are pixels of the picture too. */
  async setSize(size: { width: number; height: number }, withinMs: number): Promise<void> {
    const metrics = { ...size, deviceScaleFactor: 1, mobile: false };
    await this.#ask('Emulation.setDeviceMetricsOverride', metrics, withinMs);
  }

  /**
   * This HTML in place of the page that is attached, as a PDF of A4 pages. It runs no script, and no request leaves it.
   * @param withinMs for each step
   * @throws Error in English: the browser refuses, is silent, or makes more than `maxBytes`
   */
  async print(html: string, { withinMs, maxBytes }: { withinMs: number; maxBytes: number }): Promise<Buffer> {
    const step = async (method: string, params: Record<string, unknown>): Promise<Record<string, unknown>> => {
      const answer = await this.#ask(method, params, withinMs);
      if (typeof answer === 'string') throw new Error(`${method}: ${answer}`);
      return answer;
    };
    await step('Emulation.setScriptExecutionDisabled', { value: true });
    await step('Network.enable', {});
    await step('Network.setBlockedURLs', { urls: ['*'] });
    const offline = { offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
    await step('Network.emulateNetworkConditions', offline);
    const { frameTree } = (await step('Page.getFrameTree', {})) as { frameTree: { frame: { id: string } } };
    await step('Page.setDocumentContent', { frameId: frameTree.frame.id, html });
    const { stream } = await step('Page.printToPDF', {
      preferCSSPageSize: true,
      generateTaggedPDF: true,
      generateDocumentOutline: true,
      transferMode: 'ReturnAsStream',
    });
    const parts: Buffer[] = [];
    for (let sizeBytes = 0; ; ) {
      const part = await step('IO.read', { handle: stream, size: PRINT_PART_BYTES });
      const bytes = Buffer.from(String(part.data), part.base64Encoded === true ? 'base64' : 'utf8');
      sizeBytes += bytes.length;
      if (sizeBytes > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
      parts.push(bytes);
      if (part.eof === true) return Buffer.concat(parts);
    }
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
    const { binding } = this.#page;
    if (binding === undefined) return;
    await this.#ask('Runtime.enable', {}, ATTACH_WITHIN_MS);
    await this.#ask('Runtime.addBinding', { name: binding.name }, ATTACH_WITHIN_MS);
  }

  #isOurs(url: string): boolean {
    return URL.canParse(url) && new URL(url).origin === this.#page.origin;
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
        this.#onEvent(message);
        continue;
      }
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    }
  }

  #onEvent({ method, params }: Message): void {
    const { binding } = this.#page;
    if (method === 'Runtime.bindingCalled' && binding !== undefined && params?.name === binding.name)
      binding.onCall(String(params.payload));
    if (method === 'Inspector.targetCrashed') this.#onCrashed();
    if (method === 'Target.targetCrashed' && params?.targetId === this.#targetId) this.#onCrashed();
    if (method !== 'Target.targetCreated') return;
    const { type, targetId, url } = (params as { targetInfo: TargetInfo }).targetInfo;
    // a window that opens would stand before our page; the browser's frame is made of pages too
    if (type === 'page' && !url.includes('.top-chrome') && targetId !== this.#targetId)
      void this.#ask('Target.closeTarget', { targetId }, 1_000, null);
  }
}
