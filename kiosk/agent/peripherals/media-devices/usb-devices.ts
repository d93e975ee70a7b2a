/**
 * Which USB devices with a camera or a sound card are plugged into this box, and into which port: from sysfs, which the
 * browser does not tell of. Reads files only; a box without sysfs simply has none.
 */
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export type UsbDevice = {
  has: 'camera' | 'sound';
  /** as the device names itself */
  product: string;
  /** four hexadecimal digits each */
  vendorId: string;
  productId: string;
  /** the path of ports from the root hub, as in `1-2.3`: the same after each start */
  port: string;
};

const CLASSES = [
  { folder: 'video4linux', entry: /^video\d+$/, has: 'camera' },
  { folder: 'sound', entry: /^card\d+$/, has: 'sound' },
] as const;
/** From a video node up to its USB device: interface, device. A little more for hubs of the kernel's own making. */
const STEPS_UP = 4;

/** One per device and class, though a camera has several nodes. In the order of their ports. */
export function readUsbDevices(sysDir = '/sys'): UsbDevice[] {
  const found = new Map<string, UsbDevice>();
  for (const { folder, entry, has } of CLASSES) {
    for (const name of entriesOf(join(sysDir, 'class', folder)).filter((each) => entry.test(each))) {
      const device = usbDeviceAbove(join(sysDir, 'class', folder, name, 'device'));
      if (device !== null) found.set(`${has} ${device.port}`, { has, ...device });
    }
  }
  return [...found.values()].sort((a, b) => (a.port < b.port ? -1 : 1));
}

function usbDeviceAbove(link: string): Omit<UsbDevice, 'has'> | null {
  let folder: string;
  try {
    folder = realpathSync(link);
  } catch {
    return null;
  }
  for (let step = 0; step < STEPS_UP; step += 1, folder = dirname(folder)) {
    const [vendorId, productId] = [textOf(folder, 'idVendor'), textOf(folder, 'idProduct')];
    if (vendorId === null || productId === null) continue;
    return {
      vendorId: vendorId.toLowerCase(),
      productId: productId.toLowerCase(),
      product: textOf(folder, 'product') ?? '',
      port: basename(folder),
    };
  }
  return null;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(folder: string, file: string): string | null {
  try {
    return readFileSync(join(folder, file), 'utf8').trim();
  } catch {
    return null;
  }
}
