/**
 * The timeline of a broadcast, as the cutter makes it and the delivery reads it; and the delivery, as the packager's process starts it.
 * Times on the timeline are seconds from the moment it went live. Nothing here changes once it is listed, but for `bytes`.
 */
import type { FromPackager, ToPackager } from '#contract/packager-link.ts';

/** Whole `moof` and `mdat` pairs: of two tracks, video first. */
export type AirPart = {
  /** from 0, in its segment */
  index: number;
  durationS: number;
  /** its first picture is an IDR */
  isIndependent: boolean;
  sizeBytes: number;
  /** while it is one of the newest 60 s; null: read it from `recording.mp4` */
  bytes: Buffer | null;
  /** where it starts in `recording.mp4`; null: it is not kept, the disk was full */
  offset: number | null;
};

/**
 * Consecutive parts; the first of them is independent. Its bytes are those of its parts one after the other: in memory; in
 * `recording.mp4` from the first part's offset on; mostly also in a file of its own (`segmentFile`) until the broadcast was finished, not
 * for the one that was under way when the packager was killed. Of a replay it has one part. In a replay a segment may be missing, as
 * the disk was full: the next one starts later than this one ends.
 */
export type Segment = {
  /** its media sequence number: from 0, without a gap, also across a restart of the packager */
  sequence: number;
  startS: number;
  /** of what is there of it */
  durationS: number;
  /** of its start, by the wall clock, in epoch milliseconds with a fraction; never back */
  dateMs: number;
  parts: readonly AirPart[];
};

export type SlateInterval = {
  startS: number;
  /** null: it is on air */
  endS: number | null;
};

/** Of a broadcast that runs, or whose folder is served. */
export interface AirTimeline {
  readonly broadcastId: string;
  /** holds `recording.mp4`, `init.mp4`, `N.m4s` and `N.P.m4s` (newest minute) */
  readonly folder: string;
  /** null before it went live: no playlist yet */
  readonly live: LiveTimeline | null;
  readonly phase: 'green-room' | 'live' | 'ended';
  /** false: the disk is full; segments that were cut meanwhile are in memory alone, and gone after a minute */
  readonly canKeep: boolean;
}

export interface LiveTimeline {
  readonly init: Buffer;
  /** for CODECS, e.g. `avc1.42c01f,mp4a.40.2` */
  readonly codecs: string;
  readonly width: number;
  readonly height: number;
  /** TARGETDURATION: no segment is as long as this and a half */
  readonly targetDurationS: number;
  /** PART-TARGET: no part is longer; none shorter than 85 % of it, but for the last of a segment */
  readonly partTargetS: number;
  /** ended segments, from the first on, in order */
  readonly segments: readonly Segment[];
  /** the one under way, with its parts so far (none: it has just begun); null: the timeline has ended */
  readonly current: Segment | null;
  readonly slates: readonly SlateInterval[];
}

export type TimelineEvents = {
  /** after a part was added to `current`, also when it ended its segment (then it stands in `segments`) */
  onPart: (timeline: AirTimeline) => void;
  /** no part follows */
  onEnd: (timeline: AirTimeline) => void;
};

/** The delivery by HTTP: `delivery/index.ts` exports `createDelivery(options: DeliveryOptions): Delivery`. */
export type DeliveryOptions = {
  listenAt: { host: string; port: number };
  /** HTTP/2 over TLS; null: HTTP/1.1, on loopback or behind a proxy */
  tls: { certFile: string; keyFile: string } | null;
  /** addresses and ranges of proxies whose X-Forwarded-For counts */
  trustedProxies: readonly string[];
  /** the file that keeps who may watch, for a start without the fleet server; null: none */
  keptAt: string | null;
  log: (what: string, details?: object) => void;
};

export interface Delivery {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** that it listens at */
  readonly port: number;
  /** each hello of the fleet server: replaces what was known */
  configure(hello: Pick<ToPackager & { name: 'hello' }, 'keys' | 'origins' | 'revokedViewingIds'>): void;
  revoke(viewingIds: readonly string[]): void;
  /** a broadcast from its green room on, or a folder of one that has ended; the same id again replaces */
  serve(timeline: AirTimeline): TimelineEvents;
  forget(broadcastId: string): void;
  /** viewers whose lease runs */
  watching(broadcastId: string): number;
}

export type Health = Omit<FromPackager & { name: 'health' }, 'name' | 'broadcastId' | 'watching'>;
