/** The page keeps its access to documents fresh while it is in a call, and asks no more often than it helps. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallClient } from '#call/call-client.ts';
import type { CallState } from '#call/call-state.ts';
import { Observable } from '#call/observable.ts';
import type { DocumentAccess } from '#contract/grants.ts';
import { type SharedDocument, WHOLE_PAGE } from '#contract/shared-document.ts';
import { SeenDocument } from './seen-document.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const HOUR_MS = 3_600_000;
const access = (n: number): DocumentAccess => ({
  url: 'https://maru.example.org',
  token: `token-${n}`,
  expiresAtMs: Date.now() + HOUR_MS,
  meetingId: id(1),
  documents: ['view'],
});
const shared: SharedDocument = {
  documentId: id(2),
  title: 'Plan.pdf',
  pageCount: 3,
  page: 1,
  region: WHOLE_PAGE,
  presenter: null,
  pointer: null,
  strokes: [],
};
type Followed = Pick<CallState, 'documentAccess'> & {
  permissions: Pick<NonNullable<CallState['permissions']>, 'documents'> | null;
  phase: { name: 'joined' | 'ended' };
};

let call: Observable<Followed>;
let whole: Observable<SharedDocument | null>;
let document: SeenDocument;
const requestAccess = vi.fn<() => Promise<DocumentAccess | null>>();
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  call = new Observable<Followed>({ documentAccess: null, permissions: null, phase: { name: 'joined' } });
  whole = new Observable<SharedDocument | null>(null);
  requestAccess.mockReset().mockImplementation(async () => access(2));
  const setDocumentAccess = (documentAccess: DocumentAccess | null) => change({ documentAccess });
  const client = Object.assign(call, { document: whole, setDocumentAccess });
  document = new SeenDocument({ call: client as unknown as CallClient, requestAccess });
  document.start();
});
afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
});
const change = (over: Partial<Followed>) => call.set({ ...call.getSnapshot(), ...over });
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('the document of the call', () => {
  it('is what the call shows', () => {
    whole.set(shared);
    expect(document.shown.getSnapshot()).toMatchObject({ title: 'Plan.pdf', page: 1 });
    whole.set(null);
    expect(document.shown.getSnapshot()).toBeNull();
  });

  it('has a newer token before the old one expires, and again before the next one does', async () => {
    change({ documentAccess: access(1) });
    await pass(HOUR_MS - 61_000);
    expect(requestAccess).not.toHaveBeenCalled();
    await pass(2_000);
    expect(requestAccess).toHaveBeenCalledTimes(1);
    expect(call.getSnapshot().documentAccess?.token).toBe('token-2');
    await pass(HOUR_MS);
    expect(requestAccess).toHaveBeenCalledTimes(2);
  });

  it('asks at once when the token is refused, and once while the answer is the same', async () => {
    change({ documentAccess: access(1) });
    for (let refusals = 0; refusals < 10; refusals += 1) {
      document.renewAccess();
      await pass(100);
    }
    expect(requestAccess).toHaveBeenCalledTimes(1);
    await pass(15_000);
    document.renewAccess();
    expect(requestAccess).toHaveBeenCalledTimes(2);
  });

  it('asks for access that its grant came without once it may see documents, also soon after the last time', async () => {
    change({ permissions: { documents: [] } });
    expect(requestAccess).not.toHaveBeenCalled();
    change({ permissions: { documents: ['view'] } });
    await pass(0);
    expect(call.getSnapshot().documentAccess?.token).toBe('token-2');
    await pass(20_000);
    expect(requestAccess).toHaveBeenCalledTimes(1);
    document.renewAccess();
    await pass(0);
    change({ documentAccess: null });
    expect(requestAccess).toHaveBeenCalledTimes(2);
    await pass(16_000);
    expect(requestAccess).toHaveBeenCalledTimes(3);
    expect(call.getSnapshot().documentAccess?.token).toBe('token-2');
  });

  it('asks again while the server is away, and not at all once the call is over', async () => {
    requestAccess.mockRejectedValue(new Error('no answer'));
    change({ documentAccess: access(1) });
    document.renewAccess();
    await pass(31_000);
    expect(requestAccess.mock.calls.length).toBeGreaterThanOrEqual(2);
    change({ phase: { name: 'ended' } });
    requestAccess.mockClear();
    await pass(10 * HOUR_MS);
    expect(requestAccess).not.toHaveBeenCalled();
  });
});
