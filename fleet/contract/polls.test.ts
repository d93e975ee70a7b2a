/** What is accepted as a poll, and the percentages that every page shows. MARU_FUZZ_SEED repeats a run. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PollChoices, PollDraft, pollShares } from './polls.ts';

const seed = process.env.MARU_FUZZ_SEED === undefined ? undefined : Number(process.env.MARU_FUZZ_SEED);
const draft = {
  question: 'Where do we meet?',
  choices: ['Here', 'There'],
  isMultiple: false,
  isSecret: false,
  rightChoice: null,
};

it('accepts what can be answered, as it will be shown', () => {
  expect(PollDraft.parse({ ...draft, question: '  Where\n do we\u202e meet? ' }).question).toBe('Where do we meet?');
  expect(PollDraft.parse({ ...draft, rightChoice: 1 }).rightChoice).toBe(1);
  for (const wrong of [
    { question: ' ' },
    { question: '가'.repeat(201) },
    { choices: ['One'] },
    { choices: Array.from({ length: 11 }, (_, n) => `${n}`) },
    { choices: ['Same', ' Same '] },
    { choices: ['x'.repeat(81), 'y'] },
    { rightChoice: 2 },
    { rightChoice: 0, isMultiple: true },
    { more: true },
  ])
    expect(PollDraft.safeParse({ ...draft, ...wrong }).success, JSON.stringify(wrong)).toBe(false);
});

it('accepts each choice once', () => {
  expect(PollChoices.safeParse([]).success).toBe(true);
  expect(PollChoices.safeParse([0, 9]).success).toBe(true);
  for (const wrong of [[1, 1], [10], [-1], [0.5], [null]]) expect(PollChoices.safeParse(wrong).success).toBe(false);
});

it('makes whole percentages that are 100 together, nearest to the counts', () => {
  const shares = (counts: number[]) =>
    pollShares({ counts, answeredCount: counts.reduce((sum, count) => sum + count, 0), isMultiple: false });
  expect(shares([1, 1, 1])).toEqual([34, 33, 33]);
  expect(shares([2, 1])).toEqual([67, 33]);
  expect(shares([0, 0])).toEqual([0, 0]);
  expect(shares([1, 1, 1, 1, 1, 1, 1])).toEqual([15, 15, 14, 14, 14, 14, 14]);
  expect(pollShares({ counts: [3, 2], answeredCount: 3, isMultiple: true })).toEqual([100, 67]);
});

it('is never further than a percent from the truth, and never gives more people less', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(300), { minLength: 2, maxLength: 10 }), (counts) => {
      const answeredCount = counts.reduce((sum, count) => sum + count, 0);
      const shares = pollShares({ counts, answeredCount, isMultiple: false });
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(answeredCount === 0 ? 0 : 100);
      for (const [index, count] of counts.entries()) {
        if (answeredCount > 0) expect(Math.abs(shares[index]! - (count * 100) / answeredCount)).toBeLessThan(1);
        for (const [other, fewer] of counts.entries())
          if (fewer < count) expect(shares[other]).toBeLessThanOrEqual(shares[index]!);
      }
    }),
    { seed },
  );
});
