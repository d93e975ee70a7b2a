// @vitest-environment happy-dom
/** Polls in the call's page: a new one is news, and a host finds a result again while it is on TVs. */
import { act, useState } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CallState } from '#call/call-state.ts';
import { OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER } from '#contract/call-order.ts';
import type { SeenPoll } from '#contract/polls.ts';
import { NO_TRANSCRIPT } from '#contract/transcript.ts';
import { PageUnderTest } from '#ui/page-under-test.tsx';
import { PollCard } from '#ui/meeting/poll-card.tsx';
import { ToastRegion } from '#ui/toast.tsx';
import joinEn from '#ui/words/en/join.ts';
import pollsEn from '#ui/words/en/polls.ts';
import joinKo from '#ui/words/ko/join.ts';
import pollsKo from '#ui/words/ko/polls.ts';
import { PollButton } from './poll-over-stage.tsx';
import { useCallNews } from './use-call-news.ts';
import { usePoll } from './use-poll.ts';

const lunch: SeenPoll = {
  pollId: '0193a0b0-0000-7000-8000-000000000951',
  question: 'Where do we eat?',
  choices: ['Here', 'There'],
  isMultiple: false,
  isSecret: false,
  isQuiz: false,
  startedBy: 'Mina',
  startedAtMs: 1_000,
  isShown: true,
  counts: [0, 0],
  answeredCount: 0,
  peopleCount: 3,
  result: null,
  ownChoices: [],
};
const ended: SeenPoll = { ...lunch, result: { endedAtMs: 2_000, rightChoice: null, answers: [] } };
const before: SeenPoll = { ...ended, pollId: '0193a0b0-0000-7000-8000-000000000950' };
const price: SeenPoll = { ...lunch, pollId: '0193a0b0-0000-7000-8000-000000000952', question: 'What does it cost?' };

const nothing = () => {};

let page: PageUnderTest;
beforeEach(() => {
  page = new PageUnderTest({ join: { en: joinEn, ko: joinKo }, polls: { en: pollsEn, ko: pollsKo } });
});
afterEach(() => page.end());

const quiet = {
  ...{ chat: [], polls: [], participants: [], mutedByPeerId: null, keptMutedTimes: 0 },
  ...{ order: OPEN_ORDER, air: OFF_AIR, role: 'member', transcript: NO_TRANSCRIPT },
} as unknown as CallState;
let follow: (polls: readonly SeenPoll[]) => void;
function Followed({ isCovered = false }: { isCovered?: boolean }) {
  const [polls, setPolls] = useState<readonly SeenPoll[]>([before]);
  follow = setPolls;
  const { current } = useCallNews({ ...quiet, polls }, 'me');
  return <ToastRegion current={current} isPageCovered={isCovered} />;
}

it('a poll that begins is news once, and one that was there before is none', async () => {
  await page.show(<Followed />);
  expect(page.text).toBe('');
  await act(async () => follow([before, price]));
  expect(page.text).toBe('New poll: What does it cost?');
  await act(async () => follow([before, { ...price, answeredCount: 1 }]));
  expect(page.text).toBe('New poll: What does it cost?');
});

it.each([false, true])(
  'news of a poll covers none of it; seen where the chat covers the page: %s',
  async (isCovered) => {
    await page.show(<Followed isCovered={isCovered} />);
    await act(async () => follow([before, price]));
    expect(document.querySelector('[role=status] .sr-only') === null).toBe(isCovered);
  },
);

it('a poll’s end is announced, and its answers are not', async () => {
  const card = (poll: SeenPoll) => (
    <PollCard
      poll={poll}
      mayKeep
      onAnswer={nothing}
      onEnd={nothing}
      onHide={nothing}
      isPending={false}
      onClose={null}
    />
  );
  await page.show(card({ ...price, answeredCount: 1 }));
  const announced = () => document.querySelector('[role=status]')!.textContent;
  expect([announced(), page.text.includes('1 of 3 answered')]).toEqual(['', true]);
  page.end();
  await page.show(card(ended));
  expect(announced()).toBe('Ended');
});

function Answered({ answers, isMultiple }: { answers: number[][]; isMultiple: boolean }) {
  const [ownChoices, setOwnChoices] = useState<number[]>([]);
  return (
    <PollCard
      poll={{ ...lunch, isMultiple, ownChoices }}
      mayKeep={false}
      onAnswer={(choices) => {
        answers.push(choices);
        setOwnChoices(choices);
      }}
      onEnd={null}
      onHide={null}
      isPending={false}
      onClose={null}
    />
  );
}

it.each([false, true])(
  'a second quick press on a choice withdraws nothing, and a later one does: several %s',
  async (isMultiple) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const answers: number[][] = [];
      await page.show(<Answered answers={answers} isMultiple={isMultiple} />);
      vi.advanceTimersByTime(1_000);
      await page.press('Here');
      vi.advanceTimersByTime(300);
      await page.press('Here');
      expect(answers).toEqual([[0]]);
      await page.press('There');
      expect(answers.at(-1)).toEqual(isMultiple ? [0, 1] : [1]);
      vi.advanceTimersByTime(501);
      await page.press('There');
      expect(answers.at(-1)).toEqual(isMultiple ? [0] : []);
    } finally {
      vi.useRealTimers();
    }
  },
);

function Bar({ polls }: { polls: readonly SeenPoll[] }) {
  const poll = usePoll(polls);
  return (
    <>
      <PollButton poll={poll} mayKeep call={{ startPoll: async () => {} }} meetingId={null} />
      {poll.isOpen && (
        <button type="button" onClick={() => poll.setOpen(false)}>
          Put away
        </button>
      )}
    </>
  );
}

it('a host finds a result again that was put away while it is on TVs, and makes another poll beside it', async () => {
  await page.show(<Bar polls={[ended]} />);
  expect(page.buttons('New poll')).toHaveLength(1);
  await page.press('Put away');
  expect(page.buttons('New poll')).toEqual([]);
  await page.press('Poll');
  expect([page.buttons('Put away').length, page.buttons('New poll').length]).toEqual([1, 1]);
});

it('a host makes a new poll where no result is on TVs', async () => {
  await page.show(<Bar polls={[{ ...ended, isShown: false }]} />);
  expect(page.buttons('New poll')).toHaveLength(1);
});
