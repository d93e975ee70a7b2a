// @vitest-environment happy-dom
/** The code of a call's screen comes by itself, and is asked for again where it could not be fetched. */
import { act } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { PageUnderTest } from '#ui/page-under-test.tsx';
import { useCallCode } from './use-call-code.ts';

const page = new PageUnderTest({});
afterEach(() => {
  page.end();
  vi.useRealTimers();
});

type Code = NonNullable<ReturnType<typeof useCallCode>>;
const noScreen = () => null;
function Shown({ fetchCode }: { fetchCode: () => Promise<Code> }) {
  return useCallCode(fetchCode) === null ? 'on its way' : 'there';
}

it('is fetched again until it is there, and not after that', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const fetchCode = vi
    .fn<() => Promise<Code>>()
    .mockRejectedValueOnce(new TypeError('Failed to fetch'))
    .mockResolvedValue({ CallScreen: noScreen } as unknown as Code);
  await page.show(<Shown fetchCode={fetchCode} />);
  expect([page.text, fetchCode.mock.calls.length]).toEqual(['on its way', 1]);
  await act(async () => vi.advanceTimersByTime(2_000));
  expect([page.text, fetchCode.mock.calls.length]).toEqual(['there', 2]);
  await act(async () => vi.advanceTimersByTime(60_000));
  expect(fetchCode).toHaveBeenCalledTimes(2);
});
