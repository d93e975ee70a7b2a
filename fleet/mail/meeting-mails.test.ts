/** Mails about a meeting beside its minutes, on a real store: what waits is replaced, and what is not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { mailStatesOf } from './mail-queue.ts';
import { MeetingMails } from './meeting-mails.ts';
import type { MeetingMessage } from './message.ts';

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

test('of a meeting that a calendar cancels again and again, one mail for each time that it invited before', async () => {
  const cancel = { personIds: [personId], times, sender: 'room:a', isWhole: true };
  const send = () =>
    store.write((trx) =>
      trx
        .updateTable('mail')
        .set({ tries: 1, sentAtMs: Date.now() })
        .where('meetingId', '=', meetingId)
        .where('failure', 'is', null)
        .execute(),
    );
  const cancels = async () => (await waiting()).filter((kind) => kind === 'meeting-cancel').length;
  await send();
  for (let times = 0; times < 3; times += 1) {
    await store.write((trx) => mails.cancelled(trx, meetingId, cancel));
    await send();
  }
  expect(await cancels()).toBe(1);
  await store.write((trx) => mails.invited(trx, meetingId, [personId], 'room:a'));
  // it did not leave: they know that it is cancelled
  await store.write((trx) => mails.cancelled(trx, meetingId, cancel));
  expect(await cancels()).toBe(1);
  await store.write((trx) => mails.invited(trx, meetingId, [personId], 'room:a'));
  await send();
  await store.write((trx) => mails.cancelled(trx, meetingId, cancel));
  expect(await cancels()).toBe(2);
});

describe('of meetings that repeat', () => {
  const DAY_MS = 86_400_000;
  const firstMs = Date.UTC(2027, 0, 4, 1);
  const startOf = (index: number): number => firstMs + index * 7 * DAY_MS;
  let meetingIds: string[];

  /** Three of a person; the invitation was sent. */
  beforeEach(async () => {
    meetingIds = [newId(), newId(), newId()];
    const personIds = [newId(), newId(), newId()];
    const repetitionId = newId();
    const person = { accountId: null, displayName: 'Joon', email: 'joon@corp.example', role: 'guest' as const };
    await store.write(async (trx) => {
      const repetition = { repetitionId, every: 'week' as const, timeZone: 'Asia/Seoul', durationMinutes: 60 };
      await trx.insertInto('repetition').values(repetition).execute();
      for (const [index, id] of meetingIds.entries()) {
        const at = { startsAtMs: startOf(index), endsAtMs: startOf(index) + 3_600_000, occurrenceAtMs: startOf(index) };
        await trx
          .insertInto('meeting')
          .values({ meetingId: id, title: 'Weekly', createdAtMs: 1, repetitionId, ...at })
          .execute();
        const ids = { personId: personIds[index]!, meetingId: id, invitedAs: personIds[0]! };
        await trx
          .insertInto('meetingPerson')
          .values({ ...person, ...ids, inviteId: null, addedAtMs: 1 })
          .execute();
      }
      await mails.invited(trx, meetingIds[0]!, [personIds[0]!], sender);
      await trx.updateTable('mail').set({ tries: 1, sentAtMs: 5 }).where('meetingId', '=', meetingIds[0]!).execute();
    });
  });

  const change = (index: number, changes: Partial<{ title: string; startsAtMs: null; endsAtMs: null }>) =>
    store.write((trx) =>
      trx
        .updateTable('meeting')
        .set({ ...changes, sequence: 3 })
        .where('meetingId', '=', meetingIds[index]!)
        .execute(),
    );
  /** The mail about it. */
  async function cancelledFrom(index: number): Promise<MeetingMessage> {
    await store.write(async (trx) => {
      const cancelled = await trx
        .updateTable('meeting')
        .set({ cancelledAtMs: 9 })
        .where('meetingId', 'in', meetingIds.slice(index))
        .returning(['meetingId', 'startsAtMs', 'endsAtMs', 'repetitionId', 'occurrenceAtMs'])
        .execute();
      cancelled.sort((a, b) => meetingIds.indexOf(a.meetingId) - meetingIds.indexOf(b.meetingId));
      await mails.repetitionEnded(trx, { repetitionId: cancelled[0]!.repetitionId!, cancelled, sender });
    });
    const { message } = await store.read
      .selectFrom('mail')
      .select('message')
      .where('kind', '=', 'meeting-cancel')
      .where('meetingId', '=', meetingIds[index]!)
      .executeTakeFirstOrThrow();
    return JSON.parse(message);
  }

  test('those that stay keep their titles, whatever the first that is cancelled is called', async () => {
    await change(0, { title: 'Kick-off' });
    await change(2, { title: 'Farewell' });
    expect(await cancelledFrom(2)).toMatchObject({
      title: 'Weekly',
      startsAtMs: startOf(2),
      repetition: { occurrences: [{ title: 'Kick-off', sequence: 4 }, { meetingId: meetingIds[1] }] },
    });
  });

  test.each([
    [0, 'CANCEL'],
    [1, 'REQUEST'],
  ])('they leave calendars also where the first that is cancelled has no time: %s', async (index, method) => {
    await change(index, { startsAtMs: null, endsAtMs: null });
    expect((await cancelledFrom(index)).calendar).toMatchObject({ method });
  });
});

