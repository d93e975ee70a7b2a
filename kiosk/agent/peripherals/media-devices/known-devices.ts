/**
 * From the browser's list to devices that have a name of their own: what the label tells, the port that sysfs knows,
 * the key under which a device is remembered, and which ones can't be told apart. Pure.
 */
import type { MediaDeviceKind } from '#contract/room-equipment.ts';
import type { ScreenToAgent } from '#contract/screen-link.ts';
import type { UsbDevice } from './usb-devices.ts';

export type MediaDeviceList = Extract<ScreenToAgent, { type: 'media-devices' }>;
type ListedDevice = MediaDeviceList['devices'][number];

export type KnownDevice = {
  deviceKey: string;
  kind: MediaDeviceKind;
  /** the browser's secret id: for the page alone */
  deviceId: string;
  /** the browser's word that several are one thing */
  groupId: string;
  name: string;
  vendorId: string | null;
  productId: string | null;
  isTwin: boolean;
};

/** Chromium ends a label with `(vid:pid)` for USB devices. */
const USB_ID = /\s*\(([0-9a-f]{4}):([0-9a-f]{4})\)\s*$/i;
/** Entries that mean another entry of the list. */
const ALIASES = new Set(['default', 'communications']);
const KEY_NAME_LENGTH = 80;

type Named = ListedDevice & Pick<KnownDevice, 'name' | 'vendorId' | 'productId'> & { usb: UsbDevice | null };

/** In the list's own order. What the browser gives without an id or a name (no permission yet) is left out. */
export function knownDevices(listed: readonly ListedDevice[], usbDevices: readonly UsbDevice[]): KnownDevice[] {
  const named = withoutAliases(listed.filter(({ deviceId, label }) => deviceId !== '' && label !== '')).map((device) =>
    nameOf(device, usbDevices),
  );
  return named.map((device) => {
    const model = modelOf(device);
    const alike = named.filter((other) => other.kind === device.kind && modelOf(other) === model);
    const isTwin = alike.length > 1;
    // by the browser's own ids, so that an order of the list does not make another of each
    const place = alike.map(({ deviceId }) => deviceId).sort();
    const port = device.usb === null ? '' : `@${device.usb.port}`;
    const { kind, deviceId, groupId, name, vendorId, productId } = device;
    const deviceKey = `${model}${isTwin ? `#${place.indexOf(deviceId) + 1}` : port}`;
    return { deviceKey, kind, deviceId, groupId, name, vendorId, productId, isTwin };
  });
}

/** What a key says without port and number: a device that was moved to another port is still of this model. */
export function modelOfKey(deviceKey: string): string {
  return deviceKey.replace(/[@#][^@#]*$/, '');
}

/** The same piece of hardware: a speakerphone's two halves, a camera and its microphone. */
export function isSameDevice(a: KnownDevice, b: KnownDevice): boolean {
  if (a.vendorId !== null && b.vendorId !== null) return a.vendorId === b.vendorId && a.productId === b.productId;
  return a.groupId !== '' && a.groupId === b.groupId;
}

function withoutAliases(listed: readonly ListedDevice[]): ListedDevice[] {
  return listed.filter(
    ({ kind, deviceId }) =>
      !ALIASES.has(deviceId) || !listed.some((other) => other.kind === kind && !ALIASES.has(other.deviceId)),
  );
}

function nameOf(device: ListedDevice, usbDevices: readonly UsbDevice[]): Named {
  const has = device.kind === 'camera' ? 'camera' : 'sound';
  const ofClass = usbDevices.filter((usb) => usb.has === has);
  const ids = USB_ID.exec(device.label);
  const name = device.label.replace(USB_ID, '').trim() || device.label;
  if (ids !== null) {
    const [vendorId, productId] = [ids[1]!.toLowerCase(), ids[2]!.toLowerCase()];
    const there = ofClass.filter((usb) => usb.vendorId === vendorId && usb.productId === productId);
    return { ...device, name, vendorId, productId, usb: there.length === 1 ? there[0]! : null };
  }
  // the sound server names a card by the product and a profile, without its ids
  const usb = ofClass.length === 0 ? null : cardNamed(name, ofClass);
  return { ...device, name, vendorId: usb?.vendorId ?? null, productId: usb?.productId ?? null, usb };
}

/** The only card whose product's words begin this name; null where none does or several do. */
function cardNamed(name: string, cards: readonly UsbDevice[]): UsbDevice | null {
  const words = wordsOf(name);
  const shared = cards.map((card) => {
    const product = wordsOf(card.product);
    const differs = product.findIndex((word, index) => word !== words[index]);
    const count = differs === -1 ? product.length : differs;
    return { card, count: count >= 2 || (count > 0 && count === product.length) ? count : 0 };
  });
  const most = Math.max(...shared.map(({ count }) => count));
  const best = shared.filter(({ count }) => count === most);
  return most > 0 && best.length === 1 ? best[0]!.card : null;
}

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

function modelOf({ name, vendorId, productId }: Pick<KnownDevice, 'name' | 'vendorId' | 'productId'>): string {
  const ids = vendorId === null ? '' : `${vendorId}:${productId} `;
  return `${ids}${name.replace(/[@#]/g, ' ')}`.slice(0, KEY_NAME_LENGTH);
}
