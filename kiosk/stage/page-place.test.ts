/** Where a page lies in its frame, and back from a finger to the page. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MIN_REGION_UNITS, PAGE_UNITS, PageRegion, WHOLE_PAGE } from '#contract/shared-document.ts';
import { fromPagePoint, pinched, placePage, regionInFrame, toPagePoint } from './page-place.ts';

const tv = { width: 1600, height: 1000 };
const half = Math.floor(PAGE_UNITS / 2);

describe('a page in its frame', () => {
  it('is as large as it fits, and centred', () => {
    expect(placePage(tv, 2, WHOLE_PAGE)).toEqual({ x: 0, y: 100, width: 1600, height: 800 });
    expect(placePage(tv, 0.5, WHOLE_PAGE)).toEqual({ x: 550, y: 0, width: 500, height: 1000 });
  });

  it('shows the region as large as it fits, and no gap where the page goes on', () => {
    const right = placePage(tv, 2, { x: PAGE_UNITS - half, y: 0, width: half, height: half });
    expect(right.width).toBeCloseTo(3200, -1);
    expect(right.x).toBeCloseTo(1600 - right.width, 3);
    expect(right.y).toBe(0);
    const middle = placePage(tv, 2, { x: half / 2, y: half / 2, width: half, height: half });
    expect(middle.x).toBeCloseTo(-800, -1);
  });

  const frames = fc.record({ width: fc.integer({ min: 200, max: 3840 }), height: fc.integer({ min: 200, max: 2160 }) });
  const aspects = fc.double({ min: 0.3, max: 3, noNaN: true });
  const lengths = fc.integer({ min: MIN_REGION_UNITS, max: PAGE_UNITS });
  const regions = fc
    .record({
      width: lengths,
      height: lengths,
      x: fc.double({ min: 0, max: 1, noNaN: true }),
      y: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ width, height, x, y }) => ({
      width,
      height,
      x: Math.floor(x * (PAGE_UNITS - width)),
      y: Math.floor(y * (PAGE_UNITS - height)),
    }));

  it('any region is in the frame whole, and what a frame shows is a region of the contract', () => {
    fc.assert(
      fc.property(frames, aspects, regions, (frame, aspect, region) => {
        const place = placePage(frame, aspect, region);
        const start = fromPagePoint(place, region);
        const end = fromPagePoint(place, { x: region.x + region.width, y: region.y + region.height });
        expect(Math.min(start.x, start.y)).toBeGreaterThan(-1);
        expect(end.x).toBeLessThan(frame.width + 1);
        expect(end.y).toBeLessThan(frame.height + 1);
        expect(PageRegion.safeParse(regionInFrame(frame, place)).success).toBe(true);
      }),
    );
  });

  it('a finger and the point on the page are the same place', () => {
    fc.assert(
      fc.property(
        frames,
        aspects,
        regions,
        fc.tuple(fc.nat(PAGE_UNITS), fc.nat(PAGE_UNITS)),
        (frame, aspect, region, [x, y]) => {
          const place = placePage(frame, aspect, region);
          expect(toPagePoint(place, fromPagePoint(place, { x, y }))).toEqual({ x, y });
        },
      ),
    );
    const place = placePage(tv, 2, WHOLE_PAGE);
    expect(toPagePoint(place, { x: -50, y: 5_000 })).toEqual({ x: 0, y: PAGE_UNITS });
  });
});

describe('two fingers', () => {
  it('keep under them what lay there, within the limits of the contract', () => {
    const whole = placePage(tv, 2, WHOLE_PAGE);
    const at = { x: 400, y: 300 };
    const before = toPagePoint(whole, at);
    const near = pinched(tv, 2, whole, { from: at, to: at, factor: 2 });
    const after = toPagePoint(near, at);
    expect(Math.abs(after.x - before.x)).toBeLessThan(3);
    expect(near.width).toBe(3200);
    expect(pinched(tv, 2, near, { from: at, to: at, factor: 0.1 })).toEqual(whole);
    const nearest = pinched(tv, 2, whole, { from: at, to: at, factor: 1_000 });
    expect(PageRegion.safeParse(regionInFrame(tv, nearest)).success).toBe(true);
    expect(Math.min(regionInFrame(tv, nearest).width, regionInFrame(tv, nearest).height)).toBe(MIN_REGION_UNITS);
  });

  it('move the page, but not out of the frame', () => {
    const whole = placePage(tv, 2, WHOLE_PAGE);
    const near = pinched(tv, 2, whole, { from: { x: 800, y: 500 }, to: { x: 800, y: 500 }, factor: 2 });
    const moved = pinched(tv, 2, near, { from: { x: 0, y: 0 }, to: { x: 100, y: 0 }, factor: 1 });
    expect(moved.x - near.x).toBeCloseTo(100, 3);
    expect(pinched(tv, 2, near, { from: { x: 0, y: 0 }, to: { x: 9_000, y: 0 }, factor: 1 }).x).toBe(0);
  });
});
