// @vitest-environment happy-dom
/** Links of minutes: where they lead is what they show. */
import { afterEach, expect, it } from 'vitest';
import { PageUnderTest } from '#ui/page-under-test.tsx';
import { MarkdownText } from './markdown-text.tsx';

const page = new PageUnderTest({});
afterEach(() => page.end());
const links = () => [...document.querySelectorAll('a')].map((each) => [each.textContent, each.getAttribute('href')]);

it('shows where a link leads whose words are the address of another place', async () => {
  await page.show(<MarkdownText text="See [https://bank.example/login](https://evil.example/x), please" />);
  expect(links()).toEqual([['https://evil.example/x', 'https://evil.example/x']]);
  expect(page.text).toBe('See https://bank.example/login (https://evil.example/x), please');
});

it('leaves words, and an address of the same place, as they are', async () => {
  await page.show(
    <MarkdownText text="[Prices](https://dealer.example/list) [https://dealer.example](https://dealer.example/list?of=today)" />,
  );
  expect(links()).toEqual([
    ['Prices', 'https://dealer.example/list'],
    ['https://dealer.example', 'https://dealer.example/list?of=today'],
  ]);
});
