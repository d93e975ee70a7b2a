import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jabraLike } from './descriptors-under-test.ts';
import { HidSysfs } from './hid-sysfs.ts';
import { readDump } from './libusb-driver.ts';

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

  it('tells of HID interfaces that no driver has, keyboards and sound left out', async () => {
    const device = { idVendor: '0b0e', idProduct: '0420', busnum: '1', devnum: '9', product: 'Old', serial: 'X' };
    for (const [name, value] of Object.entries(device)) write(`bus/usb/devices/1-2.4/${name}`, `${value}\n`);
    const put = (number: number, deviceClass: string, subClass: string) => {
      write(`bus/usb/devices/1-2.4:1.${number}/bInterfaceClass`, `${deviceClass}\n`);
      write(`bus/usb/devices/1-2.4:1.${number}/bInterfaceSubClass`, `${subClass}\n`);
    };
    put(0, '01', '01');
    put(1, '03', '01');
    put(2, '03', '00');
    put(3, '03', '00');
    link('bus/usb/devices/1-2.4:1.2/driver', 'devices');
    expect(await new HidSysfs(root).unboundInterfaces()).toEqual([
      {
        path: '1-2.4:1.3',
        instance: '1-2.4:1.3 9',
        vendorId: 0x0b0e,
        productId: 0x0420,
        serialNumber: 'X',
        name: 'Old',
        port: '1-2.4:1.3',
        busNumber: 1,
        deviceNumber: 9,
        interfaceNumber: 3,
      },
    ]);
  });

  it('that is not there tells of nothing', async () => {
    const nowhere = new HidSysfs(join(root, 'nowhere'));
    expect(await nowhere.withoutNode()).toEqual([]);
    expect(await nowhere.unboundInterfaces()).toEqual([]);
    await expect(nowhere.ofHidraw('/dev/hidraw3')).rejects.toThrow('ENOENT');
  });
});

describe('usbhid-dump', () => {
  it('is read from its lines of bytes', () => {
    const dump = '001:002:000:DESCRIPTOR         1764000000.123456\n 05 0B 09 05 A1 01\n C0\n\n';
    expect([...readDump(dump)]).toEqual([0x05, 0x0b, 0x09, 0x05, 0xa1, 0x01, 0xc0]);
    expect(readDump('').length).toBe(0);
  });
});
