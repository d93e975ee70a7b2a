/** The TV of a box that belongs to no room: served for as long as that is so, on the port that the room's screen takes over. */
import type { Logger } from 'pino';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { NotEnrolledView } from '#contract/waiting-kiosk.ts';
import { Projections } from './projections.ts';
import { ScreenServer } from './screen-server.ts';

export type NotEnrolledScreenOptions = {
  port: number;
  pageDir: string;
  /** what a page has to show */
  key: string;
  logger: Logger;
  /** a window can be opened on it now */
  onServed: (port: number) => void;
};

export class NotEnrolledScreen {
  readonly #options: NotEnrolledScreenOptions;
  #server: ScreenServer | null = null;
  #port: number;

  constructor(options: NotEnrolledScreenOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  /** the one that was given, or where that was 0 the one that was found */
  get port(): number {
    return this.#port;
  }

  async show(code: ErrorCode, view: NotEnrolledView): Promise<void> {
    const { pageDir, key, logger, onServed } = this.#options;
    logger.warn({ code, step: view.step }, 'this box belongs to no room');
    if (this.#server !== null) return this.#server.showNotEnrolled(code, view);
    this.#server = new ScreenServer({
      port: this.#port,
      pageDir,
      key,
      logger,
      // there is none
      projections: new Projections({ roomId: '', epoch: 0 }),
      frame: () => {
        throw new Error('there is no room to show');
      },
      resume: () => null,
      onConnected: () => {},
      onGone: () => {},
      onReport: () => {},
    });
    this.#server.showNotEnrolled(code, view);
    this.#port = Number(new URL(await this.#server.start()).port);
    onServed(this.#port);
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }
}
