import { describe, expect, test } from 'vitest';
import { SenderClock, SourceClock } from './source-clock.ts';
import { Unwrapped } from './unwrap.ts';

describe('a counter that wraps', () => {
  test('goes on at the wrap, forward and backward', () => {
    const counter = new Unwrapped(32);
    const start = counter.next(2 ** 32 - 10);
    expect(counter.next(20) - start).toBe(30);
    expect(counter.next(2 ** 32 - 5) - start).toBe(5);
    expect(counter.next(0) - start).toBe(10);
  });
  test('of 16 bits too, many times', () => {
    const counter = new Unwrapped(16);
    for (let value = 0; value < 300_000; value += 1_000) expect(counter.next(value % 65_536)).toBe(value);
  });
});

describe('when a picture was captured', () => {
  const jumps: number[] = [];
  const clocks = () => {
    jumps.length = 0;
    const sender = new SenderClock((byMs) => jumps.push(byMs));
    return {
      sender,
      video: new SourceClock('picture', sender, (byMs) => jumps.push(byMs)),
      sound: new SourceClock('sound', sender, () => {}),
    };
  };

  test('by arrival while no report came: the fastest packet counts', () => {
    const { video } = clocks();
    expect(video.capturedAtMs(0, 1_000)).toBeCloseTo(1_000, 0);
    expect(video.capturedAtMs(9_000, 1_150)).toBeCloseTo(1_100, 0);
    expect(video.capturedAtMs(18_000, 1_180)).toBeCloseTo(1_180, 0);
    expect(video.capturedAtMs(27_000, 1_400)).toBeCloseTo(1_280, 0);
  });

  test('by reports, sound and picture of one moment are at one time, wherever their timestamps begin', () => {
    const { sender, video, sound } = clocks();
    const ntpMs = 5_000_000;
    sender.report(ntpMs, 2_000);
    video.report(ntpMs, 900_000, 2_000);
    sender.report(ntpMs + 30, 2_037);
    sound.report(ntpMs + 30, 77_000, 2_037);
    const picture = video.capturedAtMs(900_000 + 90 * 500, 2_600);
    const spoken = sound.capturedAtMs(77_000 + 48 * 470, 2_600);
    expect(Math.abs(picture - 2_500)).toBeLessThan(8);
    expect(Math.abs(picture - spoken)).toBeLessThan(0.01);
  });

  test('a correction in the first seconds is followed at once', () => {
    const { sender, video } = clocks();
    for (let second = 0; second < 8; second += 1) {
      sender.report(second * 1_000, second * 1_000);
      video.report(second * 1_000 - (second >= 3 ? 120 : 0), second * 90_000, second * 1_000);
    }
    expect(video.capturedAtMs(90_000 * 8, 8_000)).toBeCloseTo(7_880, 0);
    expect(jumps).toEqual([]);
  });

  test('by arrival again where reports cannot be true', () => {
    const { sender, video } = clocks();
    sender.report(0, 1_000);
    video.report(3_600_000, 0, 1_000);
    expect(Math.abs(video.capturedAtMs(9_000, 1_120) - 1_120)).toBeLessThan(5);
  });

  test('an outlier among five reports moves nothing', () => {
    const { sender, video } = clocks();
    for (let second = 0; second < 10; second += 1) {
      sender.report(second * 1_000, second * 1_000);
      video.report(second * 1_000 + (second === 6 ? 500 : 0), second * 90_000, second * 1_000);
    }
    expect(video.capturedAtMs(900_000, 10_000)).toBeCloseTo(10_000, 0);
    expect(jumps).toEqual([]);
  });

  test('a lasting jump is reported once and followed by a millisecond a second', () => {
    const { sender, video } = clocks();
    for (let second = 0; second < 30; second += 1) {
      sender.report(second * 1_000, second * 1_000);
      video.report(second * 1_000 + (second >= 15 ? 200 : 0), second * 90_000, second * 1_000);
    }
    const byMs = video.capturedAtMs(90_000 * 30, 30_000) - 30_000;
    expect(byMs).toBeGreaterThan(5);
    expect(byMs).toBeLessThanOrEqual(15);
    expect(jumps).toEqual([expect.closeTo(200, -1)]);
  });

  test('a source whose reports were far off at first is in step as soon as they are right', () => {
    const { sender, sound } = clocks();
    for (let second = 0; second < 20; second += 1) {
      sender.report(second * 1_000, second * 1_000);
      sound.report(second * 1_000 - (second < 11 ? 1_400 : 0), second * 48_000, second * 1_000);
    }
    expect(Math.abs(sound.capturedAtMs(48_000 * 20, 20_000) - 20_000)).toBeLessThan(15);
  });

  test('sound that loses samples, second after second, is late by no more than a moment', () => {
    const { sender, sound } = clocks();
    let lostMs = 0;
    const late: number[] = [];
    for (let atMs = 0; atMs < 40_000; atMs += 20) {
      if (atMs > 3_000 && atMs < 30_000 && atMs % 1_000 === 0) lostMs += 80;
      if (atMs % 1_000 === 0) {
        sender.report(atMs, atMs);
        sound.report(atMs, (atMs - lostMs) * 48, atMs);
      }
      late.push(atMs - sound.capturedAtMs((atMs - lostMs) * 48, atMs));
    }
    expect(Math.max(...late)).toBeLessThan(240);
    expect(late.at(-1)).toBeLessThan(200);
  });
});
