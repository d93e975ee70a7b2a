/**
 * What /sys knows of HID devices beside node-hid: the report descriptor and the port of a hidraw node, and the devices
 * that have no such node because the kernel refuses them.
 */
import { readFile, readdir, realpath } from 'node:fs/promises';
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

/** The kernel leaves devices of these vendors to modules of their own (hid-quirks.c), and to no other. */
const DRIVERS_BY_VENDOR = new Map([
  [0x0b0e, 'jabra'],
  [0x047f, 'plantronics'],
]);

/** By model, as BCD: firmware before this is ignored (hid_lookup_quirk in hid-quirks.c). Jabra Speak 410 and 510. */
const OLDEST_FIRMWARE = new Map([
  ['0b0e:0412', 0x0111],
  ['0b0e:0420', 0x0214],
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

  /** USB devices whose firmware is older than the kernel takes: they are on no HID bus, and get no node. */
  async withOldFirmware(): Promise<KernelDevice[]> {
    const bus = join(this.#root, 'bus/usb/devices');
    return each(bus, async (name) => {
      const text = (attribute: string) =>
        readFile(join(bus, name, attribute), 'utf8').then((content) => content.trim());
      const orEmpty = () => '';
      // interfaces lie beside devices and have none of these
      const [vendor, product, release] = await Promise.all(['idVendor', 'idProduct', 'bcdDevice'].map(text));
      const oldestTaken = OLDEST_FIRMWARE.get(`${vendor}:${product}`);
      if (oldestTaken === undefined || Number.parseInt(release ?? '', 16) >= oldestTaken) return null;
      return {
        path: name,
        instance: `${name} ${await text('devnum')}`,
        vendorId: Number.parseInt(vendor ?? '', 16),
        productId: Number.parseInt(product ?? '', 16),
        serialNumber: await text('serial').catch(orEmpty),
        name: await text('product').catch(orEmpty),
        port: name,
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
