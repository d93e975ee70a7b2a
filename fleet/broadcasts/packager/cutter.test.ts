import { describe, expect, test } from 'vitest';
import { seeded, type Seeded } from './testing/seeded.ts';
import { Cutter, type CutPart, type CodedPicture } from './cutter.ts';
import { SILENCE } from './sound/silence.ts';

const MS = 90;
const picture = (name: string, isKey = false): CodedPicture => ({ bytes: Buffer.from(name), isKey });
const SLATE = Array.from({ length: 30 }, (_, index) => picture(`slate ${index}`, index === 0));
const AUDIO_FRAME_MS = (1_024 / 48_000) * 1_000;

type Arrival = { atMs: number; capturedMs: number; what: CodedPicture | Buffer };
type Run = {
  arrivals: Arrival[];
  untilMs: number;
  partMs?: 500 | 200;
  canRepeat?: boolean;
  /** how often the process gets to it */
  tickMs?: (random: Seeded) => number;
  random?: Seeded;
  from?: { sequence: number; videoTime: number; audioTime: number };
  /** a call of `showSlate` */
  blackAtMs?: number;
};
type Cut = CutPart & { atMs: number };

function run({
  arrivals,
  untilMs,
  partMs = 500,
  canRepeat = true,
  tickMs = () => 20,
  random = seeded(1),
  from,
  blackAtMs,
}: Run) {
  const parts: Cut[] = [];
  const slates: { isOnSlate: boolean; at: number }[] = [];
  let keysWanted = 0;
  let nowMs = 0;
  const cutter = new Cutter({
    partMs,
    from: from ?? { sequence: 0, videoTime: 0, audioTime: 0 },
    slate: () => SLATE,
    repeat: ({ bytes }, count) => (canRepeat && count === 0 ? picture(`again ${bytes.toString()}`) : null),
    onPart: (part) => parts.push({ ...part, atMs: nowMs }),
    onSlate: (isOnSlate, at) => slates.push({ isOnSlate, at }),
    onKeyWanted: () => {
      keysWanted += 1;
    },
  });
  const waiting = [...arrivals].sort((a, b) => a.atMs - b.atMs);
  let isBlack = blackAtMs === undefined;
  for (; nowMs < untilMs; nowMs += tickMs(random)) {
    while (waiting[0] && waiting[0].atMs <= nowMs) {
      const { capturedMs, what } = waiting.shift()!;
      if (Buffer.isBuffer(what)) cutter.addSound(what, capturedMs * MS, nowMs * MS);
      else cutter.addPicture(what, capturedMs * MS, nowMs * MS);
    }
    if (!isBlack && blackAtMs !== undefined && nowMs >= blackAtMs) {
      isBlack = true;
      cutter.showSlate(nowMs * MS);
    }
    cutter.tick(nowMs * MS);
  }
  return { parts, slates, cutter, keysWanted: () => keysWanted, end: () => cutter.end(nowMs * MS) };
}

/** 30 a second, an IDR each second. */
function pictures(
  fromMs: number,
  toMs: number,
  { everyMs = 1_000 / 30, keyEveryMs = 1_000, delayMs = (): number => 40 } = {},
): Arrival[] {
  const arrivals: Arrival[] = [];
  let keyMs = -Infinity;
  for (let atMs = fromMs; atMs < toMs; atMs += everyMs) {
    const isKey = atMs - keyMs >= keyEveryMs - 1;
    if (isKey) keyMs = atMs;
    arrivals.push({ atMs: atMs + delayMs(), capturedMs: atMs, what: picture(`p${Math.round(atMs)}`, isKey) });
  }
  return arrivals;
}
function sounds(fromMs: number, toMs: number, delayMs = 90): Arrival[] {
  const arrivals: Arrival[] = [];
  for (let atMs = fromMs; atMs < toMs; atMs += AUDIO_FRAME_MS)
    arrivals.push({
      atMs: atMs + AUDIO_FRAME_MS + delayMs,
      capturedMs: atMs,
      what: Buffer.from(`s${Math.round(atMs)}`),
    });
  return arrivals;
}

