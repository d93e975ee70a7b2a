/**
 * A HID device in software, through /dev/uhid (the kernel's include/uapi/linux/uhid.h): for the kernel and all above it a
 * USB device like any other. Closing the file pulls the cable.
 */
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';

const Event = {
  start: 2,
  stop: 3,
  open: 4,
  close: 5,
  output: 6,
  getReport: 9,
  getReportReply: 10,
  create2: 11,
  input2: 12,
  setReport: 13,
  setReportReply: 14,
};
const DATA_BYTES = 4096;
/** struct uhid_event is packed: a type, and the largest of what may follow, which is create2 */
const EVENT_BYTES = 4 + 128 + 64 + 64 + 2 + 2 + 4 * 4 + DATA_BYTES;
const USB = 3;
const EIO = 5;
const LOOK_EACH_MS = 8;

export type UhidOptions = {
  name: string;
  vendorId: number;
  productId: number;
  serialNumber?: string;
  port?: string;
  descriptor: Uint8Array;
  /** output reports, number first */
  onOutput?: (report: Uint8Array) => void;
};

export class UhidDevice {
  readonly #file: number;
  readonly #timer: NodeJS.Timeout;
  readonly #options: UhidOptions;
  readonly outputs: number[][] = [];
  /** whether somebody has its node open */
  isOpen = false;

  constructor(options: UhidOptions) {
    this.#options = options;
    this.#file = openSync('/dev/uhid', constants.O_RDWR | constants.O_NONBLOCK);
    const { name, port = 'guest/0', serialNumber = '', descriptor, vendorId, productId } = options;
    const event = Buffer.alloc(EVENT_BYTES);
    event.writeUInt32LE(Event.create2, 0);
    event.write(name, 4, 127);
    event.write(port, 132, 63);
    event.write(serialNumber, 196, 63);
    let at = event.writeUInt16LE(descriptor.length, 260);
    at = event.writeUInt16LE(USB, at);
    at = event.writeUInt32LE(vendorId, at);
    at = event.writeUInt32LE(productId, at);
    // version 9.99: newer than any firmware that the kernel knows to be broken; no country
    at = event.writeUInt32LE(0x0999, at);
    at = event.writeUInt32LE(0, at);
    event.set(descriptor, at);
    writeSync(this.#file, event);
    this.#timer = setInterval(() => this.#read(), LOOK_EACH_MS);
  }

  input(report: Iterable<number>): void {
    const bytes = Buffer.from([...report]);
    const event = Buffer.alloc(6 + bytes.length);
    event.writeUInt32LE(Event.input2, 0);
    event.writeUInt16LE(bytes.length, 4);
    event.set(bytes, 6);
    writeSync(this.#file, event);
  }

  unplug(): void {
    clearInterval(this.#timer);
    closeSync(this.#file);
  }

  #read(): void {
    const event = Buffer.alloc(EVENT_BYTES);
    for (;;) {
      try {
        readSync(this.#file, event, 0, EVENT_BYTES, null);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return;
        throw error;
      }
      this.#take(event);
    }
  }

  #take(event: Buffer): void {
    switch (event.readUInt32LE(0)) {
      case Event.open:
        this.isOpen = true;
        return;
      case Event.close:
        this.isOpen = false;
        return;
      case Event.output: {
        const report = Uint8Array.from(event.subarray(4, 4 + event.readUInt16LE(4 + DATA_BYTES)));
        this.outputs.push([...report]);
        this.#options.onOutput?.(report);
        return;
      }
      case Event.getReport:
        this.#refuse(Event.getReportReply, event.readUInt32LE(4), 10);
        return;
      case Event.setReport:
        this.#refuse(Event.setReportReply, event.readUInt32LE(4), 6);
        return;
    }
  }

  /** These devices have no feature reports: the asker is told at once, rather than left to wait for five seconds. */
  #refuse(type: number, id: number, sizeBytes: number): void {
    const reply = Buffer.alloc(4 + sizeBytes);
    reply.writeUInt32LE(type, 0);
    reply.writeUInt32LE(id, 4);
    reply.writeUInt16LE(EIO, 8);
    writeSync(this.#file, reply);
  }
}
