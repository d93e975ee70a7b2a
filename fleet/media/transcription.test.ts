/** The node's transcriber as its calls use it: over deaths of its process, late answers, and answers that cannot be true. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { FromTranscriber, ToTranscriber } from '#contract/transcriber-link.ts';
import { MAX_SEGMENT_LETTERS } from '#contract/transcript.ts';
import { type SpokenSegment, Transcription } from './transcription.ts';

const LATE_MS = 1_000;
const START_MS = Date.UTC(2026, 10, 30);
beforeEach(() => void vi.useFakeTimers({ now: START_MS }));
afterEach(() => void vi.useRealTimers());

class Scene {
  sent: ToTranscriber[] = [];
  spoken: SpokenSegment[] = [];
  failing: boolean[] = [];
  warned: string[] = [];
  answer!: (message: FromTranscriber) => void;
  die!: () => void;
  readonly transcription = new Transcription({
    start: ({ onMessage, onGone }) => {
      [this.answer, this.die] = [onMessage, onGone];
      return { send: (message) => void this.sent.push(message), stop: () => {} };
    },
    lateAnswerMs: LATE_MS,
    logger: { warn: (about: unknown) => void this.warned.push(JSON.stringify(about)), error: () => {} } as never,
  });
  constructor() {
    this.transcription.onFailingChanged = () => this.failing.push(this.transcription.isFailing);
  }
  open(language: 'ko' | 'en' = 'ko') {
    return this.transcription.open(language, (segment) => this.spoken.push(segment));
  }
  ready(): void {
    this.answer({ name: 'ready' });
  }
  get trackId(): string {
    return this.sent.findLast(({ name }) => name === 'track')!.trackId;
  }
  segment(more: Partial<Extract<FromTranscriber, { name: 'segment' }>> = {}): void {
    const [fromMs, untilMs] = [Date.now() - 300, Date.now() - 100];
    this.answer({
      name: 'segment',
      trackId: this.trackId,
      segmentId: uuidv7(),
      text: 'Good',
      fromMs,
      untilMs,
      ...more,
    });
  }
}
const packet = (timestamp: number) => ({ payload: Uint8Array.of(1), timestamp });
const names = (scene: Scene) => scene.sent.map(({ name }) => name);

it('forwards of each microphone what a microphone sends, so that one who floods it costs nobody else their words', () => {
  const it = new Scene();
  it.ready();
  const [flood, other] = [it.open(), it.open()];
  const sounds = () => it.sent.filter(({ name }) => name === 'sound').length;
  for (let n = 0; n < 20_000; n += 1) flood.sound(packet(n));
  const most = sounds();
  expect(most).toBeLessThanOrEqual(1_000);
  other.sound(packet(1));
  expect(sounds()).toBe(most + 1);
  // the shortest packets of Opus, for a minute
  for (let n = 0; n < 60; n += 1) {
    vi.advanceTimersByTime(1_000);
    for (let at = 0; at < 400; at += 1) other.sound(packet(at));
  }
  expect(sounds()).toBe(most + 1 + 60 * 400);
});

it('begins a track, forwards its sound and ends it once', () => {
  const it = new Scene();
  it.ready();
  const track = it.open('en');
  track.sound(packet(960));
  track.end();
  track.end();
  track.sound(packet(1_920));
  expect(it.sent).toMatchObject([
    { name: 'track', language: 'en' },
    { name: 'sound', timestamp: 960, atMs: START_MS },
    { name: 'end-track' },
  ]);
  expect(new Set(it.sent.map(({ trackId }) => trackId)).size).toBe(1);
});

it('starts the open tracks again with each process, not those that ended', () => {
  const it = new Scene();
  const [open, ended] = [it.open(), it.open()];
  open.sound(packet(1));
  expect(it.sent).toEqual([]);
  it.ready();
  ended.end();
  it.die();
  open.sound(packet(2));
  it.sent = [];
  it.ready();
  open.sound(packet(3));
  expect(names(it)).toEqual(['track', 'sound']);
  expect(it.failing).toEqual([false, true, false]);
  it.answer({ name: 'engine', isFailing: true });
  it.answer({ name: 'engine', isFailing: true });
  expect(it.failing).toEqual([false, true, false, true]);
});

it('counts a late answer for what was spoken while the track was open, and nothing after it', () => {
  const it = new Scene();
  it.ready();
  const track = it.open();
  vi.advanceTimersByTime(2_000);
  track.end();
  const endedAtMs = Date.now();
  vi.advanceTimersByTime(LATE_MS - 1);
  it.segment({ text: 'Spoken before', fromMs: endedAtMs - 900, untilMs: endedAtMs - 100 });
  it.segment({ text: 'Begun before', fromMs: endedAtMs - 100, untilMs: endedAtMs + 5_000 });
  it.segment({ text: 'After', fromMs: endedAtMs, untilMs: endedAtMs + 500 });
  expect(it.spoken).toMatchObject([{ text: 'Spoken before' }, { text: 'Begun before', untilMs: endedAtMs }]);
  vi.advanceTimersByTime(1);
  it.segment({ fromMs: endedAtMs - 900, untilMs: endedAtMs - 100 });
  expect(it.spoken).toHaveLength(2);
});

it('takes nothing of an engine that lies', () => {
  const it = new Scene();
  it.ready();
  vi.advanceTimersByTime(10_000);
  it.open();
  vi.advanceTimersByTime(5_000);
  const openedAtMs = Date.now() - 5_000;
  it.segment({ trackId: uuidv7() });
  it.segment({ fromMs: openedAtMs - 8_000, untilMs: openedAtMs - 7_000 });
  it.segment({ fromMs: Date.now() + 3_600_000, untilMs: Date.now() + 3_601_000 });
  it.segment({ fromMs: Date.now() - 100, untilMs: Date.now() - 200 });
  it.segment({ text: '\u200b\u202e \u0000' });
  expect(it.spoken).toEqual([]);
  const segmentId = uuidv7();
  it.segment({ segmentId, text: `<b>\u202eok\n</b>${'가'.repeat(9_000)}` });
  it.segment({ segmentId, text: 'Again' });
  expect(it.spoken).toHaveLength(1);
  expect(it.spoken[0]!.text).toMatch(/^<b> ok <\/b>가+…$/);
  expect(it.spoken[0]!.text.length).toBeLessThanOrEqual(MAX_SEGMENT_LETTERS);
  for (let n = 0; n < 500; n++) it.segment({ text: `Secret ${n}` });
  expect(it.spoken.length).toBeLessThan(100);
  expect(it.warned.join()).not.toMatch(/Secret|Again/);
});

it('writes only what lies within an open track, whatever happens in which order', () => {
  const act = fc.oneof(
    fc.record({ do: fc.constant('open' as const) }),
    fc.record({
      do: fc.constantFrom('end', 'sound', 'answer') as fc.Arbitrary<'end' | 'sound' | 'answer'>,
      of: fc.nat(5),
    }),
    fc.record({ do: fc.constantFrom('die', 'ready') as fc.Arbitrary<'die' | 'ready'> }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.nat(700) }),
  );
  fc.assert(
    fc.property(
      fc.array(act, { maxLength: 60 }),
      fc.array(fc.integer({ min: -3_000, max: 3_000 })),
      (acts, offsets) => {
        const it = new Scene();
        const tracks: { track: ReturnType<Scene['open']>; spoken: SpokenSegment[]; from: number; until: number }[] = [];
        let isReady = false;
        let at = 0;
        for (const each of acts) {
          const one = 'of' in each ? tracks[each.of] : undefined;
          if (each.do === 'open') {
            const spoken: SpokenSegment[] = [];
            const track = it.transcription.open('ko', (segment) => spoken.push(segment));
            tracks.push({ track, spoken, from: Date.now(), until: Number.POSITIVE_INFINITY });
          }
          if (each.do === 'end' && one) {
            one.track.end();
            one.until = Math.min(one.until, Date.now());
          }
          const before = it.sent.length;
          if (each.do === 'sound' && one) {
            one.track.sound(packet(at));
            expect(it.sent.length - before).toBe(isReady && one.until === Number.POSITIVE_INFINITY ? 1 : 0);
          }
          if (each.do === 'die') {
            it.die();
            isReady = false;
          }
          if (each.do === 'ready') {
            it.ready();
            isReady = true;
            const open = tracks.filter(({ until }) => until === Number.POSITIVE_INFINITY);
            expect(names(it).slice(before)).toEqual(open.map(() => 'track'));
          }
          if (each.do === 'wait') vi.advanceTimersByTime(each.ms);
          if (each.do === 'answer' && it.sent.length > 0) {
            const { trackId } = it.sent[at % it.sent.length]!;
            const fromMs = Date.now() + (offsets[at % (offsets.length || 1)] ?? 0);
            it.segment({ trackId, fromMs, untilMs: fromMs + 200 });
          }
          at += 1;
        }
        for (const { spoken, from, until } of tracks)
          for (const { fromMs, untilMs } of spoken) {
            expect(fromMs).toBeGreaterThanOrEqual(from);
            expect(untilMs).toBeGreaterThanOrEqual(fromMs);
            expect(untilMs).toBeLessThanOrEqual(Math.min(until, Date.now()));
          }
        void it.transcription.stop();
      },
    ),
  );
});
