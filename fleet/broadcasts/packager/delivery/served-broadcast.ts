/**
 * One broadcast as viewers fetch it: its playlists, written once for all who wait for them, requests that are held until there is what
 * they ask for, and its media, from memory or from the recording.
 */
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { OperationalError, ProtocolError } from '#contract/error-codes.ts';
import { livePaths, type LiveStatus } from '#contract/live-delivery.ts';
import type { LiveTimeline, AirPart, Segment, AirTimeline, TimelineEvents } from '../stream.ts';
import type { Directives } from './directives.ts';
import { dvrPlaylist, livePlaylist, replayPlaylist } from './playlists.ts';

export type PlaylistFile = typeof livePaths.live | typeof livePaths.dvr | typeof livePaths.replay;
export type WrittenPlaylist = { plain: Buffer; gzip: Buffer };
/** Bytes in memory, one after the other, or a range of a file. */
export type DeliveredMedia = { chunks: readonly Buffer[] } | { path: string; offset: number; sizeBytes: number | null };
/** Once there is an answer; held requests are answered in the order of coming. */
export type DeliveryAnswer<T> = (result: T | ProtocolError | OperationalError) => void;

type Held = { isDue: () => boolean; answer: (error?: OperationalError) => void; untilMs: number };

/** 6.2.5.2: held for no longer than three target durations. */
const HELD_TARGETS = 3;
/** 6.2.5.2 */
const MOST_SEGMENTS_AHEAD = 2;
/** A playlist that is not held by a part is looked at a few times each second by ten thousand: the fastest level is nearly as small. */
const GZIP_LEVEL = 4;

const notThere = (what: string): ProtocolError => new ProtocolError('not-found', what);

export class ServedBroadcast implements TimelineEvents {
  readonly #timeline: AirTimeline;
  readonly #written = new Map<string, WrittenPlaylist>();
  readonly #held = new Set<Held>();

  constructor(timeline: AirTimeline) {
    this.#timeline = timeline;
  }

  get folder(): string {
    return this.#timeline.folder;
  }

