import { expect, test } from 'vitest';
import { groupedByRepetition } from './meeting-groups.ts';
import { meetingOf } from './staff-under-test.tsx';

const repetition = { repetitionId: 'r', every: 'week' as const };
const idsOf = (meetings: Parameters<typeof groupedByRepetition>[0]) =>
  groupedByRepetition(meetings).map(({ next, rest }) => [next, ...rest].map(({ title }) => title));

test('meetings that repeat are one group in the place of their next one, others stay alone', () => {
  const [first, alone, second, third] = [
    meetingOf(1, { repetition, isCancelled: true }),
    meetingOf(2),
    meetingOf(3, { repetition }),
    meetingOf(4, { repetition: { ...repetition, repetitionId: 's' } }),
  ];
  expect(idsOf([first!, alone!, second!, third!])).toEqual([['Meeting 2'], ['Meeting 3', 'Meeting 1'], ['Meeting 4']]);
});

test('where all are cancelled, the first stands for them', () => {
  const meetings = [1, 2].map((n) => meetingOf(n, { repetition, isCancelled: true }));
  expect(idsOf(meetings)).toEqual([['Meeting 1', 'Meeting 2']]);
});
