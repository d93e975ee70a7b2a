/** Polls at the real fleet server: what a node reports is stored once, shown to the meeting's people, and goes with the meeting. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { MAX_PREPARED_POLLS } from '#contract/http/polls-api.ts';
import { pollUnderTest } from '#contract/poll-under-test.ts';
import type { CallPoll } from '#contract/polls.ts';
import { topicOf } from '#contract/topics.ts';
import type { FleetUnderTest, Json } from '../fleet-under-test.ts';
import { type MemberUnderTest, MembersUnderTest } from '../members-under-test.ts';
import { newId } from '../store/index.ts';

let under: MembersUnderTest;
let fleet: FleetUnderTest;
let [mina, joon, sora]: MemberUnderTest[] = [];
let meetingId: string;
let callId: string;

beforeAll(async () => {
  under = await MembersUnderTest.start();
  ({ fleet } = under);
  [mina, joon, sora] = await under.signedIn('Mina', 'Joon', 'Sora');
});
beforeEach(async () => {
  const draft = {
    title: 'Plans',
    startsAtMs: Date.now() + 3_600_000,
    durationMinutes: 30,
    people: [{ accountId: joon!.accountId }],
    roomIds: [],
  };
  meetingId = (await fleet.api('POST', '/api/v1/meetings', draft, mina!.cookie)).body.meeting.meetingId;
  callId = (await fleet.api('POST', `/api/v1/meetings/${meetingId}/entries`, {}, mina!.cookie)).body.grant.callId;
});
afterAll(() => under.stop());

const event = (name: string, more: object = {}) => ({ name, eventId: newId(), callId, meetingId, atMs: 5, ...more });
const publish = (...events: object[]) =>
  fleet.node.publishAsync(topicOf('callEvents', fleet.nodeId), JSON.stringify({ events }), { qos: 1 });
const polls = async (who = mina!): Promise<{ poll: CallPoll; isLost: boolean }[]> =>
  (await fleet.api('GET', `/api/v1/meetings/${meetingId}/polls`, undefined, who.cookie)).body.polls;
const at = (path: string) => `/api/v1/meetings/${meetingId}/prepared-polls${path}`;
const draft = { question: 'Where?', choices: ['Here', 'There'], isMultiple: false, isSecret: false, rightChoice: 1 };

const running = (of: Partial<CallPoll> = {}) =>
  pollUnderTest({ pollId: newId(), startedAtMs: Date.now() - 60_000, ...of });
const ended = (poll: CallPoll, of: Partial<CallPoll> = {}): CallPoll => ({
  ...poll,
  counts: [1, 0],
  answeredCount: 1,
  result: { endedAtMs: poll.startedAtMs, rightChoice: null, answers: [{ displayName: 'Joon', choices: [0] }] },
  ...of,
});

test('a poll runs, then has its result, once per event, for the people of the meeting alone', async () => {
  const poll = running();
  await publish(event('call-opened'), event('poll-started', { poll }));
  await expect.poll(() => polls()).toEqual([{ poll, isLost: false }]);
  const end = event('poll-ended', { poll: ended(poll) });
  await publish(end);
  await expect.poll(() => polls()).toEqual([{ poll: ended(poll), isLost: false }]);
  // the same event again, though it has become another's, changes nothing
  await publish(
    { ...end, poll: ended(poll, { counts: [9, 9] }) },
    event('poll-started', { poll: running({ startedAtMs: Date.now() - 30_000 }) }),
  );
  await expect.poll(async () => (await polls()).length).toBe(2);
  expect((await polls())[1]!.poll.counts).toEqual([1, 0]);
  expect(await polls(joon)).toEqual(await polls());
  const { status } = await fleet.api('GET', `/api/v1/meetings/${meetingId}/polls`, undefined, sora!.cookie);
  expect(status).toBe(403);
});

test('the result comes also where the start was lost, or after the fleet ended the call', async () => {
  await publish(event('call-opened'), event('call-ended', { reason: 'ended-by-fleet' }));
  const poll = ended(running());
  await publish(event('poll-ended', { poll }));
  await expect.poll(() => polls()).toEqual([{ poll, isLost: false }]);
});

test('a poll without a result is lost once its call is over', async () => {
  const poll = running();
  await publish(event('call-opened'), event('poll-started', { poll }), event('call-ended', { reason: 'empty' }));
  await expect.poll(() => polls()).toEqual([{ poll, isLost: true }]);
});

test('a poll of another call’s id stays what it is', async () => {
  const poll = running();
  await publish(event('call-opened'), event('poll-started', { poll }));
  await expect.poll(async () => (await polls()).length).toBe(1);
  const former = { meetingId, callId };
  const other = { title: 'Other', startsAtMs: Date.now() + 3_600_000, durationMinutes: 30, people: [], roomIds: [] };
  meetingId = (await fleet.api('POST', '/api/v1/meetings', other, mina!.cookie)).body.meeting.meetingId;
  callId = (await fleet.api('POST', `/api/v1/meetings/${meetingId}/entries`, {}, mina!.cookie)).body.grant.callId;
  await publish(event('call-opened'), event('poll-ended', { poll: ended({ ...poll, question: 'Stolen' }) }));
  await expect.poll(async () => (await polls()).length).toBe(1);
  ({ meetingId, callId } = former);
  expect(await polls()).toEqual([{ poll, isLost: false }]);
});

test('a host prepares polls, in order and not without end; a member neither sees nor makes them', async () => {
  expect((await fleet.api('POST', at(''), { ...draft, choices: ['One'] }, mina!.cookie)).status).toBe(400);
  const made: string[] = [];
  for (let n = 0; n < MAX_PREPARED_POLLS; n++) {
    const { body } = await fleet.api('POST', at(''), { ...draft, question: `Q${n}` }, mina!.cookie);
    made.push(body.preparedPoll.preparedPollId);
  }
  expect((await fleet.api('POST', at(''), draft, mina!.cookie)).body.error.code).toBe('not-possible-now');
  for (const method of ['GET', 'POST'] as const)
    expect((await fleet.api(method, at(''), method === 'POST' ? draft : undefined, joon!.cookie)).status).toBe(403);
  expect((await fleet.api('DELETE', at(`/${made[0]}`), undefined, mina!.cookie)).status).toBe(200);
  expect((await fleet.api('DELETE', at(`/${made[0]}`), undefined, mina!.cookie)).status).toBe(200);
  const { body } = await fleet.api('GET', at(''), undefined, mina!.cookie);
  expect(body.preparedPolls.map(({ draft: { question } }: Json) => question)).toEqual(
    Array.from({ length: MAX_PREPARED_POLLS - 1 }, (_, n) => `Q${n + 1}`),
  );
  expect(body.preparedPolls[0].draft.rightChoice).toBe(1);
});
