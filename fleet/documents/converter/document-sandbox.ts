/**
 * A sandbox for one document: its program starts at once, waits, and answers requests; what it reads comes by an inbox of its
 * own. Which program, and what it is asked, is office.ts and page-maker.ts.
 */
import { join } from 'node:path';
import { type Answer, type AnswerWithBody, FramedSandbox } from './framed-sandbox.ts';
import type { SandboxOptions } from './sandbox.ts';
import type { Inbox, Scratch } from './scratch.ts';
import type { Spare } from './spares.ts';

const INSIDE = join(import.meta.dirname, 'inside');
/** LibreOffice and poppler draw text that brings no font of its own. */
const FONTS = ['/etc/fonts', '/usr/share/fonts', '/usr/share/fontconfig', '/var/cache/fontconfig'];

export type DocumentProgram = SandboxOptions & {
  /** of one answer */
  maxBodyBytes: number;
  readyWithinMs: number;
};

export class DocumentSandbox implements Spare {
  readonly inbox: Inbox;
  readonly ready: Promise<void>;
  readonly #sandbox: FramedSandbox;

  constructor(scratch: Scratch, { readOnly, environment, maxBodyBytes, readyWithinMs, ...program }: DocumentProgram) {
    this.inbox = scratch.inbox();
    const options = {
      ...program,
      readOnly: {
        ...readOnly,
        ...Object.fromEntries(FONTS.map((path) => [path, path])),
        '/maru/inside': INSIDE,
        '/in': this.inbox.path,
      },
      environment: { FONTCONFIG_FILE: '/maru/inside/fonts.conf', ...environment },
    };
    this.#sandbox = new FramedSandbox(options, maxBodyBytes);
    this.ready = this.#start(readyWithinMs);
    this.ready.catch(() => {});
  }

  get isRunning(): boolean {
    return this.#sandbox.isRunning;
  }
  get ended(): Promise<unknown> {
    return this.#sandbox.ended;
  }

  /** Others come before what is left. */
  lowerPriority(): void {
    this.#sandbox.lowerPriority();
  }

  /** Resolves when nothing of it is left. */
  async end(): Promise<void> {
    this.#sandbox.kill();
    await this.#sandbox.ended;
    await this.inbox.remove();
  }

  /** As FramedSandbox.ask. */
  protected ask(request: object, last: Answer['is'], withinMs: number): AsyncGenerator<AnswerWithBody, void> {
    return this.#sandbox.ask(request, last, withinMs);
  }

  async #start(withinMs: number): Promise<void> {
    for await (const _ of this.#sandbox.ask(null, 'ready', withinMs));
  }
}
