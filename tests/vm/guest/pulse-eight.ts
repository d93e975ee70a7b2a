/**
 * In the guest: a Pulse-Eight USB-CEC adapter on a USB bus in software, with a TV at its HDMI cable. Speaks the serial
 * protocol as the kernel's pulse8-cec.c knows it; the TV obeys at once.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { UsbGadget } from './usb-gadget.ts';

export const ADAPTER_TTY = '/dev/ttyACM0';
const FIRMWARE_TTY = '/dev/ttyGS0';
const UNIT = 'provisioning/system/files/kiosk/etc/systemd/system/maru-cec-adapter@.service';
const LOOK_EACH_MS = 10;

const FRAME = { start: 0xff, end: 0xfe, escape: 0xfd, offset: 3 };
const CODE = {
  frameStart: 0x05,
  frameData: 0x06,
  accepted: 0x08,
  transmit: 0x0b,
  transmitLast: 0x0c,
  sent: 0x10,
  notAcknowledged: 0x12,
};
const LAST = 0x80;
const ACKNOWLEDGED = 0x40;
/** What it answers to questions about itself: firmware 12, and settings from when it hung at another box. */
const ABOUT_ITSELF = new Map<number, number[]>([
  [0x15, [0, 12]],
  [0x17, [0x59, 0, 0, 0]],
  [0x19, [0]],
  [0x1d, [0, 0]],
  [0x1f, [0x30, 0]],
  [0x21, [4]],
  [0x23, [5]],
  [0x25, [...Buffer.from('Former')]],
]);

const TV = 0;
const BOX = 4;
const EVERYONE = 15;
const ON = 0;
const STANDBY = 1;

export class PulseEight {
  readonly #gadget = new UsbGadget({
    name: 'USB-CEC Adapter',
    vendorId: 0x2548,
    productId: 0x1002,
    release: 0x1000,
    bus: 1,
    function: { name: 'acm' },
  });
  #tty: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #attached: ChildProcess | null = null;
  #received: number[] | null = null;
  #isEscaped = false;
  #message: number[] = [];
  #tvPower = STANDBY;
  /** frames that the TV has received, as hexadecimal bytes: `40:36` */
  readonly seen: string[] = [];

  constructor() {
    for (const module of ['cdc-acm', 'serport', 'pulse8-cec']) execFileSync('modprobe', [module]);
  }

  get isTvOn(): boolean {
    return this.#tvPower === ON;
  }

  plug(): void {
    // an unplug hangs up what was open
    this.#tty = openSync(FIRMWARE_TTY, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY);
    execFileSync('stty', ['-F', FIRMWARE_TTY, 'raw', '-echo']);
    this.#timer = setInterval(() => this.#read(), LOOK_EACH_MS);
    this.#gadget.plug();
  }
  unplug(): void {
    this.#gadget.unplug();
    clearInterval(this.#timer);
    if (this.#tty !== null) closeSync(this.#tty);
    this.#tty = null;
  }

  /** What the unit does that udev starts for it. */
  attach(): void {
    const command = /^ExecStart=(.*)$/m.exec(readFileSync(UNIT, 'utf8'))?.[1] ?? '';
    const [program = '', ...args] = command.replaceAll('/dev/%I', ADAPTER_TTY).split(' ');
    this.#attached = spawn(program, args, { stdio: 'inherit' });
  }
  get isAttached(): boolean {
    return this.#attached !== null && this.#attached.exitCode === null && this.#attached.signalCode === null;
  }

  stop(): void {
    if (this.#tty !== null) this.unplug();
    this.#attached?.kill('SIGKILL');
  }

  /** A key of the TV's remote control. */
  press(key: number): void {
    this.#fromTv(BOX, 0x44, key);
    this.#fromTv(BOX, 0x45);
  }

  #read(): void {
    const bytes = Buffer.alloc(256);
    for (;;) {
      let length = 0;
      try {
        length = readSync(this.#tty ?? -1, bytes, 0, bytes.length, null);
      } catch {
        // nothing there yet, or unplugged
      }
      if (length === 0) return;
      for (const byte of bytes.subarray(0, length)) this.#take(byte);
    }
  }

  #take(byte: number): void {
    if (byte === FRAME.start) this.#received = [];
    else if (this.#received === null) return;
    else if (byte === FRAME.escape) this.#isEscaped = true;
    else if (byte === FRAME.end) {
      const [code, ...operands] = this.#received;
      this.#received = null;
      if (code !== undefined) this.#obey(code, operands);
    } else {
      this.#received.push(this.#isEscaped ? byte + FRAME.offset : byte);
      this.#isEscaped = false;
    }
  }

  #obey(code: number, operands: number[]): void {
    const answer = ABOUT_ITSELF.get(code);
    if (answer !== undefined) {
      this.#tell(code, ...answer);
      return;
    }
    this.#tell(CODE.accepted, code);
    if (code !== CODE.transmit && code !== CODE.transmitLast) return;
    this.#message.push(operands[0] ?? 0);
    if (code === CODE.transmit) return;
    const message = this.#message.splice(0);
    const to = (message[0] ?? 0) & 0xf;
    // a message to everyone is acknowledged by nobody's refusal; at this cable there is the TV alone
    this.#tell(to === TV || to === EVERYONE ? CODE.sent : CODE.notAcknowledged);
    if (message.length > 1 && (to === TV || to === EVERYONE)) setTimeout(() => this.#atTv(message), 2 * LOOK_EACH_MS);
  }

  #tell(...bytes: number[]): void {
    const escaped = bytes.flatMap((byte) => (byte >= FRAME.escape ? [FRAME.escape, byte - FRAME.offset] : [byte]));
    if (this.#tty !== null) writeSync(this.#tty, Buffer.from([FRAME.start, ...escaped, FRAME.end]));
  }

  #fromTv(to: number, ...bytes: number[]): void {
    const frame = [(TV << 4) | to, ...bytes];
    for (const [index, byte] of frame.entries()) {
      const isLast = index === frame.length - 1;
      this.#tell((index === 0 ? CODE.frameStart : CODE.frameData) | ACKNOWLEDGED | (isLast ? LAST : 0), byte);
    }
  }

  #atTv([header = 0, opcode = 0, ...operands]: number[]): void {
    this.seen.push([header, opcode, ...operands].map((byte) => byte.toString(16).padStart(2, '0')).join(':'));
    const from = header >> 4;
    const isForAll = (header & 0xf) === EVERYONE;
    if (opcode === 0x04) this.#tvPower = ON;
    else if (opcode === 0x36) this.#tvPower = STANDBY;
    else if (opcode === 0x8f) this.#fromTv(from, 0x90, this.#tvPower);
    else if (opcode === 0x46) this.#fromTv(from, 0x47, ...Buffer.from('Room TV'));
    else if (!isForAll && opcode !== 0x00 && opcode !== 0x44 && opcode !== 0x45) this.#fromTv(from, 0x00, opcode, 0);
  }
}
