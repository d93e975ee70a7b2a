/** Which addresses of a message become links, and that none of them deceives. */
import { describe, expect, it } from 'vitest';
import { linkPieces } from './chat-links.ts';

/** Links in brackets, after where they lead. */
const drawn = (text: string): string =>
  linkPieces(text)
    .map((piece) => (piece.href === null ? piece.text : `[${piece.text}](${piece.href})`))
    .join('');

describe('addresses in a message', () => {
  it.each([
    ['nothing here', 'nothing here'],
    ['see https://maru.example/a?b=1#c.', 'see [https://maru.example/a?b=1#c](https://maru.example/a?b=1#c).'],
    ['(https://a.example/x(1))', '([https://a.example/x(1)](https://a.example/x(1)))'],
    [
      'http://10.0.0.1:8443/y\nhttps://intranet/x',
      '[http://10.0.0.1:8443/y](http://10.0.0.1:8443/y)\n[https://intranet/x](https://intranet/x)',
    ],
    // Korean: its particles are no part of an address, its words may be
    ['https://maru.example/doc1을 보세요', '[https://maru.example/doc1](https://maru.example/doc1)을 보세요'],
    ['https://maru.example에서', '[https://maru.example](https://maru.example/)에서'],
    ['https://wiki.example/한글', '[https://wiki.example/한글](https://wiki.example/%ED%95%9C%EA%B8%80)'],
    ['https://회사.한국/a', '[https://회사.한국/a](https://xn--vf4b131b.xn--3e0b707e/a)'],
    // a host that looks like another one is shown as the browser asks for it
    ['https://аррӏе.com/x', '[https://xn--80ak6aa92e.com/x](https://xn--80ak6aa92e.com/x)'],
    ['http://[fd00::1]:8443/y', '[http://[fd00::1]:8443/y](http://[fd00::1]:8443/y)'],
    ['https://аpple.com', '[https://xn--pple-43d.com](https://xn--pple-43d.com/)'],
    // a name that goes on in another script is one host
    ['https://bank한.evil.example', '[https://xn--bank-yo6t.evil.example](https://xn--bank-yo6t.evil.example/)'],
    ['https://bank漢.evil.example', '[https://xn--bank-ev9i.evil.example](https://xn--bank-ev9i.evil.example/)'],
    ['https://bankの.evil.example', '[https://xn--bank-8c4c.evil.example](https://xn--bank-8c4c.evil.example/)'],
    ['https://bankб.evil.example/x', '[https://xn--bank-e4d.evil.example/x](https://xn--bank-e4d.evil.example/x)'],
    ['https://bankไ.evil.example', '[https://xn--bank-tno.evil.example](https://xn--bank-tno.evil.example/)'],
    [
      'https://maru.example을 https://a.example,https://b.example 에서.',
      '[https://maru.example](https://maru.example/)을 [https://a.example](https://a.example/),[https://b.example](https://b.example/) 에서.',
    ],
  ])('%s', (text, links) => expect(drawn(text)).toBe(links));

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://a.example/x',
    '//a.example/x',
    'mina@maru.example',
    'maru.example',
    'https://',
    'https://bank.example@evil.example/',
    'https://bank.example:1@evil.example/',
    'https://bank.example/\u202egpj.exe',
    'https://ba\u200bnk.example/x',
    // where the address ends is not where its host is read to end
    'https://bank한。evil.example',
    'https://bank.example。evil.example/x',
    'https://bank.example．evil.example',
    'https://bank.example｡evil.example',
    'https://bank.example•evil.example',
    'https://bank.example،evil.example',
    'https://bank.example\\evil.example',
    'https://bank.example".evil.example',
    'https://bank.exampleㅤ.evil.example',
    'https://bankب.evil.example',
  ])('%j has none', (text) => expect(drawn(text)).toBe(text));
});
