/**
 * One broadcast: from the program's RTP to parts in memory and on the disk. It owns the mapping of our clock to the timeline, and
 * decides when what the program sends is no picture.
 */
import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { livePaths, partFile, segmentFile } from '#contract/live-delivery.ts';
import type { ToPackager } from '#contract/packager-link.ts';
import { Cutter, type CutPart, type CodedPicture } from './cutter.ts';
import { parameterSetsOf, type ScannedFragment, scanRecording } from './mp4/box-scan.ts';
import { AUDIO_FRAME, VIDEO_HZ, writeFragment, writeInit } from './mp4/fragment-writer.ts';
import { isSameSets, type ParameterSets, readPps, readSps, withoutTrailingZeros } from './mp4/parameter-sets.ts';
import { skipPictureAfter } from './mp4/skip-picture.ts';
import { PictureCheck } from './picture/picture-check.ts';
import { ProgramInput } from './program-input.ts';
import { Recorder } from './recorder.ts';
import { readClock, readUnkept, type TimelineClock, type UnkeptEnd, writeClock, writeReplay } from './replay.ts';
import type { H264Frame } from './rtp/h264-frames.ts';
import { SlateRecorder } from './slate.ts';
import { AacEncoder } from './sound/aac-encoder.ts';
import type { Health, TimelineEvents } from './stream.ts';
import {
  BroadcastTimeline,
  fragmentSequence,
  type KeptPart,
  type KeptSegment,
  placeOf,
  segmentsOf,
  wholeOnes,
} from './timeline.ts';

export type BroadcastOptions = {
  open: ToPackager & { name: 'open' };
  deliver: (timeline: BroadcastTimeline) => TimelineEvents;
  onHealth: (health: Health) => void;
  log: (what: string, details: object) => void;
  requireRoom?: (folder: string, bytes: number) => Promise<void>;
};

const TICK_MS = 20;
const HEALTH_MS = 1_000;
/** Nothing that came within it: it does not come. */
const GONE_AFTER_MS = 700;
const SOUND_GONE_AFTER_MS = 1_000;
/** The program sends a key frame each second. */
const FROZEN_AFTER_MS = 2_000;
/** Of 255. Black is 16 at most; the corner mark is far above. */
const DARKEST_PICTURE = 48;
/** What comes later than so after its capture is moved: the cutter waits a little longer than that. */
const LATEST_MS = 150;
/** A disk that does not answer is not waited for: what is live comes first. */
const DISK_PATIENCE_MS = 150;
/** A recording that ended longer ago goes on with a jump of its clock instead of a long slate. */
const LONGEST_GAP_MS = 10 * 60_000;

const ticks = (ms: number): number => Math.round((ms * VIDEO_HZ) / 1_000);

export class Broadcast {
  readonly #options: BroadcastOptions;
  readonly timeline: BroadcastTimeline;
  readonly #events: TimelineEvents;
  readonly #input: ProgramInput;
  readonly #encoder: AacEncoder;
  readonly #check: PictureCheck;
  readonly #recorder: Recorder;
  readonly #slate = new SlateRecorder();
  #cutter: Cutter | null = null;
  /** of the timeline's start, by `performance.now()` */
  #startMs = 0;
  /** what is captured is shown so much later */
  #lagMs = 0;
  /** of what the program sends now */
  #sets: ParameterSets | null = null;
  /** of the init segment */
  #initSets: ParameterSets | null = null;
  /** of each picture of the program: it may be repeated when the next one has come with others */
  readonly #setsOf = new WeakMap<Buffer, ParameterSets>();
  /** they differ, or did: each IDR brings its own */
  #areSetsInBand = false;
  /** since it went live */
  #clock: TimelineClock | null = null;
  #isLiveWanted = false;
  #isBlack = false;
  #keyAtMs = -Infinity;
  #pictureAtMs = -Infinity;
  #aacAtMs = -Infinity;
  #published: Promise<void> = Promise.resolve();
  #timers: NodeJS.Timeout[] = [];
  #health = '';
  #mediaPort = 0;
  /** it has ended, or nothing is kept of it */
  #isOver = false;
  #ended: Promise<{ durationMs: number; sizeBytes: number }> | null = null;

