/** Polls as clients meet them: who may start one, what each receives, reloads, who comes late, and the events for the fleet. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { JoinTokenClaims } from '#contract/grants.ts';
import type { PollDraft } from '#contract/polls.ts';
import type { RawClient } from './testing/raw-client.ts';
import { startTestNode, type TestNode } from './testing/test-node.ts';

let it: TestNode;
beforeAll(async () => {
  it = await startTestNode({
    settings: { emptyCallMs: 60, resumeGraceMs: 500, pollCountsEveryMs: 20, pollActsBurst: 6 },
  });
});
afterAll(() => it.stop());

const join = (callId: string, name: string, more: Partial<JoinTokenClaims> = {}) =>
  it.join({ callId, displayName: name, person: `account:${name}`, ...more }, name);
const draft: PollDraft = {
  question: 'Where do we meet?',
  choices: ['Here', 'There'],
  isMultiple: false,
  isSecret: false,
  rightChoice: null,
};
const start = async (by: RawClient, more: Partial<PollDraft> = {}): Promise<string> => {
  const pollId = uuidv7();
  await by.request('start-poll', { pollId, draft: { ...draft, ...more } });
  return pollId;
};
const answer = (by: RawClient, pollId: string, ...choices: number[]) => by.request('answer-poll', { pollId, choices });
const codeOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'done',
    ({ code }: { code: string }) => code,
  );
const until = async (client: RawClient, answeredCount: number) => {
  for (;;) {
    const poll = await client.told('poll-changed');
    if (poll.answeredCount === answeredCount) return poll;
  }
};
const end = (callId: string) => it.node.registry.calls.get(callId)?.end('ended-by-fleet');

test('a host or the room starts one, nobody else', async () => {
  const callId = uuidv7();
  const host = await join(callId, 'Host', { role: 'host' });
  const room = await join(callId, 'Hall', { role: 'co-host', peerKind: 'room', roomId: uuidv7(), person: undefined });
  for (const role of ['presenter', 'member', 'guest'] as const) {
    const other = await join(callId, role, { role });
    expect(await codeOf(start(other)), role).toBe('forbidden');
    expect(await codeOf(other.request('end-poll', { pollId: uuidv7() }))).toBe('forbidden');
    expect(await codeOf(other.request('hide-poll', { pollId: uuidv7() }))).toBe('forbidden');
  }
  const pollId = await start(room);
  expect((await host.told('poll-changed')).startedBy).toBe('Hall');
  expect(await codeOf(host.request('end-poll', { pollId }))).toBe('done');
  end(callId);
});

test('everybody gets the same numbers, and each their own answer, over a reload and on a second device', async () => {
  const callId = uuidv7();
  const [host, mina] = [await join(callId, 'Host', { role: 'host' }), await join(callId, 'Mina')];
  const pollId = await start(host);
  await answer(mina, pollId, 1);
  expect(await mina.told('poll-answered')).toEqual({ pollId, choices: [1] });
  const seen = await until(host, 1);
  expect(seen).toMatchObject({ counts: [0, 1], peopleCount: 2, result: null });
  expect(await until(mina, 1)).toEqual(seen);
  const former = mina.hello!;
  mina.drop();
  const back = await it.open();
  const { admission } = await back.resume(former);
  if (admission.kind === 'fresh') throw new Error('her place is gone');
  expect(admission.call.ownAnswers).toEqual([{ pollId, choices: [1] }]);
  await answer(back, pollId, 0);
  // a newer page of hers, on a grant of its own
  const phone = await it.prepare({ callId, displayName: 'Mina', person: 'account:Mina' });
  const snapshot = await phone.join('Mina');
  expect(snapshot.polls).toMatchObject([{ pollId, answeredCount: 1 }]);
  expect(snapshot.ownAnswers).toEqual([{ pollId, choices: [0] }]);
  await answer(phone, pollId, 1);
  expect(await codeOf(host.request('end-poll', { pollId }))).toBe('done');
  for (;;) {
    const poll = await host.told('poll-changed');
    if (poll.result === null) continue;
    expect(poll).toMatchObject({ counts: [0, 1], answeredCount: 1, peopleCount: 2 });
    expect(poll.result.answers).toEqual([{ displayName: 'Mina', choices: [1] }]);
    break;
  }
  expect(await codeOf(answer(phone, pollId, 0))).toBe('poll-ended');
  end(callId);
});

test('a guest of a link keeps the answer over a short drop and a reload; with who left it is gone', async () => {
  const callId = uuidv7();
  const inviteId = uuidv7();
  const by = (holder: string): Partial<JoinTokenClaims> => ({
    ...{ role: 'guest', isGuest: true, person: `invite:link:${holder}` },
    seat: { inviteId, holder, seats: 50 },
  });
  const host = await join(callId, 'Host', { role: 'host' });
  const [guest, other] = [await join(callId, 'Guest', by('guest')), await join(callId, 'Other', by('other'))];
  const pollId = await start(host);
  for (const each of [guest, other]) await answer(each, pollId, 1);
  await until(host, 2);
  const former = guest.hello!;
  guest.drop();
  const back = await it.open();
  const { admission } = await back.resume(former);
  if (admission.kind === 'fresh') throw new Error('the place is gone');
  expect(admission.call.polls).toMatchObject([{ answeredCount: 2, peopleCount: 3 }]);
  expect(admission.call.ownAnswers).toEqual([{ pollId, choices: [1] }]);
  // the page is loaded anew: its newer peer replaces the older one
  const reloaded = await it.prepare({ callId, displayName: 'Guest', ...by('guest') });
  const snapshot = await reloaded.join('Guest');
  expect(snapshot.polls).toMatchObject([{ answeredCount: 2, peopleCount: 3 }]);
  expect(snapshot.ownAnswers).toEqual([{ pollId, choices: [1] }]);
  await other.request('leave-call', {});
  expect(await codeOf(host.request('end-poll', { pollId }))).toBe('done');
  for (;;) {
    const poll = await host.told('poll-changed');
    if (poll.result === null) continue;
    expect(poll).toMatchObject({ counts: [0, 1], answeredCount: 1, peopleCount: 2 });
    expect(poll.result.answers).toEqual([{ displayName: 'Guest', choices: [1] }]);
    break;
  }
  end(callId);
});

test('who comes late sees the poll, and who only reads the page gets nothing of it', async () => {
  const callId = uuidv7();
  const host = await join(callId, 'Host', { role: 'host' });
  const reader = await it.prepare({ callId, displayName: 'Late', person: 'account:Late' });
  const pollId = await start(host, { rightChoice: 1 });
  await reader.request('ping', {});
  expect(reader.notifications).toEqual([]);
  expect(await codeOf(answer(reader, pollId, 0))).toBe('not-possible-now');
  const { polls, ownAnswers } = await reader.join('Late');
  expect(polls).toMatchObject([{ pollId, question: draft.question, isQuiz: true, result: null }]);
  expect(ownAnswers).toEqual([]);
  await answer(reader, pollId, 1);
  expect(await until(host, 1)).toMatchObject({ counts: [0, 1], peopleCount: 2 });
  end(callId);
});

test('bad input is refused, too many acts too, and the connection stays', async () => {
  const callId = uuidv7();
  const [host, mina] = [await join(callId, 'Host', { role: 'host' }), await join(callId, 'Mina')];
  for (const wrong of [
    { question: '' },
    { choices: ['a'] },
    { choices: ['a', 'a'] },
    { rightChoice: 5 },
    { x: 1 } as never,
  ])
    expect(await codeOf(start(host, wrong))).toBe('bad-message');
  const pollId = await start(host, { question: '<b>Where</b>\u202e?', choices: ['<i>', 'B\u200b'] });
  expect(await mina.told('poll-changed')).toMatchObject({ question: '<b>Where</b> ?', choices: ['<i>', 'B'] });
  for (const choices of [[2], [0, 1], [0, 0], [-1], ['0']] as number[][])
    expect(await codeOf(answer(host, pollId, ...choices))).toBe('bad-message');
  const codes = [];
  for (let n = 0; n < 12; n++) codes.push(await codeOf(answer(mina, pollId, n % 2)));
  expect(codes).toContain('too-many-attempts');
  expect(await codeOf(mina.request('ping', {}))).toBe('done');
  end(callId);
});
