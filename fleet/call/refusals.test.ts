import { describe, expect, it } from 'vitest';
import { ErrorCode } from '#contract/error-codes.ts';
import { consequenceOf } from './refusals.ts';

describe('what a refusal means', () => {
  it('has an answer for every code, and trying again is kept for what passes', () => {
    const again = ErrorCode.options.filter((code) => consequenceOf(code, true).step === 'try-again');
    expect(again.sort()).toEqual([
      'action-expired',
      'call-unreachable',
      'fleet-not-found',
      'media-failed',
      'no-screen',
      'room-not-answering',
      'shutting-down',
      'too-many-attempts',
      'waits-to-be-let-in',
    ]);
  });

  it('ends for whoever was in a call that is over, and leads a newcomer to the next', () => {
    expect(consequenceOf('call-ended', true)).toEqual({ step: 'ended', reason: 'ended-by-participant' });
    expect(consequenceOf('call-ended', false)).toEqual({ step: 'ask-for-grant' });
  });

  it('leads whoever was moved to the meeting’s other call, by itself', () => {
    for (const held of [true, false]) expect(consequenceOf('call-moved', held)).toEqual({ step: 'ask-for-grant' });
  });

  it('says why nobody is let in: the meeting is locked, or it is not for people from there', () => {
    for (const code of ['call-locked', 'address-not-allowed'] as const)
      for (const held of [true, false]) expect(consequenceOf(code, held)).toEqual({ step: 'failed' });
  });

  it('says why there is no place, and takes none back from another device of the same person', () => {
    for (const code of ['joined-elsewhere', 'seats-taken', 'invite-closed', 'call-full'] as const)
      for (const held of [true, false]) expect(consequenceOf(code, held)).toEqual({ step: 'failed' });
  });

  it('never brings back who was removed, or who is open elsewhere', () => {
    for (const held of [true, false]) {
      expect(consequenceOf('removed-from-call', held)).toEqual({ step: 'ended', reason: 'removed' });
      expect(consequenceOf('replaced', held)).toEqual({ step: 'failed' });
    }
  });
});
