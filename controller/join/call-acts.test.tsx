// @vitest-environment happy-dom
/** A refusal of something that a person did in the call becomes news, in its own words. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { InvalidStateError } from '#contract/error-codes.ts';
import { NoServer } from '#contract/http/answer.ts';
import { PageUnderTest } from '#ui/page-under-test.tsx';
import { ToastRegion, useToasts } from '#ui/toast.tsx';
import errors from '#ui/words/en/errors.ts';
import { type CallActs, useCallActs } from './call-acts.ts';

let page: PageUnderTest;
let acts: CallActs;
beforeEach(async () => {
  page = new PageUnderTest({});
  await page.show(<Acts />);
});
afterEach(() => page.end());

function Acts() {
  const { current, add } = useToasts();
  acts = useCallActs({} as never, add);
  return <ToastRegion current={current} />;
}

it('names a server that does not answer, and else the refusal', async () => {
  await act(async () => acts.report(new NoServer('internal', 'no answer from the server')));
  expect(page.text).toBe('The server does not answer');
  await act(async () => acts.report(new InvalidStateError('not-possible-now')));
  expect(page.text).toBe(errors['not-possible-now'].what);
});
