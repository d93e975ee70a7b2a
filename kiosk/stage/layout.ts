/**
 * The one layout engine: who is where on the stage, of what size. Pure: the same people, size and choice give the same
 * rectangles. arrangement.ts orders people, compositions.ts builds each layout, stage.tsx draws.
 *
 * Nothing overlaps, but for the own picture over a single large one.
 */
import { MAX_TILES, TILES_PER_PAGE } from '#contract/limits.ts';
import {
  alone,
  type Composition,
  grid,
  mosaic,
  type CompositionInput,
  sharedAndStrip,
  single,
  speakerAndStrip,
  twoAndStrip,
} from './compositions.ts';
import { isUpright } from './geometry.ts';
import { type TilePicture, type StageInput, type StageLayout, tileKey } from './tiles.ts';

/** Above this many others, `auto` makes the speaker larger than the rest. */
const EQUALS_IN_AUTO = 9;

export function layOut(input: StageInput): StageLayout {
  const { kind, page, pageCount, tiles } = compose({
    ...input,
    area: { x: 0, y: 0, width: Math.floor(input.size.width), height: Math.floor(input.size.height) },
    tilesPerPage: Math.max(1, Math.min(MAX_TILES, input.tilesPerPage ?? TILES_PER_PAGE)),
    shared: sharedThings(input),
  });
  const visible = tiles.filter(({ rect }) => rect.width > 0 && rect.height > 0);
  return { kind, page, pageCount, tiles: visible.map((tile) => ({ ...tile, key: tileKey(tile) })) };
}

function compose(people: CompositionInput & Pick<StageInput, 'layout'>): Composition {
  const { order, shared, recentSpeakers, layout } = people;
  if (order.length === 0) return shared.length === 0 ? alone(people) : sharedAndStrip(people);
  if (layout === 'side-by-side' && (order.length > 1 || shared.length > 0)) return twoAndStrip(people);
  if (shared.length > 0) return layout === 'grid' ? grid(people) : sharedAndStrip(people);
  if (order.length === 1) return single(people);
  if (layout === 'speaker' || (layout === 'auto' && isUpright(people.area))) return speakerAndStrip(people);
  if (layout === 'auto' && order.length > EQUALS_IN_AUTO && recentSpeakers[0] !== undefined) {
    return mosaic(people, recentSpeakers[0]);
  }
  return grid(people);
}

/** The newest first: one screen and the document at most. */
function sharedThings({ sharers, document }: StageInput): TilePicture[] {
  const screens = sharers.slice(0, 1).map((peerId): TilePicture => ({ peerId, source: 'screen' }));
  if (document === undefined) return screens;
  const page: TilePicture = { peerId: null, source: 'document' };
  return document === 'newest' ? [page, ...screens] : [...screens, page];
}