describe('a change of several that repeat', () => {
  const startOf = (index: number): number => Date.UTC(2027, 0, 4 + index * 7, 1);
  let [repetitionId, invitedAs] = ['', ''];
  let meetingIds: string[];
  let personIds: string[];

  /** Three of a person, who is invited to all, and the invitation waits. */
  beforeEach(async () => {
    repetitionId = newId();
    meetingIds = [newId(), newId(), newId()];
    personIds = [newId(), newId(), newId()];
    invitedAs = personIds[0]!;
    await store.write(async (trx) => {
      const repetition = { repetitionId, every: 'week' as const, timeZone: 'Asia/Seoul', durationMinutes: 60 };
      await trx.insertInto('repetition').values(repetition).execute();
      for (const [index, id] of meetingIds.entries()) {
        const at = { startsAtMs: startOf(index), endsAtMs: startOf(index) + 3_600_000, occurrenceAtMs: startOf(index) };
        const meeting = { meetingId: id, title: 'Weekly', createdAtMs: 1, repetitionId, ...at };
        await trx.insertInto('meeting').values(meeting).execute();
        const person = { personId: personIds[index]!, meetingId: id, invitedAs, accountId: null, inviteId: null };
        await trx
          .insertInto('meetingPerson')
          .values({ ...person, displayName: 'Joon', email: 'joon@corp.example', role: 'guest', addedAtMs: 1 })
          .execute();
      }
      await mails.invited(trx, meetingIds[0]!, [invitedAs], sender);
    });
  });
  const sent = () =>
    store.write((trx) =>
      trx.updateTable('mail').set({ tries: 1, sentAtMs: 5 }).where('sentAtMs', 'is', null).execute(),
    );
  const mailsOf = async (): Promise<{ kind: string; message: MeetingMessage }[]> => {
    const rows = await store.read
      .selectFrom('mail')
      .select(['kind', 'message'])
      .where('meetingId', 'in', meetingIds)
      .where('sentAtMs', 'is', null)
      .where('failure', 'is', null)
      .orderBy('mailId')
      .execute();
    return rows.map(({ kind, message }) => ({ kind, message: JSON.parse(message) }));
  };
  const changedFrom = async (index: number, isOther = true) =>
    store.write(async (trx) => {
      const rows = await trx.selectFrom('meeting').selectAll().where('meetingId', 'in', meetingIds).execute();
      const formers = meetingIds.slice(index).map((id) => rows.find(({ meetingId: each }) => each === id)!);
      const changed = formers.map((former) => ({
        ...{ meetingId: former.meetingId, former, addedIds: [], isOther },
        keptIds: [personIds[meetingIds.indexOf(former.meetingId)]!],
      }));
      for (const { meetingId: id } of formers)
        await trx.updateTable('meeting').set({ title: 'Sync', sequence: 1 }).where('meetingId', '=', id).execute();
      await mails.repetitionChanged(trx, { repetitionId, changed, removed: [], sender });
    });
  const removedFrom = async (index: number) =>
    store.write(async (trx) => {
      const rows = await trx.selectFrom('meeting').selectAll().where('meetingId', 'in', meetingIds).execute();
      const formers = meetingIds.slice(index).map((id) => rows.find(({ meetingId: each }) => each === id)!);
      const removed = [];
      for (const { meetingId: id, ...times } of formers) {
        const gone = personIds[meetingIds.indexOf(id)]!;
        removed.push(...(await mails.leaving(trx, id, { personIds: [gone], times, sender })));
        await trx.deleteFrom('meetingPerson').where('personId', '=', gone).execute();
      }
      const nobody = { addedIds: [], keptIds: [], isOther: false };
      const changed = formers.map((former) => ({ meetingId: former.meetingId, former, ...nobody }));
      await mails.repetitionChanged(trx, { repetitionId, changed, removed, sender });
    });

  test('that comes before the invitation left is in it', async () => {
    await changedFrom(1);
    const [mail, ...others] = await mailsOf();
    expect(others).toEqual([]);
    expect(mail).toMatchObject({
      kind: 'repetition-request',
      message: { about: 'invited', title: 'Weekly', sequence: 1 },
    });
    expect(mail!.message.repetition!.occurrences.map(({ title }) => title)).toEqual([undefined, 'Sync', 'Sync']);
  });

  test('is one mail, which what becomes of one of them does not replace; the next change does', async () => {
    await sent();
    await changedFrom(0);
    await store.write((trx) =>
      mails.changed(trx, meetingIds[0]!, {
        personIds: [personIds[0]!],
        former: { startsAtMs: startOf(0), endsAtMs: startOf(0) },
        sender,
      }),
    );
    expect((await mailsOf()).map(({ kind }) => kind)).toEqual(['repetition-change', 'meeting-change']);
    await changedFrom(0);
    const [mail, ...others] = await mailsOf();
    expect(others).toEqual([]);
    expect(mail).toMatchObject({ kind: 'repetition-change', message: { about: 'changed', sequence: 2 } });
    expect((await mailStatesOf(store.read, meetingIds[2]!)).get(personIds[2]!)).toBe('queued');
  });

  test('sends nobody a mail where neither title nor time nor room is another', async () => {
    await sent();
    await changedFrom(1, false);
    expect(await mailsOf()).toEqual([]);
  });

  test.each([
    ['to some of them keeps those in the calendar', 1, 'ended', 'REQUEST', 1],
    ['to all of them takes the entry out of it', 0, 'cancelled', 'CANCEL', undefined],
  ] as const)('that removes a person who was invited %s', async (_, index, about, method, left) => {
    await sent();
    await removedFrom(index);
    const [mail, ...others] = await mailsOf();
    expect(others).toEqual([]);
    expect(mail).toMatchObject({ kind: 'meeting-cancel', message: { about, calendar: { method } } });
    expect(mail!.message.entry).toMatchObject({ uid: repetitionId, occurrenceAtMs: null });
    expect(mail!.message.repetition?.occurrences.length).toBe(left);
  });

  test('that removes a person before the invitation left sends none', async () => {
    await removedFrom(0);
    expect(await mailsOf()).toEqual([]);
  });
});

