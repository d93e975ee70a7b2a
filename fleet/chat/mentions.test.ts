/** Who was mentioned and has not read it, and the one mail to who is away, on a real store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { queueMentionMail } from '../mail/index.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { deleteChat } from './delete-chat.ts';
import { MentionMails } from './mention-mails.ts';
import { mailedMentionsOf, unreadMentionsOf } from './mentions.ts';
import { insertPost, postOf, recallPost } from './posts.ts';
import { markRead, readersOf } from './read-marks.ts';

const [mina, joon, sora, guest] = ['mina', 'joon', 'sora', 'seat:1:2'];
let dataDir: string;
let store: AuthorityStore;
let meetingId: string;
let mails: MentionMails;
const here = new Set<string>();
const queue = vi.fn(queueMentionMail);
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-mentions-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
});
beforeEach(async () => {
  meetingId = newId();
  here.clear();
  queue.mockReset().mockImplementation(queueMentionMail);
  await store.write(async (trx) => {
    for (const table of ['mail', 'entry', 'call', 'meetingPerson', 'account'] as const)
      await trx.deleteFrom(table).execute();
    for (const accountId of [mina, joon, sora])
      await trx
        .insertInto('account')
        .values({
          ...{ accountId, issuer: 'local', subject: accountId, userName: accountId, displayName: accountId },
          ...{ createdAtMs: 1, email: `${accountId}@corp.example` },
        })
        .execute();
    await trx
      .insertInto('meeting')
      .values({ meetingId, roomId: null, title: 'Plans', createdAtMs: 1, hostAccountId: mina })
      .execute();
    const person = { meetingId, email: null, inviteId: null, addedAtMs: 1, role: 'member' as const };
    await trx
      .insertInto('meetingPerson')
      .values({ ...person, personId: newId(), accountId: joon, displayName: joon })
      .execute();
  });
  mails = new MentionMails({
    store,
    isHere: (accountId) => here.has(accountId),
    queue,
    logger: pino({ level: 'silent' }),
    ...{ lookEveryMs: 10, awayAfterMs: 0 },
  });
});
afterEach(async () => {
  mails.stop();
  await store.write((trx) => deleteChat(trx, meetingId, null));
});
afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

async function write(by: string, ...named: string[]): Promise<string> {
  const messageId = newId();
  const mentioned = JSON.stringify(
    named.map((name) => ({ person: name === guest ? name : `account:${name}`, name: name })),
  );
  await store.write((trx) =>
    insertPost(trx, {
      ...{ meetingId, messageId, callId: null, person: `account:${by}`, displayName: by, isGuest: 0, text: 'Words' },
      ...{ atMs: Date.now(), replyTo: null, mentioned },
    }),
  );
  return messageId;
}
const read = (accountId: string, messageId: string) =>
  store.write((trx) => markRead(trx, { meetingId, person: `account:${accountId}`, displayName: accountId, messageId }));
const unread = (accountId: string) => unreadMentionsOf(store.read, accountId);
const queued = () => store.read.selectFrom('mail').selectAll().orderBy('createdAtMs').execute();

test('who is mentioned is one of the meeting’s people with an account, and not who wrote it', async () => {
  await write(mina, joon, sora, mina, guest, 'nobody');
  await write(mina, joon, joon);
  expect(await unread(joon)).toEqual([{ meetingId, title: 'Plans', names: [mina], count: 2 }]);
  expect([await unread(sora), await unread(mina)]).toEqual([[], []]);
});

test('a mention goes once it is read, recalled, or its person is none of the meeting’s any more', async () => {
  const first = await write(mina, joon);
  const second = await write(mina, joon);
  expect(await read(joon, first)).toEqual({ isGrown: true, hasReadMention: true });
  expect(await unread(joon)).toMatchObject([{ count: 1 }]);
  await store.write((trx) => recallPost(trx, { meetingId, messageId: second }));
  expect(await unread(joon)).toEqual([]);
  const third = await write(mina, joon);
  await store.write((trx) => trx.deleteFrom('meetingPerson').where('accountId', '=', joon).execute());
  expect(await unread(joon)).toEqual([]);
  expect(await read(joon, third)).toMatchObject({ hasReadMention: true });
});

test('who is away gets one mail for several mentions, and no other within the hour', async () => {
  for (let n = 0; n < 5; n++) await write(mina, joon);
  mails.start();
  await vi.waitFor(async () => expect(await queued()).toHaveLength(1), 5_000);
  expect(await queued()).toMatchObject([{ kind: 'chat-mention', accountId: joon, sender: 'account:mina' }]);
  expect(JSON.parse((await queued())[0]!.message)).toEqual({
    ...{ about: 'mention', to: { name: joon, address: 'joon@corp.example' }, accountId: joon, language: null },
  });
  await write(mina, joon);
  const waits = () =>
    store.read.selectFrom('chatMention').select('messageId').where('mailedAtMs', 'is', null).execute();
  // looks have found it, and left it for later
  const looks = queue.mock.calls.length;
  await vi.waitFor(() => expect(queue.mock.calls.length).toBeGreaterThan(looks + 1), 5_000);
  expect([(await queued()).length, (await waits()).length]).toEqual([1, 1]);
  // an hour later
  await store.write((trx) =>
    trx
      .updateTable('mail')
      .set({ createdAtMs: Date.now() - 3_600_001 })
      .execute(),
  );
  await vi.waitFor(async () => expect(await queued()).toHaveLength(2), 5_000);
  expect(await waits()).toEqual([]);
});

test('who looks at a page, is in a call, has no address or has read it gets none', async () => {
  const callId = newId();
  await store.write(async (trx) => {
    const call = { callId, meetingId, nodeId: 'n', nodeInstanceId: 'i', state: 'open' as const, participantCount: 1 };
    await trx
      .insertInto('call')
      .values({ ...call, createdAtMs: 1 })
      .execute();
    const entry = { callId, peerId: newId(), accountId: mina, atMs: 1, person: 'account:mina', role: 'host' as const };
    await trx
      .insertInto('entry')
      .values({ ...entry, joinedAtMs: 1 })
      .execute();
  });
  here.add(joon);
  await write(mina, joon);
  await write(joon, mina);
  // queued after the others would have been
  await store.write((trx) =>
    trx
      .insertInto('meetingPerson')
      .values({
        ...{ meetingId, email: null, inviteId: null, addedAtMs: 1, role: 'member' as const },
        ...{ personId: newId(), accountId: sora, displayName: sora },
      })
      .execute(),
  );
  await write(mina, sora);
  mails.start();
  await vi.waitFor(async () => expect(await queued()).toHaveLength(1), 5_000);
  expect((await queued())[0]!.accountId).toBe(sora);
  await store.write((trx) => trx.updateTable('account').set({ email: null }).where('accountId', '=', joon).execute());
  here.clear();
  const ofJoon = store.read.selectFrom('chatMention').selectAll().where('accountId', '=', joon);
  await vi.waitFor(async () => expect((await ofJoon.execute())[0]!.mailedAtMs).not.toBeNull(), 5_000);
  expect(await queued()).toHaveLength(1);
});

test('a person whose mail fails keeps nobody else from theirs', async () => {
  const person = { meetingId, email: null, inviteId: null, addedAtMs: 1, role: 'member' as const };
  await store.write((trx) =>
    trx
      .insertInto('meetingPerson')
      .values({ ...person, personId: newId(), accountId: sora, displayName: sora })
      .execute(),
  );
  queue.mockImplementation(async (trx, mail) => {
    if (mail.accountId === joon) throw new Error('damaged');
    return queueMentionMail(trx, mail);
  });
  await write(mina, joon, sora);
  mails.start();
  await vi.waitFor(async () => expect(await queued()).toMatchObject([{ accountId: sora }]), 2_000);
});

test('a day’s limit of its writer bounds the mails', async () => {
  await store.write(async (trx) => {
    for (let n = 0; n < 200; n++)
      await trx
        .insertInto('mail')
        .values({
          ...{ mailId: newId(), kind: 'chat-mention', sender: 'account:mina', message: '', tries: 0 },
          ...{ createdAtMs: Date.now(), nextTryAtMs: Date.now() },
        })
        .execute();
  });
  await write(mina, joon);
  mails.start();
  const rows = store.read.selectFrom('chatMention').select('mailedAtMs');
  await vi.waitFor(async () => expect((await rows.execute())[0]!.mailedAtMs).not.toBeNull(), 5_000);
  expect(await queued()).toHaveLength(200);
});

test('with the record of a meeting marks and mentions are deleted', async () => {
  const messageId = await write(mina, joon);
  await read(mina, messageId);
  await store.write((trx) => deleteChat(trx, meetingId, null));
  for (const table of ['chatPost', 'chatRead', 'chatMention'] as const)
    expect(await store.read.selectFrom(table).selectAll().execute()).toEqual([]);
});

test('a message in the place of a deleted one, whose clock was behind, is read by nobody yet', async () => {
  await write(mina);
  const behind = await write(mina, joon);
  await store.write((trx) => trx.updateTable('chatPost').set({ atMs: 1 }).where('messageId', '=', behind).execute());
  await read(joon, behind);
  await store.write((trx) => deleteChat(trx, meetingId, 2));
  const later = await write(mina, joon);
  const post = { meetingId, messageId: later };
  expect(await readersOf(store.read, (await postOf(store.read, post))!)).toEqual([]);
  expect(await read(joon, later)).toEqual({ isGrown: true, hasReadMention: true });
});

test('a hundred people who wait for the end of their hour keep nobody else from a mail', async () => {
  const waiting = Array.from({ length: 100 }, (_, n) => `a${n}`);
  const messageId = await write(mina, joon);
  await store.write(async (trx) => {
    for (const accountId of waiting)
      await trx.insertInto('chatMention').values({ meetingId, messageId, accountId, number: 0, atMs: 1 }).execute();
  });
  queue.mockImplementation(async (trx, mail) => mail.accountId === joon && queueMentionMail(trx, mail));
  mails.start();
  await vi.waitFor(async () => expect(await queued()).toMatchObject([{ accountId: joon }]), 3_000);
});

test('a guest who chose a name is named on the page, and in no mail', async () => {
  const person = { person: 'peer:1', displayName: 'Sign in at evil.example', isGuest: 1 as const };
  for (let n = 0; n < 2; n++)
    await store.write((trx) =>
      insertPost(trx, {
        ...{ meetingId, messageId: newId(), callId: null, ...person, text: 'Words', atMs: 2 - n, replyTo: null },
        mentioned: JSON.stringify([{ person: 'account:joon', name: joon }]),
      }),
    );
  await write(mina, joon);
  expect(await unread(joon)).toMatchObject([{ names: [mina, person.displayName], count: 3 }]);
  expect(await mailedMentionsOf(store.read, joon)).toEqual([
    { meetingId, title: 'Plans', names: [mina, null], count: 3 },
  ]);
});

test('a mail of a day that is to come, by a clock that was set back since, is not the one of this hour', async () => {
  await store.write((trx) =>
    trx
      .insertInto('mail')
      .values({
        ...{ mailId: newId(), kind: 'chat-mention', accountId: joon, sender: 'account:mina', message: '', tries: 1 },
        ...{ createdAtMs: Date.now() + 86_400_000, nextTryAtMs: 0, sentAtMs: 1 },
      })
      .execute(),
  );
  await write(mina, joon);
  mails.start();
  await vi.waitFor(async () => expect(await queued()).toHaveLength(2), 2_000);
});
