/** The end of an event stream whose client does not read: it has its time, and no more. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { UserError } from '#contract/error-codes.ts';
import { z } from '#contract/schema.ts';
import { EventStream } from './event-stream.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => vi.useRealTimers());

function stream() {
  const state = { isSignedIn: true, closed: 0, failures: [] as unknown[], wake: () => {} };
  const made = new EventStream({
    open: (wake) => {
      state.wake = wake;
      return {
        take: () => [{ name: 'said', data: { text: 'x'.repeat(100_000) } }],
        close: () => {
          state.closed += 1;
        },
      };
    },
    schemas: { said: z.object({ text: z.string() }) },
    isSame: async () => {
      if (!state.isSignedIn) throw new UserError('not-signed-in');
      return true;
    },
    onFailed: (error) => state.failures.push(error),
  });
  made.on('error', (error) => state.failures.push(error));
  return { made, state };
}

it('is ended after a while where its session has ended and nobody reads', async () => {
  const { made, state } = stream();
  made.read(0);
  state.isSignedIn = false;
  await vi.advanceTimersByTimeAsync(2_000);
  state.wake();
  expect(made.destroyed).toBe(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(made.destroyed).toBe(true);
  expect(state.closed).toBe(1);
  expect(state.failures).toEqual([]);
});

it('brings the refusal to a client that reads again in time', async () => {
  const { made, state } = stream();
  made.read(0);
  state.isSignedIn = false;
  await vi.advanceTimersByTimeAsync(10_000);
  let text = '';
  made.on('data', (chunk) => (text += String(chunk)));
  await new Promise((resolve) => made.once('end', resolve));
  expect(text).toMatch(/event: refused\ndata: {"error":{"code":"not-signed-in"/);
  expect(text.match(/event: refused/g)).toHaveLength(1);
  expect(state.failures).toEqual([]);
});
