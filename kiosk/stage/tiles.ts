/** Input and output of the layouts. Lengths are CSS pixels. */
import type { Layout } from '#contract/room-state.ts';
import type { Rect, Size } from './geometry.ts';

export type TileRole = 'main' | 'grid' | 'strip' | 'own';
/** What a tile shows. The document is the call's own: no peer sends it. */
export type TilePicture = { peerId: string; source: 'camera' | 'screen' } | { peerId: null; source: 'document' };
export type PlacedPicture = TilePicture & { role: TileRole; rect: Rect };
export type StageTile = PlacedPicture & {
  /** names the tile through all its moves */
  key: string;
};
export type StageKind = 'empty' | 'alone' | 'single' | 'grid' | 'mosaic' | 'speaker' | 'side-by-side' | 'shared';

export type StageInput = {
  size: Size;
  layout: Layout;
  /** from 0; a page beyond the last shows the last */
  page: number;
  /** everyone but this client's own peer, in the order of arrangement.ts */
  order: readonly string[];
  /** latest first, held */
  recentSpeakers: readonly string[];
  /** the latest to begin first, this client's own peer where it sees its own share; the first one's screen is shown */
  sharers: readonly string[];
  /** a document is shown: begun after the first one's screen or before it; absent: none */
  document?: 'newest' | 'older';
  /** null: no picture of one's own on the stage */
  ownPeerId: string | null;
  gapPx: number;
  tilesPerPage?: number;
};

export type StageLayout = { kind: StageKind; tiles: StageTile[]; page: number; pageCount: number };

export const tileKey = ({ peerId, source }: TilePicture): string => (peerId === null ? source : `${peerId}:${source}`);