/** What every player relies on. */
function check(parts: readonly CutPart[], partMs = 500, from = { sequence: 0, videoTime: 0, audioTime: 0 }): void {
  let { sequence, videoTime, audioTime } = from;
  let index = 0;
  let segment = 0;
  for (const part of parts) {
    const where = `part ${part.sequence}.${part.index}`;
    expect([part.sequence, part.index, part.videoTime, part.audioTime], where).toEqual([
      sequence,
      index,
      videoTime,
      audioTime,
    ]);
    expect(part.video.length, where).toBeGreaterThan(0);
    expect(Math.min(...part.video.map(({ duration }) => duration)), where).toBeGreaterThan(0);
    expect(
      part.video.reduce((sum, { duration }) => sum + duration, 0),
      where,
    ).toBe(part.duration);
    expect(part.isIndependent, where).toBe(part.video[0]?.isKey);
    if (index === 0) expect(part.isIndependent, where).toBe(true);
    expect(part.duration, where).toBeLessThanOrEqual(partMs * MS);
    if (!part.isSegmentEnd) expect(part.duration, where).toBeGreaterThanOrEqual(partMs * MS * 0.85);
    videoTime += part.duration;
    audioTime += part.audio.length * 1_024;
    const aheadMs = (audioTime / 48_000 - videoTime / 90_000) * 1_000;
    expect(aheadMs, where).toBeGreaterThanOrEqual(0);
    expect(aheadMs, where).toBeLessThan(AUDIO_FRAME_MS);
    segment += part.duration;
    expect(segment, where).toBeLessThan(2_500 * MS);
    index += 1;
    if (part.isSegmentEnd) [sequence, index, segment] = [sequence + 1, 0, 0];
  }
}
const shown = (parts: readonly CutPart[]): string[] =>
  parts.flatMap(({ video }) => video.map(({ bytes }) => bytes.toString()));
const heard = (parts: readonly CutPart[]): Buffer[] => parts.flatMap(({ audio }) => audio);

describe('a program that comes as it should', () => {
  const { parts, slates } = run({ arrivals: [...pictures(0, 12_000), ...sounds(0, 12_000)], untilMs: 11_000 });

  test('becomes parts of 500 ms in segments of 2 s, each picture once', () => {
    check(parts);
    expect(parts.length).toBeGreaterThanOrEqual(20);
    expect(parts.every(({ duration }) => duration === 500 * MS)).toBe(true);
    expect(parts.map(({ isSegmentEnd }) => isSegmentEnd).slice(0, 8)).toEqual([
      false,
      false,
      false,
      true,
      false,
      false,
      false,
      true,
    ]);
    expect(shown(parts).slice(0, 31)).toEqual(
      pictures(0, 1_030).map(({ what }) => (what as CodedPicture).bytes.toString()),
    );
    expect(slates).toEqual([{ isOnSlate: false, at: 0 }]);
  });

  test('is cut as soon as its sound is there', () => {
    for (const part of parts) expect(part.atMs - (part.videoTime + part.duration) / MS).toBeLessThan(180);
  });

  test('has its sound at its place', () => {
    const frames = heard(parts);
    for (const [slot, frame] of frames.entries())
      if (!frame.equals(SILENCE))
        expect(Math.abs(Number(frame.toString().slice(1)) - slot * AUDIO_FRAME_MS)).toBeLessThan(25);
    expect(frames.filter((frame) => frame.equals(SILENCE))).toEqual([]);
  });
});

test('parts of 200 ms', () => {
  const { parts } = run({ arrivals: [...pictures(0, 8_000), ...sounds(0, 8_000)], untilMs: 7_000, partMs: 200 });
  check(parts, 200);
  expect(parts.length).toBeGreaterThan(30);
});

test('an IDR that comes a little late still begins the segment', () => {
  const arrivals = pictures(0, 9_000).map((each) => ({ ...each }));
  // the keys of 2 s and later come one picture later
  let isShifted = false;
  for (const each of arrivals) {
    const what = each.what as CodedPicture;
    if (isShifted) each.what = { ...what, isKey: true };
    isShifted = false;
    if (what.isKey && each.capturedMs > 1_900) {
      each.what = { ...what, isKey: false };
      isShifted = true;
    }
  }
  const { parts } = run({ arrivals, untilMs: 8_000 });
  check(parts);
  expect(parts.slice(0, 4).map(({ duration }) => duration / MS)).toEqual([500, 500, 500, 500]);
  expect(parts[4]?.isIndependent).toBe(true);
});

