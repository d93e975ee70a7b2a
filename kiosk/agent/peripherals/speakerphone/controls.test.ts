import { describe, expect, it } from 'vitest';
import { controlsOf, lampReports, readReport } from './controls.ts';
import {
  jabraLike,
  keyboardDescriptor,
  polyLike,
  speakerphonesUnderTest,
  vendorFirst,
} from './descriptors-under-test.ts';
import { cancelsOwnEcho, quirksOf } from './quirks.ts';
import { parseReportDescriptor } from './report-descriptor.ts';

const controlsFrom = (descriptor: Uint8Array, quirks = {}) => {
  const controls = controlsOf(parseReportDescriptor(descriptor), quirks);
  if (controls === null) throw new Error('no speakerphone');
  return controls;
};
const off = { mute: false, offHook: false, ring: false, speaker: false };

describe('controls', () => {
  it('are found by usage, each with the style that its flags give it', () => {
    const found = speakerphonesUnderTest.map(({ descriptor }) => {
      const { inputs, lamps, hookStyle, muteStyle } = controlsFrom(descriptor);
      return { inputs: [...inputs.keys()].sort(), lamps: [...lamps.keys()].sort(), hookStyle, muteStyle };
    });
    const lamps = ['mute', 'offHook', 'ring'];
    expect(found).toEqual([
      {
        inputs: ['hook', 'phoneMute', 'redial', 'volumeDown', 'volumeUp'],
        lamps,
        hookStyle: 'level',
        muteStyle: 'toggle',
      },
      {
        inputs: ['drop', 'hook', 'phoneMute', 'volumeDown', 'volumeUp'],
        lamps,
        hookStyle: 'level',
        muteStyle: 'level',
      },
      { inputs: ['hook', 'phoneMute', 'volumeDown', 'volumeUp'].sort(), lamps, hookStyle: 'step', muteStyle: 'toggle' },
      { inputs: ['hook', 'phoneMute', 'volumeDown', 'volumeUp'], lamps, hookStyle: 'level', muteStyle: 'toggle' },
    ]);
  });

  it('do not make a speakerphone of a keyboard', () => {
    expect(controlsOf(parseReportDescriptor(keyboardDescriptor), {})).toBeNull();
  });

  describe('marked constant', () => {
    const oneBit = (usagePage: number, usage: number, flags: number) => [
      ...[0x05, usagePage, 0x09, usage, 0x15, 0, 0x25, 1, 0x75, 1, 0x95, 1, 0x81, flags],
    ];
    const inputsOf = (...fields: number[][]) => controlsFrom(Uint8Array.from(fields.flat())).inputs;

    it.each([0x01, 0x03, 0x07, 0x21, 0x23])('are found by their telephony usage (flags %i)', (flags) => {
      const inputs = inputsOf(...[0x20, 0x24, 0x26, 0x2f].map((usage) => oneBit(0x0b, usage, flags)));
      expect([...inputs.keys()].sort()).toEqual(['drop', 'hook', 'phoneMute', 'redial']);
    });

    it('stand behind one of the same usage that is not', () => {
      const inputs = inputsOf(oneBit(0x0b, 0x20, 0x23), oneBit(0x0b, 0x2f, 0x07), oneBit(0x0b, 0x2f, 0x06));
      expect(inputs.get('phoneMute')?.field.bitOffset).toBe(2);
    });

    it('are padding on any other page, as is what names no usage', () => {
      const padding = [0x95, 8, 0x81, 0x03];
      const inputs = inputsOf(oneBit(0x0b, 0x20, 0x23), padding, oneBit(0x0c, 0xe9, 0x03), oneBit(0x0c, 0xe2, 0x07));
      expect([...inputs.keys()]).toEqual(['hook']);
    });
  });

  it('are what a quirk says where there is one', () => {
    expect(controlsFrom(jabraLike.descriptor, { hook: 'toggle', phoneMute: 'level' })).toMatchObject({
      hookStyle: 'toggle',
      muteStyle: 'level',
    });
  });

  it('stand in for each other: the mute key of music, the lamp of the microphone', () => {
    // a hook switch, consumer mute, and no lamp but the microphone's
    const descriptor = Uint8Array.from(
      [
        [0x05, 0x0b, 0x09, 0x20, 0x15, 0, 0x25, 1, 0x75, 1, 0x95, 1, 0x81, 0x22],
        [0x05, 0x0c, 0x09, 0xe2, 0x81, 0x02],
        [0x05, 0x08, 0x09, 0x21, 0x91, 0x02],
      ].flat(),
    );
    const controls = controlsFrom(descriptor);
    expect(controls.muteStyle).toBe('toggle');
    expect(readReport(controls, Uint8Array.of(0b10))).toEqual({ hook: 0, phoneMute: 1 });
    // no report numbers: written with a leading 0 all the same
    expect(lampReports(controls, { ...off, mute: true })).toEqual([Uint8Array.of(0, 1)]);
  });
});

