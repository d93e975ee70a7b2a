/** Codes as people type them. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PAIRING_CODE_ALPHABET } from '#contract/limits.ts';
import { formatTypedCode, isWholeCode } from './typed-code.ts';

describe('a typed code', () => {
  it.each([
    ['', ''],
    ['k7', 'K7'],
    ['k7pw', 'K7PW'],
    ['k7pw3', 'K7PW-3'],
    [' k7pw 3mxd ', 'K7PW-3MXD'],
    ['K7PW-3MXDZZZ', 'K7PW-3MXD'],
    ['k.7_p/w—3', 'K7PW-3'],
  ])('%j is shown as %j', (typed, shown) => expect(formatTypedCode(typed)).toBe(shown));

  it('survives case, spaces and dashes anywhere', () => {
    const letters = fc.array(fc.constantFrom(...PAIRING_CODE_ALPHABET), { minLength: 8, maxLength: 8 });
    void fc.assert(
      fc.property(
        letters,
        fc.array(fc.constantFrom('', ' ', '-', '  '), { minLength: 8, maxLength: 8 }),
        (code, gaps) => {
          const typed = code.map((letter, index) => letter.toLowerCase() + gaps[index]).join('');
          const shown = formatTypedCode(typed);
          expect(shown.replace('-', '')).toBe(code.join(''));
          expect(isWholeCode(shown)).toBe(true);
        },
      ),
    );
  });
});
