import { describe, expect, it } from 'vitest';
import { partsOf, meetingPhaseOf } from './meeting-phase.ts';

const timed = { startsAtMs: 1_000, endsAtMs: 2_000, participantCount: 0, isCancelled: false };

describe('the phase of a meeting', () => {
  it('follows its time while nobody is in it', () => {
    expect(meetingPhaseOf(timed, 999)).toBe('ahead');
    expect(meetingPhaseOf(timed, 1_000)).toBe('open');
    expect(meetingPhaseOf(timed, 2_000)).toBe('over');
  });

  it('is running while somebody is in it, also before and after its time', () => {
    for (const nowMs of [0, 1_500, 9_000])
      expect(meetingPhaseOf({ ...timed, participantCount: 1 }, nowMs)).toBe('running');
  });

  it('is open for one without a time or without an end, which may begin again', () => {
    expect(meetingPhaseOf({ ...timed, startsAtMs: null, endsAtMs: null }, 9_000)).toBe('open');
    expect(meetingPhaseOf({ ...timed, endsAtMs: null }, 9_000)).toBe('open');
  });

  it('is that it was cancelled, whatever its time', () => {
    for (const nowMs of [0, 9_000]) expect(meetingPhaseOf({ ...timed, isCancelled: true }, nowMs)).toBe('cancelled');
  });
});

describe('the parts of a meeting', () => {
  it('begin with the minutes once it was held, and end with them before', () => {
    expect(partsOf('over', false)[0]).toBe('minutes');
    expect(partsOf('open', true)[0]).toBe('minutes');
    expect(partsOf('ahead', true)[0]).toBe('minutes');
    for (const phase of ['ahead', 'open', 'running'] as const) expect(partsOf(phase, false)[0]).toBe('broadcast');
    expect(partsOf('running', true)[0]).toBe('broadcast');
  });

  it('are the same ones in each order', () => {
    expect([...partsOf('over', true)].sort()).toEqual([...partsOf('ahead', false)].sort());
  });
});
