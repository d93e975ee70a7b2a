/**
 * Owns the clock of a broadcast: cuts pictures and sound into parts and segments, and never stops. Pure: it is driven by frames and by
 * `tick`. What is missing when a part is due is made up for: a picture that repeats the one before, the slate, silence.
 *
 * Times are ticks of 90 kHz from the moment it went live.
 */
import { AUDIO_FRAME, AUDIO_HZ, VIDEO_HZ, type VideoSample } from './mp4/fragment-writer.ts';
import { SILENCE } from './sound/silence.ts';

export type CodedPicture = {
  /** slices with their lengths in front */
  bytes: Buffer;
  isKey: boolean;
};

export type CutPart = {
  sequence: number;
  index: number;
  isSegmentEnd: boolean;
  videoTime: number;
  /** of AUDIO_HZ */
  audioTime: number;
  /** ticks */
  duration: number;
  isIndependent: boolean;
  video: VideoSample[];
  audio: Buffer[];
};

export type CutterOptions = {
  partMs: 500 | 200;
  /** where a timeline that was interrupted goes on */
  from: { sequence: number; videoTime: number; audioTime: number };
  /** pictures that start with an IDR, shown again and again while the program is away */
  slate: () => readonly CodedPicture[];
  /** a picture that shows again what the program sent, the `count`th after it; null: its stream allows none */
  repeat: (picture: CodedPicture, count: number) => CodedPicture | null;
  onPart: (part: CutPart) => void;
  /** the slate begins or ends there */
  onSlate: (isOnSlate: boolean, atTicks: number) => void;
  /** an IDR is needed soon */
  onKeyWanted: () => void;
};

const ms = (value: number): number => Math.round((value * VIDEO_HZ) / 1_000);
export const SEGMENT_MS = 2_000;
/** From there on an IDR begins the next segment: later than half, so that one a second always comes in time. */
const SHORTEST_SEGMENT = ms(1_300);
/** As EXTINF it must not be rounded up to more than the target. */
const LONGEST_SEGMENT = ms(2_450);
const SEGMENT = ms(SEGMENT_MS);
/** How long a part waits for what belongs into it. */
const PATIENCE = ms(300);
/** How long an IDR is waited for, where a segment should end. */
const KEY_PATIENCE = ms(120);
/** Without a picture for so long, the slate begins. */
const SLATE_AFTER = ms(700);
const FRAME = ms(1_000 / 30);
const SHORTEST_FRAME = ms(5);
/** A picture near a part's start is moved there. */
const SNAPPED_LATER = ms(16);
const SNAPPED_EARLIER = ms(45);
/** Of its target, at least. */
const SHORTEST_PART = 0.88;
/** Sound that came a moment ago is waited for. */
const SOUND_FLOWS = ms(500);
/** A frame of sound stays beside the one before it up to so much drift: each correction can be heard. */
const SOUND_DRIFT_FRAMES = 2;
/** Of frames that wait to be cut. */
const MOST_WAITING_SOUND = 500;

type Queued = CodedPicture & {
  time: number;
  /** set: it is ours */
  repeats: { picture: CodedPicture; count: number } | null;
};

export class Cutter {
  readonly #options: CutterOptions;
  readonly #part: number;
  /** in order; of the part under way and later */
  #queue: Queued[] = [];
  readonly #sound = new Map<number, Buffer>();
  #sequence: number;
  #index = 0;
  #partStart: number;
  #segmentStart: number;
  /** of the next frame of sound */
  #slot: number;
  #lastSlot: number | null = null;
  #lastSoundAt = -Infinity;
  #lastArrival: number;
  #isOnSlate = true;
  /** of the next picture of the slate */
  #slateTime: number;
  #slateIndex = 0;
  /** the last that was cut */
  #shown: Queued | null = null;
  #keyWantedFor = -1;

  constructor(options: CutterOptions) {
    this.#options = options;
    this.#part = ms(options.partMs);
    const { sequence, videoTime, audioTime } = options.from;
    this.#sequence = sequence;
    this.#partStart = videoTime;
    this.#segmentStart = videoTime;
    this.#slateTime = videoTime;
    this.#lastArrival = videoTime;
    this.#slot = Math.round(audioTime / AUDIO_FRAME);
  }

  get isOnSlate(): boolean {
    return this.#isOnSlate;
  }
  get endTicks(): number {
    return this.#partStart;
  }
  get sequence(): number {
    return this.#sequence;
  }

