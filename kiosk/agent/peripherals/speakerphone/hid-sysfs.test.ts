import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jabraLike } from './descriptors-under-test.ts';
import { HidSysfs } from './hid-sysfs.ts';

let root: string;
const write = (path: string, content: string | Uint8Array) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
};
const link = (path: string, target: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(join(root, target), join(root, path));
};
const uevent = 'DRIVER=jabra\nHID_ID=0003:00000B0E:00000422\nHID_NAME=Speaker\nHID_PHYS=usb-1/input3\nHID_UNIQ=S1\n';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maru-sysfs-'));
  write('devices/hid/0003:0B0E:0422.0012/report_descriptor', jabraLike.descriptor);
  write('devices/hid/0003:0B0E:0422.0012/uevent', uevent);
  link('class/hidraw/hidraw3/device', 'devices/hid/0003:0B0E:0422.0012');
  link('bus/hid/devices/0003:0B0E:0422.0012', 'devices/hid/0003:0B0E:0422.0012');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('sysfs', () => {
  it('tells descriptor and port of a node, and which plug it is', async () => {
    expect(await new HidSysfs(root).ofHidraw('/dev/hidraw3')).toEqual({
      descriptor: Buffer.from(jabraLike.descriptor),
      port: 'usb-1/input3',
      instance: '0003:0B0E:0422.0012',
    });
  });

  it('tells of devices that got no node, and not of those that did', async () => {
    const sysfs = new HidSysfs(root);
    const identity = { vendorId: 0x0b0e, productId: 0x0422, serialNumber: 'S1', port: 'usb-1/input3' };
    expect(await sysfs.withoutNode()).toEqual([expect.objectContaining(identity)]);
    mkdirSync(join(root, 'devices/hid/0003:0B0E:0422.0012/hidraw'));
    expect(await sysfs.withoutNode()).toEqual([]);
  });

  it('tells whether such a device has sound, and lacks its module', async () => {
    const device = 'devices/usb1/1-2/1-2:1.3/0003:0B0E:0422.0013';
    write(`${device}/report_descriptor`, '');
    write(`${device}/uevent`, uevent);
    link('bus/hid/devices/0003:0B0E:0422.0013', device);
    const look = async () => {
      const found = (await new HidSysfs(root).withoutNode()).find(({ instance }) => instance.endsWith('13'));
      return [found?.hasSound, found?.isDriverMissing];
    };
    write('bus/hid/drivers/hid-generic/uevent', '');
    expect(await look()).toEqual([false, true]);
    write('devices/usb1/1-2/1-2:1.0/bInterfaceClass', '01\n');
    write('bus/hid/drivers/jabra/uevent', '');
    expect(await look()).toEqual([true, false]);
  });

  it('names devices whose firmware is older than the kernel takes, and no others', async () => {
    const plug = (port: string, idProduct: string, bcdDevice: string, more: Record<string, string> = {}) => {
      const device = { idVendor: '0b0e', idProduct, bcdDevice, devnum: '9', product: 'Speak', ...more };
      for (const [name, value] of Object.entries(device)) write(`bus/usb/devices/${port}/${name}`, `${value}\n`);
    };
    plug('1-1', '0412', '0110');
    plug('1-2', '0412', '0111');
    plug('1-3.4', '0420', '0213', { serial: 'X' });
    plug('1-4', '0420', '0214');
    plug('1-5', '0422', '0100');
    plug('1-6', '0420', '0100', { idVendor: '046d' });
    write('bus/usb/devices/1-3.4:1.3/bInterfaceClass', '03\n');
    const found = await new HidSysfs(root).withOldFirmware();
    expect(found.map(({ path }) => path)).toEqual(['1-1', '1-3.4']);
    expect(found[1]).toEqual({
      path: '1-3.4',
      instance: '1-3.4 9',
      vendorId: 0x0b0e,
      productId: 0x0420,
      serialNumber: 'X',
      name: 'Speak',
      port: '1-3.4',
    });
  });

  it('that is not there tells of nothing', async () => {
    const nowhere = new HidSysfs(join(root, 'nowhere'));
    expect(await nowhere.withoutNode()).toEqual([]);
    expect(await nowhere.withOldFirmware()).toEqual([]);
    await expect(nowhere.ofHidraw('/dev/hidraw3')).rejects.toThrow('ENOENT');
  });
});