  onPart(): void {
    this.#written.clear();
    for (const held of this.#held) if (held.isDue()) this.#release(held);
  }

  onEnd(): void {
    this.#written.clear();
    for (const held of this.#held) this.#release(held);
  }

  /** Those that were held too long. */
  expire(nowMs: number): void {
    for (const held of this.#held)
      if (nowMs >= held.untilMs) this.#release(held, new OperationalError('packager-unavailable', 'no part came'));
  }

  /** It is served no more. */
  close(): void {
    for (const held of this.#held) this.#release(held, new OperationalError('shutting-down'));
  }

  status(watching: number): LiveStatus {
    const { phase, live, canKeep } = this.#timeline;
    const isOnSlate = phase === 'live' && live?.slates.at(-1)?.endS === null;
    return { phase, watching, isOnSlate, canRewind: canKeep, nowMs: Date.now() };
  }

  /**
   * @returns ends the wait, where it is held
   * @throws ProtocolError not-found, bad-message
   */
  playlist(file: PlaylistFile, directives: Directives, answer: DeliveryAnswer<WrittenPlaylist>): (() => void) | null {
    const live = this.#live;
    const isEnded = this.#isEnded;
    if (file === livePaths.replay && !isEnded) throw notThere('it has not ended');
    const { segment, part, isDelta } = directives;
    const write = (): WrittenPlaylist => this.#write(file, isDelta);
    // 6.2.5.2: nothing is held where the playlist has ended
    if (file !== livePaths.live || isEnded || segment === null) {
      answer(write());
      return null;
    }
    checkAhead(live, segment, part);
    return this.#hold(
      () => this.#isEnded || isListed(live, segment, part),
      (error) => answer(error ?? write()),
    );
  }

  /**
   * @returns ends the wait, where it is held: a part that was hinted (6.2.6)
   * @throws ProtocolError not-found
   */
  media(file: string, answer: DeliveryAnswer<DeliveredMedia>): (() => void) | null {
    const live = this.#live;
    const { folder } = this.#timeline;
    if (file === livePaths.init) {
      answer({ chunks: [live.init] });
      return null;
    }
    if (file === livePaths.recording) {
      if (!this.#isEnded) throw notThere('it is still recorded');
      answer({ path: join(folder, livePaths.recording), offset: 0, sizeBytes: null });
      return null;
    }
    const [, sequence, , index] = /^(\d{1,15})(\.(\d{1,5}))?\.m4s$/.exec(file) ?? [];
    if (sequence === undefined) throw notThere('no such file');
    if (index === undefined) {
      const segment = findSegment(live, Number(sequence));
      const found = segment && this.#bytesOf(segment.parts);
      if (!found) throw notThere('no such segment');
      answer(found);
      return null;
    }
    return this.#part(live, Number(sequence), Number(index), answer);
  }

  #part(
    live: LiveTimeline,
    sequence: number,
    index: number,
    answer: DeliveryAnswer<DeliveredMedia>,
  ): (() => void) | null {
    const find = (): DeliveredMedia | null => {
      const part = (live.current?.sequence === sequence ? live.current : findSegment(live, sequence))?.parts[index];
      return part ? this.#bytesOf([part]) : null;
    };
    const found = find();
    if (found) {
      answer(found);
      return null;
    }
    const isHinted = live.current?.sequence === sequence && live.current.parts.length === index;
    if (!isHinted || this.#isEnded) throw notThere('no such part');
    return this.#hold(
      () => find() !== null || live.current?.sequence !== sequence,
      (error) => answer(error ?? find() ?? notThere('it was not cut')),
    );
  }

  #bytesOf(parts: readonly AirPart[]): DeliveredMedia | null {
    const chunks = parts.flatMap(({ bytes }) => bytes ?? []);
    if (chunks.length === parts.length) return { chunks };
    const offset = parts[0]?.offset ?? null;
    if (offset === null || parts.some((part) => part.offset === null)) return null;
    const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
    return { path: join(this.#timeline.folder, livePaths.recording), offset, sizeBytes };
  }

  get #live(): LiveTimeline {
    const { live } = this.#timeline;
    if (!live) throw notThere(this.#timeline.phase === 'ended' ? 'nothing was recorded' : 'it is not live yet');
    return live;
  }
  get #isEnded(): boolean {
    return this.#timeline.phase === 'ended' || this.#timeline.live?.current === null;
  }

  #hold(isDue: () => boolean, answer: (error?: OperationalError) => void): (() => void) | null {
    if (isDue()) {
      answer();
      return null;
    }
    const untilMs = performance.now() + HELD_TARGETS * this.#live.targetDurationS * 1_000;
    const held = { isDue, answer, untilMs };
    this.#held.add(held);
    return () => this.#held.delete(held);
  }

  #release(held: Held, error?: OperationalError): void {
    this.#held.delete(held);
    held.answer(error);
  }

  /** Once for all who ask for it until the next part. */
  #write(file: PlaylistFile, isDelta: boolean): WrittenPlaylist {
    const key = `${file} ${isDelta}`;
    const written = this.#written.get(key);
    if (written) return written;
    const plain = Buffer.from(this.#textOf(file, isDelta));
    const playlist = { plain, gzip: gzipSync(plain, { level: GZIP_LEVEL }) };
    this.#written.set(key, playlist);
    return playlist;
  }

  #textOf(file: PlaylistFile, isDelta: boolean): string {
    const [live, isEnded] = [this.#live, this.#isEnded];
    if (file === livePaths.replay) return replayPlaylist(live);
    return (file === livePaths.live ? livePlaylist : dvrPlaylist)(live, { isEnded, isDelta });
  }
}

/** By its sequence number: mostly its place in the list, unless the disk was full. */
function findSegment({ segments }: LiveTimeline, sequence: number): Segment | undefined {
  const place = segments[sequence - (segments[0]?.sequence ?? 0)];
  return place?.sequence === sequence ? place : segments.findLast((segment) => segment.sequence === sequence);
}

/** 6.2.5.2: the part or segment that was asked for, or a later one. */
function isListed(live: LiveTimeline, segment: number, part: number | null): boolean {
  const current = live.current?.sequence ?? Number.POSITIVE_INFINITY;
  const parts = live.current?.parts.length ?? 0;
  if (segment > current) return false;
  if (segment === current) return part !== null && part < parts;
  if (part === null || segment < current - 1) return true;
  // beyond the last part of a segment: the first of the next one
  const before = findSegment(live, segment);
  return !before || part < before.parts.length || parts > 0;
}

/** @throws ProtocolError bad-message */
function checkAhead(live: LiveTimeline, segment: number, part: number | null): void {
  const last = live.current ? live.current.sequence - 1 : (live.segments.at(-1)?.sequence ?? -1);
  if (segment > last + MOST_SEGMENTS_AHEAD) throw new ProtocolError('bad-message', 'too far ahead');
  if (part === null || segment <= last) return;
  const limit = live.partTargetS < 1 ? Math.ceil(3 / live.partTargetS) : 3;
  const lastPart = segment === last + 1 ? (live.current?.parts.length ?? 0) - 1 : -1;
  if (part > lastPart + limit) throw new ProtocolError('bad-message', 'too far ahead');
}
