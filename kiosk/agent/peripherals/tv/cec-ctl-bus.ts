/**
 * The kernel's CEC by `cec-ctl`: one run for each message, and one that keeps running to receive. That one waits as a
 * follower (`--wait-for-msgs`), which needs no rights beyond the device node; `--monitor` would need CAP_NET_ADMIN.
 */
import { OperationalError, ProtocolError, UserError } from '#contract/error-codes.ts';
import type { BusEvents, CecBus } from './cec-bus.ts';
import { type AdapterInfo, FollowReader, readAdapterInfo, readSent, type SendOutcome } from './cec-ctl-output.ts';
import { type CecFrame, type CecOrder, OPCODE } from './cec-frame.ts';
import { FollowedTool, ToolRunner } from './cec-tool.ts';
import { watchNode } from './device-node.ts';
import { addressGivenByDisplay } from './display-address.ts';

const OUR_NAME = 'Maru';
const DEADLINE_MS = 4_000;
/** Claiming an address asks the bus for each that may be free. */
const CONFIGURE_DEADLINE_MS = 8_000;
/** A message takes up to 0.4 s on the wire, and is repeated where nobody takes it. */
const EACH_MESSAGE_MS = 600;
/** The place of an adapter that cannot read its own, while no display gives one: a TV's first input. */
const FIRST_INPUT = 0x1000;
const LOOK_AT_DISPLAY_MS = 2_000;
/** Then it begins anew: one that was left by an agent that was killed ends with that. */
const FOLLOWED_FOR_S = 600;

/** Asked by name: only then does it wait for the answer. */
const QUESTIONS: Readonly<Record<number, string>> = {
  [OPCODE.giveDevicePowerStatus]: '--give-device-power-status',
  [OPCODE.giveOsdName]: '--give-osd-name',
  [OPCODE.giveDeviceVendorId]: '--give-device-vendor-id',
  [OPCODE.giveAudioStatus]: '--give-audio-status',
};

export type CecCtlOptions = {
  node: string;
  program?: string;
  deadlineMs?: number;
  /** for an adapter that cannot read it; null: no display gives one at the moment */
  displayAddress?: () => number | null;
};

export class CecCtlBus implements CecBus {
  readonly #node: string;
  readonly #program: string;
  readonly #deadlineMs: number;
  readonly #tool: ToolRunner;
  readonly #answering: ToolRunner;
  readonly #displayAddress: () => number | null;
  #displayTimer: NodeJS.Timeout | undefined;
  #isPlacing = false;
  #follower: FollowedTool | null = null;
  #unwatch: (() => void) | null = null;
  #onGone: (why: string) => void = () => {};
  #physicalAddress: number | null = null;

  constructor(options: CecCtlOptions) {
    const { node, program = 'cec-ctl', deadlineMs = DEADLINE_MS, displayAddress = addressGivenByDisplay } = options;
    this.#node = node;
    this.#displayAddress = displayAddress;
    this.#program = program;
    this.#deadlineMs = deadlineMs;
    this.#tool = new ToolRunner({ program, deadlineMs });
    this.#answering = new ToolRunner({ program, deadlineMs });
  }

  get physicalAddress(): number | null {
    return this.#physicalAddress;
  }

  async start({ onFrame, onGone }: BusEvents): Promise<void> {
    this.#onGone = onGone;
    // without pass-through of keys: as keystrokes they would reach the page beside us
    const claim = ['--playback', '--osd-name', OUR_NAME, '--no-rc-passthrough'];
    const info = await this.#configure(claim);
    this.#physicalAddress = info.physicalAddress;
    if (info.takesAddress) await this.#place(this.#displayAddress() ?? FIRST_INPUT);
    if (info.takesAddress) this.#displayTimer = setInterval(() => this.#followDisplay(), LOOK_AT_DISPLAY_MS);
    this.#unwatch = watchNode(this.#node, () => this.#gone(`${this.#node} is gone`));
    this.#follow(onFrame);
  }

