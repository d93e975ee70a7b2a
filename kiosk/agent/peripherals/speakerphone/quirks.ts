/**
 * What is known in public of models, where their descriptor does not say it or says otherwise. Small on purpose: every
 * line names its source, and a device that is not here works by its descriptor. That every device may expect an answer
 * to each signal (Jabra's "request/acknowledge", developer.jabra.com, Call control) is no quirk: all of them get one.
 */

/**
 * How an on/off control speaks (usage tables, 3.4.1.2): `level` reports the state it is in, `toggle` that it was pressed,
 * `step` 1 for on and -1 for off.
 */
export type Style = 'level' | 'toggle' | 'step';

export type Quirks = {
  /** another style than its descriptor's flags say */
  hook?: Style;
  phoneMute?: Style;
  /** the same volume key again within this time is the same press */
  volumeBounceMs?: number;
  /** echo is cancelled in the device: a second canceller in the browser would only cost quality */
  cancelsOwnEcho?: true;
};

type Entry = Quirks & {
  vendorId: number;
  /** null: all of this vendor's */
  productIds: readonly number[] | null;
};

/** Numbers: usb.ids and the kernel's drivers/hid/hid-ids.h. */
const entries: readonly Entry[] = [
  {
    // Plantronics, Poly: keys are sent through two collections. The kernel's hid-plantronics drops the second within
    // 5 ms for all of the vendor's devices (commit 9821709af892, "Add mic mute mapping and generalize quirks").
    vendorId: 0x047f,
    productIds: null,
    volumeBounceMs: 5,
  },
  {
    // Jabra Speak 410, 510 and 810: data sheets of the Speak series, "echo cancellation".
    vendorId: 0x0b0e,
    productIds: [0x0410, 0x0412, 0x0420, 0x0422, 0x2456],
    cancelsOwnEcho: true,
  },
  {
    // Logitech BCC950, ConferenceCam CC3000e, ConferenceCam Connect, Group: data sheets, "acoustic echo cancellation".
    vendorId: 0x046d,
    productIds: [0x0838, 0x0846, 0x084c, 0x0857, 0x0882],
    cancelsOwnEcho: true,
  },
];

export function quirksOf(vendorId: number, productId: number): Quirks {
  const known: Quirks = {};
  for (const { vendorId: vendor, productIds, ...quirks } of entries) {
    if (vendor === vendorId && (productIds === null || productIds.includes(productId))) Object.assign(known, quirks);
  }
  return known;
}

/** For the choice of who cancels echo (decision 16): never both, never neither. Unknown models leave it to the browser. */
export function cancelsOwnEcho(vendorId: number, productId: number): boolean {
  return quirksOf(vendorId, productId).cancelsOwnEcho === true;
}