describe('reports', () => {
  it.each(speakerphonesUnderTest)('of $name are read', ({ descriptor, reports }) => {
    const controls = controlsFrom(descriptor);
    const read = (name: keyof typeof reports) => readReport(controls, Uint8Array.from(reports[name]));
    expect(read('offHook')).toMatchObject({ hook: 1 });
    expect(read('onHook')?.hook).not.toBe(1);
    expect(read('mutePressed')).toMatchObject({ phoneMute: 1 });
    expect(read('muteReleased')).toMatchObject({ phoneMute: 0 });
    expect(read('volumeUp')).toMatchObject({ volumeUp: 1, volumeDown: 0 });
    expect(read('volumeDown')).toMatchObject({ volumeUp: 0, volumeDown: 1 });
    expect(read('volumeReleased')).toMatchObject({ volumeUp: 0, volumeDown: 0 });
    expect(read('tooShort')).toBeNull();
  });

  it('split by their number: what is not in a report is not told by it', () => {
    expect(readReport(controlsFrom(jabraLike.descriptor), Uint8Array.from(jabraLike.reports.volumeUp))).toEqual({
      volumeUp: 1,
      volumeDown: 0,
    });
  });

  it('carry a step as -1 and 1', () => {
    const controls = controlsFrom(vendorFirst.descriptor);
    expect(readReport(controls, Uint8Array.from(vendorFirst.reports.onHook))).toEqual({ hook: -1, phoneMute: 0 });
  });

  it('may be padded, or have a number that was never announced; an empty one is none', () => {
    const controls = controlsFrom(polyLike.descriptor);
    expect(readReport(controls, Uint8Array.of(8, 1, 0, 0, 0))).toMatchObject({ hook: 1 });
    expect(readReport(controls, Uint8Array.of(0x77, 1, 2, 3))).toEqual({});
    expect(readReport(controls, new Uint8Array())).toBeNull();
  });

  it.each(speakerphonesUnderTest)('set the lamps of $name', ({ descriptor, lamps }) => {
    const controls = controlsFrom(descriptor);
    for (const lit of [{}, { mute: true }, { offHook: true }, { ring: true }, { mute: true, offHook: true }]) {
      const reports = lampReports(controls, { ...off, ...lit }).map((report) => [...report]);
      expect(reports).toEqual(lamps(lit));
    }
  });
});

describe('quirks', () => {
  it('are those of the vendor and those of the model', () => {
    expect(quirksOf(0x047f, 0xffff)).toEqual({ volumeBounceMs: 5 });
    expect(quirksOf(0x1d6b, 0x0104)).toEqual({});
  });

  it('know who cancels echo by itself, and leave it to the browser where they do not know', () => {
    expect(cancelsOwnEcho(0x0b0e, 0x0420)).toBe(true);
    expect(cancelsOwnEcho(0x0b0e, 0xffff)).toBe(false);
    expect(cancelsOwnEcho(0x047f, 0x0420)).toBe(false);
  });
});
