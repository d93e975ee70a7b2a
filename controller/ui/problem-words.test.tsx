// @vitest-environment happy-dom
/** What a page says where an older server refuses a field that it does not know: the words, and the way out. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { z } from '#contract/schema.ts';
import { fromWire, ProtocolError, toMaruError } from '#contract/error-codes.ts';
import { PageUnderTest } from './page-under-test.tsx';
import { ProblemWords, useProblemLine } from './problem-words.tsx';

let page: PageUnderTest;
beforeEach(() => {
  page = new PageUnderTest({});
});
afterEach(() => {
  page.end();
  vi.restoreAllMocks();
});

/** As a server answers that knows a title and no more. */
function refusalOf(body: object) {
  const { error } = z.strictObject({ policy: z.strictObject({ title: z.string() }) }).safeParse(body);
  return fromWire(toMaruError(error).toWire());
}
const Line = ({ problem }: { problem: ProtocolError }) => useProblemLine()(problem);

it('a field of a newer page: this page is of another release, and is loaded again by a press', async () => {
  const reload = vi.spyOn(location, 'reload').mockImplementation(() => {});
  await page.show(<ProblemWords problem={refusalOf({ policy: { title: 'Plan', guestRecord: {} } })} />);
  expect(page.text).toContain('This page is of another release');
  expect(page.text).not.toContain('bad-message');
  await page.press('Load again');
  expect(reload).toHaveBeenCalledOnce();
});

it('in one line too', async () => {
  await page.show(<Line problem={refusalOf({ policy: { title: 'Plan' }, requestId: '1' })} />);
  expect(page.text).toBe('This page is of another release');
});

it.each([
  ['a field that is wrong', () => refusalOf({ policy: { title: 7 } })],
  ['what a server of this release refuses by itself', () => new ProtocolError('bad-message', 'too many people')],
])('%s has its own words', async (_, problem) => {
  await page.show(<ProblemWords problem={problem()} />);
  expect(page.text).toContain('The request could not be understood');
  expect(page.buttons('Load again')).toEqual([]);
});