  /**
   * The next picture of the program. On the slate all but an IDR is dropped; an IDR ends the slate.
   * @param capturedAt ticks
   */
  addPicture(picture: CodedPicture, capturedAt: number, now: number): void {
    if (this.#isOnSlate && !picture.isKey) return;
    this.#lastArrival = now;
    let time = Math.max(Math.round(Math.min(capturedAt, now)), this.#partStart);
    const last = this.#queue.at(-1);
    if (last) time = Math.max(time, last.time + SHORTEST_FRAME);
    if (this.#isOnSlate) {
      this.#fillSlate(() => this.#slateTime <= time - FRAME);
      const shown = this.#queue.at(-1);
      time = shown ? Math.max(time, shown.time + SHORTEST_FRAME) : this.#partStart;
      this.#isOnSlate = false;
      this.#options.onSlate(false, time);
    }
    this.#queue.push({ ...picture, time, repeats: null });
    this.tick(now);
  }

  /** @param capturedAt ticks */
  addSound(frame: Buffer, capturedAt: number, now: number): void {
    const wanted = Math.round(((capturedAt / VIDEO_HZ) * AUDIO_HZ) / AUDIO_FRAME);
    const beside = this.#lastSlot === null ? wanted : this.#lastSlot + 1;
    const slot = Math.abs(beside - wanted) <= SOUND_DRIFT_FRAMES ? beside : wanted;
    this.#lastSlot = slot;
    if (slot < this.#slot || slot > this.#slot + MOST_WAITING_SOUND) return;
    this.#lastSoundAt = now;
    this.#sound.set(slot, frame);
    this.tick(now);
  }

  /** The program's picture is no use, although it comes: black, or no IDR. The next IDR that is added ends the slate. */
  showSlate(now: number): void {
    if (this.#isOnSlate) return;
    this.#beginSlate(this.#afterQueue());
    this.tick(now);
  }

  tick(now: number): void {
    for (;;) {
      if (!this.#isOnSlate && now - this.#lastArrival >= SLATE_AFTER) this.#beginSlate(this.#afterQueue());
      const end = this.#nextEnd(now);
      if (end === null) return;
      this.#cut(end.at, end.isSegmentEnd);
    }
  }

  /** All that is there, up to now. No part follows. */
  end(now: number): void {
    this.tick(now);
    // what it has shown, and what was not due yet
    if (this.#isOnSlate) this.#fillSlate(() => this.#slateTime < now);
    const lastTime = this.#lastTime();
    while (lastTime >= this.#due) {
      const end = this.#nextEnd(Infinity);
      if (end === null) break;
      this.#cut(end.at, end.isSegmentEnd);
    }
    if (this.#queue.length > 0) this.#cut(Math.min(this.#lastTime() + FRAME, this.#due), true);
  }

  get #due(): number {
    return Math.min(this.#partStart + this.#part, this.#segmentStart + LONGEST_SEGMENT);
  }

  #afterQueue(): number {
    const last = this.#queue.at(-1);
    return last ? last.time + FRAME : this.#partStart;
  }

  #beginSlate(at: number): void {
    if (!this.#isOnSlate) this.#options.onSlate(true, at);
    this.#isOnSlate = true;
    this.#slateTime = at;
    this.#slateIndex = 0;
  }

  /** Where the part under way ends; null: not yet. */
  #nextEnd(now: number): { at: number; isSegmentEnd: boolean } | null {
    const due = this.#due;
    const isDue = now >= due + PATIENCE;
    if (this.#isOnSlate && isDue) this.#fillSlate(() => this.#lastTime() < due);
    const key = this.#queue.find(({ isKey, time }) => isKey && time - this.#segmentStart >= SHORTEST_SEGMENT);
    if (key && key.time > this.#partStart && key.time <= due + this.#reach(due, key)) {
      const at = Math.min(key.time, due);
      if (!this.#hasSound(at, now)) return null;
      if (key.time > due) this.#moveTo(key, due);
      return { at, isSegmentEnd: true };
    }
    const following = this.#queue.find(({ time }) => time >= due);
    if (!following && !isDue) return null;
    if (!this.#hasSound(due, now)) return null;
    // an IDR that is a little late spares a part of a few pictures
    if (due - this.#segmentStart >= SEGMENT - FRAME && now < due + KEY_PATIENCE) return null;
    if (this.#wantsKey(due)) this.#options.onKeyWanted();
    if (due === this.#segmentStart + LONGEST_SEGMENT) {
      // no IDR for so long: the program is stuck
      if (!isDue) return null;
      this.#cutToSlate(due);
      return { at: due, isSegmentEnd: true };
    }
    return { at: this.#partEnd(due, following), isSegmentEnd: false };
  }

  #wantsKey(due: number): boolean {
    if (due - this.#segmentStart < SEGMENT - this.#part || this.#keyWantedFor === this.#sequence) return false;
    this.#keyWantedFor = this.#sequence;
    return true;
  }

  /** A picture stands at the end that it returns: the next part starts with it. */
  #partEnd(due: number, following: Queued | undefined): number {
    const before = this.#queue.findLast(({ time }) => time < due && time > this.#partStart);
    if (following && following.time - due <= SNAPPED_EARLIER) {
      following.time = due;
      return due;
    }
    if (before && due - before.time <= SNAPPED_LATER) {
      before.time = due;
      return due;
    }
    if (before && before.time - this.#partStart >= this.#part * SHORTEST_PART) return before.time;
    if (!this.#repeatAt(due)) this.#cutToSlate(due);
    return due;
  }

  /** False: this stream allows no more. */
  #repeatAt(due: number): boolean {
    const before = this.#queue.findLast(({ time }) => time < due) ?? this.#shown;
    if (!before) return false;
    const picture = before.repeats?.picture ?? before;
    const count = before.repeats ? before.repeats.count + 1 : 0;
    const repeated = this.#options.repeat(picture, count);
    if (!repeated) return false;
    const at = this.#queue.findIndex(({ time }) => time >= due);
    const queued = { ...repeated, time: due, repeats: { picture, count } };
    this.#queue.splice(at === -1 ? this.#queue.length : at, 0, queued);
    return true;
  }

  #cutToSlate(due: number): void {
    this.#queue = this.#queue.filter(({ time }) => time < due);
    this.#beginSlate(due);
    this.#fillSlate(() => this.#lastTime() < due);
  }

  /** How much earlier an IDR may be shown: not at all, where what lies between has no room. */
  #reach(due: number, key: Queued): number {
    const between = this.#queue.filter(({ time }) => time >= due && time < key.time).length;
    const before = this.#queue.findLast(({ time }) => time < due)?.time ?? this.#partStart;
    return due - before > (between + 1) * SHORTEST_FRAME ? SNAPPED_EARLIER : 0;
  }

  /** An IDR to an earlier time: what lies between is shown before it, closer together. */
  #moveTo(key: Queued, due: number): void {
    const between = this.#queue.filter(({ time }) => time >= due && time < key.time);
    const before = this.#queue.findLast(({ time }) => time < due)?.time ?? this.#partStart;
    const step = (due - before) / (between.length + 1);
    for (const [index, picture] of between.entries()) picture.time = Math.round(before + step * (index + 1));
    key.time = due;
  }

  #lastTime(): number {
    return this.#queue.at(-1)?.time ?? -Infinity;
  }

  #fillSlate(isWanted: () => boolean): void {
    const slate = this.#options.slate();
    while (slate.length > 0 && isWanted()) {
      const ends = this.#segmentStart + SEGMENT;
      const isKeyNext = this.#slateIndex % slate.length === 0;
      if (!isKeyNext && this.#slateTime >= ends - FRAME / 2 && !this.#hasKeyAfter(ends - FRAME)) {
        // the next segment begins with an IDR, at its time where that can be
        if (this.#slateTime <= ends + FRAME / 2) this.#slateTime = Math.max(ends, this.#lastTime() + SHORTEST_FRAME);
        this.#slateIndex = 0;
      }
      const picture = slate[this.#slateIndex % slate.length];
      if (!picture) return;
      this.#queue.push({ ...picture, time: this.#slateTime, repeats: null });
      this.#slateIndex += 1;
      this.#slateTime += FRAME;
    }
  }

  #hasKeyAfter(time: number): boolean {
    return this.#queue.some((each) => each.isKey && each.time >= time);
  }

  #slotAfter(ticks: number): number {
    return Math.ceil(((ticks / VIDEO_HZ) * AUDIO_HZ) / AUDIO_FRAME);
  }

  /** Or it is not waited for any more. */
  #hasSound(end: number, now: number): boolean {
    if (now >= end + PATIENCE || now - this.#lastSoundAt > SOUND_FLOWS) return true;
    return (this.#lastSlot ?? -1) >= this.#slotAfter(end) - 1;
  }

  #cut(end: number, isSegmentEnd: boolean): void {
    const video = this.#queue.filter(({ time }) => time < end);
    this.#queue = this.#queue.filter(({ time }) => time >= end);
    this.#shown = video.at(-1) ?? this.#shown;
    const samples = video.map(({ bytes, isKey, time }, index) => ({
      bytes,
      isKey,
      duration: (video[index + 1]?.time ?? end) - time,
    }));
    const audioTime = this.#slot * AUDIO_FRAME;
    const audio: Buffer[] = [];
    for (const after = this.#slotAfter(end); this.#slot < after; this.#slot += 1) {
      audio.push(this.#sound.get(this.#slot) ?? SILENCE);
      this.#sound.delete(this.#slot);
    }
    const videoTime = this.#partStart;
    const part: CutPart = {
      sequence: this.#sequence,
      index: this.#index,
      isSegmentEnd,
      videoTime,
      audioTime,
      duration: end - videoTime,
      isIndependent: samples[0]?.isKey ?? false,
      video: samples,
      audio,
    };
    this.#partStart = end;
    this.#index += 1;
    if (isSegmentEnd) {
      this.#segmentStart = end;
      this.#sequence += 1;
      this.#index = 0;
    }
    this.#options.onPart(part);
  }
}
