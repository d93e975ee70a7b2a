/**
 * What the kernel tells of HID devices in /sys beside node-hid: the report descriptor and the port of a hidraw node, and
 * the devices that have no such node because the kernel leaves them alone.
 */
import { readFile, readdir, readlink, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MAX_DESCRIPTOR_BYTES } from './descriptor-items.ts';
import type { DeviceIdentity } from './transport.ts';

/** `instance` as in FoundDevice */
export type KernelDevice = DeviceIdentity & { path: string; instance: string };

export type UsbInterface = KernelDevice & {
  busNumber: number;
  deviceNumber: number;
  interfaceNumber: number;
};

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
  async withoutNode(): Promise<(KernelDevice & { descriptor: Uint8Array })[]> {
    const bus = join(this.#root, 'bus/hid/devices');
    return each(bus, async (name) => {
      // bus:vendor:product.instance, in hexadecimal
      const [, vendor, product] = /^[0-9A-F]{4}:([0-9A-F]{4}):([0-9A-F]{4})\./.exec(name) ?? [];
      const device = join(bus, name);
      if (vendor === undefined || product === undefined) return null;
      if ((await readdir(device)).includes('hidraw')) return null;
      const [descriptor, uevent] = await Promise.all([readFile(join(device, 'report_descriptor')), ueventOf(device)]);
      return {
        path: device,
        instance: name,
        vendorId: Number.parseInt(vendor, 16),
        productId: Number.parseInt(product, 16),
        serialNumber: uevent.get('HID_UNIQ') ?? '',
        port: uevent.get('HID_PHYS') ?? '',
        name: uevent.get('HID_NAME') ?? '',
        descriptor: descriptor.subarray(0, MAX_DESCRIPTOR_BYTES + 1),
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

/** What vanishes while it is read is not there. */
async function each<T>(folder: string, read: (name: string) => Promise<T | null>): Promise<T[]> {
  const names = await readdir(folder).catch(() => []);
  const all = await Promise.all(names.map((name) => read(name).catch(() => null)));
  return all.filter((found) => found !== null);
}

async function ueventOf(device: string): Promise<Map<string, string>> {
  const lines = (await readFile(join(device, 'uevent'), 'utf8')).split('\n');
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}
