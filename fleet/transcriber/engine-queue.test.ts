import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EngineFault } from './engine-fault.ts';
import { EngineQueue, type WaitingSpeech } from './engine-queue.ts';

type Speech = WaitingSpeech & { text: string };
type Asked = { text: string; answer: () => Promise<void>; fail: (error?: Error) => Promise<void> };

let asked: Asked[];
let failing: boolean[];
let dropped: number;
let queue: EngineQueue<Speech>;
const speech = (trackId: string, text: string): Speech => ({ trackId, text, sinceMs: Date.now() });
const texts = (): string[] => asked.map(({ text }) => text);
/** Lets what was settled take its course. */
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  asked = [];
  failing = [];
  dropped = 0;
  queue = new EngineQueue<Speech>({
    atOnce: 2,
    ask: ({ text }) =>
      new Promise((resolve, reject) => {
        const then = async (settle: () => void): Promise<void> => {
          settle();
          await settled();
        };
        asked.push({
          text,
          answer: () => then(resolve),
          fail: (error = new EngineFault('answers 503')) => then(() => reject(error)),
        });
      }),
    onFailing: (isFailing) => failing.push(isFailing),
    log: (_, details) => {
      dropped += (details as { stretches?: number }).stretches ?? 0;
    },
  });
});
afterEach(() => {
  queue.end();
  vi.useRealTimers();
});

describe('speech that waits for the engine', () => {
  it('is asked for a few at once, and of one track one after the other', async () => {
    queue.add(speech('a', 'a1'));
    queue.add(speech('a', 'a2'));
    queue.add(speech('b', 'b1'));
    queue.add(speech('c', 'c1'));
    expect(texts()).toEqual(['a1', 'b1']);
    await asked[1]!.answer();
    expect(texts()).toEqual(['a1', 'b1', 'c1']);
    await asked[0]!.answer();
    expect(texts()).toEqual(['a1', 'b1', 'c1', 'a2']);
  });

  it('of one track is bounded: the oldest gives way, and the log has it', async () => {
    for (let index = 0; index < 12; index += 1) queue.add(speech('a', `a${index}`));
    expect(dropped).toBe(3);
    await asked[0]!.answer();
    expect(texts()).toEqual(['a0', 'a4']);
  });

  it('of all tracks is bounded too', () => {
    for (let index = 0; index < 200; index += 1) queue.add(speech(`track ${index}`, `${index}`));
    expect(dropped).toBe(200 - 2 - 32);
  });
});

describe('an engine that fails', () => {
  it('is asked for the newest alone, and that again and again until it answers', async () => {
    queue.add(speech('a', 'a1'));
    await asked[0]!.fail();
    expect(failing).toEqual([true]);
    queue.add(speech('a', 'a2'));
    queue.add(speech('b', 'b1'));
    expect(texts()).toEqual(['a1']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(texts()).toEqual(['a1', 'b1']);
    await asked[1]!.fail();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(texts()).toEqual(['a1', 'b1', 'b1']);
    expect(failing).toEqual([true]);
    await asked[2]!.answer();
    expect(failing).toEqual([true, false]);
    queue.add(speech('a', 'a3'));
    queue.add(speech('b', 'b2'));
    expect(texts().slice(3)).toEqual(['a3', 'b2']);
  });

  it('is left in peace for longer and longer', async () => {
    queue.add(speech('a', 'a1'));
    await asked[0]!.fail();
    for (let minute = 0; minute < 2; minute += 1) {
      for (let second = 0; second < 60; second += 1) {
        await vi.advanceTimersByTimeAsync(1_000);
        if (minute === 0) queue.add(speech('a', 'newer'));
        await asked.at(-1)!.fail();
      }
    }
    expect(asked.length).toBeGreaterThan(4);
    expect(asked.length).toBeLessThan(16);
  });

  it('gets nothing that was spoken minutes ago, but what comes next', async () => {
    queue.add(speech('a', 'old'));
    await asked[0]!.fail();
    vi.setSystemTime(Date.now() + 130_000);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(texts()).toEqual(['old']);
    queue.add(speech('a', 'new'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(texts()).toEqual(['old', 'new']);
    await asked[1]!.answer();
    expect(failing).toEqual([true, false]);
  });

  it('is well again by an answer that was under way', async () => {
    queue.add(speech('a', 'a1'));
    queue.add(speech('b', 'b1'));
    await asked[0]!.fail();
    await asked[1]!.answer();
    expect(failing).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(texts()).toEqual(['a1', 'b1', 'a1']);
  });
});
