import { describe, expect, it } from 'vitest';
import { ProtocolError } from '#contract/error-codes.ts';
import { jabraLike, polyLike, speakerphonesUnderTest, vendorFirst } from './descriptors-under-test.ts';
import { parseReportDescriptor, type VariableField } from './report-descriptor.ts';

const fieldsOf = (descriptor: Uint8Array | number[]) =>
  parseReportDescriptor(Uint8Array.from(descriptor)).fields.map((field) =>
    field.form === 'variable'
      ? [field.kind, field.reportId, field.usagePage, field.usage, field.bitOffset, field.bitSize]
      : [field.kind, field.reportId, field.usages, field.bitOffset, field.bitSize, field.count],
  );

const refusalOf = (...descriptor: number[]) => {
  try {
    parseReportDescriptor(Uint8Array.from(descriptor));
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
    expect((error as ProtocolError).code).toBe('device-malformed');
    return (error as Error).message;
  }
};

describe('a report descriptor', () => {
  it('gives fields with page, usage, report, place and size', () => {
    expect(fieldsOf(jabraLike.descriptor)).toEqual([
      ['input', 1, 0x0c, 0xe9, 0, 1],
      ['input', 1, 0x0c, 0xea, 1, 1],
      ['input', 2, 0x0b, 0x20, 0, 1],
      ['input', 2, 0x0b, 0x97, 1, 1],
      ['input', 2, 0x0b, 0x2f, 2, 1],
      ['input', 2, 0x0b, 0x21, 3, 1],
      ['input', 2, 0x0b, 0x24, 4, 1],
      ['output', 2, 0x08, 0x17, 0, 1],
      ['output', 2, 0x08, 0x09, 1, 1],
      ['output', 2, 0x08, 0x18, 2, 1],
      ['output', 2, 0x08, 0x20, 3, 1],
      ['output', 2, 0x08, 0x21, 4, 1],
      ['output', 2, 0x0b, 0x9e, 5, 1],
    ]);
  });

  it('counts padding in, and tells the length of each report and the collections', () => {
    const layout = parseReportDescriptor(jabraLike.descriptor);
    expect([...layout.sizeBits.input]).toEqual([
      [1, 8],
      [2, 16],
    ]);
    expect([...layout.sizeBits.output]).toEqual([[2, 16]]);
    expect(layout.usesReportIds).toBe(true);
    expect(layout.collections).toEqual([
      { usagePage: 0x0c, usage: 1 },
      { usagePage: 0x0b, usage: 5 },
    ]);
  });

  it('tells states, buttons and steps apart by their flags', () => {
    const flagsOf = ({ descriptor }: { descriptor: Uint8Array }, usage: number) => {
      const { fields } = parseReportDescriptor(descriptor);
      const found = fields.find((each): each is VariableField => each.form === 'variable' && each.usage === usage);
      return [found?.isRelative, found?.isNoPreferred, found?.logicalMin, found?.logicalMax];
    };
    expect(flagsOf(polyLike, 0x20)).toEqual([false, true, 0, 1]);
    expect(flagsOf(jabraLike, 0x2f)).toEqual([true, false, 0, 1]);
    expect(flagsOf(vendorFirst, 0x20)).toEqual([true, false, -1, 1]);
  });

  it('restores what was pushed, reads ranges, arrays and usages with their page', () => {
    const fields = fieldsOf(vendorFirst.descriptor);
    expect(fields).toContainEqual(['input', 0x21, [{ usagePage: 0x0c, min: 1, max: 0x29c }], 0, 16, 1]);
    expect(fields).toContainEqual(['input', 0x22, 0x0b, 0x20, 0, 2]);
    expect(fields).toContainEqual(['input', 0x22, 0x0b, 0x2f, 2, 1]);
    expect(fields.filter(([kind]) => kind === 'output').slice(-3)).toEqual([
      ['output', 0x23, 0x08, 0x17, 0, 1],
      ['output', 0x23, 0x08, 0x18, 1, 1],
      ['output', 0x23, 0x08, 0x09, 2, 1],
    ]);
  });

  it('gives the last usage to all values that are left, and takes the page that stands when the field is made', () => {
    // usage 1, then the page changes, then three values of 4 bits
    expect(fieldsOf([0x09, 0x01, 0x09, 0x02, 0x05, 0x08, 0x75, 0x04, 0x95, 0x03, 0x91, 0x02])).toEqual([
      ['output', 0, 0x08, 1, 0, 4],
      ['output', 0, 0x08, 2, 4, 4],
      ['output', 0, 0x08, 2, 8, 4],
    ]);
  });

  it('skips long items and takes the first of alternatives', () => {
    const long = [0xfe, 3, 0x99, 1, 2, 3];
    const alternatives = [0xa9, 1, 0x09, 0x2f, 0x09, 0x20, 0xa9, 0];
    expect(fieldsOf([0x05, 0x0b, ...long, ...alternatives, 0x75, 1, 0x95, 1, 0x81, 0x02])).toEqual([
      ['input', 0, 0x0b, 0x2f, 0, 1],
    ]);
  });

  it('reads a maximum of 0xff as 255 where the minimum is not negative', () => {
    const range = (min: number) =>
      parseReportDescriptor(Uint8Array.of(0x15, min, 0x25, 0xff, 0x75, 8, 0x95, 1, 0x09, 1, 0x81, 2)).fields[0];
    expect(range(0)).toMatchObject({ logicalMin: 0, logicalMax: 255 });
    expect(range(0xf0)).toMatchObject({ logicalMin: -16, logicalMax: -1 });
  });

  it.each<{ what: string; descriptor: number[]; why: RegExp }>([
    { what: 'cut within an item', descriptor: [0x05, 0x0b, 0x26, 0xff], why: /cut short/ },
    { what: 'cut within a long item', descriptor: [0xfe, 9, 0, 1], why: /cut short/ },
    { what: 'a collection left open', descriptor: [0xa1, 0x01], why: /not closed/ },
    { what: 'a collection closed twice', descriptor: [0xa1, 0x01, 0xc0, 0xc0], why: /not open/ },
    { what: 'a pop without a push', descriptor: [0xb4], why: /pop/ },
    { what: 'seventeen pushes', descriptor: Array(17).fill(0xa4), why: /pushes/ },
    { what: 'report number 0', descriptor: [0x85, 0], why: /report number/ },
    { what: 'report number 300', descriptor: [0x86, 0x2c, 0x01], why: /report number/ },
    { what: 'a field of 257 bits', descriptor: [0x76, 0x01, 0x01], why: /257 bits/ },
    { what: 'four billion values', descriptor: [0x97, 0xff, 0xff, 0xff, 0xff], why: /values/ },
    { what: 'a range backwards', descriptor: [0x19, 5, 0x29, 4], why: /range/ },
    { what: 'delimiters within delimiters', descriptor: [0xa9, 1, 0xa9, 1], why: /delimiters/ },
    {
      what: 'a report that grows too long',
      descriptor: [0x75, 0x80, 0x96, 0x80, 0, 0x81, 3, 0x81, 3],
      why: /longer than/,
    },
    {
      what: 'collections nested forty deep',
      descriptor: [...Array(40).fill([0xa1, 0x02]).flat(), ...Array(40).fill(0xc0)],
      why: /too deep/,
    },
    {
      what: 'five thousand fields',
      descriptor: [0x09, 1, 0x75, 1, 0x96, 0x88, 0x13, 0x81, 2],
      why: /fields/,
    },
  ])('is refused: $what', ({ descriptor, why }) => {
    expect(refusalOf(...descriptor)).toMatch(why);
  });

  it('is refused when it is longer than the kernel would take', () => {
    expect(refusalOf(...Array(4097).fill(0x04))).toMatch(/4097 bytes/);
  });

  it('is refused at every place where a good one is cut within an item or a collection', () => {
    for (const { descriptor } of speakerphonesUnderTest) {
      const whole = parseReportDescriptor(descriptor).fields.length;
      for (let length = 1; length < descriptor.length; length += 1) {
        const cut = descriptor.slice(0, length);
        // between two collections it is a whole descriptor, of less
        let fields = -1;
        try {
          fields = parseReportDescriptor(cut).fields.length;
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
        expect(fields).toBeLessThan(whole);
      }
    }
  });
});
