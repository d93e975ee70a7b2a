/**
 * The node's transcriber as its calls use it: tracks that are open, over the deaths of its process, and what it answers. An answer
 * counts for the time in which its track was open, also when it comes late or after the call; nothing of the sound is kept here.
 */
import { cutText, shownText } from '#contract/shown-text.ts';
import type { FromTranscriber, ToTranscriber } from '#contract/transcriber-link.ts';
import { MAX_SEGMENT_LETTERS } from '#contract/transcript.ts';
import type { Language } from '#contract/schema.ts';
import { type BucketRate, TokenBucket } from '#edge/attempt-limit.ts';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import type { RtpContent } from './rtp-packet.ts';

export type TranscriberProcess = {
  send: (message: ToTranscriber) => void;
  stop: () => void | Promise<void>;
};
/** `onMessage`: each start of the process is reported as `ready`. `onGone`: it died, and is started again without us. */
export type StartTranscriber = (handlers: {
  onMessage: (message: FromTranscriber) => void;
  onGone: () => void;
}) => TranscriberProcess;

export type SpokenSegment = Pick<
  Extract<FromTranscriber, { name: 'segment' }>,
  'segmentId' | 'text' | 'fromMs' | 'untilMs'
>;
export type SpeechTrack = {
  /** one packet's; lost while the process is not there */
  sound: (content: RtpContent) => void;
  /** What was spoken until now is still answered. Twice is harmless. */
  end: () => void;
};
export type TranscriptionOptions = {
  start: StartTranscriber;
  /** answers that come so long after the end of their track are still its own */
  lateAnswerMs: number;
  logger: Pick<Logger, 'warn' | 'error'>;
};

type Open = {
  trackId: string;
  language: Language;
  startedAtMs: number;
  endedAtMs: number | null;
  answered: Set<string>;
  limit: TokenBucket;
  packets: TokenBucket;
  onSegment: (segment: SpokenSegment) => void;
  forgetting: NodeJS.Timeout | null;
};

/** nobody speaks more sentences */
const SEGMENTS: BucketRate = { burst: 60, refillPerMinute: 120 };
/** the shortest ones of Opus, and what came while the process was busy: who sends more would take the place of others */
const PACKETS: BucketRate = { burst: 800, refillPerMinute: 24_000 };
/** packets may come a little late, and the process cuts by its own count */
const SLACK_MS = 1_000;
const MOST_ANSWERED_KEPT = 1_000;
const MOST_BYTES = MAX_SEGMENT_LETTERS * 4;

export class Transcription {
  /** nothing is written at present, or it is again */
  onFailingChanged: () => void = () => {};
  readonly #options: TranscriptionOptions;
  readonly #process: TranscriberProcess;
  readonly #tracks = new Map<string, Open>();
  #isReady = false;
  #isEngineFailing = false;

  constructor(options: TranscriptionOptions) {
    this.#options = options;
    this.#process = options.start({
      onMessage: (message) => this.#onMessage(message),
      onGone: () => this.#change({ isReady: false }),
    });
  }

  get isFailing(): boolean {
    return !this.#isReady || this.#isEngineFailing;
  }

  open(language: Language, onSegment: Open['onSegment']): SpeechTrack {
    const track: Open = {
      trackId: uuidv7(),
      language,
      startedAtMs: Date.now(),
      endedAtMs: null,
      answered: new Set(),
      limit: new TokenBucket(SEGMENTS),
      packets: new TokenBucket(PACKETS),
      onSegment,
      forgetting: null,
    };
    this.#tracks.set(track.trackId, track);
    if (this.#isReady) this.#begin(track);
    return {
      sound: ({ payload, timestamp }) => {
        if (this.#isReady && track.endedAtMs === null && track.packets.take())
          this.#process.send({ name: 'sound', trackId: track.trackId, payload, timestamp, atMs: Date.now() });
      },
      end: () => this.#end(track),
    };
  }

  async stop(): Promise<void> {
    for (const { forgetting } of this.#tracks.values()) if (forgetting) clearTimeout(forgetting);
    this.#tracks.clear();
    this.#isReady = false;
    await this.#process.stop();
  }

  #begin({ trackId, language }: Open): void {
    this.#process.send({ name: 'track', trackId, language });
  }

  #end(track: Open): void {
    if (track.endedAtMs !== null) return;
    track.endedAtMs = Date.now();
    if (this.#isReady) this.#process.send({ name: 'end-track', trackId: track.trackId });
    track.forgetting = setTimeout(() => this.#tracks.delete(track.trackId), this.#options.lateAnswerMs);
    track.forgetting.unref();
  }

  #onMessage(message: FromTranscriber): void {
    switch (message.name) {
      case 'ready':
        this.#change({ isReady: true, isEngineFailing: false });
        for (const track of this.#tracks.values()) if (track.endedAtMs === null) this.#begin(track);
        return;
      case 'engine':
        this.#change({ isEngineFailing: message.isFailing });
        return;
      case 'segment':
        this.#answer(message);
    }
  }

  #answer({ trackId, segmentId, text, fromMs, untilMs }: Extract<FromTranscriber, { name: 'segment' }>): void {
    const track = this.#tracks.get(trackId);
    const refusal = track ? refusalOf(track, { segmentId, fromMs, untilMs }) : 'unknown track';
    if (!track || refusal !== null) {
      this.#options.logger.warn({ trackId, segmentId, refusal }, 'words of the transcriber are not counted');
      return;
    }
    const shown = cutText(shownText(text), { units: MAX_SEGMENT_LETTERS, bytes: MOST_BYTES });
    if (shown === '') return;
    if (!track.limit.take()) {
      this.#options.logger.warn({ trackId }, 'too many words of the transcriber');
      return;
    }
    track.answered.add(segmentId);
    const [oldest] = track.answered;
    if (track.answered.size > MOST_ANSWERED_KEPT) track.answered.delete(oldest!);
    const latestMs = track.endedAtMs ?? Date.now();
    const from = Math.min(Math.max(fromMs, track.startedAtMs), latestMs);
    track.onSegment({ segmentId, text: shown, fromMs: from, untilMs: Math.min(Math.max(untilMs, from), latestMs) });
  }

  #change(change: { isReady?: boolean; isEngineFailing?: boolean }): void {
    const before = this.isFailing;
    this.#isReady = change.isReady ?? this.#isReady;
    this.#isEngineFailing = change.isEngineFailing ?? this.#isEngineFailing;
    if (this.isFailing !== before) this.onFailingChanged();
  }
}

/** null: it was spoken while its track was open, and is new */
function refusalOf(
  { startedAtMs, endedAtMs, answered }: Open,
  { segmentId, fromMs, untilMs }: Omit<SpokenSegment, 'text'>,
): string | null {
  if (answered.has(segmentId)) return 'answered before';
  if (untilMs < fromMs) return 'ends before it begins';
  if (untilMs < startedAtMs - SLACK_MS) return 'before the track';
  if (fromMs >= (endedAtMs ?? Date.now() + SLACK_MS)) return 'after the track';
  return null;
}
