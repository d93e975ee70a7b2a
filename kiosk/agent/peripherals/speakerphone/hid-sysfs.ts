/**
 * What the kernel tells of HID devices in /sys beside node-hid: the report descriptor and the port of a hidraw node, and
 * the devices that have no such node because the kernel leaves them alone.
 */
import { readFile, readdir, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MAX_DESCRIPTOR_BYTES } from './descriptor-items.ts';
import type { DeviceIdentity } from './transport.ts';

/** `instance` as in FoundDevice */
export type KernelDevice = DeviceIdentity & { path: string; instance: string };

export type RefusedDevice = KernelDevice & {
  /** empty where the kernel could not read it: it shows none then */
  descriptor: Uint8Array;
  /** its USB device is a sound card too */
  hasSound: boolean;
  /** the module that the kernel wants for this vendor is not loaded */
  isDriverMissing: boolean;
};

export type UsbInterface = KernelDevice & {
  busNumber: number;
  deviceNumber: number;
  interfaceNumber: number;
};

/** The kernel leaves devices of these vendors to modules of their own (hid-quirks.c), and to no other. */
const DRIVERS_BY_VENDOR = new Map([
  [0x0b0e, 'jabra'],
  [0x047f, 'plantronics'],
]);

export class HidSysfs {
  readonly #root: string;

  constructor(root = '/sys') {
    this.#root = root;
  }

  /** @param path of a node, as /dev/hidraw0 */
  async ofHidraw(path: string): Promise<{ descriptor: Uint8Array; port: string; instance: string }> {
    const device = join(this.#root, 'class/hidraw', basename(path), 'device');
    const [descriptor, uevent, instance] = await Promise.all([
      readFile(join(device, 'report_descriptor')),
      ueventOf(device),
      realpath(device),
    ]);
    return {
      descriptor: descriptor.subarray(0, MAX_DESCRIPTOR_BYTES + 1),
      port: uevent.get('HID_PHYS') ?? '',
      // the kernel counts: 0003:0B0E:0422.0012
      instance: basename(instance),
    };
  }

  /** On the HID bus without a hidraw node: no driver takes them, or none can read their descriptor. */
  async withoutNode(): Promise<RefusedDevice[]> {
    const bus = join(this.#root, 'bus/hid');
    const drivers = await readdir(join(bus, 'drivers')).catch((): string[] => []);
    return each(join(bus, 'devices'), async (name) => {
      // bus:vendor:product.instance, in hexadecimal
      const [, vendor, product] = /^[0-9A-F]{4}:([0-9A-F]{4}):([0-9A-F]{4})\./.exec(name) ?? [];
      const device = join(bus, 'devices', name);
      if (vendor === undefined || product === undefined) return null;
      if ((await readdir(device)).includes('hidraw')) return null;
      const [descriptor, uevent] = await Promise.all([readFile(join(device, 'report_descriptor')), ueventOf(device)]);
      const vendorId = Number.parseInt(vendor, 16);
      const driver = DRIVERS_BY_VENDOR.get(vendorId);
      return {
        path: device,
        instance: name,
        vendorId,
        productId: Number.parseInt(product, 16),
        serialNumber: uevent.get('HID_UNIQ') ?? '',
        port: uevent.get('HID_PHYS') ?? '',
        name: uevent.get('HID_NAME') ?? '',
        descriptor: descriptor.subarray(0, MAX_DESCRIPTOR_BYTES + 1),
        hasSound: await hasSound(await realpath(device)),
        isDriverMissing: driver !== undefined && !drivers.includes(driver),
      };
    });
  }

  /** HID interfaces that no driver has: the kernel ignores the device (hid-quirks.c), libusb can have it. */
  async unboundInterfaces(): Promise<UsbInterface[]> {
    const bus = join(this.#root, 'bus/usb/devices');
    return each(bus, async (name) => {
      const [, device, number] = /^(\d+-[\d.]+):\d+\.(\d+)$/.exec(name) ?? [];
      if (device === undefined || number === undefined) return null;
      const interfaceFolder = join(bus, name);
      const text = (attribute: string, of = join(bus, device)) =>
        readFile(join(of, attribute), 'utf8').then((content) => content.trim());
      // class 3 is HID; keyboards and mice, which the kernel never leaves alone, have subclass 1
      if ((await text('bInterfaceClass', interfaceFolder)) !== '03') return null;
      if ((await text('bInterfaceSubClass', interfaceFolder)) !== '00') return null;
      if (await readlink(join(interfaceFolder, 'driver')).then(Boolean, () => false)) return null;
      const orEmpty = () => '';
      const deviceNumber = await text('devnum');
      return {
        path: name,
        instance: `${name} ${deviceNumber}`,
        vendorId: Number.parseInt(await text('idVendor'), 16),
        productId: Number.parseInt(await text('idProduct'), 16),
        serialNumber: await text('serial').catch(orEmpty),
        name: await text('product').catch(orEmpty),
        port: name,
        busNumber: Number(await text('busnum')),
        deviceNumber: Number(deviceNumber),
        interfaceNumber: Number(number),
      };
    });
  }
}

/** USB device, interface, HID device lie in each other. */
async function hasSound(hidDevice: string): Promise<boolean> {
  const usbDevice = dirname(dirname(hidDevice));
  const classes = await each(usbDevice, (name) => readFile(join(usbDevice, name, 'bInterfaceClass'), 'utf8'));
  return classes.some((each) => each.trim() === '01');
}

/** What vanishes while it is read is not there. */
async function each<T>(folder: string, read: (name: string) => Promise<T | null>): Promise<T[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const all = await Promise.all(names.map((name) => read(name).catch(() => null)));
  return all.filter((found) => found !== null);
}

async function ueventOf(device: string): Promise<Map<string, string>> {
  const lines = (await readFile(join(device, 'uevent'), 'utf8')).split('\n');
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}
