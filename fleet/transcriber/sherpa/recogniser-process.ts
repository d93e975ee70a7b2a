/** One recogniser's process, from its start to its end. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EngineFault } from '../engine-fault.ts';
import { FromRecogniser, type ToRecogniser } from './recogniser-link.ts';

export type Sentence = Omit<Extract<ToRecogniser, { name: 'sentence' }>, 'name' | 'sentenceId'>;

/** What sherpa-onnx wrote last before it ended. */
const MOST_REASON_LETTERS = 300;
/** with which its lines begin */
const SOURCE_LINE = /^\S+\.(?:cc|h):\S+ /;

export class RecogniserProcess {
  readonly #child: ChildProcess;
  readonly #asked = new Map<number, PromiseWithResolvers<string>>();
  readonly #opening = Promise.withResolvers<void>();
  #sentences = 0;
  #isOpen = false;
  #endedWhy: string | null = null;
  /** Only until it is open: later it could be about what was spoken. */
  #written = '';

  constructor(config: Record<string, unknown>) {
    this.#child = fork(fileURLToPath(new URL('./main.ts', import.meta.url)), [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    // who waits for it learns of it
    this.#opening.promise.catch(() => {});
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#written = this.#isOpen ? '' : (this.#written + text).slice(-4 * MOST_REASON_LETTERS);
    });
    this.#child.on('message', (raw) => this.#handle(FromRecogniser.parse(raw)));
    this.#child.on('error', (error) => this.#end(`it cannot be started: ${(error as NodeJS.ErrnoException).code}`));
    // with all that it wrote
    this.#child.on('close', (code, signal) => this.#end(this.#isOpen ? endedBy(code, signal) : this.#whyNotOpen()));
    this.#send({ name: 'open', config });
  }

  /** null: it runs */
  get endedWhy(): string | null {
    return this.#endedWhy;
  }

  /** @throws EngineFault: why the model cannot be used, or not within the time */
  opened(withinSeconds: number): Promise<void> {
    return this.#inTime(this.#opening.promise, withinSeconds, 'the model is not loaded');
  }

  /** @throws EngineFault: it ended, or does not answer in time, and is ended then */
  textOf(sentence: Sentence, withinSeconds: number): Promise<string> {
    if (this.#endedWhy !== null) throw new EngineFault(this.#endedWhy);
    this.#sentences += 1;
    const sentenceId = this.#sentences;
    const answer = Promise.withResolvers<string>();
    this.#asked.set(sentenceId, answer);
    this.#send({ name: 'sentence', sentenceId, ...sentence });
    return this.#inTime(answer.promise, withinSeconds, 'no answer');
  }

  /** No sentence of it can be broken off. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #inTime<T>(answer: Promise<T>, seconds: number, what: string): Promise<T> {
    const timer = setTimeout(() => {
      this.#end(`${what} within ${seconds} s`);
      this.kill();
    }, seconds * 1_000);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  }

  #handle(message: FromRecogniser): void {
    if (message.name === 'opened') {
      this.#isOpen = true;
      this.#written = '';
      this.#opening.resolve();
    } else if (message.name === 'refused') {
      this.#end(message.reason);
    } else {
      const answer = this.#asked.get(message.sentenceId);
      this.#asked.delete(message.sentenceId);
      if (message.name === 'text') answer?.resolve(message.text);
      else answer?.reject(new EngineFault('the model fails at a sentence'));
    }
  }

  #end(why: string): void {
    this.#endedWhy ??= why;
    const fault = new EngineFault(why);
    this.#opening.reject(fault);
    for (const { reject } of this.#asked.values()) reject(fault);
    this.#asked.clear();
  }

  #whyNotOpen(): string {
    const lines = this.#written.split('\n').map((line) => line.trim());
    const last = lines.filter((line) => line !== '').at(-1) ?? 'without a word';
    const reason = last.replace(SOURCE_LINE, '').slice(-MOST_REASON_LETTERS);
    return `the model cannot be loaded, and ends the recogniser: ${reason}`;
  }

  #send(message: ToRecogniser): void {
    // its end is reported by the process itself
    this.#child.send(message, () => {});
  }
}

const endedBy = (code: number | null, signal: string | null): string =>
  `the recogniser has ended (${signal ?? `code ${code}`})`;
