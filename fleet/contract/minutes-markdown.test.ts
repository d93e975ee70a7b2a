import { expect, test } from 'vitest';
import { markdownBlocks, markdownWords, withoutLinks } from './minutes-markdown.ts';

test('reads what minutes are made of', () => {
  const text = [
    '# Minutes: *a* \\*b\\*',
    '',
    '- Mina, **14:00**',
    '  - below',
    '3. third',
    '- [x] done \\[x\\]',
    '- [ ] open',
    '> **→** R\\&D stays',
    'See [the \\[film\\]](https://maru.example/w?a=1_2) and [not](javascript:1)',
  ].join('\n');
  expect(markdownBlocks(text)).toEqual([
    { kind: 'heading', level: 1, pieces: [{ text: 'Minutes: *a* *b*' }] },
    {
      kind: 'list',
      isNumbered: false,
      items: [
        { pieces: [{ text: 'Mina, ' }, { text: '14:00', isBold: true }], depth: 0, number: null, isDone: null },
        { pieces: [{ text: 'below' }], depth: 1, number: null, isDone: null },
      ],
    },
    {
      kind: 'list',
      isNumbered: true,
      items: [{ pieces: [{ text: 'third' }], depth: 0, number: 3, isDone: null }],
    },
    {
      kind: 'list',
      isNumbered: false,
      items: [
        { pieces: [{ text: 'done [x]' }], depth: 0, number: null, isDone: true },
        { pieces: [{ text: 'open' }], depth: 0, number: null, isDone: false },
      ],
    },
    { kind: 'quote', pieces: [{ text: '→', isBold: true }, { text: ' R&D stays' }] },
    {
      kind: 'text',
      pieces: [
        { text: 'See ' },
        { text: 'the [film]', url: 'https://maru.example/w?a=1_2' },
        { text: ' and [not](javascript:1)' },
      ],
    },
  ]);
});

test('what is escaped begins nothing', () => {
  expect(markdownBlocks('\\[a](https://b.example) \\\\[c](https://d.example)')).toEqual([
    {
      kind: 'text',
      pieces: [{ text: '[a](https://b.example) \\' }, { text: 'c', url: 'https://d.example' }],
    },
  ]);
});

test('words alone keep their lines', () => {
  const text = '# A\n\n1. Price\\_list\n> **→** yes\n[here](https://maru.example)';
  expect(markdownWords(text)).toEqual(['A', '', '1. Price_list', '→ yes', 'here: https://maru.example']);
});

test('a link that is left out is its label, in bold words too; others stay as they are', () => {
  const text =
    '# A [b](https://x.example/1) **[c\\]](https://x.example/2)** [d](https://y.example)\n[e](ftp://x.example)';
  expect(withoutLinks(text, (url) => url.startsWith('https://x.example/'))).toBe(
    '# A b **c\\]** [d](https://y.example)\n[e](ftp://x.example)',
  );
});

test.each(['[', '**', '](', '[a', '\\', '- ', '> ', '# ', '**a', '[a](https://'])(
  'ten times the longest of %j is read in a time that grows with it',
  (part) => {
    const text = part.repeat(Math.ceil(200_000 / part.length));
    const from = performance.now();
    markdownBlocks(text);
    markdownWords(text);
    withoutLinks(text, () => true);
    expect(performance.now() - from).toBeLessThan(5_000);
  },
);
