import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readUsbDevices } from './usb-devices.ts';

let sys: string;
beforeEach(() => {
  sys = mkdtempSync(join(tmpdir(), 'maru-sys-'));
});
afterEach(() => rmSync(sys, { recursive: true, force: true }));

/** As the kernel lays it out: class/<folder>/<name>/device -> devices/…/<port>/<port>:1.0 */
function plug(folder: string, name: string, port: string, texts: Record<string, string>): void {
  const device = join(sys, 'devices/pci0000:00/usb1', port);
  const usbInterface = join(device, `${port}:1.0`);
  mkdirSync(usbInterface, { recursive: true });
  for (const [file, text] of Object.entries(texts)) writeFileSync(join(device, file), `${text}\n`);
  const entry = join(sys, 'class', folder, name);
  mkdirSync(entry, { recursive: true });
  symlinkSync(usbInterface, join(entry, 'device'));
}

describe('the USB devices of this box', () => {
  it('are read once each, with the port that they are in', () => {
    const brio = { idVendor: '046D', idProduct: '085e', product: 'Logitech BRIO' };
    plug('video4linux', 'video0', '1-2.3', brio);
    plug('video4linux', 'video1', '1-2.3', brio);
    plug('sound', 'card1', '1-2.3', brio);
    plug('sound', 'card2', '1-1', { idVendor: '0b0e', idProduct: '0422', product: 'Jabra SPEAK 510 USB' });
    expect(readUsbDevices(sys)).toEqual([
      { has: 'sound', port: '1-1', vendorId: '0b0e', productId: '0422', product: 'Jabra SPEAK 510 USB' },
      { has: 'camera', port: '1-2.3', vendorId: '046d', productId: '085e', product: 'Logitech BRIO' },
      { has: 'sound', port: '1-2.3', vendorId: '046d', productId: '085e', product: 'Logitech BRIO' },
    ]);
  });

  it('are not the sound card on the board, nor what is not there', () => {
    plug('sound', 'card0', '0000:00:1f.3', {});
    expect(readUsbDevices(sys)).toEqual([]);
    expect(readUsbDevices(join(sys, 'nowhere'))).toEqual([]);
  });
});
