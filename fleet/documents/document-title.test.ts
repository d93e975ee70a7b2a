import { expect, test } from 'vitest';
import { ShownTitle } from '#contract/schema.ts';
import { titleOf } from './document-title.ts';

const alone = (fileName: string): string => titleOf(fileName, new Set());

test.each([
  ['as it is', '분기 실적.pptx', '분기 실적.pptx'],
  ['letters in parts (NFD) are joined', '분기.pdf'.normalize('NFD'), '분기.pdf'],
  ['what turns the direction is dropped', 'plan\u202efdp.exe', 'plan fdp.exe'],
  ['hidden letters are dropped', 'pl\u200ban\u2060.pdf', 'plan.pdf'],
  ['emoji stay, in one piece', '👨‍👩‍👧 plan.pdf', '👨‍👩‍👧 plan.pdf'],
  ['lines become one', 'a\r\nb\tc.pdf', 'a b c.pdf'],
  ['markup is text', '<img src=x onerror=alert(1)>.pdf', '<img src=x onerror=alert(1)>.pdf'],
  ['a path is text', '../../etc/passwd', '../../etc/passwd'],
  ['nothing to be seen', '\u200b\u2060', 'Document'],
  ['half a letter', 'a\ud800.pdf', 'a.pdf'],
  ['a name of dots', '.pdf', '.pdf'],
])('%s', (_, fileName, title) => {
  expect(alone(fileName)).toBe(title);
});

test.each(['a'.repeat(1_000), '가'.repeat(1_000), '👨‍👩‍👧'.repeat(100), `${'a'.repeat(999)}\u0301`])(
  'a long name is cut for people, with its ending, and is a title',
  (name) => {
    const title = alone(`${name}.pptx`);
    expect(title).toMatch(/….pptx$/);
    expect(ShownTitle.parse(title)).toBe(title);
    const second = titleOf(`${name}.pptx`, new Set([title]));
    expect(second).toMatch(/… \(2\).pptx$/);
    expect(ShownTitle.parse(second)).toBe(second);
  },
);

test('files of one name are numbered, and a number that is free is used', () => {
  const taken = new Set(['plan.pptx', 'plan (2).pptx', 'plan (4).pptx']);
  expect(titleOf('plan.pptx', taken)).toBe('plan (3).pptx');
  expect(titleOf('plan.pptx'.normalize('NFD'), taken)).toBe('plan (3).pptx');
  expect(titleOf('plan', new Set(['plan']))).toBe('plan (2)');
});
