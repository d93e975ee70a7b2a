import { describe, expect, it } from 'vitest';
import { median, pairwise, slope } from './report.ts';

describe('report', () => {
  it('takes the median of odd and even counts', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });
  it('pairs in the order of the runs', () => {
    expect(pairwise([10, 30], [5, 10])).toEqual([2, 3]);
  });
  it('counts round trips as the slope', () => {
    const fit = slope([0, 50, 100].map((x) => ({ x, y: 40 + 2 * x })));
    expect(fit.slope).toBeCloseTo(2);
    expect(fit.intercept).toBeCloseTo(40);
  });
});
