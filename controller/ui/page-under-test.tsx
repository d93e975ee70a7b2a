/** For tests of a page: the page in a document, with a scripted server behind `fetch` and `EventSource`. */
import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { vi } from 'vitest';
import { allRoutes, type RouteName } from '#contract/http/all-routes.ts';
import commonEn from './words/en/common.ts';
import errorsEn from './words/en/errors.ts';
import commonKo from './words/ko/common.ts';
import errorsKo from './words/ko/errors.ts';
import { type Area, showLanguage, startWords } from './words/words.ts';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

export type PlayedAnswer = { status?: number; body: unknown } | 'no-answer';
export type UsualAnswers = Partial<
  Record<RouteName, (url: URL, body: unknown) => PlayedAnswer | Promise<PlayedAnswer>>
>;
export const refusal = (status: number, code: string): PlayedAnswer => ({
  status,
  body: { error: { code, message: '' } },
});

/** What a test scripts by a route's name; what is not scripted is answered as usual, else refused. */
export class PlayedServer {
  readonly answers: UsualAnswers = {};
  readonly asked: { name: RouteName; url: URL; body: unknown }[] = [];
  readonly streams: StreamUnderTest[] = [];
  protected readonly usual: UsualAnswers = {};

  install(): void {
    vi.stubGlobal('fetch', async (address: string, options: RequestInit = {}) => {
      const url = new URL(address, 'http://maru.example');
      const name = routeOf(options.method ?? 'GET', url.pathname);
      const body: unknown = typeof options.body === 'string' ? JSON.parse(options.body) : undefined;
      this.asked.push({ name, url, body });
      const answer = (await (this.answers[name] ?? this.usual[name])?.(url, body)) ?? refusal(404, 'not-found');
      if (answer === 'no-answer') throw new TypeError('Failed to fetch');
      return Response.json(answer.body, { status: answer.status ?? 200 });
    });
    const { streams } = this;
    const opened = (stream: StreamUnderTest) => this.onStream(stream);
    vi.stubGlobal(
      'EventSource',
      class extends StreamUnderTest {
        constructor(url: string) {
          super(url);
          streams.push(this);
          queueMicrotask(() => opened(this));
        }
      },
    );
  }

  /** its first event, where each server sends one */
  protected onStream(_stream: StreamUnderTest): void {}

  askedFor(name: RouteName): number {
    return this.asked.filter((each) => each.name === name).length;
  }
  /** of the newest request by that name */
  bodyOf(name: RouteName): unknown {
    return this.asked.findLast((each) => each.name === name)?.body;
  }
  /** The newest stream whose address has these words. */
  stream(words: string): StreamUnderTest {
    const found = this.streams.findLast(({ url }) => url.includes(words));
    if (!found) throw new Error(`no stream of ${words}`);
    return found;
  }
}

function routeOf(method: string, pathname: string): RouteName {
  const found = (Object.keys(allRoutes) as RouteName[]).find(
    (name) =>
      allRoutes[name].method === method &&
      new RegExp(`^${allRoutes[name].path.replace(/:\w+/g, '[^/]+')}$`).test(pathname),
  );
  if (!found) throw new Error(`no route for ${method} ${pathname}`);
  return found;
}

export class StreamUnderTest extends EventTarget {
  static readonly CLOSED = 2;
  readyState = 0;
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
  }
  close(): void {
    this.readyState = StreamUnderTest.CLOSED;
  }
  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }
  say(name: string, data: object): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
  fail(readyState = 0): void {
    this.readyState = readyState;
    this.dispatchEvent(new Event('error'));
  }
}

export class PageUnderTest {
  readonly #areas: Record<string, Area>;
  #root: Root | null = null;

  /** @param areas beside `common` and `errors` */
  constructor(areas: Record<string, Area>) {
    this.#areas = areas;
  }

  async show(page: ReactNode): Promise<void> {
    globalThis.IS_REACT_ACT_ENVIRONMENT = true;
    startWords({ common: { en: commonEn, ko: commonKo }, errors: { en: errorsEn, ko: errorsKo }, ...this.#areas });
    showLanguage('en');
    this.#root = createRoot(document.body.appendChild(document.createElement('div')));
    await act(async () => this.#root!.render(page));
  }

  end(): void {
    act(() => this.#root?.unmount());
    document.body.replaceChildren();
    vi.unstubAllGlobals();
  }

  get text(): string {
    return document.body.textContent ?? '';
  }

  /** By its accessible name. */
  button(name: string): HTMLButtonElement {
    const found = this.buttons(name)[0];
    if (!found) throw new Error(`no button ${name} in: ${this.text}`);
    return found;
  }
  buttons(name: string): HTMLButtonElement[] {
    return [...document.querySelectorAll('button')].filter(
      (each) => (each.getAttribute('aria-label') ?? each.textContent?.trim()) === name,
    );
  }

  async press(name: string): Promise<void> {
    await act(async () => this.button(name).click());
  }

  async type(selector: string, text: string): Promise<void> {
    const input = document.querySelector<HTMLInputElement | HTMLTextAreaElement>(selector)!;
    const prototype = input instanceof HTMLTextAreaElement ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
    await act(async () => {
      Object.getOwnPropertyDescriptor(prototype, 'value')!.set!.call(input, text);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    });
  }

  /** Into the field of this label. */
  async fill(label: string, text: string): Promise<void> {
    const found = [...document.querySelectorAll('label')].find((each) => each.textContent === label);
    if (!found) throw new Error(`no field ${label} in: ${this.text}`);
    await this.type(`[id="${found.htmlFor}"]`, text);
  }

  /** Until it holds, while timers and answers come in. */
  async until(holds: () => boolean, timeoutMs = 3_000): Promise<void> {
    const endMs = Date.now() + timeoutMs;
    while (!holds()) {
      if (Date.now() > endMs) throw new Error(`does not come to hold: ${holds}\nin: ${this.text}`);
      await act(async () => new Promise((resolve) => setTimeout(resolve, 10)));
    }
  }
}
