/** Notes of a release: the CHANGELOG's Markdown as blocks of plain text. */
import { expect, it } from 'vitest';
import { blocksOf } from './release-notes.tsx';

it('reads headings, lists and paragraphs, and joins lines that go on', () => {
  const notes = '## 1.5.0\n\nFor all\nrooms.\n\n- **One**, which\n  goes on\n- `two`\n\nAfter.\r\n';
  expect(blocksOf(notes)).toEqual([
    { kind: 'heading', text: '1.5.0' },
    { kind: 'paragraph', text: 'For all rooms.' },
    { kind: 'list', items: ['One, which goes on', 'two'] },
    { kind: 'paragraph', text: 'After.' },
  ]);
});

it('leaves markup as the text that it is, and links as their words', () => {
  expect(blocksOf('<img src=x onerror=alert(1)> see [here](javascript:alert(1))')).toEqual([
    { kind: 'paragraph', text: '<img src=x onerror=alert(1)> see here)' },
  ]);
  expect(blocksOf(' \n\n')).toEqual([]);
});
