/**
 * One playlist of a broadcast, played into a video element. Positions are in ms: of `live` and `dvr` on the packager's clock
 * (epoch), of `replay` from its start.
 */
import { livePath, livePaths } from '#contract/live-delivery.ts';

/** `live`: the last minute, in parts. `dvr`: from the start. `replay`: after the end. */
export type PlaylistKind = 'live' | 'dvr' | 'replay';
export type WatchWindow = { startMs: number; endMs: number };

export type PlaylistEvents = {
  /** the delivery wants a viewing; the request is repeated by itself */
  onRefused: () => void;
  /** nothing more comes of it: another one is needed */
  onFailed: () => void;
  /** the playlist has its end: nothing is added any more */
  onComplete: () => void;
};

export type PlaylistOptions = {
  kind: PlaylistKind;
  liveUrl: string;
  broadcastId: string;
  video: HTMLVideoElement;
  /** where it begins; null: at the live edge, of a replay at its start */
  fromMs: number | null;
  /** of a broadcast that is live: when it began, as far as it is known before the first playlist */
  startMs: number;
} & PlaylistEvents;

export interface PlayedPlaylist {
  readonly kind: PlaylistKind;
  /** of the picture that is shown; null: not known yet */
  positionMs(): number | null;
  /** what can be watched; null: no playlist yet */
  window(): WatchWindow | null;
  seek(positionMs: number): void;
  /** true: goes to the live edge and stays there. `live` alone */
  followEdge(isFollowed: boolean): void;
  /** a picture that stands needs no more of it */
  rest(): void;
  wake(): void;
  close(): void;
}

export type OpenPlaylist = (options: PlaylistOptions) => PlayedPlaylist;

export const playlistUrl = (liveUrl: string, broadcastId: string, kind: PlaylistKind): string =>
  `${liveUrl}${livePath(broadcastId, livePaths[kind])}`;
