/**
 * Report descriptors of made-up speakerphones, written from the HID usage tables after the habits of
 * several vendors, and the bytes that their buttons send. No device's own descriptor is among them.
 */
export type SpeakerphoneUnderTest = {
  name: string;
  vendorId: number;
  productId: number;
  descriptor: Uint8Array;
  /** input reports, number first */
  reports: Record<
    'offHook' | 'onHook' | 'mutePressed' | 'muteReleased' | 'volumeUp' | 'volumeDown' | 'volumeReleased' | 'tooShort',
    readonly number[]
  >;
  /** output reports, as they are when all of the named lamps are lit and no other */
  lamps: (lit: { mute?: boolean; offHook?: boolean; ring?: boolean }) => number[][];
};

const bit = (on: boolean | undefined, at: number) => (on ? 1 << at : 0);
const bytes = (hex: string) =>
  Uint8Array.from(hex.replace(/#.*$/gm, '').match(/[0-9a-f]{2}/gi) ?? [], (each) => Number.parseInt(each, 16));

/** Volume and telephony under numbers of their own; hook reports its state, mute is a button. Every signal wants an answer. */
export const jabraLike: SpeakerphoneUnderTest = {
  name: 'Speaker J',
  vendorId: 0x0b0e,
  productId: 0x0422,
  descriptor: bytes(`
    05 0c 09 01 a1 01 85 01        # consumer control, report 1
      15 00 25 01 75 01
      09 e9 09 ea 95 02 81 02      #   volume up, down
      95 06 81 03 c0
    05 0b 09 05 a1 01 85 02        # telephony, headset, report 2
      09 20 09 97 95 02 81 22      #   hook switch, line busy: states
      09 2f 09 21 09 24 95 03 81 06 #  phone mute, flash, redial: buttons
      95 0b 81 03
      05 08 09 17 09 09 09 18 09 20 09 21 95 05 91 22 # lamps: off-hook, mute, ring, hold, microphone
      05 0b 09 9e 95 01 91 22      #   ringer
      95 0a 91 03 c0
  `),
  reports: {
    offHook: [2, 0b1, 0],
    onHook: [2, 0, 0],
    mutePressed: [2, 0b101, 0],
    muteReleased: [2, 0b001, 0],
    volumeUp: [1, 1],
    volumeDown: [1, 2],
    volumeReleased: [1, 0],
    tooShort: [2, 1],
  },
  lamps: ({ mute, offHook, ring }) => [[2, bit(offHook, 0) | bit(mute, 1) | bit(ring, 2), 0]],
};

/** Hook and mute both report their state, in one report with the volume keys; each lamp has a report of its own. */
export const polyLike: SpeakerphoneUnderTest = {
  name: 'Speaker P',
  vendorId: 0x047f,
  productId: 0xac5f,
  descriptor: bytes(`
    05 0b 09 01 a1 01 85 08        # telephony, phone, report 8
      15 00 25 01 75 01
      09 20 09 2f 95 02 81 22      #   hook switch, phone mute: states
      09 26 95 01 81 06            #   drop
      05 0c 09 e9 09 ea 95 02 81 02 #  volume up, down
      95 03 81 03
      05 08 75 08
      85 09 09 09 95 01 91 02      #   report 9: mute
      85 0a 09 17 91 02            #   report 10: off-hook
      85 0b 09 18 91 02 c0         #   report 11: ring
    06 a0 ff 09 01 a1 01 85 10     # vendor, report 16
      15 00 26 ff 00 75 08 95 10 09 01 81 02
      95 10 09 01 91 02 c0
  `),
  reports: {
    offHook: [8, 0b1],
    onHook: [8, 0],
    mutePressed: [8, 0b11],
    muteReleased: [8, 0b01],
    volumeUp: [8, 0b01001],
    volumeDown: [8, 0b10001],
    volumeReleased: [8, 0b00001],
    tooShort: [8],
  },
  lamps: ({ mute, offHook, ring }) => [
    [9, bit(mute, 0)],
    [10, bit(offHook, 0)],
    [11, bit(ring, 0)],
  ],
};

/** Pages of the vendor's come first; keys as an array with 16-bit usages, hook as a step, usages with their page. */
export const vendorFirst: SpeakerphoneUnderTest = {
  name: 'Speaker V',
  vendorId: 0x1d6b,
  productId: 0x0104,
  descriptor: bytes(`
    06 13 ff 09 01 a1 01 85 40     # vendor, report 64: 32 bytes each way
      15 00 26 ff 00 75 08 95 20 09 02 81 00
      09 03 91 00
      09 04 95 08 b1 02 c0
    05 0c 09 01 a1 01 85 21        # consumer control, report 33
      15 01 26 9c 02 19 01 2a 9c 02 75 10 95 01 81 00 c0 # one of the usages 1 to 0x29c
    05 0b 09 04 a1 01 85 22        # telephony, answering machine, report 34
      a4                           #   push
      15 ff 25 01 75 02 95 01
      0b 20 00 0b 00 81 06         #   hook switch, with its page: on and off as steps
      b4                           #   pop
      15 00 25 01 75 01 95 01
      09 2f 81 06                  #   phone mute: a button
      95 05 81 03
      85 23 05 08 19 17 29 18 95 02 91 02 # report 35: off-hook to ring
      09 09 95 01 91 02            #   mute
      95 05 91 03 c0
  `),
  reports: {
    offHook: [0x22, 0b01],
    onHook: [0x22, 0b11],
    mutePressed: [0x22, 0b100],
    muteReleased: [0x22, 0],
    volumeUp: [0x21, 0xe9, 0],
    volumeDown: [0x21, 0xea, 0],
    volumeReleased: [0x21, 0, 0],
    tooShort: [0x21, 0xe9],
  },
  lamps: ({ mute, offHook, ring }) => [[0x23, bit(offHook, 0) | bit(ring, 1) | bit(mute, 2)]],
};

/** Hook and mute carry the constant bit of padding (flags 0x23 and 0x07), and their reports come all the same. */
export const constantFlags: SpeakerphoneUnderTest = {
  name: 'Speaker C',
  vendorId: 0x1d6b,
  productId: 0x0105,
  descriptor: bytes(`
    05 0c 09 01 a1 01 85 01        # consumer control, report 1
      15 00 25 01
      09 e9 09 ea 75 01 95 02 81 02 #  volume up, down
      95 06 81 03 c0
    05 0b 09 05 a1 01 85 02        # telephony, headset, report 2
      15 00 25 01 75 01
      09 20 09 97 95 02 81 23      #   hook switch, line busy: states, marked constant
      09 2f 09 21 95 02 81 07      #   phone mute, flash: buttons, marked constant
      95 04 81 03
      05 08 09 17 09 09 09 18 95 03 91 22 # lamps: off-hook, mute, ring
      95 05 91 03 c0
  `),
  reports: {
    offHook: [2, 0b1],
    onHook: [2, 0],
    mutePressed: [2, 0b101],
    muteReleased: [2, 0b001],
    volumeUp: [1, 1],
    volumeDown: [1, 2],
    volumeReleased: [1, 0],
    tooShort: [2],
  },
  lamps: ({ mute, offHook, ring }) => [[2, bit(offHook, 0) | bit(mute, 1) | bit(ring, 2)]],
};

/** Its flags describe a mute button (0x06), and it sends the state: 1 muted, 0 open, with each press. */
export const stateAsButton = {
  name: 'Speaker S',
  vendorId: 0x1d6b,
  productId: 0x0106,
  descriptor: bytes(`
    05 0b 09 05 a1 01 85 02        # telephony, headset, report 2
      15 00 25 01 75 01
      09 20 95 01 81 22            #   hook switch: a state
      09 2f 95 01 81 06            #   phone mute: a button, by its flags
      95 06 81 03
      05 08 09 17 09 09 95 02 91 22 #  lamps: off-hook, mute
      95 06 91 03 c0
  `),
  /** during a call, off-hook */
  reports: { muted: [2, 0b11], open: [2, 0b01] },
  lamps: ({ mute, offHook }: { mute?: boolean; offHook?: boolean }) => [[2, bit(offHook, 0) | bit(mute, 1)]],
};

export const speakerphonesUnderTest = [jabraLike, polyLike, vendorFirst, constantFlags];

/** No telephony page: the volume keys of a keyboard. */
export const keyboardDescriptor = bytes(`
  05 0c 09 01 a1 01 15 00 25 01 75 01 95 03 09 e9 09 ea 09 e2 81 02 95 05 81 03 c0
`);
