/** A poll as the wires have it, for tests and scenes: open, one choice each, running, unless it is given otherwise. */
import type { CallPoll } from './polls.ts';

export function pollUnderTest(poll: Partial<CallPoll> & Pick<CallPoll, 'pollId'>): CallPoll {
  const choices = poll.choices ?? ['Here', 'There'];
  return {
    question: 'Where do we meet?',
    isMultiple: false,
    isSecret: false,
    isQuiz: false,
    startedBy: 'Mina Park',
    startedAtMs: 1_000,
    isShown: true,
    counts: choices.map(() => 0),
    answeredCount: 0,
    peopleCount: 2,
    result: null,
    ...poll,
    choices,
  };
}
