/** What is requested again, and what is given up. */
import { expect, it, vi } from 'vitest';
import { retriesOf } from './low-latency-hls.ts';

function retryUnderTest() {
  const onRefused = vi.fn();
  const { default: loader } = retriesOf(onRefused).fragLoadPolicy;
  const again = (status: number | undefined, count: number): boolean => {
    const { shouldRetry } = loader.errorRetry!;
    const response = status === undefined ? undefined : { url: 'u', data: undefined, code: status };
    return shouldRetry!(loader.errorRetry, count, false, response, true);
  };
  return { onRefused, again, loader };
}

it('repeats for as long as it takes what a cut line or a busy server loses', () => {
  const { again, loader, onRefused } = retryUnderTest();
  for (const status of [undefined, 0, 500, 503]) expect(again(status, 1_000)).toBe(true);
  expect(loader.errorRetry?.maxNumRetry).toBe(Number.POSITIVE_INFINITY);
  expect(onRefused).not.toHaveBeenCalled();
});

it('reports a refused token, and repeats the request for when there is another', () => {
  const { again, onRefused } = retryUnderTest();
  expect([again(401, 50), again(403, 50)]).toEqual([true, true]);
  expect(onRefused).toHaveBeenCalledTimes(2);
});

it('gives up what is gone after three tries: it may only be late', () => {
  const { again } = retryUnderTest();
  expect([again(404, 2), again(404, 3), again(410, 3)]).toEqual([true, false, false]);
});

it('lets viewers wait differently long', () => {
  const delays = new Set(Array.from({ length: 20 }, () => retryUnderTest().loader.errorRetry!.retryDelayMs));
  expect(delays.size).toBeGreaterThan(1);
});