describe('pictures that are missing', () => {
  test('for 400 ms: the last one is shown for longer, and repeated where a part begins', () => {
    const arrivals = [...pictures(0, 1_350), ...pictures(1_750, 6_000), ...sounds(0, 6_000)];
    const { parts, slates } = run({ arrivals, untilMs: 5_500 });
    check(parts);
    expect(slates).toHaveLength(1);
    expect(shown(parts).filter((name) => name.startsWith('again'))).toEqual(['again p1333']);
  });

  test('for 700 ms: the slate, from an IDR on, until the program is back with an IDR', () => {
    const arrivals = [...pictures(0, 3_300), ...pictures(6_150, 9_000), ...sounds(0, 3_300), ...sounds(6_150, 9_000)];
    const { parts, slates } = run({ arrivals, untilMs: 8_500 });
    check(parts);
    const names = shown(parts);
    const first = names.findIndex((name) => name.startsWith('slate'));
    expect(names[first]).toBe('slate 0');
    const next = names.findIndex((name, index) => index > first && name.startsWith('p'));
    expect(names[next]).toBe('p6150');
    expect(slates.map(({ isOnSlate, at }) => [isOnSlate, Math.round(at / MS / 100)])).toEqual([
      [false, 0],
      [true, expect.toSatisfy((at: number) => at >= 33 && at <= 40)],
      [false, expect.toSatisfy((at: number) => at === 61 || at === 62)],
    ]);
    // it is in the stream within a second of the last picture
    const slate = parts.find(({ video }) => video.some(({ bytes }) => bytes.toString() === 'slate 0'));
    expect(slate!.atMs).toBeLessThan(3_300 + 1_000 + 300);
  });

  test('a stream without repeats goes to the slate instead', () => {
    const { parts } = run({
      arrivals: [...pictures(0, 1_350), ...pictures(1_750, 6_000)],
      untilMs: 5_500,
      canRepeat: false,
    });
    check(parts);
    expect(shown(parts)).toContain('slate 0');
  });

  test('after the slate, pictures without an IDR are of no use', () => {
    const gone = pictures(1_500, 4_000).map((each) => ({
      ...each,
      what: { ...(each.what as CodedPicture), isKey: false },
    }));
    const { parts, slates } = run({ arrivals: [...pictures(0, 500), ...gone], untilMs: 5_000 });
    check(parts);
    expect(slates.at(-1)?.isOnSlate).toBe(true);
    expect(shown(parts)).not.toContain('p1500');
  });

  test('without an IDR for longer than a segment may be, the slate begins it; one is asked for before', () => {
    const { parts, slates, keysWanted } = run({ arrivals: pictures(0, 6_000, { keyEveryMs: 1e9 }), untilMs: 6_500 });
    check(parts);
    expect(keysWanted()).toBeGreaterThan(0);
    expect(slates.map(({ isOnSlate }) => isOnSlate)).toEqual([false, true]);
  });
});

test('a black program is replaced at once, and comes back with an IDR', () => {
  const { parts, slates } = run({ arrivals: pictures(0, 2_100), untilMs: 5_000, blackAtMs: 2_050 });
  check(parts);
  expect(slates[1]!.at / MS).toBeLessThan(2_200);
});

describe('sound that is missing', () => {
  test('becomes silence, without delay once it is known to be gone', () => {
    const { parts } = run({ arrivals: [...pictures(0, 9_000), ...sounds(0, 3_000)], untilMs: 8_000 });
    check(parts);
    expect(heard(parts).at(-1)).toEqual(SILENCE);
    expect(parts.at(-1)!.atMs - (parts.at(-1)!.videoTime + parts.at(-1)!.duration) / MS).toBeLessThan(180);
  });

  test('and is back at its place', () => {
    const { parts } = run({
      arrivals: [...pictures(0, 9_000), ...sounds(0, 2_000), ...sounds(4_007, 9_000)],
      untilMs: 8_000,
    });
    check(parts);
    for (const [slot, frame] of heard(parts).entries())
      if (!frame.equals(SILENCE))
        expect(Math.abs(Number(frame.toString().slice(1)) - slot * AUDIO_FRAME_MS)).toBeLessThan(60);
  });

  test('a clock that drifts moves it seldom', () => {
    const drifting = sounds(0, 60_000).map((each) => ({
      ...each,
      capturedMs: each.capturedMs * 1.001,
      atMs: each.atMs * 1.001,
    }));
    const { parts } = run({ arrivals: [...pictures(0, 60_000), ...drifting], untilMs: 59_000 });
    check(parts);
    const silent = heard(parts)
      .slice(0, 2_700)
      .filter((frame) => frame.equals(SILENCE)).length;
    expect(silent).toBeGreaterThan(0);
    expect(silent).toBeLessThanOrEqual(4);
  });
});

