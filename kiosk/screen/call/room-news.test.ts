import { describe, expect, it } from 'vitest';
import { participantUnderTest } from '#contract/participant-under-test.ts';
import type { Participant } from '#contract/room-state.ts';
import { gather, next, NO_NEWS } from './room-news.ts';

const people = (...names: string[]): Participant[] =>
  names.map((name) => participantUnderTest({ peerId: name, displayName: name }));

describe('who came and who went', () => {
  it('is told of others, not of this room', () => {
    expect(next(gather(NO_NEWS, people(), people('room'), 'room')).news).toBe(null);
    expect(next(gather(NO_NEWS, people('room'), people('room', 'a'), 'room')).news).toEqual({
      kind: 'joined',
      firstName: 'a',
      others: 0,
    });
  });

  it('is told together where much happens at once, arrivals first', () => {
    const waiting = gather(NO_NEWS, people('room', 'x'), people('room', 'a', 'b', 'c'), 'room');
    const first = next(waiting);
    expect(first.news).toEqual({ kind: 'joined', firstName: 'a', others: 2 });
    const second = next(first.rest);
    expect(second.news).toEqual({ kind: 'left', firstName: 'x', others: 0 });
    expect(next(second.rest).news).toBe(null);
  });

  it('is no news where one came and went, or went and came back, before it was told', () => {
    const came = gather(NO_NEWS, people('a'), people('a', 'b'), 'room');
    expect(next(gather(came, people('a', 'b'), people('a'), 'room')).news).toBe(null);
    const went = gather(NO_NEWS, people('a'), people(), 'room');
    expect(next(gather(went, people(), people('a'), 'room')).news).toBe(null);
  });
});
