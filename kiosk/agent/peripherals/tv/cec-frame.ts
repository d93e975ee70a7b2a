/**
 * Frames of HDMI-CEC as bytes, and the meaning of those that matter to a room. `cec-ctl` prints them in hexadecimal, which
 * does not change with its version as its words do. Clauses are of HDMI 1.4b, supplement 1 (CEC).
 */
import type { TvStatus } from '#contract/room-equipment.ts';

/** CEC 12.2: an address, an opcode and at most 14 operands. */
const LONGEST_FRAME = 16;
export const TV = 0;
export const AUDIO_SYSTEM = 5;
export const EVERYONE = 15;

export const OPCODE = {
  featureAbort: 0x00,
  imageViewOn: 0x04,
  standby: 0x36,
  keyPressed: 0x44,
  keyReleased: 0x45,
  giveOsdName: 0x46,
  setOsdName: 0x47,
  giveAudioStatus: 0x71,
  reportAudioStatus: 0x7a,
  routingChange: 0x80,
  activeSource: 0x82,
  requestActiveSource: 0x85,
  setStreamPath: 0x86,
  deviceVendorId: 0x87,
  giveDeviceVendorId: 0x8c,
  menuRequest: 0x8d,
  menuStatus: 0x8e,
  giveDevicePowerStatus: 0x8f,
  reportPowerStatus: 0x90,
} as const;

/** CEC table 27, as far as a room has a use for them. */
export const KEY = {
  select: 0x00,
  /** `Exit` up to CEC 1.4, `Back` since 2.0 */
  back: 0x0d,
  enter: 0x2b,
  volumeUp: 0x41,
  volumeDown: 0x42,
  mute: 0x43,
  /** these two are no toggles */
  muteFunction: 0x65,
  restoreVolume: 0x66,
  red: 0x72,
  yellow: 0x74,
} as const;

export type CecFrame = { from: number; to: number; opcode: number; operands: number[] };
/** To be sent: the bus knows from whom. */
export type CecOrder = { to: number; opcode: number; operands: number[] };

/** null: a poll, which is an address alone, or no frame at all. */
export function frameOf(bytes: readonly number[]): CecFrame | null {
  const [addresses, opcode, ...operands] = bytes;
  if (addresses === undefined || opcode === undefined || bytes.length > LONGEST_FRAME) return null;
  if (bytes.some((byte) => !Number.isInteger(byte) || byte < 0 || byte > 0xff)) return null;
  return { from: addresses >> 4, to: addresses & 0xf, opcode, operands };
}

export const order = (to: number, opcode: number, ...operands: number[]): CecOrder => ({ to, opcode, operands });

export type TvPower = Exclude<TvStatus['power'], 'unknown'>;
const POWERS: readonly TvPower[] = ['on', 'standby', 'turning-on', 'turning-off'];

/** null: not a power status of the specification. */
export function powerOf({ operands }: CecFrame): TvPower | null {
  return POWERS[operands[0] ?? -1] ?? null;
}

/** The address at `index`, as the 16 bits that travel; null: not there, or the one that means none. */
export function physicalAddressOf({ operands }: CecFrame, index: number): number | null {
  const [high, low] = operands.slice(index, index + 2);
  if (high === undefined || low === undefined) return null;
  const address = (high << 8) | low;
  return address === 0xffff ? null : address;
}

/** As people write it, each of its four steps a digit; null: f.f.f.f, which means none. */
export function readPhysicalAddress(dotted: string): number | null {
  const address = Number.parseInt(dotted.replaceAll('.', ''), 16);
  return address === 0xffff ? null : address;
}

export type AudioStatus = { volumePercent: number; muted: boolean };

/** CEC 13.15.3: the lowest seven bits are the volume, 127 says that it is not known. */
export function audioStatusOf({ operands }: CecFrame): AudioStatus | null {
  const status = operands[0];
  if (status === undefined || (status & 0x7f) > 100) return null;
  return { volumePercent: status & 0x7f, muted: (status & 0x80) !== 0 };
}

/** What a device calls itself: ASCII, at most 14 letters; what is not printable is left out. */
export function osdNameOf({ operands }: CecFrame): string | null {
  const name = String.fromCharCode(...operands.filter((byte) => byte >= 0x20 && byte < 0x7f)).trim();
  return name === '' ? null : name;
}

/** Makers of TVs by IEEE OUI; others are told by the number. */
const VENDORS: Readonly<Record<number, string>> = {
  57: 'Toshiba',
  240: 'Samsung',
  2434: 'Loewe',
  9319: 'AOC',
  32837: 'Panasonic',
  36926: 'Philips',
  36947: 'Daewoo',
  53461: 'Grundig',
  57398: 'Pioneer',
  57489: 'LG',
  524319: 'Sharp',
  524358: 'Sony',
  7042157: 'Vizio',
  8414697: 'BenQ',
};

export function vendorOf({ operands }: CecFrame): string | null {
  if (operands.length < 3) return null;
  const oui = operands.slice(0, 3).reduce((id, byte) => (id << 8) | byte, 0);
  return VENDORS[oui] ?? `0x${oui.toString(16).padStart(6, '0')}`;
}
