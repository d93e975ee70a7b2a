import { describe, expect, it } from 'vitest';
import { type SpeechCut, SpeechCutter } from './cutter.ts';
import { FRAME_SAMPLES } from './voice-activity.ts';

const FRAME_MS = 32;
const SPEECH = 0.9;
const SILENCE = 0.01;

/** @param frames each how likely it is speech, and how loud */
function cut(frames: readonly { probability: number; amplitude?: number }[], cutter = new SpeechCutter()): SpeechCut[] {
  return frames.flatMap(
    ({ probability, amplitude = probability }, index) =>
      cutter.push(new Float32Array(FRAME_SAMPLES).fill(amplitude), index * FRAME_SAMPLES, probability) ?? [],
  );
}
const of = (ms: number, probability: number) =>
  Array.from({ length: Math.round(ms / FRAME_MS) }, () => ({ probability }));
const msOf = (samples: number): number => samples / 16;

describe('a track', () => {
  it('is cut at a pause of half a second, with 0.2 s around what was spoken', () => {
    const cuts = cut([...of(1_000, SILENCE), ...of(2_000, SPEECH), ...of(2_000, SILENCE)]);
    expect(cuts).toHaveLength(1);
    const { samples, fromSample, untilSample } = cuts[0]!;
    expect(msOf(fromSample)).toBeCloseTo(1_000, -2);
    expect(msOf(untilSample - fromSample)).toBeCloseTo(2_000, -2);
    expect(msOf(samples.length - (untilSample - fromSample))).toBeCloseTo(2 * 224, 5);
    expect(samples[0]).toBe(Math.trunc(Math.fround(SILENCE) * 32_767));
  });

  it('is cut no later than 0.6 s after the last word', () => {
    const cutter = new SpeechCutter();
    cut(of(1_000, SPEECH), cutter);
    const quiet = of(2_000, SILENCE);
    const at = quiet.findIndex((frame) => cut([frame], cutter).length > 0);
    expect((at + 1) * FRAME_MS).toBeGreaterThanOrEqual(500);
    expect((at + 1) * FRAME_MS).toBeLessThanOrEqual(600);
  });

  it('is not cut where somebody takes a breath, however often', () => {
    const breaths = Array.from({ length: 4 }, () => [...of(1_000, SPEECH), ...of(300, SILENCE)]).flat();
    expect(cut([...breaths, ...of(1_000, SPEECH)])).toEqual([]);
    expect(cut([...breaths, ...of(1_000, SILENCE)])).toHaveLength(1);
  });

  it('gives nothing without speech, and nothing for a knock', () => {
    expect(cut([...of(3_000, SILENCE), ...of(96, SPEECH), ...of(3_000, SILENCE)])).toEqual([]);
    expect(new SpeechCutter().flush()).toBeNull();
  });

  it('gives a short answer too', () => {
    expect(cut([...of(500, SILENCE), ...of(192, SPEECH), ...of(1_000, SILENCE)])).toHaveLength(1);
  });

  it('is cut after 28 s without a pause, where it is quietest, and no sample is lost or doubled', () => {
    const frames = of(60_000, SPEECH).map((frame, index) => ({
      probability: frame.probability,
      amplitude: index === 700 ? 0.01 : 0.5 + (index % 7) / 100,
    }));
    const cutter = new SpeechCutter();
    const cuts = [...cut(frames, cutter), cutter.flush()!];
    expect(cuts[0]!.samples.length).toBe(701 * FRAME_SAMPLES);
    for (const { samples } of cuts) expect(msOf(samples.length)).toBeLessThanOrEqual(28_000);
    expect(cuts.reduce((sum, { samples }) => sum + samples.length, 0)).toBe(frames.length * FRAME_SAMPLES);
    expect(cuts.slice(1).map(({ fromSample }) => fromSample)).toEqual(
      cuts.slice(0, -1).map(({ untilSample }) => untilSample),
    );
  });

  it('that ends in a word gives it', () => {
    const cutter = new SpeechCutter();
    expect(cut(of(1_000, SPEECH), cutter)).toEqual([]);
    expect(cutter.flush()).not.toBeNull();
    expect(cutter.flush()).toBeNull();
  });

  it('holds no more than a moment of silence', () => {
    const cutter = new SpeechCutter();
    cut(of(60_000, SILENCE), cutter);
    cut(of(1_000, SPEECH), cutter);
    expect(msOf(cutter.flush()!.samples.length)).toBeLessThan(1_300);
  });
});
