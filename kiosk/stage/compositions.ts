/**
 * The parts of a layout: one large picture, an equal grid, a mosaic round the speaker, a strip beside what is
 * large. Each maps people and an area to tiles. layout.ts chooses among them.
 */
import {
  ANY_ASPECT,
  bestCell,
  cellOf,
  fit,
  inset,
  isUpright,
  overlap,
  placeRows,
  TILE_ASPECT,
  UPRIGHT_ASPECT,
  type Rect,
} from './geometry.ts';
import { stripBeside } from './strip.ts';
import type { TilePicture, PlacedPicture, StageInput, StageKind, TileRole } from './tiles.ts';

export type Composition = { kind: StageKind; tiles: PlacedPicture[]; page: number; pageCount: number };
export type CompositionInput = Omit<StageInput, 'size' | 'layout' | 'tilesPerPage' | 'sharers' | 'document'> & {
  area: Rect;
  tilesPerPage: number;
  /** a document, a screen or both: the newest first */
  shared: readonly TilePicture[];
};

/** Nobody else is there: the own picture is the large one. */
export function alone({ area, ownPeerId }: CompositionInput): Composition {
  if (ownPeerId === null) return { kind: 'empty', tiles: [], page: 0, pageCount: 1 };
  const tiles = [placed(camera(ownPeerId), 'own', fit(area, mainAspect(area)))];
  return { kind: 'alone', tiles, page: 0, pageCount: 1 };
}

/** One large picture over all of it, the own one small in its corner. */
export function single({ area, order, ownPeerId, gapPx }: CompositionInput): Composition {
  const rect = fit(area, mainAspect(area));
  const tiles = [placed(camera(order[0]!), 'main', rect)];
  if (ownPeerId !== null) tiles.push(placed(camera(ownPeerId), 'own', corner(rect, area, gapPx, OWN_PARTS[0])));
  return { kind: 'single', tiles, page: 0, pageCount: 1 };
}

/** Everyone alike; what is shared are tiles among them, the first. */
export function grid(people: CompositionInput): Composition {
  const { area, gapPx, ownPeerId, shared } = people;
  const paged = pageOf(people.order, people.page, people.tilesPerPage);
  const shown = [...shared, ...paged.items.map(camera)];
  const inner = inset(area, gapPx);
  const rectsFor = (count: number): Rect[] => placeRows(count, bestCell(count, inner, gapPx), inner, gapPx);

  let rects = rectsFor(shown.length);
  let own = ownPeerId === null ? null : freeCorner(area, gapPx, rects);
  if (ownPeerId !== null && own === null) {
    // no room beside the others: the own picture gets the last cell
    rects = rectsFor(shown.length + 1);
    own = rects.at(-1)!;
  }
  const tiles = shown.map((picture, index) => placed(picture, 'grid', shaped(picture, rects[index]!)));
  if (ownPeerId !== null && own !== null) tiles.push(placed(camera(ownPeerId), 'own', own));
  return { kind: 'grid', tiles, page: paged.page, pageCount: paged.pageCount };
}

/** The speaker over a block of cells top left, all others in the cells round it. */
export function mosaic(people: CompositionInput, speaking: string): Composition {
  const { gapPx, ownPeerId } = people;
  const inner = inset(people.area, gapPx);
  const paged = pageOf(without(people.order, speaking), people.page, people.tilesPerPage);
  const small = withOwnLast(paged.items, ownPeerId);
  const { columns, rows, block } = mosaicGrid(small.length, inner, gapPx);
  const cell = cellOf(columns, rows, inner, gapPx, TILE_ASPECT);
  const span = (cells: number, one: number): number => cells * one + (cells - 1) * gapPx;
  const left = inner.x + Math.floor((inner.width - span(columns, cell.width)) / 2);
  const top = inner.y + Math.floor((inner.height - span(rows, cell.height)) / 2);
  const at = (column: number, row: number, cells: number): Rect => ({
    x: left + column * (cell.width + gapPx),
    y: top + row * (cell.height + gapPx),
    width: span(cells, cell.width),
    height: span(cells, cell.height),
  });
  const free: Rect[] = [];
  for (let row = 0; row < rows; row += 1) {
    const from = row < block ? block : 0;
    const here = Math.min(columns - from, small.length - free.length);
    // the last row is centred in itself, but for one beside the block
    const aside = from === 0 ? Math.floor(((columns - here) * (cell.width + gapPx)) / 2) : 0;
    for (let column = from; column < from + here; column += 1) {
      const rect = at(column, row, 1);
      free.push({ ...rect, x: rect.x + aside });
    }
  }
  const tiles = small.map((picture, index) => placed(picture, roleInStrip(picture, ownPeerId), free[index]!));
  // the gaps that it spans make the block squarer than its cells: a picture keeps its own limits
  tiles.unshift(placed(camera(speaking), 'main', fit(at(0, 0, block), TILE_ASPECT)));
  return { kind: 'mosaic', tiles, page: paged.page, pageCount: paged.pageCount };
}

/** Columns, rows and the speaker's block, so that `count` cells stay free round it and are as large as can be. */
function mosaicGrid(count: number, inner: Rect, gapPx: number): { columns: number; rows: number; block: number } {
  let best = { columns: count + 2, rows: 2, block: 2, cellArea: 0 };
  for (let rows = 3; rows <= 12; rows += 1) {
    for (let columns = 3; columns <= 12; columns += 1) {
      const block = Math.ceil(Math.min(rows, columns) / 2);
      if (columns * rows - block * block < count) continue;
      const cell = cellOf(columns, rows, inner, gapPx, TILE_ASPECT);
      if (cell.width * cell.height > best.cellArea) best = { columns, rows, block, cellArea: cell.width * cell.height };
    }
  }
  return best;
}

