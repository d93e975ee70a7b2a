import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readClientLine, readPorts } from './cec-client-output.ts';
import { captured } from './testing/captured.ts';

const text = captured('cec-client-6.0');
const read = (section: string) =>
  text(section)
    .split('\n')
    .flatMap((line) => readClientLine(line) ?? []);

describe('what cec-client prints', () => {
  it('tells its place, that it is ready, and what it hears', () => {
    const told = read('session');
    expect(told.slice(0, 4)).toEqual([
      { type: 'heard', frame: { from: 0, to: 15, opcode: 0x87, operands: [0x00, 0xe0, 0x91] } },
      { type: 'placed', logicalAddress: 4, physicalAddress: 0x1000 },
      { type: 'ready' },
      { type: 'heard', frame: { from: 0, to: 4, opcode: 0x90, operands: [0] } },
    ]);
    const keys = told.flatMap((each) =>
      each.type === 'heard' && each.frame.opcode === 0x44 ? each.frame.operands : [],
    );
    expect(keys).toEqual([0x00, 0x72]);
    expect(told.filter(({ type }) => type === 'hopeless')).toEqual([]);
  });

  it('tells its place also where it does not tell everyone', () => {
    const told = read('without-telling-its-address').filter(({ type }) => type !== 'heard');
    expect(told).toEqual([{ type: 'placed', logicalAddress: 4, physicalAddress: 0x1000 }, { type: 'ready' }]);
  });

  it('tells that it will not come to work', () => {
    expect(read('nothing-found').map(({ type }) => type)).toEqual(['hopeless']);
    expect(read('not-opened')).toEqual([{ type: 'hopeless', why: 'unable to open the device on port /dev/cec0' }]);
  });

  it('lists the ports of adapters', () => {
    expect(readPorts(text('list'))).toEqual(['Linux']);
    expect(readPorts(text('list-none'))).toEqual([]);
    expect(readPorts('com port:            /dev/ttyACM0\ncom port:\n')).toEqual(['/dev/ttyACM0']);
  });

  it('may be anything', () => {
    const pieces = fc.constantFrom('TRAFFIC: [', ' 12', ']\t', '>> ', '<< ', '4f', ':84', ':', '10', 'zz', ' ');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((each) => each.join('')),
        ),
        (line) => {
          const told = readClientLine(line);
          if (told?.type === 'heard') expect(told.frame.operands.length).toBeLessThanOrEqual(14);
        },
      ),
    );
  });
});
