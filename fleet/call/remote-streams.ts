/**
 * The streams of others, one MediaStream per peer and source. The stream's object outlives reconnects: tracks are
 * swapped inside, so that a video element keeps the last picture until the next one comes.
 */
import type { MediaSource } from '#contract/media-source.ts';
import type { ConsumerParameters } from '#contract/signaling.ts';

/** `frozen`: the last picture stands, its track is gone for now. `off`: muted or turned off by its sender. */
export type StreamState = 'live' | 'frozen' | 'off';
export type RemoteStream = { readonly stream: MediaStream; readonly state: StreamState };
export type PeerStreams = { readonly [S in MediaSource]?: RemoteStream };
export type StreamsByPeer = ReadonlyMap<string, PeerStreams>;

type Entry = {
  peerId: string;
  source: MediaSource;
  stream: MediaStream;
  consumerId: string | null;
  track: MediaStreamTrack | null;
  paused: boolean;
};

export class RemoteStreams {
  readonly #entries = new Map<string, Entry>();
  readonly #createStream: () => MediaStream;

  constructor(createStream: () => MediaStream) {
    this.#createStream = createStream;
  }

  /** The consumer is known; its track comes with `attach`. */
  announce({ peerId, source, consumerId, paused }: ConsumerParameters): void {
    // a newer client's: nobody here would know where to show it
    if (source === 'unknown') return;
    const key = `${peerId}/${source}`;
    const entry = this.#entries.get(key);
    if (entry) Object.assign(entry, { consumerId, paused });
    else this.#entries.set(key, { peerId, source, stream: this.#createStream(), consumerId, track: null, paused });
  }

  attach(consumerId: string, track: MediaStreamTrack): void {
    const entry = this.#byConsumer(consumerId);
    if (!entry || entry.track === track) return;
    entry.stream.addTrack(track);
    if (entry.track) entry.stream.removeTrack(entry.track);
    entry.track = track;
  }

  setPaused(consumerId: string, paused: boolean): void {
    const entry = this.#byConsumer(consumerId);
    if (entry) entry.paused = paused;
  }

  /** The last picture stays until another consumer of the same peer and source comes, or the peer goes. */
  detach(consumerId: string): void {
    const entry = this.#byConsumer(consumerId);
    if (entry) entry.consumerId = null;
  }

  /** All media is about to be replaced. */
  detachAll(): void {
    for (const entry of this.#entries.values()) entry.consumerId = null;
  }

  removePeer(peerId: string): void {
    for (const [key, entry] of this.#entries) if (entry.peerId === peerId) this.#drop(key, entry);
  }

  /** Removes the streams of peers that are gone; a stream that is back stays the same object. */
  keepPeers(peerIds: ReadonlySet<string>): void {
    for (const [key, entry] of this.#entries) if (!peerIds.has(entry.peerId)) this.#drop(key, entry);
  }

  clear(): void {
    for (const [key, entry] of this.#entries) this.#drop(key, entry);
  }

  snapshot(): StreamsByPeer {
    const byPeer = new Map<string, { [S in MediaSource]?: RemoteStream }>();
    for (const { peerId, source, stream, consumerId, track, paused } of this.#entries.values()) {
      const state: StreamState = paused || !track ? 'off' : consumerId === null ? 'frozen' : 'live';
      const streams = byPeer.get(peerId) ?? {};
      streams[source] = { stream, state };
      byPeer.set(peerId, streams);
    }
    return byPeer;
  }

  #byConsumer(consumerId: string): Entry | undefined {
    for (const entry of this.#entries.values()) if (entry.consumerId === consumerId) return entry;
    return undefined;
  }

  #drop(key: string, entry: Entry): void {
    if (entry.track) entry.stream.removeTrack(entry.track);
    this.#entries.delete(key);
  }
}
