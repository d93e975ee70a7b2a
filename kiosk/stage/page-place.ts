/** Where a page of a document lies in its frame, and which place of the page a point of the frame is. Pure; CSS pixels. */
import {
  MIN_REGION_UNITS,
  PAGE_UNITS,
  type PagePoint,
  type PageRegion,
  WHOLE_PAGE,
} from '#contract/shared-document.ts';
import type { Rect, Size } from './geometry.ts';

/**
 * The whole page in the frame, so that the region is as large as it fits. Parts of the page outside of the region are seen
 * where the frame has room; parts of the page may lie outside of the frame.
 * @param aspect width by height of the page
 */
export function placePage(frame: Size, aspect: number, region: PageRegion): Rect {
  const scale = Math.min(
    (frame.width * PAGE_UNITS) / (region.width * aspect),
    (frame.height * PAGE_UNITS) / region.height,
  );
  const [width, height] = [aspect * scale, scale];
  return {
    x: along(frame.width, width, region.x + region.width / 2),
    y: along(frame.height, height, region.y + region.height / 2),
    width,
    height,
  };
}

/** Centred where it fits; else the middle of the region in the middle, and no gap at the page's ends. */
function along(frameLength: number, pageLength: number, middleUnits: number): number {
  if (pageLength <= frameLength) return (frameLength - pageLength) / 2;
  const start = frameLength / 2 - (middleUnits / PAGE_UNITS) * pageLength;
  return Math.min(0, Math.max(frameLength - pageLength, start));
}

/** The point of the page at a point of the frame; beyond the page its nearest edge. */
export function toPagePoint(place: Rect, at: { x: number; y: number }): PagePoint {
  return { x: unit((at.x - place.x) / place.width), y: unit((at.y - place.y) / place.height) };
}

export function fromPagePoint(place: Rect, { x, y }: PagePoint): { x: number; y: number } {
  return { x: place.x + (x / PAGE_UNITS) * place.width, y: place.y + (y / PAGE_UNITS) * place.height };
}

/** The part of the page that the frame shows. */
export function regionInFrame(frame: Size, place: Rect): PageRegion {
  const [x, width] = shownPart(frame.width, place.x, place.width);
  const [y, height] = shownPart(frame.height, place.y, place.height);
  return { x, y, width, height };
}

function shownPart(frameLength: number, start: number, pageLength: number): [number, number] {
  const part = Math.min(1, frameLength / pageLength);
  const units = Math.min(PAGE_UNITS, Math.max(MIN_REGION_UNITS, Math.round(part * PAGE_UNITS)));
  return [Math.min(PAGE_UNITS - units, unit(-start / pageLength)), units];
}

/** The place after two fingers moved: what lay under their middle stays under it. Not smaller than the whole page. */
export function pinched(
  frame: Size,
  aspect: number,
  before: Rect,
  pinch: { from: { x: number; y: number }; to: { x: number; y: number }; factor: number },
): Rect {
  const whole = placePage(frame, aspect, WHOLE_PAGE);
  const closest = Math.max(frame.width / whole.width, frame.height / whole.height, 1) * (PAGE_UNITS / MIN_REGION_UNITS);
  const width = Math.min(whole.width * closest, Math.max(whole.width, before.width * pinch.factor));
  const height = width / aspect;
  const keep = (from: number, to: number, start: number, length: number, next: number): number =>
    to - ((from - start) / length) * next;
  return {
    x: withinFrame(frame.width, width, keep(pinch.from.x, pinch.to.x, before.x, before.width, width)),
    y: withinFrame(frame.height, height, keep(pinch.from.y, pinch.to.y, before.y, before.height, height)),
    width,
    height,
  };
}

const withinFrame = (frameLength: number, pageLength: number, start: number): number =>
  pageLength <= frameLength ? (frameLength - pageLength) / 2 : Math.min(0, Math.max(frameLength - pageLength, start));

const unit = (part: number): number => Math.round(Math.min(1, Math.max(0, part)) * PAGE_UNITS);
