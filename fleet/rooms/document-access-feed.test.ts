import { expect, test, vi } from 'vitest';
import type { DocumentAccess } from '#contract/grants.ts';
import type { RoomPhase } from '#contract/room-state.ts';
import { DocumentAccessFeed } from './document-access-feed.ts';

const access = (token: string): DocumentAccess => ({
  url: 'https://fleet.test',
  token,
  expiresAtMs: 1,
  meetingId: '01a222f7-f69a-757c-a1b4-1ae4ecca1f88',
  documents: ['view'],
});
const inCall = (callId: string) => ({ name: 'in-call', callId }) as RoomPhase;
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('access is sent at first, and again when the room enters or leaves a call, not at each change in it', async () => {
  const sent: (string | undefined)[] = [];
  const of = vi.fn(async (callId: string | null) => access(callId ?? 'own'));
  const feed = new DocumentAccessFeed({ of, send: (each) => sent.push(each?.token), onFailed: () => {} });
  for (const phase of [undefined, inCall('a'), inCall('a'), inCall('b'), { name: 'idle' } as RoomPhase]) {
    feed.roomIs(phase);
    await settled();
  }
  expect(sent).toEqual(['own', 'a', 'b', 'own']);
  feed.stop();
});

test('of two answers the one for where the room is now counts, whichever comes last; after the end none', async () => {
  const sent: (string | undefined)[] = [];
  const answers: ((given: DocumentAccess) => void)[] = [];
  const of = () => new Promise<DocumentAccess>((resolve) => answers.push(resolve));
  const feed = new DocumentAccessFeed({ of, send: (each) => sent.push(each?.token), onFailed: () => {} });
  feed.roomIs(undefined);
  feed.roomIs(inCall('a'));
  answers[1]!(access('a'));
  answers[0]!(access('own'));
  await settled();
  expect(sent).toEqual(['a']);
  feed.roomIs(undefined);
  feed.stop();
  answers[2]!(access('own'));
  await settled();
  expect(sent).toEqual(['a']);
});

test('after the end none is sent, of however many that were asked for', async () => {
  const sent: (string | undefined)[] = [];
  const answers: ((given: DocumentAccess) => void)[] = [];
  const of = () => new Promise<DocumentAccess>((resolve) => answers.push(resolve));
  const feed = new DocumentAccessFeed({ of, send: (each) => sent.push(each?.token), onFailed: () => {} });
  for (const phase of [undefined, inCall('a'), inCall('b')]) feed.roomIs(phase);
  feed.stop();
  for (const answer of answers) answer(access('own'));
  await settled();
  expect([answers.length, sent]).toEqual([3, []]);
});

test('it is sent again when the policy of that very meeting changes', async () => {
  const sent: (string | undefined)[] = [];
  const feed = new DocumentAccessFeed({
    of: async () => access('own'),
    send: (each) => sent.push(each?.token),
    onFailed: () => {},
  });
  feed.roomIs(undefined);
  await settled();
  feed.policyChanged('01a222f7-f69a-757c-a1b4-1ae4ecca1f89');
  await settled();
  expect(sent).toHaveLength(1);
  feed.policyChanged(access('own').meetingId);
  await settled();
  expect(sent).toHaveLength(2);
  feed.stop();
});

test('what could not be found out is tried again, and an access is sent again long before it expires', async () => {
  vi.useFakeTimers();
  const sent: (string | undefined)[] = [];
  const of = vi.fn(async () => access('own')).mockRejectedValueOnce(new Error('the disk'));
  const onFailed = vi.fn();
  const feed = new DocumentAccessFeed({ of, send: (each) => sent.push(each?.token), onFailed });
  feed.roomIs(undefined);
  await vi.advanceTimersByTimeAsync(4_999);
  expect([sent, onFailed.mock.calls.length]).toEqual([[], 1]);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toEqual(['own']);
  await vi.advanceTimersByTimeAsync(6 * 3_600_000 - 1);
  expect(sent).toEqual(['own']);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toEqual(['own', 'own']);
  feed.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('what fails once the phone has left, or the room is elsewhere, is not tried again', async () => {
  vi.useFakeTimers();
  const failures: ((error: Error) => void)[] = [];
  const of = vi.fn(() => new Promise<never>((_, reject) => failures.push(reject)));
  const feed = new DocumentAccessFeed({ of, send: () => {}, onFailed: () => {} });
  feed.roomIs(undefined);
  feed.roomIs(inCall('a'));
  failures[0]!(new Error('the disk'));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(of).toHaveBeenCalledTimes(2);
  feed.stop();
  failures[1]!(new Error('the disk'));
  await vi.advanceTimersByTimeAsync(24 * 3_600_000);
  expect(of).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});

test('an access that was asked for before the policy changed is not sent: it is asked for again', async () => {
  const sent: (string | undefined)[] = [];
  const answers: ((given: DocumentAccess) => void)[] = [];
  const of = () => new Promise<DocumentAccess>((resolve) => answers.push(resolve));
  const feed = new DocumentAccessFeed({ of, send: (each) => sent.push(each?.token), onFailed: () => {} });
  feed.roomIs(undefined);
  feed.policyChanged(access('own').meetingId);
  answers[0]!(access('of the former policy'));
  await settled();
  expect([sent, answers.length]).toEqual([[], 2]);
  feed.policyChanged('01a222f7-f69a-757c-a1b4-1ae4ecca1f89');
  answers[1]!(access('of the new policy'));
  await settled();
  expect([sent, answers.length]).toEqual([['of the new policy'], 2]);
  feed.stop();
});
