/**
 * A sandbox whose program answers requests: a line of JSON each way, an answer followed by as many bytes as its `bytes` field
 * names. Whatever breaks this, or is too large, ends the sandbox: what comes out of it is written by a stranger.
 */
import type { Readable } from 'node:stream';
import { MaruError, OperationalError, UserError } from '#contract/error-codes.ts';
import { z } from '#contract/schema.ts';
import { type KillReason, Sandbox, type SandboxEnd, type SandboxOptions } from './sandbox.ts';

const MAX_HEAD_BYTES = 4_096;

const Answer = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('ready') }),
  z.strictObject({ is: z.literal('opened'), pageCount: z.number().int().positive() }),
  z.strictObject({
    is: z.literal('picture'),
    page: z.number().int().positive(),
    size: z.string().max(20),
    bytes: z.number().int().positive(),
  }),
  z.strictObject({ is: z.literal('drawn'), page: z.number().int().positive() }),
  z.strictObject({
    is: z.literal('pdf'),
    pages: z.enum(['first', 'all']),
    bytes: z.number().int().nonnegative(),
  }),
  z.strictObject({ is: z.literal('exported') }),
  z.strictObject({
    is: z.literal('refused'),
    code: z.enum([
      'document-encrypted',
      'document-broken',
      'document-empty',
      'document-too-long',
      'document-too-large',
      'document-type-unsupported',
      'picture-too-large',
    ]),
    message: z.string().max(1_000),
  }),
]);
export type Answer = z.infer<typeof Answer>;
export type AnswerWithBody = { answer: Answer; body: Buffer };

/** What a person is shown when the sandbox ended before its work was done. */
const codeOfKill = {
  deadline: 'document-took-too-long',
  memory: 'document-too-large',
  threads: 'document-broken',
  misbehaved: 'document-broken',
  unwanted: 'shutting-down',
} as const satisfies Record<KillReason, string>;

export class FramedSandbox {
  readonly #sandbox: Sandbox;
  readonly #answers: AsyncGenerator<AnswerWithBody, void, undefined>;
  #isBusy = false;

  /** @param maxBodyBytes of one answer */
  constructor(options: SandboxOptions, maxBodyBytes: number) {
    this.#sandbox = new Sandbox(options);
    this.#answers = answersIn(this.#sandbox.stdout, maxBodyBytes);
  }

  get ended(): Promise<SandboxEnd> {
    return this.#sandbox.ended;
  }
  get isRunning(): boolean {
    return this.#sandbox.isRunning;
  }
  get stderr(): string {
    return this.#sandbox.stderr;
  }

  lowerPriority(): void {
    this.#sandbox.lowerPriority();
  }

  kill(why: KillReason = 'unwanted'): void {
    this.#sandbox.kill(why);
    // what nobody reads any more would keep its end waiting
    this.#sandbox.stdout.destroy();
  }

  /**
   * Waits for the program's start, or for all answers to one request.
   * @param request null: waits for `ready`
   * @param last the answer that ends it
   * @yields each answer before and with the last one
   * @throws UserError for a document that cannot be shown; OperationalError when nobody wants it any more
   */
  async *ask(request: object | null, last: Answer['is'], withinMs: number): AsyncGenerator<AnswerWithBody, void> {
    if (this.#isBusy) throw new Error('one request at a time');
    this.#isBusy = true;
    this.#sandbox.setDeadline(withinMs);
    if (request) this.#sandbox.stdin.write(`${JSON.stringify(request)}\n`);
    try {
      for (;;) {
        const next = await this.#answers.next();
        if (next.done) throw await this.#whyItEnded();
        const { answer } = next.value;
        if (answer.is === 'refused') throw new UserError(answer.code, answer.message);
        yield next.value;
        if (answer.is === last) return;
      }
    } catch (error) {
      if (error instanceof MaruError) throw error;
      // it does not speak as it should
      this.kill('misbehaved');
      throw await this.#whyItEnded(error);
    } finally {
      this.#isBusy = false;
      this.#sandbox.clearDeadline();
    }
  }

  async #whyItEnded(cause?: unknown): Promise<MaruError> {
    const end = await this.#sandbox.ended;
    const message = `${JSON.stringify(end)} ${this.stderr.slice(-400)}`;
    if (end.kind === 'exited') return new UserError('document-broken', message, { cause });
    const code = codeOfKill[end.why];
    return code === 'shutting-down'
      ? new OperationalError(code, message, { cause })
      : new UserError(code, message, { cause });
  }
}

/** @throws Error for what is no answer, or too large */
async function* answersIn(stdout: Readable, maxBodyBytes: number): AsyncGenerator<AnswerWithBody, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  const chunks: AsyncIterator<Buffer> = stdout[Symbol.asyncIterator]();
  const more = async (): Promise<Buffer | null> => {
    const next = await chunks.next();
    return next.done ? null : next.value;
  };
  for (;;) {
    let end = rest.indexOf(0x0a);
    while (end < 0) {
      if (rest.length > MAX_HEAD_BYTES) throw new Error('an answer without an end');
      const chunk = await more();
      if (!chunk) return;
      rest = Buffer.concat([rest, chunk]);
      end = rest.indexOf(0x0a);
    }
    if (end > MAX_HEAD_BYTES) throw new Error('an answer that is too long');
    const answer = Answer.parse(JSON.parse(rest.subarray(0, end).toString('utf8')));
    rest = rest.subarray(end + 1);
    const bodyBytes = 'bytes' in answer ? answer.bytes : 0;
    if (bodyBytes > maxBodyBytes) throw new Error('an answer that is too large');
    const parts = [rest];
    let gathered = rest.length;
    while (gathered < bodyBytes) {
      const chunk = await more();
      if (!chunk) return;
      parts.push(chunk);
      gathered += chunk.length;
    }
    const all = parts.length === 1 ? rest : Buffer.concat(parts);
    rest = all.subarray(bodyBytes);
    yield { answer, body: all.subarray(0, bodyBytes) };
  }
}