  constructor(options: BroadcastOptions) {
    this.#options = options;
    const { log, open, requireRoom } = options;
    this.timeline = new BroadcastTimeline(open.broadcastId, open.folder);
    this.#events = options.deliver(this.timeline);
    this.#input = new ProgramInput({
      onPicture: (frame, capturedAtMs) => this.#onPicture(frame, capturedAtMs, performance.now()),
      onSound: (packet, capturedAtMs) => this.#encoder.add(packet, capturedAtMs, performance.now()),
      onPictureLost: () => this.#slate.cut(performance.now()),
      log,
    });
    this.#encoder = new AacEncoder({ onFrame: (frame, atMs) => this.#onSound(frame, atMs, performance.now()), log });
    this.#check = new PictureCheck({ onBrightness: (brightest) => this.#onBrightness(brightest), log });
    this.#recorder = new Recorder({
      folder: open.folder,
      onDisk: (isFull) => this.#onDisk(isFull),
      log,
      ...(requireRoom && { requireRoom }),
    });
  }

  /** @returns the port that the program's media comes in by */
  async start(): Promise<number> {
    const { folder } = this.#options.open;
    const clock = readClock(folder);
    this.#mediaPort = await this.#input.start(clock?.mediaPort ?? null);
    this.#encoder.start();
    this.#check.start();
    if (clock) this.#resume(clock);
    if (this.#options.open.wentLiveAtMs !== null) this.goLive();
    this.#timers.push(
      setInterval(() => this.#onTick(performance.now()), TICK_MS),
      setInterval(() => this.#sendHealth(true), HEALTH_MS),
    );
    return this.#mediaPort;
  }

  get mediaPort(): number {
    return this.#mediaPort;
  }
  /** Of its filters, for tests. */
  get pids(): { sound: number | null; picture: number | null } {
    return { sound: this.#encoder.pid, picture: this.#check.pid };
  }

  /** On the slate at first, if no key frame comes at once. Again: nothing. */
  goLive(): void {
    this.#isLiveWanted = true;
    if (this.#isOver || this.#cutter || !this.#sets || this.#slate.pictures.length === 0) return;
    const { quality } = this.#options.open;
    const format = readSps(this.#sets.sps);
    const epochMs = Date.now();
    this.#startMs = performance.now();
    this.#initSets = this.#sets;
    this.#slate.freeze();
    const init = writeInit(this.#sets, format);
    this.#recorder.start(init, 0);
    this.#clock = { epochMs, partMs: quality.partMs, mediaPort: this.#mediaPort };
    this.#keepClock();
    this.timeline.begin(init, format, quality.partMs, epochMs);
    this.#cut({ sequence: 0, videoTime: 0, audioTime: 0 }, quality.partMs);
    this.#input.askForKey();
  }

  /** The packager was started again in the middle: the timeline goes on, with the slate at first, up to now. */
  #resume(clock: TimelineClock): void {
    const { folder } = this.#options.open;
    const path = join(folder, livePaths.recording);
    const scanned = existsSync(path) ? scanRecording(path) : null;
    const sets = scanned && parameterSetsOf(scanned.init);
    this.#slate.read(folder);
    if (!scanned || !sets || this.#slate.pictures.length === 0) return;
    this.#isLiveWanted = true;
    this.#initSets = sets;
    // of the slate; the program brings its own
    this.#sets = sets;
    removeStaleParts(folder);
    const from = endOf(scanned.fragments, readUnkept(folder));
    const endMs = (from.videoTime / VIDEO_HZ) * 1_000;
    const gapMs = Date.now() - clock.epochMs - endMs;
    const skippedMs = gapMs > LONGEST_GAP_MS || gapMs < 0 ? gapMs : 0;
    const epochMs = clock.epochMs + skippedMs;
    this.#startMs = performance.now() - (Date.now() - epochMs);
    this.#clock = { ...clock, epochMs, mediaPort: this.#mediaPort };
    this.#keepClock();
    const segments = wholeOnes(segmentsOf(scanned.fragments, clock.epochMs), from.videoTime / VIDEO_HZ);
    this.#recorder.start(scanned.init, scanned.wholeBytes);
    this.timeline.begin(scanned.init, readSps(sets.sps), clock.partMs, epochMs).resume(segments, from);
    this.#cut(from, clock.partMs);
    this.#options.log('a broadcast goes on', { segments: segments.length, gapMs: Math.round(gapMs) });
  }

  /** What a packager that is started again needs; without it, it would begin the recording anew. */
  #keepClock(): void {
    const { folder } = this.#options.open;
    const clock = this.#clock;
    if (!clock) return;
    this.#attempt('the clock of a broadcast cannot be kept', () => {
      this.#slate.write(folder);
      writeClock(folder, clock);
    });
  }

  #cut(from: { sequence: number; videoTime: number; audioTime: number }, partMs: 500 | 200): void {
    this.#cutter = new Cutter({
      partMs,
      from,
      slate: () => this.#slatePictures(),
      repeat: (picture, count) => this.#repeat(picture, count),
      onPart: (part) => this.#onPart(part),
      onSlate: (isOnSlate, at) => {
        this.timeline.live?.slate(isOnSlate, at / VIDEO_HZ);
        this.#options.log(isOnSlate ? 'the slate is on air' : 'the program is on air', { atS: at / VIDEO_HZ });
        if (isOnSlate) this.#input.askForKey();
      },
      onKeyWanted: () => this.#input.askForKey(),
    });
    this.timeline.live?.slate(true, from.videoTime / VIDEO_HZ);
  }

  /**
   * No part follows, and all is on the disk. Again: the same.
   * @returns 0 bytes: nothing is kept of it
   */
  end(): Promise<{ durationMs: number; sizeBytes: number }> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<{ durationMs: number; sizeBytes: number }> {
    this.#isOver = true;
    this.#stopInput();
    this.#cutter?.end(this.#now(performance.now()));
    await this.#published;
    await this.#recorder.close();
    const { live } = this.timeline;
    live?.end();
    this.timeline.phase = 'ended';
    if (live)
      this.#attempt('the index of a recording cannot be written', () =>
        writeReplay(this.timeline.folder, live.partTargetS, live.segments),
      );
    this.#events.onEnd(this.timeline);
    return { durationMs: Math.round((live?.endS ?? 0) * 1_000), sizeBytes: this.#recorder.sizeBytes };
  }

  /** Nothing is kept of it; or the process ends, and another goes on. */
  async stop(): Promise<void> {
    if (this.#ended) {
      await this.#ended;
      return;
    }
    this.#isOver = true;
    this.#stopInput();
    await this.#published;
    await this.#recorder.close();
  }

  #stopInput(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#input.stop();
    this.#encoder.stop();
    this.#check.stop();
  }

  #attempt(failure: string, work: () => void): void {
    try {
      work();
    } catch (err) {
      this.#options.log(failure, { err });
    }
  }

  /** On the timeline, in ticks. */
  #now(nowMs: number): number {
    return ticks(nowMs - this.#startMs);
  }

  #onTick(nowMs: number): void {
    if (this.#isLiveWanted && !this.#cutter) this.goLive();
    this.#cutter?.tick(this.#now(nowMs));
    if (this.#cutter?.isOnSlate && nowMs - this.#input.lastPacketAtMs.picture < GONE_AFTER_MS) this.#input.askForKey();
    this.#sendHealth(false);
  }

  #onPicture(frame: H264Frame, capturedAtMs: number, nowMs: number): void {
    if (frame.isKey && !this.#takeSets(frame)) return;
    if (!this.#sets) return;
    this.#pictureAtMs = nowMs;
    const picture = { bytes: this.#bytesOf(frame), isKey: frame.isKey };
    this.#setsOf.set(picture.bytes, this.#sets);
    if (frame.isKey) {
      this.#keyAtMs = nowMs;
      this.#check.add([this.#sets.sps, this.#sets.pps, ...frame.units]);
    }
    this.#slate.add(picture, nowMs, !this.#isBlack);
    if (!this.#cutter || this.#isBlack) return;
    if (frame.isKey && this.#cutter.isOnSlate) this.#lagMs = Math.max(0, nowMs - capturedAtMs - LATEST_MS);
    this.#cutter.addPicture(picture, this.#now(capturedAtMs + this.#lagMs), this.#now(nowMs));
  }

  /** False: it is a stream that cannot be carried. */
  #takeSets({ sps, pps }: H264Frame): boolean {
    if (!sps || !pps) return this.#sets !== null;
    const sets = { sps: withoutTrailingZeros(sps), pps: withoutTrailingZeros(pps) };
    if (this.#sets && isSameSets(sets, this.#sets)) return true;
    try {
      readSps(sets.sps);
      readPps(sets.pps);
    } catch (err) {
      this.#options.log('a picture cannot be carried', { err });
      return false;
    }
    // copies: they are views of packets
    this.#sets = { sps: Buffer.from(sets.sps), pps: Buffer.from(sets.pps) };
    if (this.#initSets && !isSameSets(sets, this.#initSets)) {
      if (!this.#areSetsInBand) this.#options.log('the parameters of the picture changed', {});
      this.#areSetsInBand = true;
    }
    if (!this.#cutter) this.#slate.clear();
    return true;
  }

  #bytesOf({ isKey, units }: H264Frame): Buffer {
    const sets = isKey && this.#areSetsInBand && this.#sets ? [this.#sets.sps, this.#sets.pps] : [];
    return withLengths([...sets, ...units]);
  }

  #slatePictures(): readonly CodedPicture[] {
    const { pictures } = this.#slate;
    const sets = this.#initSets;
    if (!this.#areSetsInBand || !sets) return pictures;
    const inBand = withLengths([sets.sps, sets.pps]);
    return pictures.map(({ bytes, isKey }) => ({ bytes: isKey ? Buffer.concat([inBand, bytes]) : bytes, isKey }));
  }

  #repeat({ bytes }: CodedPicture, count: number): CodedPicture | null {
    const sets = this.#setsOf.get(bytes) ?? this.#initSets;
    const slice = firstSlice(bytes);
    const unit = sets && slice && skipPictureAfter(slice, sets, count);
    return unit ? { bytes: withLengths([unit]), isKey: false } : null;
  }

  #onSound(frame: Buffer, capturedAtMs: number, nowMs: number): void {
    this.#aacAtMs = nowMs;
    this.#cutter?.addSound(frame, this.#now(capturedAtMs + this.#lagMs), this.#now(nowMs));
  }

  #onBrightness(brightest: number): void {
    const isBlack = brightest < DARKEST_PICTURE;
    if (isBlack === this.#isBlack) return;
    this.#isBlack = isBlack;
    if (isBlack) this.#cutter?.showSlate(this.#now(performance.now()));
  }

  #onPart(cut: CutPart): void {
    const live = this.timeline.live;
    if (!live) return;
    const bytes = writeFragment({ ...cut, sequence: fragmentSequence(cut) });
    const part = live.part(cut, bytes);
    const kept = this.#keep(cut, part, bytes);
    const patience = new Promise<void>((resolve) => setTimeout(resolve, DISK_PATIENCE_MS));
    this.#published = this.#published.then(async () => {
      await Promise.race([kept, patience]);
      const segment = live.publish(cut, part);
      if (cut.isSegmentEnd) this.#onSegment(segment);
      this.#events.onPart(this.timeline);
    });
  }

  async #keep(cut: CutPart, part: KeptPart, bytes: Buffer): Promise<void> {
    const kept = this.#recorder.append(bytes, cut.index === 0);
    // not waited for: who finds no file asks us
    void this.#recorder.writeBeside(partFile(cut.sequence, cut.index), bytes);
    part.offset = await kept;
    if (part.offset !== null) return;
    const { sequence, videoTime, duration, audioTime, audio } = cut;
    const audioEnd = audioTime + audio.length * AUDIO_FRAME;
    this.#recorder.noteUnkept({ sequence, videoTime: videoTime + duration, audioTime: audioEnd });
  }

  #onSegment(segment: KeptSegment): void {
    const bytes = segment.parts.flatMap((part) => part.bytes ?? []);
    void this.#recorder.writeBeside(segmentFile(segment.sequence), Buffer.concat(bytes));
    const old = this.timeline.live?.forgetOld() ?? [];
    const names = old.flatMap(({ sequence, parts }) => parts.map(({ index }) => partFile(sequence, index)));
    void this.#recorder.removeBeside(names);
  }

  #onDisk(isFull: boolean): void {
    this.timeline.canKeep = !isFull;
    if (!isFull) this.#keepClock();
    this.#sendHealth(false);
  }

  #picture(nowMs: number): Health['picture'] {
    if (nowMs - this.#input.lastPacketAtMs.picture > GONE_AFTER_MS) return 'none';
    if (nowMs - this.#keyAtMs > FROZEN_AFTER_MS) return this.#keyAtMs === -Infinity ? 'none' : 'frozen';
    if (nowMs - this.#pictureAtMs > GONE_AFTER_MS) return 'none';
    return this.#isBlack ? 'black' : 'good';
  }

  #sendHealth(isDue: boolean): void {
    const nowMs = performance.now();
    const hasSound =
      nowMs - this.#input.lastPacketAtMs.sound < SOUND_GONE_AFTER_MS && nowMs - this.#aacAtMs < SOUND_GONE_AFTER_MS;
    const picture = this.#picture(nowMs);
    const isOnSlate = this.#cutter?.isOnSlate ?? false;
    const health: Health = { picture, hasSound, isOnSlate, isDiskFull: this.#recorder.isFull };
    const text = JSON.stringify(health);
    if (!isDue && text === this.#health) return;
    this.#health = text;
    this.#options.onHealth(health);
  }
}

/** Where the next segment begins: no number and no moment that viewers had comes again. */
function endOf(fragments: readonly ScannedFragment[], unkept: UnkeptEnd | null): UnkeptEnd {
  const last = fragments.at(-1);
  const recorded = {
    sequence: last ? placeOf(last.sequence).sequence + 1 : 0,
    videoTime: last ? last.videoTime + last.videoDuration : 0,
    audioTime: last ? last.audioTime + last.audioFrames * AUDIO_FRAME : 0,
  };
  return unkept && unkept.videoTime > recorded.videoTime ? { ...unkept, sequence: unkept.sequence + 1 } : recorded;
}

function withLengths(units: readonly Buffer[]): Buffer {
  return Buffer.concat(
    units.flatMap((unit) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(unit.length);
      return [length, unit];
    }),
  );
}

function firstSlice(bytes: Buffer): Buffer | null {
  for (let at = 0; at + 5 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    const unit = bytes.subarray(at + 4, at + 4 + size);
    const type = (unit[0] ?? 0) & 31;
    if (type === 1 || type === 5) return unit;
    at += 4 + size;
  }
  return null;
}

/** Of a process that was killed: nobody would remove its parts, and what it had not written to its end. */
function removeStaleParts(folder: string): void {
  for (const name of readdirSync(folder))
    if (/^\d+(\.\d+\.m4s|(\.\d+)?\.m4s\.new)$/.test(name)) void rm(join(folder, name), { force: true });
}
