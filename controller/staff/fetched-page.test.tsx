// @vitest-environment happy-dom
/** A page whose code cannot be fetched says why, with a way on. */
import { lazy } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import type { PageUnderTest } from '#ui/page-under-test.tsx';
import commonEn from '#ui/words/en/common.ts';
import { codeOfPage, FetchedPage } from './fetched-page.tsx';
import { staffPage } from './staff-under-test.tsx';

let page: PageUnderTest;
afterEach(() => {
  page.end();
  vi.restoreAllMocks();
});

it('says that the server does not answer, and offers to try again', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  page = staffPage();
  const Missing = lazy(() => codeOfPage(Promise.reject<{ default: () => null }>(new TypeError('no such chunk'))));
  await page.show(
    <FetchedPage>
      <Missing />
    </FetchedPage>,
  );
  await page.until(() => page.text.includes(commonEn.noServer.what));
  expect(page.buttons(commonEn.retry)).toHaveLength(1);
});
