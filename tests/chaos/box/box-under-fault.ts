/**
 * A box with its own window on a virtual TV, a phone and one participant elsewhere: what the glass shows is seen from in
 * front of it, what the room is doing through a phone, and what it told by the fleet's own list of events.
 */
import { codeOf, pair, Phone } from '../../simulators/phone/phone.ts';
import { launchChromium } from '../../simulators/chromium.ts';
import { SimulatedParticipant } from '../../simulators/participants/participants.ts';
import { TvDisplay } from '../../simulators/tv-display.ts';
import { Administrator } from '../../e2e/product/administrator.ts';
import { Product } from '../../e2e/product/product.ts';
import { processTree } from '../../load/processes.ts';
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';

export class BoxUnderFault {
  readonly product: Product;
  readonly display: TvDisplay;
  readonly phone: Phone;
  readonly #browser: Browser;
  #participant: SimulatedParticipant | null = null;

  private constructor(parts: { product: Product; display: TvDisplay; phone: Phone; browser: Browser }) {
    this.product = parts.product;
    this.display = parts.display;
    this.phone = parts.phone;
    this.#browser = parts.browser;
  }

  static async start(): Promise<BoxUnderFault> {
    const display = await TvDisplay.start();
    const product = await Product.start([], display.name);
    const { fleetUrl, controllerUrl } = product.addresses;
    const { controllerToken } = await pair({ fleetUrl, code: codeOf(controllerUrl) });
    const phone = new Phone({ fleetUrl, token: controllerToken, staysConnected: true });
    await phone.connect();
    // a box that has just been switched on paints a little later than it reports
    await phone.until(({ notices }) => !notices.includes('screen-missing'), 60_000);
    const browser = await launchChromium({ role: 'person' });
    return new BoxUnderFault({ product, display, phone, browser });
  }

  /** Somebody elsewhere comes in, so that the call outlives whatever happens to the room. */
  async participantJoins(): Promise<void> {
    this.#participant = await SimulatedParticipant.join({
      browser: this.#browser,
      joinUrl: this.product.addresses.joinUrl,
      number: 1,
    });
  }

  async participantLeaves(): Promise<void> {
    await this.#participant?.leave();
    this.#participant = null;
  }

  /** The page's own process: the renderer with the largest memory below the shell is the one that shows a page. */
  screenPid(): number {
    const renderers = processTree(this.product.pid('shell'))
      .filter((pid) => commandOf(pid).includes('--type=renderer'))
      .map((pid) => ({ pid, residentPages: Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0) }))
      .sort((a, b) => b.residentPages - a.residentPages);
    const [largest] = renderers;
    if (largest === undefined) throw new Error('no page is shown');
    return largest.pid;
  }

  /** What the fleet has of this room's events, oldest first. */
  async events(): Promise<{ name: string; sequence: number }[]> {
    return (await Administrator.signIn(this.product.addresses)).roomEvents(this.product.addresses.roomId);
  }

  async close(): Promise<void> {
    this.phone.close();
    await this.#browser.close();
    await this.product.stop();
    await this.display.stop();
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
const commandOf = (pid: number): string => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