  async stop(): Promise<void> {
    clearInterval(this.#displayTimer);
    this.#unwatch?.();
    this.#unwatch = null;
    const follower = this.#follower;
    this.#follower = null;
    await Promise.all([this.#tool.stop(), this.#answering.stop(), follower?.stop()]);
  }

  send(orders: CecOrder[]): Promise<void> {
    return this.#send(this.#tool, orders);
  }

  answer(each: CecOrder): Promise<void> {
    return this.#send(this.#answering, [each]);
  }

  async #send(tool: ToolRunner, orders: CecOrder[]): Promise<void> {
    const args = orders.flatMap(({ to, opcode, operands }) => {
      const payload = operands.length === 0 ? '' : `,payload=${operands.map(hex).join(':')}`;
      return ['--to', String(to), '--custom-command', `cmd=${hex(opcode)}${payload}`];
    });
    const outcomes = await this.#transmit(tool, args, this.#deadlineMs + orders.length * EACH_MESSAGE_MS);
    if (outcomes.length < orders.length || outcomes.some(({ sent }) => sent !== 'acknowledged')) {
      throw new OperationalError('tv-not-answering', 'nobody took the message');
    }
  }

  async ask({ to, opcode }: CecOrder, answer: number): Promise<CecFrame> {
    const [outcome] = await this.#transmit(this.#tool, ['--to', String(to), QUESTIONS[opcode] ?? ''], this.#deadlineMs);
    if (outcome?.sent !== 'acknowledged') throw new OperationalError('tv-not-answering', 'nobody took the question');
    const frame = outcome.answer;
    if (frame === null) throw new OperationalError('tv-not-answering', 'no answer');
    if (frame.opcode === OPCODE.featureAbort) throw new UserError('device-unsupported', `refused: ${hex(opcode)}`);
    if (frame.opcode !== answer) throw new ProtocolError('device-malformed', `answered by ${hex(frame.opcode)}`);
    return frame;
  }

  async #configure(options: string[]): Promise<AdapterInfo> {
    const { stdout, stderr } = await this.#tool.run(['-d', this.#node, ...options], CONFIGURE_DEADLINE_MS);
    const info = readAdapterInfo(stdout);
    if (info === null) throw new OperationalError('device-gone', `${this.#node}: ${(stderr || stdout).slice(0, 200)}`);
    return info;
  }

  async #place(address: number): Promise<void> {
    if (address === this.#physicalAddress) return;
    const dotted = address.toString(16).padStart(4, '0').split('').join('.');
    this.#physicalAddress = (await this.#configure(['--phys-addr', dotted])).physicalAddress;
  }

  /** A TV that sleeps may hide its EDID, and sits where it sat. Another input is another place. */
  #followDisplay(): void {
    const address = this.#displayAddress();
    if (address === null || this.#isPlacing) return;
    this.#isPlacing = true;
    void this.#place(address)
      // the next look tries again
      .catch(() => {})
      .finally(() => {
        this.#isPlacing = false;
      });
  }

  #follow(onFrame: BusEvents['onFrame']): void {
    const startedMs = performance.now();
    const reader = new FollowReader();
    this.#follower = new FollowedTool({
      program: this.#program,
      args: [
        ...['-d', this.#node, '--skip-info', '--show-raw'],
        ...['--wait-for-msgs', '--monitor-time', String(FOLLOWED_FOR_S)],
      ],
      onLine: (line) => {
        const told = reader.read(line);
        if (told === null) return;
        if ('frame' in told) onFrame(told.frame);
        else this.#physicalAddress = told.physicalAddress;
      },
      onEnd: (why, exitCode) => {
        const inTime = exitCode === 0 && performance.now() - startedMs > (FOLLOWED_FOR_S - 2) * 1_000;
        if (inTime && this.#unwatch !== null) this.#follow(onFrame);
        else this.#gone(why);
      },
    });
    this.#follower.start();
  }

  #gone(why: string): void {
    if (this.#unwatch === null) return;
    clearInterval(this.#displayTimer);
    this.#unwatch();
    this.#unwatch = null;
    this.#onGone(why);
  }

  async #transmit(tool: ToolRunner, message: string[], deadlineMs: number): Promise<SendOutcome[]> {
    const args = ['-d', this.#node, '--skip-info', '--show-raw', ...message];
    const { stdout, stderr, exitCode } = await tool.run(args, deadlineMs);
    if (/^Failed to open/m.test(stderr)) throw new OperationalError('device-gone', stderr.trim().slice(0, 200));
    const outcomes = readSent(stdout);
    if (outcomes.length === 0) {
      const told = (stderr || stdout).trim().slice(0, 200);
      throw new ProtocolError('device-malformed', `cec-ctl (${exitCode}): ${told || 'nothing'}`);
    }
    return outcomes;
  }
}

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')}`;
