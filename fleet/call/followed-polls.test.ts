/** Polls as a page has them: over drops, with an own answer that is shown at once and sent until the node has it. */
import { expect, it } from 'vitest';
import { UserError } from '#contract/error-codes.ts';
import { pollUnderTest } from '#contract/poll-under-test.ts';
import { FollowedPolls } from './followed-polls.ts';
import type { SendRequest } from './media-session.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [first, second] = [pollUnderTest({ pollId: id(1) }), pollUnderTest({ pollId: id(2) })];

function scene() {
  let isConnected = true;
  let changes = 0;
  const asked: { choices: readonly number[]; resolve: () => void; reject: (error: Error) => void }[] = [];
  const polls = new FollowedPolls({
    ask: ((_method: string, { choices }: { choices: number[] }) =>
      new Promise((resolve, reject) =>
        asked.push({ choices, resolve: () => resolve({}), reject }),
      )) as unknown as SendRequest,
    isConnected: () => isConnected,
    onChange: () => {
      changes += 1;
    },
  });
  const own = () => polls.polls.map(({ ownChoices }) => ownChoices);
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { polls, asked, own, settled, drop: () => (isConnected = false), changes: () => changes };
}

it('follows the node, each poll once and in order', () => {
  const { polls } = scene();
  polls.start([first], []);
  polls.follow(second);
  polls.follow({ ...first, counts: [1, 0], answeredCount: 1 });
  expect(polls.polls.map(({ pollId, answeredCount }) => [pollId, answeredCount])).toEqual([
    [id(1), 1],
    [id(2), 0],
  ]);
  polls.end(new Error('left'));
  expect(polls.polls).toEqual([]);
});

it('has the own answer of a snapshot, and of another page of the same person', () => {
  const { polls, own } = scene();
  polls.start([first, second], [{ pollId: id(2), choices: [1] }]);
  expect(own()).toEqual([[], [1]]);
  polls.answered({ pollId: id(1), choices: [0] });
  expect(own()).toEqual([[0], [1]]);
});

it('shows an answer at once, and the former one again where it is refused', async () => {
  const { polls, asked, own, settled, changes } = scene();
  polls.start([first], [{ pollId: id(1), choices: [0] }]);
  const answering = polls.answer(id(1), [1]).catch((error: UserError) => error.code);
  expect([own(), changes()]).toEqual([[[1]], 1]);
  asked[0]!.reject(new UserError('poll-ended' as never));
  expect(await answering).toBe('poll-ended');
  await settled();
  expect([own(), changes()]).toEqual([[[0]], 2]);
});

it('of two answers the newer counts, also where the older is answered later', async () => {
  const { polls, asked, own, settled } = scene();
  polls.start([first], []);
  const answering = Promise.all([polls.answer(id(1), [0]), polls.answer(id(1), [1])]);
  asked[0]!.resolve();
  await settled();
  expect(own()).toEqual([[1]]);
  asked[1]!.resolve();
  await answering;
  expect(own()).toEqual([[1]]);
});

it('an answer that a drop kept is sent again once we are back, the newest alone', async () => {
  const { polls, asked, own, settled, drop } = scene();
  polls.start([first], []);
  drop();
  void polls.answer(id(1), [0]);
  const answering = polls.answer(id(1), [1]);
  for (const each of asked) each.reject(new Error('dropped'));
  await settled();
  expect(own()).toEqual([[1]]);
  polls.start([first], []);
  expect([own(), asked.slice(2).map(({ choices }) => choices)]).toEqual([[[1]], [[1]]]);
  asked[2]!.resolve();
  await answering;
  expect(own()).toEqual([[1]]);
});

it('an answer under way fails with the call', async () => {
  const { polls } = scene();
  polls.start([first], []);
  const answering = polls.answer(id(1), [0]).catch((error: Error) => error.message);
  polls.end(new Error('left'));
  expect(await answering).toBe('left');
});
