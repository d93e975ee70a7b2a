/** Mails about a meeting beside its minutes, on a real store: what waits is replaced, and what is not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { mailStatesOf } from './mail-queue.ts';
import { MeetingMails } from './meeting-mails.ts';

const mails = new MeetingMails();
const sender = 'account:mina';
const times = { startsAtMs: null, endsAtMs: null };
let dataDir: string;
let store: AuthorityStore;
let [meetingId, personId] = ['', ''];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-mails-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
});
beforeEach(async () => {
  [meetingId, personId] = [newId(), newId()];
  const person = { personId, meetingId, accountId: null, displayName: 'Joon', email: 'joon@corp.example' };
  await store.write(async (trx) => {
    await trx.insertInto('meeting').values({ meetingId, title: 'Plans', createdAtMs: 1 }).execute();
    await trx
      .insertInto('meetingPerson')
      .values({ ...person, role: 'guest', inviteId: null, addedAtMs: 1 })
      .execute();
    await mails.invited(trx, meetingId, [personId], sender);
    await mails.minutes(trx, meetingId, { text: '# Minutes', language: 'en', sender });
  });
});
afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

const waiting = async (): Promise<string[]> => {
  const rows = await store.read
    .selectFrom('mail')
    .select('kind')
    .where('meetingId', '=', meetingId)
    .where('failure', 'is', null)
    .orderBy('mailId')
    .execute();
  return rows.map(({ kind }) => kind).sort();
};

test('minutes that wait are sent also where the meeting changes, is cancelled, or an invitation is sent again', async () => {
  await store.write((trx) => mails.changed(trx, meetingId, { personIds: [personId], former: times, sender }));
  expect(await waiting()).toEqual(['meeting-change', 'meeting-minutes']);
  await store.write((trx) => mails.resend(trx, meetingId, personId, sender));
  expect(await waiting()).toEqual(['meeting-minutes', 'meeting-request']);
  const cancelled = { personIds: [personId], times, sender };
  await store.write((trx) => mails.cancelled(trx, meetingId, { ...cancelled, isWhole: true }));
  expect(await waiting()).toEqual(['meeting-minutes']);
});

test('who is removed from the meeting gets no minutes of it', async () => {
  const removed = { personIds: [personId], times, sender, isWhole: false };
  await store.write((trx) => mails.cancelled(trx, meetingId, removed));
  expect(await waiting()).toEqual([]);
});

test('minutes that could not be sent do not show the invitation as failed', async () => {
  await store.write(async (trx) => {
    const mail = trx.updateTable('mail').where('meetingId', '=', meetingId);
    await mail.where('kind', '=', 'meeting-request').set({ sentAtMs: 5, message: '' }).execute();
    await mail.where('kind', '=', 'meeting-minutes').set({ failure: 'EENVELOPE 550', message: '' }).execute();
  });
  expect(await mailStatesOf(store.read, meetingId)).toEqual(new Map([[personId, 'sent']]));
});
