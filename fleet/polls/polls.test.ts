/** What is kept of polls when events come in another order, and when rows are of another release: on a real store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pollUnderTest } from '#contract/poll-under-test.ts';
import type { CallPoll } from '#contract/polls.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { Polls, recordPoll } from './polls.ts';

let dataDir: string;
let store: AuthorityStore;
let meetingId: string;
let logged: unknown[][];
let polls: Polls;
const callId = newId();
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-polls-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  meetingId = newId();
  const meeting = { meetingId, roomId: null, title: 'Meeting', createdAtMs: 1 };
  await store.write((trx) => trx.insertInto('meeting').values(meeting).execute());
  logged = [];
  polls = new Polls({ store, logger: { error: (...line: unknown[]) => void logged.push(line) } as never });
});
afterEach(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

const happened = (name: 'poll-started' | 'poll-ended', poll: CallPoll) =>
  store.write((trx) => recordPoll(trx, { name, eventId: newId(), callId, meetingId, atMs: 5, poll }));

test('a start that is handled after the end leaves the result', async () => {
  const poll = pollUnderTest({ pollId: newId() });
  const ended: CallPoll = { ...poll, counts: [1, 0], result: { endedAtMs: 9, rightChoice: null, answers: null } };
  await happened('poll-ended', ended);
  await happened('poll-started', poll);
  expect(await polls.ofMeeting(meetingId)).toEqual([{ poll: ended, isLost: false }]);
});

test('a prepared poll is not listed as prepared once it is started, in its own meeting alone', async () => {
  const draft = {
    question: 'Where?',
    choices: ['Here', 'There'],
    isMultiple: false,
    isSecret: false,
    rightChoice: null,
  };
  const [first, second] = [await polls.prepare(meetingId, draft), await polls.prepare(meetingId, draft)];
  const other = newId();
  await store.write((trx) =>
    trx.insertInto('meeting').values({ meetingId: other, roomId: null, title: 'Other', createdAtMs: 1 }).execute(),
  );
  const elsewhere = await polls.prepare(other, draft);
  await happened('poll-started', pollUnderTest({ pollId: first.preparedPollId }));
  await happened('poll-started', pollUnderTest({ pollId: elsewhere.preparedPollId }));
  expect(await polls.prepared(meetingId)).toEqual([second]);
  expect(await polls.prepared(other)).toEqual([elsewhere]);
});

test('a row that this release cannot read is left out and logged, without its words', async () => {
  const [good, bad] = [pollUnderTest({ pollId: newId() }), newId()];
  const draft = {
    question: 'Where?',
    choices: ['Here', 'There'],
    isMultiple: false,
    isSecret: false,
    rightChoice: null,
  };
  await happened('poll-started', good);
  await store.write(async (trx) => {
    for (const poll of ['{"question":"Secret plan"}', '{"Secret plan'])
      await trx.insertInto('poll').values({ callId, pollId: newId(), meetingId, startedAtMs: 7, poll }).execute();
    const kept = { ...draft, question: 'Secret plan', ofNewerRelease: true };
    await trx
      .insertInto('preparedPoll')
      .values({ preparedPollId: bad, meetingId, preparedAtMs: 1, draft: JSON.stringify(kept) })
      .execute();
  });
  const prepared = await polls.prepare(meetingId, draft);
  expect(await polls.ofMeeting(meetingId)).toEqual([{ poll: good, isLost: false }]);
  expect(await polls.prepared(meetingId)).toEqual([prepared]);
  expect(logged).toHaveLength(3);
  expect(JSON.stringify(logged)).toContain(bad);
  expect(JSON.stringify(logged)).not.toContain('Secret plan');
});
