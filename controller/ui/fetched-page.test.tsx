// @vitest-environment happy-dom
/** A page whose code cannot be fetched says why, with a way on. */
import { lazy } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { codeOfPage, FetchedPage } from './fetched-page.tsx';
import { PageUnderTest } from './page-under-test.tsx';
import commonEn from './words/en/common.ts';

let page: PageUnderTest;
afterEach(() => {
  page.end();
  vi.restoreAllMocks();
});

it('says that the server does not answer, and offers to try again', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  page = new PageUnderTest({});
  const Missing = lazy(() => codeOfPage(Promise.reject<{ default: () => null }>(new TypeError('no such chunk'))));
  await page.show(
    <FetchedPage wait={null}>
      <Missing />
    </FetchedPage>,
  );
  await page.until(() => page.text.includes(commonEn.noServer.what));
  expect(page.buttons(commonEn.retry)).toHaveLength(1);
});
