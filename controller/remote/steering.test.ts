/** The camera moves as long as it is held, stops when let go, and says once when it cannot. */
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CAMERA_STEER_MS } from '#contract/limits.ts';
import { RoomCommand } from '#contract/room-command.ts';
import { directionOf, directionOfKeys, STEER_AGAIN_MS, Steering } from './steering.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp(answer: () => Promise<void> = async () => undefined) {
  const said: string[] = [];
  const problems: unknown[] = [];
  const steering = new Steering({
    send: ({ pan, tilt, zoom }) => {
      said.push(`${pan} ${tilt} ${zoom}`);
      return answer();
    },
    onProblem: (error) => problems.push(error),
  });
  return { said, problems, steering };
}
const left = { pan: -1, tilt: 0, zoom: 0 };
const near = { pan: 0, tilt: 0, zoom: 1 };

describe('steering', () => {
  it('says it at once, again before the room would stop, and stops when let go', async () => {
    const { said, steering } = setUp();
    steering.hold(left);
    expect(said).toEqual(['-1 0 0']);
    await vi.advanceTimersByTimeAsync(CAMERA_STEER_MS);
    expect(said.length).toBeGreaterThanOrEqual(3);
    steering.release();
    expect(said.at(-1)).toBe('0 0 0');
    const count = said.length;
    await vi.advanceTimersByTimeAsync(10 * CAMERA_STEER_MS);
    steering.release();
    expect(said.length).toBe(count);
  });

  it('takes another direction without a pause and without a flood', async () => {
    const { said, steering } = setUp();
    steering.hold(left);
    for (let n = 0; n < 50; n += 1) steering.hold(near);
    expect(said.length).toBe(1);
    await vi.advanceTimersByTimeAsync(STEER_AGAIN_MS);
    expect(said).toEqual(['-1 0 0', '0 0 1']);
  });

  it('piles nothing up where the room is slow to answer', async () => {
    const { said, steering } = setUp(() => new Promise(() => undefined));
    steering.hold(left);
    await vi.advanceTimersByTimeAsync(20 * STEER_AGAIN_MS);
    expect(said.length).toBe(3);
    steering.release();
    expect(said.at(-1)).toBe('0 0 0');
  });

  it('says once that it was refused, and tries again when it is held anew', async () => {
    const { said, problems, steering } = setUp(() => Promise.reject(new Error('no motors')));
    steering.hold(left);
    await vi.advanceTimersByTimeAsync(20 * STEER_AGAIN_MS);
    expect(problems.length).toBe(1);
    expect(said.length).toBe(1);
    steering.release();
    steering.hold(left);
    await vi.advanceTimersByTimeAsync(0);
    expect(problems.length).toBe(2);
  });
});

describe('a direction', () => {
  it.each([
    [0, 0, 0, 0],
    [0.1, 0.1, 0, 0],
    [1, 0, 1, 0],
    [0, 1, 0, -1],
    [0, -3, 0, 1],
    [-0.59, 0, -0.5, 0],
  ])('%d, %d from the middle is pan %d, tilt %d', (x, y, pan, tilt) =>
    expect(directionOf(x, y)).toEqual({ pan, tilt, zoom: 0 }),
  );
  it('is one that the room takes, wherever the finger goes', () => {
    const anywhere = fc.double({ min: -5, max: 5, noNaN: true });
    void fc.assert(
      fc.property(anywhere, anywhere, (x, y) => {
        expect(RoomCommand.safeParse({ name: 'steer-camera', ...directionOf(x, y) }).success).toBe(true);
      }),
    );
  });
  it('is that of the keys that are down', () => {
    expect(directionOfKeys(new Set(['ArrowLeft', 'ArrowUp']))).toEqual({ pan: -1, tilt: 1, zoom: 0 });
    expect(directionOfKeys(new Set(['ArrowLeft', 'ArrowRight']))).toEqual({ pan: 0, tilt: 0, zoom: 0 });
  });
});
