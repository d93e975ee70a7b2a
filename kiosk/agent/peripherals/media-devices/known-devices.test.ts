import { describe, expect, it } from 'vitest';
import { isSameDevice, knownDevices, modelOfKey } from './known-devices.ts';
import type { UsbDevice } from './usb-devices.ts';

type Listed = Parameters<typeof knownDevices>[0][number];
const camera = (deviceId: string, label: string): Listed => ({ kind: 'camera', deviceId, groupId: '', label });
const microphone = (deviceId: string, label: string): Listed => ({ kind: 'microphone', deviceId, groupId: '', label });
const usb = (over: Partial<UsbDevice>): UsbDevice => ({
  has: 'camera',
  product: 'BRIO',
  vendorId: '046d',
  productId: '085e',
  port: '1-2',
  ...over,
});
const BRIO = 'Logitech BRIO (046d:085e)';
const keysOf = (listed: Listed[], there: UsbDevice[] = []) =>
  knownDevices(listed, there).map(({ deviceKey }) => deviceKey);

describe('the names of devices', () => {
  it('are the label without its ids, and a key of model and port', () => {
    expect(knownDevices([camera('a', BRIO)], [usb({})])).toEqual([
      {
        deviceKey: '046d:085e Logitech BRIO@1-2',
        kind: 'camera',
        deviceId: 'a',
        groupId: '',
        name: 'Logitech BRIO',
        vendorId: '046d',
        productId: '085e',
        isTwin: false,
      },
    ]);
  });

  it('do without a port where none is known, or where it could be either of two', () => {
    expect(keysOf([camera('a', BRIO)])).toEqual(['046d:085e Logitech BRIO']);
    // one of the two is held by another program, and not in the browser's list
    expect(keysOf([camera('a', BRIO)], [usb({}), usb({ port: '1-3' })])).toEqual(['046d:085e Logitech BRIO']);
    expect(keysOf([camera('a', BRIO)], [usb({ has: 'sound' })])).toEqual(['046d:085e Logitech BRIO']);
  });

  it('number twins by the browser’s ids, and say that they are twins', () => {
    const twins = [camera('b', BRIO), camera('a', BRIO), camera('c', 'Other')];
    expect(
      knownDevices(twins, [usb({}), usb({ port: '1-3' })]).map(({ deviceKey, isTwin }) => [deviceKey, isTwin]),
    ).toEqual([
      ['046d:085e Logitech BRIO#2', true],
      ['046d:085e Logitech BRIO#1', true],
      ['Other', false],
    ]);
  });

  it('of sound cards are found by the product’s words, where the label has no ids', () => {
    const jabra = usb({
      has: 'sound',
      product: 'Jabra SPEAK 510 USB',
      vendorId: '0b0e',
      productId: '0422',
      port: '1-4',
    });
    const brio = usb({ has: 'sound', product: 'Logitech BRIO' });
    const known = (label: string, there: UsbDevice[]) => knownDevices([microphone('a', label)], there)[0]!;
    expect(known('Jabra SPEAK 510 Mono', [jabra, brio])).toMatchObject({
      vendorId: '0b0e',
      productId: '0422',
      deviceKey: '0b0e:0422 Jabra SPEAK 510 Mono@1-4',
    });
    expect(known('Logitech BRIO Analog Stereo', [jabra, brio])).toMatchObject({ vendorId: '046d' });
    expect(known('Built-in Audio', [jabra, brio])).toMatchObject({ vendorId: null, deviceKey: 'Built-in Audio' });
    // two of them: whose port it is, nobody can say
    expect(known('Jabra SPEAK 510 Mono', [jabra, { ...jabra, port: '1-5' }])).toMatchObject({ vendorId: null });
  });

  it('leave out what the browser does not name yet', () => {
    expect(keysOf([camera('', ''), camera('a', '')])).toEqual([]);
  });

  it('say of a key which model it was', () => {
    expect(modelOfKey('046d:085e Logitech BRIO@1-2.3')).toBe('046d:085e Logitech BRIO');
    expect(modelOfKey('046d:085e Logitech BRIO#2')).toBe('046d:085e Logitech BRIO');
    expect(modelOfKey('Other')).toBe('Other');
    expect(keysOf([camera('a', 'Odd #7 @home')])).toEqual(['Odd  7  home']);
  });

  it('stay within what the contract holds', () => {
    expect(
      keysOf([camera('a', `${'x'.repeat(180)} (046d:085e)`)], [usb({ port: '1-2.3.4.1' })])[0]!.length,
    ).toBeLessThan(120);
  });

  it('show two halves of one device by ids, else by the browser’s group', () => {
    const [a, b] = knownDevices([camera('a', BRIO), microphone('b', BRIO)], []);
    expect(isSameDevice(a!, b!)).toBe(true);
    const group = (label: string, groupId: string) => knownDevices([{ ...camera('x', label), groupId }], [])[0]!;
    expect(isSameDevice(group('One', 'g'), group('Two', 'g'))).toBe(true);
    expect(isSameDevice(group('One', ''), group('Two', ''))).toBe(false);
    expect(isSameDevice(group(BRIO, 'g'), group('Jabra (0b0e:0422)', 'g'))).toBe(false);
  });
});
