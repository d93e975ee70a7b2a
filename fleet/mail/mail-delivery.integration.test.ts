/** Delivery to a real SMTP server that is down, busy, or knows nobody: tries, their end, and what is kept. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { UserError } from '#contract/error-codes.ts';
import { type AuthorityStore, authorityStore } from '../store/index.ts';
import { queueAccountMail } from './account-mails.ts';
import { MailDelivery, type MailDeliveryDependencies } from './mail-delivery.ts';
import { queueMentionMail } from './mention-mails.ts';
import { giveUpWaiting, queueMail, withdrawMinutes } from './mail-queue.ts';
import { MailServerUnderTest } from './mail-server-under-test.ts';

let dataDir: string;
let store: AuthorityStore;
let smtp: MailServerUnderTest;
let delivery: MailDelivery;
let log: string;
let minutesPdf: MailDeliveryDependencies['minutesPdf'];
let mentions: { meetingId: string; title: string; names: string[] }[];

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-mail-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  smtp = new MailServerUnderTest();
  await smtp.reservePort();
  log = '';
  mentions = [];
  minutesPdf = async ({ text }) => (text.includes('PDF') ? Buffer.from('%PDF-1.4') : null);
  delivery = newDelivery();
});
afterEach(async () => {
  delivery.stop();
  await store.stop();
  await smtp.stop();
  rmSync(dataDir, { recursive: true });
});

const newDelivery = () =>
  new MailDelivery({
    store,
    settings: {
      host: '127.0.0.1',
      port: smtp.port,
      security: 'none-on-loopback',
      user: null,
      password: null,
      from: 'maru@maru.example',
    },
    fleetUrl: 'https://maru.example',
    minutesPdf: (minutes) => minutesPdf(minutes),
    guestLink: async (_meetingId, inviteId) => {
      if (inviteId === 'revoked') throw new UserError('invite-invalid');
      return `https://maru.example/join#${inviteId}`;
    },
    mentionsOf: async () => mentions,
    logger: pino(
      {},
      {
        write: (text: string) => {
          log += text;
        },
      },
    ),
    retryAfterMs: 100,
  });
const inviteUrl = 'https://maru.example/staff#invite=secret';
const queue = (email: string, accountId = email, actor = 'account:admin') =>
  store.write((trx) => queueAccountMail(trx, { accountId, email, displayName: 'Mina', inviteUrl, actor }));
const rows = () => store.read.selectFrom('mail').selectAll().orderBy('mailId').execute();

test('a mail server that is down gets the mail when it is up', async () => {
  await queue('mina@corp.example');
  delivery.start();
  await vi.waitFor(async () => expect((await rows())[0]!.tries).toBeGreaterThan(1), { timeout: 5_000 });
  expect(delivery.problem).toBe('ESOCKET');
  await smtp.start();
  await vi.waitFor(async () => expect((await rows())[0]!.sentAtMs).not.toBeNull(), { timeout: 5_000 });
  expect(smtp.to('mina@corp.example')).toHaveLength(1);
  expect(delivery.problem).toBeNull();
});

test('after five tries a mail is given up, with nothing left of its link', async () => {
  await smtp.start();
  await queue('busy@corp.example');
  delivery.start();
  await vi.waitFor(async () => expect((await rows())[0]!.failure).toBe('EENVELOPE 451'), { timeout: 10_000 });
  expect(await rows()).toMatchObject([{ tries: 5, sentAtMs: null, message: '' }]);
  expect(log).not.toMatch(/secret|busy@/);
});

test('an address that the server does not know is tried once, and holds up no other', async () => {
  await smtp.start();
  await queue('nobody@corp.example');
  await queue('mina@corp.example');
  delivery.start();
  await vi.waitFor(() => expect(smtp.to('mina@corp.example')).toHaveLength(1), { timeout: 5_000 });
  await vi.waitFor(async () =>
    expect(await rows()).toMatchObject([
      { tries: 1, failure: 'EENVELOPE 550' },
      { tries: 1, failure: null },
    ]),
  );
  expect(delivery.problem).toBeNull();
});

test('an invite that is revoked while its mail waits is not sent', async () => {
  await smtp.start();
  const message = {
    about: 'invited' as const,
    to: { name: 'Mina', address: 'mina@corp.example' },
    meetingId: 'm',
    title: 'Plans',
    hostName: 'Joon',
    startsAtMs: null,
    endsAtMs: null,
    roomNames: [],
    sequence: 0,
    calendar: null,
  };
  const mail = { kind: 'meeting-request' as const, meetingId: 'm', accountId: null, sender: 'account:joon' };
  await store.write(async (trx) => {
    await queueMail(trx, { ...mail, personId: 'a', message: { ...message, inviteId: 'revoked' } });
    await queueMail(trx, { ...mail, personId: 'b', message: { ...message, inviteId: 'good' } });
  });
  delivery.start();
  await vi.waitFor(() => expect(smtp.mails).toHaveLength(1), { timeout: 5_000 });
  expect(smtp.mails[0]!.parts[0]!.text).toContain('https://maru.example/join#good');
  expect((await rows())[0]).toMatchObject({ tries: 1, failure: 'invite-invalid', message: '' });
});

test('minutes have their PDF where there is one, and leave without it where there is none', async () => {
  await smtp.start();
  const mail = { kind: 'meeting-minutes' as const, meetingId: 'm', accountId: null, sender: 'account:joon' };
  const message = (address: string, text: string) =>
    ({
      about: 'minutes',
      to: { name: 'Mina', address },
      title: 'Plans',
      hostName: 'Joon',
      language: 'en',
      text,
    }) as const;
  await store.write(async (trx) => {
    await queueMail(trx, { ...mail, personId: 'a', message: message('mina@corp.example', 'a PDF') });
    await queueMail(trx, { ...mail, personId: 'b', message: message('joon@corp.example', 'plain') });
  });
  delivery.start();
  await vi.waitFor(() => expect(smtp.mails).toHaveLength(2), { timeout: 5_000 });
  const typesTo = (address: string) => smtp.to(address)[0]!.parts.map(({ type }) => type);
  expect(typesTo('mina@corp.example')).toEqual(['text/plain', 'text/html', 'application/pdf', 'text/markdown']);
  expect(typesTo('joon@corp.example')).toEqual(['text/plain', 'text/html', 'text/markdown']);
});

const queueMinutes = (address: string) =>
  store.write((trx) =>
    queueMail(trx, {
      ...{ kind: 'meeting-minutes', meetingId: 'm', personId: null, accountId: null, sender: 'account:joon' },
      message: {
        about: 'minutes',
        to: { name: 'Mina', address },
        ...{ title: 'Plans', hostName: 'Joon', language: 'en', text: '# Minutes' },
      },
    }),
  );

test('minutes that wait for a PDF hold up no other mail', async () => {
  await smtp.start();
  let printed: (pdf: null) => void = () => {};
  const printing = new Promise<null>((resolve) => {
    printed = resolve;
  });
  minutesPdf = () => printing;
  for (let n = 0; n < 6; n += 1) await queueMinutes(`mina${n}@corp.example`);
  await queue('joon@corp.example');
  delivery.start();
  await vi.waitFor(() => expect(smtp.to('joon@corp.example')).toHaveLength(1), { timeout: 5_000 });
  expect(smtp.mails).toHaveLength(1);
  printed(null);
  await vi.waitFor(() => expect(smtp.mails).toHaveLength(7), { timeout: 5_000 });
});

test('minutes whose record is deleted while they wait for their PDF are not sent', async () => {
  await smtp.start();
  minutesPdf = async () => {
    await store.write((trx) => withdrawMinutes(trx, 'm'));
    return null;
  };
  await queueMinutes('mina@corp.example');
  delivery.start();
  await vi.waitFor(async () => expect((await rows())[0]!.failure).not.toBeNull(), { timeout: 5_000 });
  await queue('joon@corp.example');
  await vi.waitFor(() => expect(smtp.to('joon@corp.example')).toHaveLength(1), { timeout: 5_000 });
  expect(smtp.to('mina@corp.example')).toHaveLength(0);
  expect((await rows())[0]).toMatchObject({ failure: 'record-deleted', sentAtMs: null, message: '' });
});

test('a newer link replaces one whose mail waits', async () => {
  await queue('mina@corp.example', 'mina');
  await queue('mina@corp.example', 'mina');
  await smtp.start();
  delivery.start();
  await vi.waitFor(async () => expect((await rows())[1]!.sentAtMs).not.toBeNull(), { timeout: 5_000 });
  expect(await rows()).toMatchObject([{ tries: 0, failure: 'superseded', message: '' }, {}]);
  expect(smtp.mails).toHaveLength(1);
});

test('where no mail server is named any more, what waits is given up', async () => {
  await queue('mina@corp.example');
  await store.write(giveUpWaiting);
  expect(await rows()).toMatchObject([{ failure: 'no-mail-server', message: '' }]);
});

test('what a directory has for an address, and is none, is not written to', async () => {
  for (const wrong of [
    'mina',
    'mina@corp.example, all@corp.example',
    'mina@corp.example\r\nRCPT TO:<all@corp.example>',
    '',
  ])
    expect(await queue(wrong), wrong).toBe(false);
  expect(await rows()).toEqual([]);
});

test('one sender has 200 mails a day, and others go on', async () => {
  const queued = [];
  for (let n = 0; n < 201; n += 1) queued.push(await queue(`m${n}@corp.example`));
  expect(queued.filter(Boolean)).toHaveLength(200);
  expect(queued[200]).toBe(false);
  expect(await queue('other@corp.example', 'other', 'account:another')).toBe(true);
});

test('mails about mentions of one writer have a limit of their own, and take nothing from the invitations', async () => {
  const account = (accountId: string) => ({ accountId, issuer: 'local', subject: accountId, userName: accountId });
  await store.write(async (trx) => {
    for (let n = 0; n < 201; n += 1)
      await trx
        .insertInto('account')
        .values({ ...account(`m${n}`), displayName: 'M', email: `m${n}@corp.example`, createdAtMs: 1 })
        .execute();
  });
  const mention = (accountId: string) =>
    store.write((trx) => queueMentionMail(trx, { accountId, sender: 'account:admin' }));
  const mentioned = async () => (await rows()).filter(({ kind }) => kind === 'chat-mention').length;
  for (let n = 0; n < 201; n += 1) expect(await mention(`m${n}`)).toBe(true);
  expect(await mentioned()).toBe(200);
  // and invitations take nothing from the mentions
  expect(await queue('other@corp.example')).toBe(true);
  await store.write((trx) => trx.deleteFrom('mail').where('accountId', '=', 'm0').execute());
  expect(await mention('m200')).toBe(true);
  expect(await mentioned()).toBe(200);
});

test('a mail about mentions names what is unread when it is sent, without the words; of nothing there is none', async () => {
  await smtp.start();
  const message = { about: 'mention' as const, to: { name: 'Mina', address: 'mina@corp.example' }, accountId: 'mina' };
  const mail = {
    kind: 'chat-mention' as const,
    meetingId: null,
    personId: null,
    accountId: 'mina',
    sender: 'account:j',
  };
  const mention = (language: 'ko' | 'en' | null) =>
    store.write((trx) => queueMail(trx, { ...mail, message: { ...message, language } }));
  // read, or recalled, before the server was there
  await mention('en');
  delivery.start();
  await vi.waitFor(async () => expect((await rows())[0]!.failure).toBe('superseded'), { timeout: 5_000 });
  mentions = [{ meetingId: 'm1', title: 'Plans', names: ['Joon', 'Sora', 'Han', 'Yuna'] }];
  await mention('en');
  await vi.waitFor(() => expect(smtp.to('mina@corp.example')).toHaveLength(1), { timeout: 5_000 });
  const wordsOf = (at: number) =>
    smtp
      .to('mina@corp.example')
      [at]!.parts.map(({ text }) => text)
      .join('\n');
  expect(wordsOf(0)).toContain('Joon, Sora, Han and 1 more mentioned you in the chat of “Plans”.');
  expect(wordsOf(0)).toContain('https://maru.example/staff#/meetings/m1');
  expect(wordsOf(0)).not.toMatch(/[가-힣]/);
  mentions = [...mentions, { meetingId: 'm2', title: 'Budget', names: ['Joon'] }];
  await mention(null);
  await vi.waitFor(() => expect(smtp.to('mina@corp.example')).toHaveLength(2), { timeout: 5_000 });
  const both = wordsOf(1);
  expect(both).toContain('Joon 님이 ‘Budget’ 회의의 채팅에서 회원님을 언급했습니다.');
  expect(both).toContain('Joon mentioned you in the chat of “Budget”.');
  expect(both).not.toContain('#/meetings');
});
