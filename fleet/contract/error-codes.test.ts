import { expect, test } from 'vitest';
import { codeOfClose, ErrorCode, fromWire } from './error-codes.ts';

test('a close code means one error', () => {
  for (const code of ErrorCode.options) expect(codeOfClose(fromWire({ code, message: '' }).closeCode)).toBe(code);
});
