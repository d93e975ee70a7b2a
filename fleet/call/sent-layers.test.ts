import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SentLayers, reportSentLayers } from './sent-layers.ts';

/** As Firefox tells it. */
const framesOnly = (frames: number[]) => frames.map((each) => ({ frames: each, targetBps: undefined }));

test('a layer that stops is off after three frames of the lowest, and on again with its first', () => {
  const sent = new SentLayers(3);
  expect(
    [
      [10, 10, 10],
      [12, 12, 12],
      [14, 14, 12],
      [16, 16, 12],
      [17, 16, 12],
      [19, 16, 12],
      [21, 17, 12],
      [23, 19, 13],
    ].map((frames) => sent.update(framesOnly(frames))),
  ).toEqual([3, 3, 3, 2, 2, 1, 2, 3]);
});

test('what has not begun is not off, a single frame left out is nothing', () => {
  const sent = new SentLayers(2);
  expect(
    [
      [0, 0],
      [30, 0],
      [31, 1],
      [33, 1],
      [33, 2],
    ].map((frames) => sent.update(framesOnly(frames))),
  ).toEqual([2, 2, 2, 2, 2]);
});

test('a camera that gives no frames has no layer off', () => {
  const sent = new SentLayers(2);
  sent.update(framesOnly([5, 5]));
  expect(
    [
      [6, 6],
      [6, 6],
      [6, 6],
    ].map((frames) => sent.update(framesOnly(frames))),
  ).toEqual([2, 2, 2]);
});

test('a layer that is given nothing is off at once, and on again with its next frame only', () => {
  const sent = new SentLayers(2);
  // as Chromium tells it: nothing given is not said
  const lookAt = (frames: [number, number], targetsBps: (number | undefined)[]) =>
    sent.update(frames.map((each, layer) => ({ frames: each, targetBps: targetsBps[layer] })));
  // before its first frame an encoder has been given nothing yet
  expect([lookAt([1, 0], []), lookAt([2, 0], [150_000]), lookAt([3, 2], [150_000, 550_000])]).toEqual([2, 2, 2]);
  expect([lookAt([4, 3], [133_000]), lookAt([5, 3], [133_000, 160_000]), lookAt([6, 4], [125_000, 160_000])]).toEqual([
    1, 1, 2,
  ]);
  // a camera that is off
  expect(lookAt([6, 4], [])).toBe(2);
});

describe('what the node is told', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const sending = (count: number) => {
    const encoder = { closed: false, frames: Array.from({ length: count }, () => 0), known: true, refuses: false };
    const told: number[] = [];
    reportSentLayers({
      sender: {
        get closed() {
          return encoder.closed;
        },
        getStats: async () =>
          new Map(
            encoder.frames.map((framesEncoded, layer) => [
              `${layer}`,
              { type: 'outbound-rtp', rid: `r${layer}`, framesEncoded },
            ]),
          ) as unknown as RTCStatsReport,
      },
      count,
      mayTell: () => encoder.known,
      tell: async (layers) => {
        told.push(layers);
        if (encoder.refuses) throw new Error('away');
      },
    });
    /** so many frames of each layer */
    const encode = async (...frames: number[]) => {
      encoder.frames = encoder.frames.map((before, layer) => before + (frames[layer] ?? 0));
      await vi.advanceTimersByTimeAsync(200);
    };
    return { encoder, told, encode };
  };

  test('each change once, nothing before the node knows the producer', async () => {
    const { encoder, told, encode } = sending(3);
    encoder.known = false;
    await encode(5, 5, 5);
    await encode(5, 5, 0);
    expect(told).toEqual([]);
    encoder.known = true;
    await encode(3, 3, 3);
    for (let i = 0; i < 5; i++) await encode(3, 3, 0);
    await encode(3, 3, 3);
    expect(told).toEqual([2, 3]);
  });

  test('what was refused is told again', async () => {
    const { encoder, told, encode } = sending(2);
    await encode(5, 5);
    encoder.refuses = true;
    await encode(5, 0);
    encoder.refuses = false;
    await encode(5, 0);
    await encode(5, 0);
    expect(told).toEqual([1, 1]);
  });

  test('a closed sender is not asked any more, a single layer never', async () => {
    const { encoder, told, encode } = sending(2);
    await encode(5, 5);
    encoder.closed = true;
    await encode(9, 0);
    await sending(1).encode(5);
    expect(told).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
