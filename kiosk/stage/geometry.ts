/**
 * Rectangles of pictures: fitting an aspect into an area and dividing an area into equal tiles.
 * Owns arithmetic alone; layout.ts decides who stands in which rectangle. All lengths are CSS pixels.
 */
export type Size = { width: number; height: number };
export type Rect = { x: number; y: number; width: number; height: number };
export type AspectLimits = { min: number; max: number };

/** Cameras send 16:9; up to a tenth of the width may be cropped where that fills the wall better. */
export const TILE_ASPECT: AspectLimits = { min: 1.6, max: 16 / 9 };
/** The large picture on a phone held upright. */
export const UPRIGHT_ASPECT: AspectLimits = { min: 3 / 4, max: 16 / 9 };
/** Shared screens come in any shape and are shown whole. */
export const ANY_ASPECT: AspectLimits = { min: 0, max: Number.POSITIVE_INFINITY };

/** The largest rectangle within the limits that fits the area, centred in it, on whole pixels. */
export function fit(area: Rect, limits: AspectLimits): Rect {
  let { width, height } = area;
  if (width <= 0 || height <= 0) return { x: area.x, y: area.y, width: 0, height: 0 };
  if (width / height > limits.max) width = height * limits.max;
  else if (width / height < limits.min) height = width / limits.min;
  width = Math.floor(width);
  height = Math.floor(height);
  return {
    x: area.x + Math.floor((area.width - width) / 2),
    y: area.y + Math.floor((area.height - height) / 2),
    width,
    height,
  };
}

export function inset(area: Rect, by: number): Rect {
  return {
    x: area.x + by,
    y: area.y + by,
    width: Math.max(0, area.width - 2 * by),
    height: Math.max(0, area.height - 2 * by),
  };
}

export const isUpright = (area: Size): boolean => area.height > area.width;

/** True where the two are closer than `gap` to each other in both directions. */
export function overlap(a: Rect, b: Rect, gap = 0): boolean {
  return (
    a.x < b.x + b.width + gap && b.x < a.x + a.width + gap && a.y < b.y + b.height + gap && b.y < a.y + a.height + gap
  );
}

export type Cell = Size & { columns: number; rows: number };

/** How many columns make `count` equal tiles as large as they can be. */
export function bestCell(count: number, area: Size, gap: number, limits: AspectLimits = TILE_ASPECT): Cell {
  let best: Cell = { columns: 1, rows: Math.max(1, count), width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const cell = cellOf(columns, rows, area, gap, limits);
    if (cell.width * cell.height > best.width * best.height) best = cell;
  }
  return best;
}

/** The size of one tile where `columns` by `rows` of them share the area. */
export function cellOf(columns: number, rows: number, area: Size, gap: number, limits: AspectLimits): Cell {
  const { width, height } = fit(
    {
      x: 0,
      y: 0,
      width: (area.width - gap * (columns - 1)) / columns,
      height: (area.height - gap * (rows - 1)) / rows,
    },
    limits,
  );
  return { columns, rows, width, height };
}

/** Places `count` cells row by row, the whole centred in the area and the last row centred in itself. */
export function placeRows(count: number, cell: Cell, area: Rect, gap: number): Rect[] {
  const rows = Math.ceil(count / cell.columns);
  const top = area.y + Math.floor((area.height - rows * cell.height - (rows - 1) * gap) / 2);
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / cell.columns);
    const inRow = Math.min(cell.columns, count - row * cell.columns);
    const left = area.x + Math.floor((area.width - inRow * cell.width - (inRow - 1) * gap) / 2);
    return {
      x: left + (index % cell.columns) * (cell.width + gap),
      y: top + row * (cell.height + gap),
      width: cell.width,
      height: cell.height,
    };
  });
}
