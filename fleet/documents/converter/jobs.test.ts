import { describe, expect, it, vi } from 'vitest';
import type { ConversionEvent } from '#contract/converter-link.ts';
import { UserError } from '#contract/error-codes.ts';
import type { Conversion } from './conversion.ts';
import { Jobs, type JobsOptions } from './jobs.ts';

const A = '01936f00-0000-7000-8000-00000000000a';
const B = '01936f00-0000-7000-8000-00000000000b';
const C = '01936f00-0000-7000-8000-00000000000c';
const request = (documentId: string) => ({ documentId, sourcePath: `/s/${documentId}`, outputFolder: '/o' });

function jobsUnderTest(options: Partial<JobsOptions> = {}) {
  const events: ConversionEvent[] = [];
  const begun: (Conversion & { done: (pages: number) => void; fail: (error: unknown) => void })[] = [];
  const faults: unknown[] = [];
  const jobs = new Jobs({
    atOnce: 2,
    deadlineMs: 60_000,
    onEvent: (event) => events.push(event),
    onFault: (error) => faults.push(error),
    convert: (conversion) =>
      new Promise((done, fail) => {
        begun.push({ ...conversion, done, fail });
        conversion.signal.addEventListener('abort', () => fail(conversion.signal.reason));
      }),
    ...options,
  });
  return { jobs, events, begun, faults };
}
const settled = () => new Promise(setImmediate);

describe('documents under way', () => {
  it('are so many at once, in their order; each ends in one event', async () => {
    const { jobs, events, begun } = jobsUnderTest();
    for (const id of [A, B, C]) jobs.add(request(id));
    expect(begun.map(({ sourcePath }) => sourcePath)).toEqual([`/s/${A}`, `/s/${B}`]);
    begun[0]!.done(3);
    await settled();
    expect(events).toEqual([{ name: 'converted', documentId: A, pageCount: 3 }]);
    expect(begun[2]!.sourcePath).toBe(`/s/${C}`);
  });

  it('report again what is there when they are asked for again, and are made once', () => {
    const { jobs, events, begun } = jobsUnderTest();
    jobs.add(request(A));
    begun[0]!.onProgress({ name: 'page', page: 1, size: 'tv' });
    begun[0]!.onProgress({ name: 'page-count', pageCount: 2 });
    const once = [...events];
    jobs.add(request(A));
    expect(events).toEqual([...once, ...once]);
    expect(begun).toHaveLength(1);
  });

  it('that were cancelled report nothing, and may come again at once', async () => {
    const { jobs, events, begun } = jobsUnderTest();
    jobs.add(request(A));
    jobs.cancel(A);
    jobs.cancel(B);
    jobs.add(request(A));
    await settled();
    expect(events).toEqual([]);
    expect(begun).toHaveLength(2);
    begun[1]!.done(1);
    await settled();
    expect(events).toHaveLength(1);
  });

  it.each([
    [new UserError('document-encrypted'), 'document-encrypted', 0],
    [Object.assign(new Error('full'), { errno: -28, code: 'ENOSPC' }), 'storage-failed', 1],
    [new TypeError('our bug'), 'converter-unavailable', 1],
  ])('fail with a code: %s', async (error, code, faultsLogged) => {
    const { jobs, events, begun, faults } = jobsUnderTest();
    jobs.add(request(A));
    begun[0]!.fail(error);
    await settled();
    expect(events).toEqual([{ name: 'failed', documentId: A, code, message: error.message }]);
    expect(faults).toHaveLength(faultsLogged);
  });

  it('end at their deadline', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { jobs, events } = jobsUnderTest();
    jobs.add(request(A));
    vi.advanceTimersByTime(60_000);
    vi.useRealTimers();
    await settled();
    expect(events).toMatchObject([{ name: 'failed', code: 'document-took-too-long' }]);
  });
});