test('a process that stood still for ten seconds makes up for them with the slate', () => {
  let ticks = 0;
  const { parts } = run({
    arrivals: pictures(0, 3_000),
    untilMs: 14_000,
    tickMs: () => (ticks++ === 150 ? 10_000 : 20),
  });
  check(parts);
  const last = parts.at(-1)!;
  expect((last.videoTime + last.duration) / MS).toBeGreaterThan(13_000);
});

test('a timeline that was interrupted goes on where it ended', () => {
  const from = { sequence: 41, videoTime: 83 * 90_000, audioTime: Math.ceil((83 * 48_000) / 1_024) * 1_024 };
  const { parts } = run({ arrivals: pictures(90_000, 95_000), untilMs: 94_000, from });
  check(parts, 500, from);
  expect(shown(parts)[0]).toBe('slate 0');
  expect(parts.at(-1)!.videoTime / MS).toBeGreaterThanOrEqual(93_000);
});

describe('the end', () => {
  test('cuts what is there', () => {
    const { parts, end } = run({ arrivals: [...pictures(0, 3_300), ...sounds(0, 3_300)], untilMs: 3_400 });
    end();
    check(parts);
    expect(shown(parts).at(-1)).toBe('p3267');
    expect(parts.at(-1)?.isSegmentEnd).toBe(true);
  });
  test('of a broadcast of a moment', () => {
    const { parts, end } = run({ arrivals: pictures(0, 100), untilMs: 150 });
    end();
    check(parts);
    expect(parts).toHaveLength(1);
  });
  test.each([10, 300, 790, 1_900, 2_300])('on the slate, after %d ms: what it showed up to now is cut', (untilMs) => {
    const { parts, end } = run({ arrivals: [], untilMs });
    end();
    check(parts);
    const last = parts.at(-1)!;
    const lateMs = (last.videoTime + last.duration) / MS - untilMs;
    expect(lateMs).toBeGreaterThanOrEqual(-20);
    expect(lateMs).toBeLessThan(35);
    expect(last.isSegmentEnd).toBe(true);
  });
});

test('whatever comes, players can go on: 150 seeds', { timeout: 60_000 }, () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const random = seeded(seed);
    const partMs = random.pick([500, 200] as const);
    const arrivals: Arrival[] = [];
    for (let atMs = random.between(0, 500); atMs < 15_000; ) {
      const lengthMs = random.pick([80, 300, 900, 4_000]) * random.between(0.5, 1.5);
      const delayMs = (): number => random.pick([10, 40, 40, 40, 120, 400, 900]) * random.next();
      const everyMs = random.pick([16, 33.4, 33.4, 55, 90, 210, 450]);
      arrivals.push(
        ...pictures(atMs, atMs + lengthMs, { everyMs, delayMs, keyEveryMs: random.pick([1_000, 970, 1_200, 2_600]) }),
      );
      if (random.next() < 0.8)
        arrivals.push(...sounds(atMs + random.between(-50, 50), atMs + lengthMs, random.pick([60, 90, 350, 2_000])));
      atMs += lengthMs + random.pick([0, 0, 30, 200, 650, 800, 3_000]) * random.next();
    }
    // pictures of one source come in order
    const inOrder = arrivals.filter(({ what }) => !Buffer.isBuffer(what)).sort((a, b) => a.capturedMs - b.capturedMs);
    let latestMs = 0;
    for (const each of inOrder) each.atMs = latestMs = Math.max(latestMs, each.atMs);
    const tickMs = (): number => (random.next() < 0.01 ? random.between(0, 3_000) : 20);
    const { parts, end } = run({ arrivals, untilMs: 16_000, partMs, random, tickMs, canRepeat: random.next() < 0.7 });
    end();
    try {
      check(parts, partMs);
      const last = parts.at(-1)!;
      expect((last.videoTime + last.duration) / MS).toBeGreaterThan(14_500);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});