test('to guests minutes carry no link that asks for an account', async () => {
  const accountId = newId();
  const watch = `https://maru.example/watch/${newId()}`;
  const text = `- Recording: [Plans](${watch})\n- [Map](https://map.example/)`;
  await store.write(async (trx) => {
    const member = { personId: newId(), meetingId, accountId, displayName: 'Hana', email: null };
    await trx
      .insertInto('account')
      .values({
        ...{ accountId, issuer: 'local', subject: accountId, userName: 'hana', displayName: 'Hana' },
        ...{ email: 'hana@corp.example', placeId: null, createdAtMs: 1, disabledAtMs: null },
        ...{ lastSignedInAtMs: null, checkedAtMs: null },
      })
      .execute();
    await trx
      .insertInto('meetingPerson')
      .values({ ...member, role: 'member', inviteId: null, addedAtMs: 2 })
      .execute();
    await mails.minutes(trx, meetingId, { text, language: 'en', sender });
  });
  const rows = await store.read
    .selectFrom('mail')
    .select('message')
    .where('meetingId', '=', meetingId)
    .where('kind', '=', 'meeting-minutes')
    .orderBy('mailId')
    .execute();
  const sent = rows.map(({ message }) => JSON.parse(message!)).map((each) => [each.to.address, each.text]);
  expect(sent.slice(1)).toEqual([
    ['joon@corp.example', '- Recording: Plans\n- [Map](https://map.example/)'],
    ['hana@corp.example', text],
  ]);
});
