/** How often a way in is tried; the ways themselves: `call-client.test.ts`. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { OperationalError } from '#contract/error-codes.ts';
import { type AdmissionDependencies, CallAdmission } from './admission.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it.each([
  ['a first join asks for four grants, and fails with the last refusal', false, 4],
  ['on the way back there is no such limit', true, 60],
])('%s', async (_, held, atLeast) => {
  const requestGrant = vi.fn(() => Promise.reject(new OperationalError('no-media-node')));
  const admission = new CallAdmission({ requestGrant } as unknown as AdmissionDependencies);
  const ended = new AbortController();
  const joining = admission
    .joinAfresh(ended.signal, { grant: null, code: 'peer-unknown', held })
    .catch((error: { code?: unknown }) => (ended.signal.aborted ? 'left' : error.code));
  await vi.advanceTimersByTimeAsync(60_000);
  if (held) expect(requestGrant.mock.calls.length).toBeGreaterThanOrEqual(atLeast);
  else expect(requestGrant).toHaveBeenCalledTimes(atLeast);
  ended.abort();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await joining).toBe(held ? 'left' : 'no-media-node');
});
