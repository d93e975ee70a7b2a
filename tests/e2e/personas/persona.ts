/**
 * One person's (or room's) page in a real Chromium, with the devices and the rights of its role and no others: what it
 * sees and hears, read from pixels and samples, and whether the page was ever loaded again.
 */
import assert from 'node:assert/strict';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { bundlePage } from '../../simulators/bundle-page.ts';
import { eventually } from '../../simulators/eventually.ts';
import type { ReadPicture } from '../../simulators/media/picture.ts';
import { toneHzOf } from '../../simulators/media/tone.ts';
import type { NetworkProxy } from '../../simulators/network/network-proxy.ts';
import type { Device, PersonaDevices } from './page/devices.ts';
import type { SeenFigure } from './page/entry.ts';
import type { Watched } from './page/frame-watch.ts';
import { colourOf, expectToHear, expectToSee, numbersOf, TONES_HZ } from './perceive.ts';

export type PersonaOptions = {
  browser: Browser;
  address: string;
  /** what it sends: number, colour and tone follow */
  number: number;
  camera?: Device;
  microphone?: Device;
  /** what `maruDevices.speak` gives it, in place of a tone */
  speaks?: boolean;
  gathersNothingAtFirst?: boolean;
  context?: BrowserContextOptions;
  /** all its traffic, media included, goes this way */
  network?: NetworkProxy;
  /** its media alone goes this way: what blocks it leaves signalling as it is */
  mediaNetwork?: NetworkProxy;
  /** before it is loaded */
  onPage?: (page: Page) => void;
};

const SCREEN_NUMBER_FROM = 100;

export const screenNumberOf = (number: number): number => SCREEN_NUMBER_FROM + number;

export function devicesOf(
  number: number,
  {
    camera,
    microphone,
    speaks = false,
    gathersNothingAtFirst = false,
  }: Pick<PersonaDevices, 'camera' | 'microphone'> & Pick<PersonaOptions, 'speaks' | 'gathersNothingAtFirst'>,
): PersonaDevices {
  return {
    picture: { number, colour: colourOf(number) },
    toneHz: toneHzOf(number),
    screen: { number: screenNumberOf(number), colour: colourOf(number + 1) },
    camera,
    microphone,
    speaks,
    gathersNothingAtFirst,
  };
}

/** Stands in the page before the product's own script. */
export async function pageScript(devices: PersonaDevices): Promise<string> {
  const script = await bundlePage(new URL('page/entry.ts', import.meta.url).href);
  return `window.maruPersona = ${JSON.stringify(devices)};\n${script}`;
}

export class Persona {
  readonly page: Page;
  readonly number: number;
  readonly #context: BrowserContext;
  /** everything that went wrong in the page, for the report of a failed test */
  readonly troubles: string[] = [];
  #navigations = 0;
  #mark = '';

  /** Use `open`. */
  constructor(page: Page, context: BrowserContext, number: number) {
    this.page = page;
    this.#context = context;
    this.number = number;
  }

  static async open<P extends Persona>(
    this: new (
      page: Page,
      context: BrowserContext,
      number: number,
    ) => P,
    options: PersonaOptions,
  ): Promise<P> {
    const {
      browser,
      address,
      number,
      camera = 'present',
      microphone = 'present',
      network,
      speaks,
      gathersNothingAtFirst,
    } = options;
    const context = await browser.newContext({
      locale: 'en-US',
      // a mark that turns is drawn 60 times a second by the processors, and all the people of a test share those
      reducedMotion: 'reduce',
      ...options.context,
      ...(network === undefined
        ? {}
        : { proxy: { server: `socks5://${network.listenAddress}:${await network.socksPort()}` } }),
    });
    // no test judges by it: a busy machine takes its time
    context.setDefaultTimeout(45_000);
    // A person who has a device allows it. Without that Chromium hides its addresses behind mDNS names, and where it cannot
    // register one in time it gathers no candidate at all.
    const allowed = [...(camera === 'present' ? ['camera'] : []), ...(microphone === 'present' ? ['microphone'] : [])];
    await context.grantPermissions(allowed);
    const page = await context.newPage();
    options.onPage?.(page);
    const persona = new this(page, context, number);
    const mediaNetwork = options.mediaNetwork ?? network;
    if (mediaNetwork !== undefined) {
      await page.exposeFunction('maruDetour', async (protocol: string, to: string, port: number) => ({
        address: mediaNetwork.listenAddress,
        port: await (protocol === 'udp' ? mediaNetwork.udpPortTo(to, port) : mediaNetwork.tcpPortTo(to, port)),
      }));
    }
    await page.addInitScript({
      content: await pageScript(devicesOf(number, { camera, microphone, speaks, gathersNothingAtFirst })),
    });
    page.on('pageerror', (error) => persona.troubles.push(`error: ${error.message}`));
    page.on('console', (line) => {
      if (line.type() === 'error' || line.type() === 'warning') persona.troubles.push(`${line.type()}: ${line.text()}`);
    });
    await page.goto(address, { waitUntil: 'domcontentloaded' });
    await persona.rememberPage();
    return persona;
  }

