/** One running product and the people around it, for a file of specs: made at the first ask, closed at the end. */
import type { Browser } from 'playwright-core';
import { codeOf, pair, Phone } from '../simulators/phone/phone.ts';
import { launchChromium } from '../simulators/chromium.ts';
import type { Persona, PersonaOptions } from './personas/persona.ts';
import { Guest, Laptop, Member, PhonePage, Tv } from './personas/roles.ts';
import { Viewer } from './personas/viewer.ts';
import { mediaOrigin, readMediaMetrics, type MediaMetrics } from './product/media-metrics.ts';
import { Product } from './product/product.ts';

type Extra = Omit<Partial<PersonaOptions>, 'browser' | 'address' | 'number'>;

/** What the TV's camera sends. */
export const TV_NUMBER = 0;
/** A line of pino's from `warn` on. */
const WARNING = /^\{"level":[456]0/;
const LAST_WARNINGS = 30;
const LONGEST_LINE = 300;
const PHONE_SIZE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const TV_SIZE = { viewport: { width: 1280, height: 720 } };
const LAPTOP_SIZE = { viewport: { width: 1024, height: 640 } };

export class Scene {
  readonly product: Product;
  readonly personas: Persona[] = [];
  readonly #kioskBrowser: Browser;
  readonly #peoplesBrowser: Browser;
  #observer: Phone | null = null;
  #mediaOrigin: string | null = null;

  private constructor(product: Product, kioskBrowser: Browser, peoplesBrowser: Browser) {
    this.product = product;
    this.#kioskBrowser = kioskBrowser;
    this.#peoplesBrowser = peoplesBrowser;
  }

  static async start(extra: string[] = []): Promise<Scene> {
    const [product, kioskBrowser, peoplesBrowser] = await Promise.all([
      Product.start(extra),
      launchChromium({ role: 'kiosk' }),
      launchChromium({ role: 'person' }),
    ]);
    return new Scene(product, kioskBrowser, peoplesBrowser);
  }

  async tv(extra: Extra = {}): Promise<Tv> {
    const tv = await Tv.open({
      browser: this.#kioskBrowser,
      address: this.product.addresses.tvUrl,
      number: TV_NUMBER,
      context: TV_SIZE,
      ...extra,
    });
    this.personas.push(tv);
    return tv;
  }

  /** By the address behind the QR: its code works once. */
  async phone(address = this.product.addresses.controllerUrl, extra: Extra = {}): Promise<PhonePage> {
    const phone = await PhonePage.open({
      browser: this.#peoplesBrowser,
      address,
      number: 9,
      context: PHONE_SIZE,
      ...extra,
    });
    this.personas.push(phone);
    return phone;
  }

  /** As a person does who types what the TV shows. */
  async phoneByTypedCode(code: string): Promise<PhonePage> {
    const phone = await this.phone(new URL('/control', this.product.addresses.fleetUrl).href);
    await phone.page.getByRole('textbox', { name: 'Code on the TV' }).fill(code);
    await phone.button('Connect').click();
    return phone;
  }

  /** @param address of the meeting's link; the demonstration's own unless given */
  async guest(number: number, extra: Extra = {}, address = this.product.addresses.joinUrl): Promise<Guest> {
    const guest = await Guest.open({
      browser: this.#peoplesBrowser,
      address,
      number,
      context: LAPTOP_SIZE,
      ...extra,
    });
    this.personas.push(guest);
    return guest;
  }

  /** Not signed in yet. @param address a one-time link of a mail, where it is not the staff page */
  async member(number: number, extra: Extra = {}, address = this.product.addresses.staffUrl): Promise<Member> {
    const member = await Member.open({
      browser: this.#peoplesBrowser,
      address,
      number,
      context: LAPTOP_SIZE,
      ...extra,
    });
    this.personas.push(member);
    return member;
  }

  /** At the watch page; not signed in yet. */
  async viewer(number: number, extra: Extra = {}, address = this.product.addresses.watchUrl): Promise<Viewer> {
    const viewer = await Viewer.open({
      browser: this.#peoplesBrowser,
      address,
      number,
      context: LAPTOP_SIZE,
      ...extra,
    });
    this.personas.push(viewer);
    return viewer;
  }

  /** @param address as somebody reads it off the TV */
  async laptop(number: number, address: string): Promise<Laptop> {
    const laptop = await Laptop.open({
      browser: this.#peoplesBrowser,
      address,
      number,
      camera: 'missing',
      microphone: 'missing',
      context: LAPTOP_SIZE,
    });
    this.personas.push(laptop);
    return laptop;
  }

  /** The code behind the QR as the product announced it. */
  get firstCode(): string {
    return codeOf(this.product.addresses.controllerUrl);
  }

  /** A phone without a screen that sees the room's state as any phone does: for what a test compares and arranges. */
  async observer(code = this.firstCode): Promise<Phone> {
    if (this.#observer !== null) return this.#observer;
    const { fleetUrl } = this.product.addresses;
    const { controllerToken } = await pair({ fleetUrl, code });
    this.#observer = new Phone({ fleetUrl, token: controllerToken, staysConnected: true });
    await this.#observer.connect();
    return this.#observer;
  }

  async mediaMetrics(): Promise<MediaMetrics> {
    this.#mediaOrigin ??= await mediaOrigin(this.product.addresses.joinUrl);
    return readMediaMetrics(this.#mediaOrigin);
  }

  /** For the report of a test that failed. */
  troubles(): string {
    const ofPersonas = this.personas.map(
      (persona) =>
        `${persona.constructor.name} ${persona.number}: ${persona.troubles.slice(-8).join(' | ') || 'nothing'}`,
    );
    const warnings = this.product
      .log('fleet')
      .split('\n')
      .filter((line) => WARNING.test(line))
      .slice(-LAST_WARNINGS)
      .map((line) => line.slice(0, LONGEST_LINE));
    return [...ofPersonas, ...warnings].join('\n');
  }

  async close(): Promise<void> {
    this.#observer?.close();
    await Promise.allSettled([this.#kioskBrowser.close(), this.#peoplesBrowser.close()]);
    await this.product.stop();
  }
}
