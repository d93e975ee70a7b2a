import { expect, test } from 'vitest';
import { minutesPage } from './minutes-page.ts';

test('what people typed is text: no tag, no attribute and no address but a link’s', () => {
  const text = [
    '# <script>alert(1)</script> & "more"',
    '<img src=http://elsewhere.example/x onerror=alert(1)>',
    '![picture](https://elsewhere.example/p.png)',
    '[a "b"](https://maru.example/?q=1&r=%22)',
    '</style></title><iframe src=//elsewhere.example>',
  ].join('\n');
  const html = minutesPage({ text, language: 'en' });
  const body = html.slice(html.indexOf('<body>'));
  expect([...body.matchAll(/<\/?[a-z][^>]*>/g)].map(([tag]) => tag)).toEqual([
    ...['<body>', '<h1>', '</h1>', '<p>', '</p>', '<p>'],
    ...['<a href="https://elsewhere.example/p.png">', '</a>', '</p>', '<p>'],
    ...['<a href="https://maru.example/?q=1&amp;r=%22">', '</a>', '</p>', '<p>', '</p>', '</body>', '</html>'],
  ]);
  expect(html).toContain('<title>&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;more&quot;</title>');
  expect(html).toContain(`content="default-src 'none';`);
});

test('is in the language of its meeting, with numbers as they were typed and boxes of tasks', () => {
  const html = minutesPage({ text: '# 회의록\n\n2. 둘\n- [x] 한 일\n- [ ] 할 일\n> **→** 결정\n', language: 'ko' });
  expect(html).toContain('<html lang="ko">');
  expect(html).toContain('<li class="number d0" value="2">둘</li>');
  expect(html).toContain('<li class="task d0">✓ 한 일</li>\n<li class="task d0">□ 할 일</li>');
  expect(html).toContain('<blockquote><b>→</b> 결정</blockquote>');
});
