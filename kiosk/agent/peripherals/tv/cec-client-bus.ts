/**
 * A USB-CEC adapter by libcec's `cec-client`, where the kernel has no device for it: one run that takes frames line by
 * line and prints the bus's traffic. libcec itself answers what a TV asks of every device. Its own `pow` is not used:
 * it tells what it remembers, seconds after the TV has changed.
 */
import { OperationalError, UserError } from '#contract/error-codes.ts';
import type { BusEvents, CecBus } from './cec-bus.ts';
import { readClientLine } from './cec-client-output.ts';
import { type CecFrame, type CecOrder, OPCODE } from './cec-frame.ts';
import { FollowedTool } from './cec-tool.ts';
import { watchNode } from './device-node.ts';

const OUR_NAME = 'Maru';
/** It tries four times to open its port, a second or more each. */
const READY_WITHIN_MS = 20_000;
/** CEC 9.2: an answer within a second; and the way through the process. */
const ANSWER_WITHIN_MS = 2_500;
/** Errors, warnings, notices, traffic; not what it thinks of them. */
const LOG_LEVEL = '15';
/** How libcec calls the kernel's own adapter, of which it knows the first alone. */
export const KERNEL_PORT = 'Linux';
const KERNEL_NODE = '/dev/cec0';

type Awaited = { from: number; question: number; answer: number; settle: (frame: CecFrame) => void };

export type CecClientOptions = { port: string; program?: string; readyWithinMs?: number };

export class CecClientBus implements CecBus {
  readonly answersForUs = true;
  readonly #port: string;
  readonly #program: string;
  readonly #readyWithinMs: number;
  #client: FollowedTool | null = null;
  #unwatch: (() => void) | null = null;
  #place: { logicalAddress: number; physicalAddress: number | null } | null = null;
  #awaited: Awaited | null = null;
  /** one question at a time: two of a kind could not be told apart */
  #asking: Promise<unknown> = Promise.resolve();
  #onReady: (() => void) | null = null;
  #onGone: (why: string) => void = () => {};

  constructor({ port, program = 'cec-client', readyWithinMs = READY_WITHIN_MS }: CecClientOptions) {
    this.#port = port;
    this.#program = program;
    this.#readyWithinMs = readyWithinMs;
  }

  get physicalAddress(): number | null {
    return this.#place?.physicalAddress ?? null;
  }

  async start({ onFrame, onGone }: BusEvents): Promise<void> {
    this.#place = null;
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string): void => {
        clearTimeout(timer);
        reject(new OperationalError('device-gone', why));
      };
      const timer = setTimeout(() => fail('cec-client does not come to work'), this.#readyWithinMs);
      this.#onGone = fail;
      this.#onReady = () => {
        clearTimeout(timer);
        if (this.#place === null) fail('cec-client got no address on the bus');
        else resolve();
      };
      this.#client = new FollowedTool({
        program: this.#program,
        args: ['-t', 'p', '-o', OUR_NAME, '-d', LOG_LEVEL, this.#port],
        onLine: (line) => this.#read(line, onFrame),
        onEnd: (why) => this.#onGone(why),
      });
      this.#client.start();
    }).catch(async (error: unknown) => {
      await this.stop();
      throw error;
    });
    this.#onReady = null;
    const gone = (why: string): void => {
      if (this.#client === null) return;
      void this.stop();
      onGone(why);
    };
    this.#onGone = gone;
    const node = this.#port === KERNEL_PORT ? KERNEL_NODE : this.#port;
    this.#unwatch = watchNode(node, () => gone(`${node} is gone`));
  }

  async stop(): Promise<void> {
    this.#unwatch?.();
    this.#unwatch = null;
    const client = this.#client;
    this.#client = null;
    await client?.stop();
  }

  /** It does not say who took a message; that a TV does not, its power status will show. */
  async send(orders: CecOrder[]): Promise<void> {
    for (const each of orders) this.#transmit(each);
  }

  async answer(each: CecOrder): Promise<void> {
    this.#transmit(each);
  }

  ask(question: CecOrder, answer: number): Promise<CecFrame> {
    const asked = this.#asking.then(() => this.#askNow(question, answer));
    this.#asking = asked.catch(() => {});
    return asked;
  }

  #askNow(question: CecOrder, answer: number): Promise<CecFrame> {
    return new Promise((resolve, reject) => {
      const end = (then: () => void): void => {
        clearTimeout(timer);
        this.#awaited = null;
        then();
      };
      const timer = setTimeout(
        () => end(() => reject(new OperationalError('tv-not-answering', 'no answer'))),
        ANSWER_WITHIN_MS,
      );
      this.#awaited = {
        from: question.to,
        question: question.opcode,
        answer,
        settle: (frame) =>
          end(() =>
            frame.opcode === answer
              ? resolve(frame)
              : reject(new UserError('device-unsupported', `refused: ${question.opcode}`)),
          ),
      };
      try {
        this.#transmit(question);
      } catch (error) {
        end(() => reject(error));
      }
    });
  }

  #transmit({ to, opcode, operands }: CecOrder): void {
    if (this.#client === null || this.#place === null)
      throw new OperationalError('device-gone', 'cec-client has ended');
    const bytes = [(this.#place.logicalAddress << 4) | to, opcode, ...operands];
    this.#client.write(`tx ${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`);
  }

  #read(line: string, onFrame: (frame: CecFrame) => void): void {
    const told = readClientLine(line);
    switch (told?.type) {
      case 'placed':
        this.#place = told;
        return;
      case 'ready':
        this.#onReady?.();
        return;
      case 'hopeless':
        this.#onGone(told.why);
        return;
      case 'heard':
        if (!this.#settle(told.frame)) onFrame(told.frame);
        return;
    }
  }

  #settle(frame: CecFrame): boolean {
    const awaited = this.#awaited;
    if (awaited === null || frame.from !== awaited.from) return false;
    const refused = frame.opcode === OPCODE.featureAbort && frame.operands[0] === awaited.question;
    if (frame.opcode !== awaited.answer && !refused) return false;
    awaited.settle(frame);
    return true;
  }
}
