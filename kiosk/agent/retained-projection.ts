/** A part of the room's truth that is told whole each time it changes: numbered, at a bounded rate, again after the broker was gone. */
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { Coalescer } from './coalescer.ts';

export type ProjectionHeading = { protocol: number; roomId: string; epoch: number; revision: number; asOfMs: number };

export class RetainedProjection<Content extends object> {
  readonly #options: ProjectionOptions<Content>;
  readonly #told: Coalescer;
  #revision = 0;

  constructor(options: ProjectionOptions<Content>) {
    this.#options = options;
    this.#told = new Coalescer(options.perSecond, () => options.tell(this.current));
  }

  get current(): ProjectionHeading & Content {
    const { roomId, epoch, content } = this.#options;
    return { protocol: PROTOCOL_VERSION, roomId, epoch, revision: this.#revision, asOfMs: Date.now(), ...content() };
  }

  changed(): void {
    this.#revision += 1;
    this.#told.changed();
  }

  /** The broker may have forgotten it. */
  publishAgain(): void {
    this.#options.tell(this.current);
  }

  stop(): void {
    this.#told.stop();
  }
}

export type ProjectionOptions<Content extends object> = {
  roomId: string;
  epoch: number;
  perSecond: number;
  content: () => Content;
  tell: (projection: ProjectionHeading & Content) => void;
};