  /** Of the document that was loaded. */
  protected get loadedMark(): string {
    return this.#mark;
  }

  get hasNavigated(): boolean {
    return this.#navigations > 0;
  }

  /** The same document as at first: neither loaded again nor gone elsewhere. */
  async expectSamePage(): Promise<void> {
    assert.equal(this.#navigations, 0, 'the page has navigated');
    assert.equal(await this.page.evaluate(() => window.maruSenses.mark), this.#mark, 'the document is another');
  }

  /** The test itself loads it again. */
  async reload(): Promise<void> {
    await this.page.reload({ waitUntil: 'domcontentloaded' });
    await this.rememberPage();
  }

  figures(): Promise<SeenFigure[]> {
    return this.page.evaluate(() => window.maruSenses.figures());
  }

  /** By the accessible name, as a check from outside would find it. */
  async pictureOf(name: string): Promise<ReadPicture | null> {
    const video = this.page.getByRole('figure', { name, exact: true }).locator('video');
    if ((await video.count()) !== 1) return null;
    return video.evaluate((element) =>
      element.checkVisibility() ? window.maruSenses.see(element as HTMLVideoElement) : null,
    );
  }

  /** Numbers whose tones it hears now. */
  async heardNumbers(): Promise<number[]> {
    return numbersOf(await this.page.evaluate((tonesHz) => window.maruSenses.tones([...tonesHz]), TONES_HZ));
  }

  expectToSee(name: string, number: number, timeoutMs?: number): Promise<void> {
    return expectToSee(this, name, number, timeoutMs);
  }

  /** Of this person a picture is not shown: off, or gone. */
  async expectNotToSee(name: string): Promise<void> {
    await eventually(
      `no picture of ${name}`,
      () => this.pictureOf(name),
      (picture) => picture === null,
    );
  }

  expectToHear(numbers: number[], timeoutMs?: number): Promise<void> {
    return expectToHear(this, numbers, timeoutMs);
  }

  /** For the report of a failed test. */
  async mediaPaths(): Promise<string> {
    const paths = await this.page
      .evaluate(() => window.maruSenses.mediaPaths())
      .catch((error: Error) => [error.message]);
    return [`${this.constructor.name} ${this.number}:`, ...paths].join('\n  ');
  }

  watchFrames(names: string[]): Promise<void> {
    return this.page.evaluate((watched) => window.maruSenses.watchFrames(watched), names);
  }

  watchedFrames(): Promise<Record<string, Watched>> {
    return this.page.evaluate(() => window.maruSenses.watchedFrames());
  }

  button(name: string) {
    return this.page.getByRole('button', { name, exact: true });
  }

  async close(): Promise<void> {
    await this.#context.close();
  }

  protected async rememberPage(): Promise<void> {
    this.#navigations = 0;
    this.#mark = await this.page.evaluate(() => window.maruSenses.mark);
    this.page.removeAllListeners('framenavigated');
    let [from] = this.page.url().split('#');
    this.page.on('framenavigated', (frame) => {
      if (frame !== this.page.mainFrame()) return;
      // what only changes the fragment is no navigation: a code or an invite is taken out of it
      const [to] = frame.url().split('#');
      if (to !== from) this.#navigations += 1;
      from = to;
    });
  }
}
