import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FollowReader, readAdapterInfo, readSent } from './cec-ctl-output.ts';
import { captured } from './testing/captured.ts';

const follow = (text: string) => {
  const reader = new FollowReader();
  return text.split('\n').flatMap((line) => reader.read(line) ?? []);
};

describe.each(['cec-ctl-1.22', 'cec-ctl-1.30'] as const)('what %s prints', (version) => {
  const text = captured(version);

  it('tells where an adapter sits', () => {
    expect(readAdapterInfo(text('unconfigured'))).toEqual({
      canTransmit: true,
      physicalAddress: 0x1000,
      logicalAddress: null,
      takesAddress: false,
    });
    expect(readAdapterInfo(text('configured'))).toMatchObject({ physicalAddress: 0x1000, logicalAddress: 4 });
    expect(readAdapterInfo(text('tv-side'))).toMatchObject({ physicalAddress: 0, logicalAddress: 0 });
    expect(readAdapterInfo(text('gone'))).toBeNull();
  });

  it.each([
    ['power', 0x90, [0]],
    ['power-to-standby', 0x90, [3]],
    ['osd-name', 0x47, [...Buffer.from('Room TV')]],
    ['vendor', 0x87, [0x00, 0xe0, 0x91]],
    ['feature-abort', 0x00, [0x71, 0]],
  ])('has the answer: %s', (section, opcode, operands) => {
    expect(readSent(text(section))).toEqual([
      { sent: 'acknowledged', answer: { from: 0, to: section === 'vendor' ? 15 : 4, opcode, operands } },
    ]);
  });

  it('tells what became of a message without an answer', () => {
    const sent = (section: string) => readSent(text(section)).map(({ sent }) => sent);
    expect(sent('image-view-on')).toEqual(['acknowledged']);
    expect(sent('active-source')).toEqual(['acknowledged']);
    expect(sent('volume')).toEqual(['acknowledged', 'acknowledged', 'acknowledged', 'acknowledged']);
    expect(sent('not-acknowledged')).toEqual(['refused']);
    expect(sent('not-connected')).toEqual(['unsent']);
    expect(sent('unconfigured-send')).toEqual([]);
    expect(sent('gone')).toEqual([]);
  });

  it('is followed frame by frame', () => {
    const heard = follow(text('follow'));
    expect(heard[0]).toEqual({ physicalAddress: 0x1000 });
    const opcodes = heard.map((each) => ('frame' in each ? each.frame.opcode : null));
    expect(opcodes.slice(1, 16)).toEqual([
      ...[0x7a, 0x7a, 0x44, 0x45, 0x44, 0x44, 0x45, 0x86, 0x80, 0x82, 0x85, 0x8f, 0x8d, 0x89, 0x90],
    ]);
    expect(heard[5]).toEqual({ frame: { from: 0, to: 4, opcode: 0x44, operands: [0x72] } });
    expect(heard[9]).toEqual({ frame: { from: 0, to: 15, opcode: 0x80, operands: [0, 0, 0x10, 0] } });
  });
});

describe('cec-ctl, otherwise', () => {
  it('tells that a USB adapter has to be given its place', () => {
    const text = captured('cec-ctl-1.22');
    expect(readAdapterInfo(text('usb-new'))).toMatchObject({ physicalAddress: null, takesAddress: true });
    expect(readAdapterInfo(text('usb-placed'))).toMatchObject({ physicalAddress: 0x1000, takesAddress: true });
  });

  const text = captured('cec-ctl-1.22');

  it('says that nobody answered', () => {
    expect(readSent(text('no-answer'))).toEqual([{ sent: 'acknowledged', answer: null }]);
  });

  it('says that no TV is plugged in', () => {
    expect(readAdapterInfo(text('not-connected-info'))).toEqual({
      canTransmit: true,
      physicalAddress: null,
      logicalAddress: null,
      takesAddress: false,
    });
  });

  it('tells where it was moved to, and nothing that it sent itself', () => {
    expect(follow(text('monitor-wall-clock-without-raw'))).toEqual([
      { physicalAddress: 0x1000 },
      { physicalAddress: null },
    ]);
    const own = 'Transmitted by Playback Device 1 to TV (4 to 0): STANDBY (0x36)\n\tRaw: 0x40 0x36 (@6)';
    const heard = 'Received from TV to all (0 to 15): STANDBY (0x36)\n\tRaw: 0x0f 0x36 ( 6)';
    expect(follow(`${own}\n${heard}`)).toEqual([{ frame: { from: 0, to: 15, opcode: 0x36, operands: [] } }]);
  });

  it('may print the bytes of what it sends, too', () => {
    const [before, after] = text('power').split('    Received from');
    expect(readSent(`${before}\tRaw: 0x40 0x8f (@ )\n    Received from${after}`)[0]?.answer?.opcode).toBe(0x90);
  });

  it('may print anything: nothing is read from it, and nothing breaks', () => {
    const pieces = fc.constantFrom(
      ...[
        'Transmit from ',
        'Received from ',
        '\tRaw:',
        ' 0x04',
        ' 0x90',
        ' 0xzz',
        '\n',
        '(',
        'Tx, OK',
        '\tTx, ',
        'PA: ',
      ],
      ...['State Change: PA: f.f.f.f', 'Physical Address : ', '9.9.9.9', '\tSequence: 1 Tx Timestamp'],
    );
    const garbage = fc.oneof(
      fc.string({ maxLength: 400 }),
      fc.array(pieces).map((each) => each.join('')),
    );
    fc.assert(
      fc.property(garbage, (told) => {
        readAdapterInfo(told);
        readSent(told);
        for (const each of follow(told)) {
          if ('frame' in each) expect(each.frame.operands.length).toBeLessThanOrEqual(14);
        }
      }),
    );
  });

  it('may print a frame that is longer than any', () => {
    const bytes = ' 0x04'.repeat(17);
    expect(follow(`Received from TV to all (0 to 15): X\n\tRaw:${bytes} ()`)).toEqual([]);
  });
});
