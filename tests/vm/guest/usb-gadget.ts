/**
 * A HID device on a USB bus in software (dummy_hcd with configfs' hid function): what uhid can't be, a device that the
 * kernel's USB side sees, refuses and leaves to libusb.
 */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

const CONFIGFS = '/sys/kernel/config';
const LOOK_EACH_MS = 10;

export type GadgetOptions = {
  name: string;
  vendorId: number;
  productId: number;
  /** the firmware's version, in BCD */
  release: number;
  reportBytes: number;
  descriptor: Uint8Array;
};

export class UsbGadget {
  readonly #folder: string;
  readonly outputs: number[][] = [];
  #file: number | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor({ name, vendorId, productId, release, reportBytes, descriptor }: GadgetOptions) {
    for (const module of ['usbhid', 'dummy_hcd', 'libcomposite', 'usb_f_hid']) execFileSync('modprobe', [module]);
    if (!existsSync(join(CONFIGFS, 'usb_gadget'))) execFileSync('mount', ['-t', 'configfs', 'none', CONFIGFS]);
    this.#folder = join(CONFIGFS, 'usb_gadget', name);
    const put = (path: string, content: string | Uint8Array) => writeFileSync(join(this.#folder, path), content);
    const make = (path: string) => mkdirSync(join(this.#folder, path), { recursive: true });
    make('strings/0x409');
    put('idVendor', `0x${vendorId.toString(16)}`);
    put('idProduct', `0x${productId.toString(16)}`);
    put('bcdDevice', `0x${release.toString(16)}`);
    put('strings/0x409/product', name);
    put('strings/0x409/serialnumber', 'G1');
    make('configs/c.1/strings/0x409');
    make('functions/hid.0');
    put('functions/hid.0/protocol', '0');
    put('functions/hid.0/subclass', '0');
    put('functions/hid.0/report_length', String(reportBytes));
    put('functions/hid.0/report_desc', descriptor);
    symlinkSync(join(this.#folder, 'functions/hid.0'), join(this.#folder, 'configs/c.1/hid.0'));
  }

  plug(): void {
    writeFileSync(join(this.#folder, 'UDC'), 'dummy_udc.0\n');
    this.#file = openSync('/dev/hidg0', constants.O_RDWR | constants.O_NONBLOCK);
    this.#timer = setInterval(() => this.#read(), LOOK_EACH_MS);
  }

  unplug(): void {
    clearInterval(this.#timer);
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
    writeFileSync(join(this.#folder, 'UDC'), '\n');
  }

  input(report: Iterable<number>): void {
    if (this.#file !== null) writeSync(this.#file, Buffer.from([...report]));
  }

  #read(): void {
    const report = Buffer.alloc(64);
    for (;;) {
      try {
        const length = readSync(this.#file ?? -1, report, 0, report.length, null);
        if (length === 0) return;
        this.outputs.push([...report.subarray(0, length)]);
      } catch {
        // nothing there yet, or unplugged
        return;
      }
    }
  }
}
