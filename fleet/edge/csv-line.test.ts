import { expect, it } from 'vitest';
import { csvLine } from './csv-line.ts';

it.each([
  ['=1+1', "'=1+1"],
  [' =1+1', "' =1+1"],
  ['\u3000@SUM(A1)', "'\u3000@SUM(A1)"],
  ['＝1', "'＝1"],
  ['a "b", c', '"a ""b"", c"'],
  ['a\r\nb', '"a\r\nb"'],
  ['한라', '한라'],
])('%j is text in a spreadsheet', (cell, written) => expect(csvLine([cell, 'x'])).toBe(`${written},x\r\n`));
