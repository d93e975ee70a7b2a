/** What the authority waits for, and for how long: grants that come late, twice or never, and the machine's timers. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { granted, grantOf, id, joined, lost } from '../room/room-under-test.ts';
import { AuthorityUnderTest, start } from './authority-under-test.ts';

describe('grants', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const grant = grantOf('A');
  const asked = () => {
    const made = new AuthorityUnderTest();
    made.authority.onFleet(true);
    made.command(start);
    return { made, requestId: made.requests[0]!.id };
  };

  it('are asked for by id, and the answer with that id joins', () => {
    const { made, requestId } = asked();
    expect(made.requests).toEqual([{ name: 'request-grant', id: requestId, endedCallId: null, booking: null }]);
    made.answer({ name: 'grant', id: requestId, grant });
    expect(made.log.filter((line) => line.startsWith('screen'))).toEqual(['screen: join-call']);
  });

  it('that answer nothing, or an older question, are too late', () => {
    const { made, requestId } = asked();
    made.answer({ name: 'grant', id: id(99), grant });
    made.answer({ name: 'refused', id: id(99), error: { code: 'no-media-node', message: '' } });
    made.answer({ name: 'refused', id: null, error: { code: 'bad-message', message: '' } });
    made.command({ name: 'cancel-join' });
    made.command(start);
    made.answer({ name: 'grant', id: requestId, grant });
    made.answer({ name: 'refused', id: requestId, error: { code: 'no-media-node', message: '' } });
    expect(made.requests).toHaveLength(2);
    expect(made.log.filter((line) => line.startsWith('screen'))).toEqual(['screen: leave-call']);
    expect(made.phase.name).toBe('starting');
    made.answer({ name: 'grant', id: made.requests[1]!.id, grant });
    expect(made.log).toContain('screen: join-call');
  });

  it('that come twice join once', () => {
    const { made, requestId } = asked();
    made.answer({ name: 'grant', id: requestId, grant });
    made.answer({ name: 'grant', id: requestId, grant: grantOf('B') });
    expect(made.log.filter((line) => line === 'screen: join-call')).toHaveLength(1);
  });

  it('that are refused are shown as what they are', () => {
    const { made, requestId } = asked();
    made.answer({ name: 'refused', id: requestId, error: { code: 'no-media-node', message: 'none' } });
    expect(made.phase).toMatchObject({ name: 'fault', code: 'no-media-node' });
  });

  it('are asked for again when the fleet is back', () => {
    const { made, requestId } = asked();
    made.authority.onFleet(false);
    made.authority.onFleet(true);
    expect(made.requests).toHaveLength(2);
    expect(made.requests[1]!.id).not.toBe(requestId);
  });

  it('for a lost place are asked for every two seconds, for a minute', () => {
    const made = AuthorityUnderTest.inCall(vi.advanceTimersByTime);
    made.take(lost('A', 'peer-unknown'));
    vi.advanceTimersByTime(59_999);
    expect(new Set(made.requests.map((request) => request.id)).size).toBe(30);
    vi.advanceTimersByTime(1);
    expect(made.phase).toMatchObject({ name: 'fault', code: 'media-failed' });
    expect(made.log).toContain('screen: leave-call');
    const { length } = made.requests;
    vi.advanceTimersByTime(60_000);
    expect([made.requests.length, made.phase.name]).toEqual([length, 'idle']);
  });
});

describe('timers', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('end a start that leads nowhere, and the fault after it', () => {
    const made = new AuthorityUnderTest();
    made.take({ type: 'screen-connected', inCall: null });
    made.command(start, { grant: grantOf('A') });
    vi.advanceTimersByTime(10_000);
    expect(made.phase).toMatchObject({ name: 'starting', cancelOffered: true });
    vi.advanceTimersByTime(50_000);
    expect(made.phase).toMatchObject({ name: 'fault' });
    vi.advanceTimersByTime(30_000);
    expect(made.phase.name).toBe('idle');
    vi.advanceTimersByTime(1_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that are over do not come back: a second start has its own minute', () => {
    const made = new AuthorityUnderTest();
    made.take({ type: 'screen-connected', inCall: null });
    made.command(start, { grant: grantOf('A') });
    vi.advanceTimersByTime(40_000);
    made.command({ name: 'cancel-join' });
    made.command(start, { grant: grantOf('A') });
    vi.advanceTimersByTime(59_000);
    expect(made.phase).toMatchObject({ name: 'starting' });
    made.take(joined('A'));
    vi.advanceTimersByTime(120_000);
    expect(made.phase.name).toBe('in-call');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('end with the agent', () => {
    const made = new AuthorityUnderTest();
    made.command(start);
    made.take(granted('A'));
    made.command({ name: 'watch-roster' });
    made.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
