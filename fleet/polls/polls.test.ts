/** What is kept of polls when events come in another order: on a real store. */
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
  polls = new Polls({ store });
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
