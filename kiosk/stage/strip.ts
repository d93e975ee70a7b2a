/**
 * The strip of small pictures beside what is large: how many fit, where they stand, what is left for the large.
 * Lengths are CSS pixels.
 */
import type { Rect } from './geometry.ts';

export type Strip = {
  main: Rect;
  /** how many stand in it at once */
  capacity: number;
  place: (count: number) => Rect[];
};

/** A small picture's height is this part of the area's; on a phone held upright three stand side by side. */
const PART_OF_HEIGHT = 6;
const UPRIGHT_COLUMNS = 3;

export function stripBeside({
  inner,
  gapPx,
  count,
  side,
}: {
  inner: Rect;
  gapPx: number;
  count: number;
  side: 'right' | 'below';
}): Strip {
  if (count === 0) return { main: inner, capacity: 0, place: () => [] };
  const upright = inner.height > inner.width;
  const width = upright
    ? Math.floor((inner.width - gapPx * (UPRIGHT_COLUMNS - 1)) / UPRIGHT_COLUMNS)
    : Math.floor((Math.min(inner.height / PART_OF_HEIGHT, (inner.width * 9) / 16 / PART_OF_HEIGHT) * 16) / 9);
  const height = Math.floor((width * 9) / 16);
  const right = side === 'right';
  const length = right ? inner.height : inner.width;
  const one = right ? height : width;
  const capacity = Math.max(1, Math.floor((length + gapPx) / (one + gapPx)));
  const main = right
    ? { ...inner, width: Math.max(0, inner.width - width - gapPx) }
    : { ...inner, height: Math.max(0, inner.height - height - gapPx) };
  return {
    main,
    capacity,
    place: (shown) => {
      const start = Math.floor((length - shown * one - (shown - 1) * gapPx) / 2);
      return Array.from({ length: shown }, (_, index) => {
        const along = start + index * (one + gapPx);
        return right
          ? { x: inner.x + inner.width - width, y: inner.y + along, width, height }
          : { x: inner.x + along, y: inner.y + inner.height - height, width, height };
      });
    },
  };
}
