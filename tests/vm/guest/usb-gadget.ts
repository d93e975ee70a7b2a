/**
 * A USB device on a bus in software (dummy_hcd), made of configfs' functions: what uhid can not be, a device that the
 * kernel's USB side sees, and may refuse.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CONFIGFS = '/sys/kernel/config';

/** A serial port, whose other end is /dev/ttyGS0, or a HID device that says nothing. */
export type GadgetFunction = { name: 'acm' } | { name: 'hid'; reportBytes: number; descriptor: Uint8Array };
export type GadgetOptions = {
  name: string;
  vendorId: number;
  productId: number;
  /** the firmware's version, in BCD */
  release: number;
  /** each bus has one socket */
  bus: 0 | 1;
  function: GadgetFunction;
};

export class UsbGadget {
  readonly #folder: string;
  readonly #bus: number;

  constructor({ name, vendorId, productId, release, bus, function: what }: GadgetOptions) {
    for (const module of ['libcomposite', `usb_f_${what.name}`]) execFileSync('modprobe', [module]);
    if (!existsSync(join(CONFIGFS, 'usb_gadget'))) execFileSync('mount', ['-t', 'configfs', 'none', CONFIGFS]);
    this.#folder = join(CONFIGFS, 'usb_gadget', name);
    this.#bus = bus;
    const put = (path: string, content: string | Uint8Array) => writeFileSync(join(this.#folder, path), content);
    const make = (path: string) => mkdirSync(join(this.#folder, path), { recursive: true });
    make('strings/0x409');
    put('idVendor', `0x${vendorId.toString(16)}`);
    put('idProduct', `0x${productId.toString(16)}`);
    put('bcdDevice', `0x${release.toString(16)}`);
    put('strings/0x409/product', name);
    put('strings/0x409/serialnumber', 'G1');
    make('configs/c.1/strings/0x409');
    const functionFolder = `functions/${what.name}.0`;
    make(functionFolder);
    if (what.name === 'hid') {
      put(`${functionFolder}/protocol`, '0');
      put(`${functionFolder}/subclass`, '0');
      put(`${functionFolder}/report_length`, String(what.reportBytes));
      put(`${functionFolder}/report_desc`, what.descriptor);
    }
    symlinkSync(join(this.#folder, functionFolder), join(this.#folder, `configs/c.1/${what.name}.0`));
  }

  plug(): void {
    writeFileSync(join(this.#folder, 'UDC'), `dummy_udc.${this.#bus}\n`);
  }

  unplug(): void {
    writeFileSync(join(this.#folder, 'UDC'), '\n');
  }
}
