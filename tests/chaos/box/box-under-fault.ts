/**
 * A box with its own window on a virtual TV, and a phone: what the glass shows is seen from in
 * front of it, what the room is doing through a phone, and what it told by the fleet's own list of events.
 */
import type { RoomEvent } from '#contract/room-events.ts';
import { pair, Phone } from '../../simulators/phone/phone.ts';
import { TvDisplay } from '../../simulators/tv-display.ts';
import { Administrator } from '../../e2e/product/administrator.ts';
import { Product } from '../../e2e/product/product.ts';
import { processTree } from '../../load/processes.ts';
import { readFileSync } from 'node:fs';

export class BoxUnderFault {
  readonly product: Product;
  readonly display: TvDisplay;
  readonly phone: Phone;
  /** of the calls that a phone saw the room in */
  readonly callIdsSeen: ReadonlySet<string>;

  private constructor(parts: Pick<BoxUnderFault, 'product' | 'display' | 'phone' | 'callIdsSeen'>) {
    this.callIdsSeen = parts.callIdsSeen;
    this.product = parts.product;
    this.display = parts.display;
    this.phone = parts.phone;
  }

  static async start(): Promise<BoxUnderFault> {
    const display = await TvDisplay.start();
    const product = await Product.start([], display.name);
    const { fleetUrl, roomId } = product.addresses;
    // a tablet's: a phone would have to prove again and again that it is in the room
    const code = await (await Administrator.signIn(product.addresses)).tabletCode(roomId);
    const { controllerToken } = await pair({ fleetUrl, code });
    const callIdsSeen = new Set<string>();
    const phone: Phone = new Phone({
      fleetUrl,
      token: controllerToken,
      staysConnected: true,
      onMessage: () => {
        const phase = phone.state?.phase;
        if (phase?.name === 'in-call') callIdsSeen.add(phase.callId);
      },
    });
    await phone.connect();
    // a box that has just been switched on paints a little later than it reports
    await phone.until(({ notices }) => !notices.includes('screen-missing'), 60_000);
    return new BoxUnderFault({ product, display, phone, callIdsSeen });
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
  async events(): Promise<RoomEvent[]> {
    return (await Administrator.signIn(this.product.addresses)).roomEvents(this.product.addresses.roomId);
  }

  async close(): Promise<void> {
    this.phone.close();
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