/** What was shared last is large; the other shared thing and people in a strip. */
export const sharedAndStrip = (people: CompositionInput): Composition =>
  withStrip(people, 'shared', people.shared.slice(0, 1), people.shared.slice(1));

export function speakerAndStrip(people: CompositionInput): Composition {
  return withStrip(people, 'speaker', [camera(people.recentSpeakers[0] ?? people.order[0]!)]);
}

/** Two halves: the latest two who spoke, or what is shared and who spoke last, or both shared things. */
export function twoAndStrip(people: CompositionInput): Composition {
  const { order, recentSpeakers, shared } = people;
  const latest = [...recentSpeakers, ...order.filter((peerId) => !recentSpeakers.includes(peerId))];
  if (shared.length > 0) return withStrip(people, 'side-by-side', [...shared, camera(latest[0]!)].slice(0, 2));
  // left and right follow the order, not who spoke last: a change of speaker moves one half only
  const halves = latest.slice(0, 2).sort((a, b) => order.indexOf(a) - order.indexOf(b));
  return withStrip(people, 'side-by-side', halves.map(camera));
}

/** The large pictures and everyone else in a strip, behind the small shared things; its end is kept for the own picture. */
function withStrip(
  people: CompositionInput,
  kind: StageKind,
  large: readonly TilePicture[],
  alsoShared: readonly TilePicture[] = [],
): Composition {
  const { area, gapPx, ownPeerId } = people;
  const inner = inset(area, gapPx);
  const rest = large.reduce(
    (left, picture) => (picture.source === 'camera' ? without(left, picture.peerId) : left),
    people.order,
  );
  const kept = alsoShared.length + (ownPeerId === null ? 0 : 1);
  const side = large.length > 1 || isUpright(area) ? 'below' : 'right';
  const strip = stripBeside({ inner, gapPx, count: rest.length + kept, side });
  const paged = pageOf(rest, people.page, Math.max(1, strip.capacity - kept));
  const halves = divide(strip.main, large.length, gapPx);
  const tiles = large.map((picture, index) =>
    placed(picture, 'main', fit(halves[index]!, picture.source === 'camera' ? mainAspect(area) : ANY_ASPECT)),
  );
  const small = [...alsoShared, ...withOwnLast(paged.items, ownPeerId)];
  const rects = strip.place(small.length);
  tiles.push(...small.map((picture, index) => placed(picture, roleInStrip(picture, ownPeerId), rects[index]!)));
  return { kind, tiles, page: paged.page, pageCount: paged.pageCount };
}

const camera = (peerId: string): TilePicture => ({ peerId, source: 'camera' });
const placed = (picture: TilePicture, role: TileRole, rect: Rect): PlacedPicture => ({ ...picture, role, rect });
const shaped = (picture: TilePicture, cell: Rect): Rect => (picture.source === 'camera' ? cell : fit(cell, ANY_ASPECT));
const mainAspect = (area: Rect) => (isUpright(area) ? UPRIGHT_ASPECT : TILE_ASPECT);
const roleInStrip = (picture: TilePicture, ownPeerId: string | null): TileRole =>
  picture.peerId !== null && picture.peerId === ownPeerId ? 'own' : 'strip';
const withOwnLast = (peerIds: readonly string[], ownPeerId: string | null): TilePicture[] =>
  (ownPeerId === null ? [...peerIds] : [...peerIds, ownPeerId]).map(camera);

/** The first in order fills the large one's place among the small, so that a change of speaker moves few tiles. */
function without(order: readonly string[], large: string): readonly string[] {
  const first = order[0]!;
  return order.slice(1).map((peerId) => (peerId === large ? first : peerId));
}

/** Two pictures side by side, or one above the other where that leaves them larger. */
function divide(area: Rect, parts: number, gapPx: number): Rect[] {
  const stacked = isUpright(area);
  const part = Math.floor(((stacked ? area.height : area.width) - gapPx * (parts - 1)) / parts);
  return Array.from({ length: parts }, (_, index) =>
    stacked
      ? { ...area, y: area.y + index * (part + gapPx), height: part }
      : { ...area, x: area.x + index * (part + gapPx), width: part },
  );
}

function pageOf<T>(
  items: readonly T[],
  page: number,
  perPage: number,
): { items: readonly T[]; page: number; pageCount: number } {
  const pageCount = Math.max(1, Math.ceil(items.length / perPage));
  const shown = Math.max(0, Math.min(page, pageCount - 1));
  return { items: items.slice(shown * perPage, (shown + 1) * perPage), page: shown, pageCount };
}

/** The own picture's height in a corner: this part of the area's shorter side, the first that finds room. */
const OWN_PARTS = [6, 7, 8] as const;

function corner(within: Rect, area: Rect, gapPx: number, part: number): Rect {
  const height = Math.floor(Math.min(area.width, area.height) / part);
  const width = Math.floor((height * 16) / 9);
  return { x: within.x + within.width - gapPx - width, y: within.y + within.height - gapPx - height, width, height };
}

function freeCorner(area: Rect, gapPx: number, taken: Rect[]): Rect | null {
  for (const part of OWN_PARTS) {
    const free = corner(area, area, gapPx, part);
    if (taken.every((rect) => !overlap(free, rect, gapPx))) return free;
  }
  return null;
}
