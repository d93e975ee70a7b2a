/**
 * A window of the browser that shows one scene after another. Its context stays: a new one for each scene costs as much
 * time as the page in it. Nothing of a scene stays: its page is closed, and what it stored is cleared.
 */
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { type Scene, type SizeName, viewports } from './scenes/scene.ts';
import { ORIGIN, servePages } from './static-pages.ts';

const locales = { en: 'en-US', ko: 'ko-KR' } as const;
export type Language = keyof typeof locales;
export type ColorScheme = 'light' | 'dark';

const DEFAULT_TIMEOUT_MS = 15_000;

export class SceneWindow {
  readonly #context: BrowserContext;
  readonly #language: Language;
  readonly #storage: CDPSession;

  private constructor(context: BrowserContext, language: Language, storage: CDPSession) {
    this.#context = context;
    this.#language = language;
    this.#storage = storage;
  }

  static async open(
    browser: Browser,
    { language, colorScheme }: { language: Language; colorScheme: ColorScheme },
  ): Promise<SceneWindow> {
    const context = await browser.newContext({ locale: locales[language], colorScheme, reducedMotion: 'reduce' });
    context.setDefaultTimeout(DEFAULT_TIMEOUT_MS);
    // this page keeps the window open between two scenes
    const empty = await context.newPage();
    return new SceneWindow(context, language, await context.newCDPSession(empty));
  }

  /** Opens the scene's page and does what leads to its state. */
  async show(scene: Scene, size: SizeName): Promise<Page> {
    const page = await this.#context.newPage();
    await page.setViewportSize(viewports[size]);
    await servePages(page);
    await scene.setup(page);
    const address = new URL(scene.path, ORIGIN);
    address.searchParams.set('lang', this.#language);
    await page.goto(address.href);
    await scene.act?.(page);
    return page;
  }

  /** Closes the page of `show`, and clears what it stored. */
  async clear(): Promise<void> {
    const [, ...shown] = this.#context.pages();
    for (const page of shown) await page.close();
    await this.#storage.send('Storage.clearDataForOrigin', { origin: ORIGIN, storageTypes: 'all' });
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}
