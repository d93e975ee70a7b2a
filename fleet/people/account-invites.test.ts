import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hashOf } from '../store/index.ts';
import { MEMBER, PASSWORD, PeopleUnderTest, refusalOf } from './people-under-test.ts';

let fleet: PeopleUnderTest;
beforeEach(async () => {
  fleet = new PeopleUnderTest();
  await fleet.start();
});
afterEach(async () => {
  vi.useRealTimers();
  await fleet.stop();
});

const codeIn = (inviteUrl: string): string => new URL(inviteUrl).hash.replace('#invite=', '');
const make = (userName = 'mina', email: string | null = null) =>
  fleet.people.changes.create({ userName, displayName: 'Mina', email, grants: [MEMBER] }, 'account:admin');
const use = (code: string, password = 'another long one', network = 'home') =>
  fleet.people.invites.use(code, password, { network, browser: 'a browser' });

test('a one-time link lets its person choose a password and signs them in, once', async () => {
  const { accountId, inviteUrl } = await make();
  expect(inviteUrl).toMatch(/^https:\/\/maru\.example\/staff#invite=[\w-]{43}$/);
  const { account, token } = await use(codeIn(inviteUrl));
  expect(account).toMatchObject({ accountId, userName: 'mina', mustChangePassword: false, grants: [MEMBER] });
  expect((await fleet.people.sessions.of(token))!.isFresh).toBe(true);
  expect((await fleet.people.sessions.listOf(accountId, null))[0]).toMatchObject({ method: 'link', network: 'home' });
  await fleet.signIn('mina', 'another long one');
  expect(await refusalOf(use(codeIn(inviteUrl)))).toBe('invite-invalid');
});

test('of two who use a link at the same instant one is let in', async () => {
  const code = codeIn((await make()).inviteUrl);
  const outcomes = await Promise.all([refusalOf(use(code)), refusalOf(use(code))]);
  expect(outcomes.sort()).toEqual(['invite-invalid', 'not refused']);
});

test('a weak password uses no link up', async () => {
  const code = codeIn((await make()).inviteUrl);
  expect(await refusalOf(use(code, 'short'))).toBe('password-too-weak');
  expect(await refusalOf(use(code, 'mina mina mina'))).toBe('password-too-weak');
  expect(await refusalOf(use(code))).toBe('not refused');
});

test('a newer link makes the earlier ones void; it ends the sessions of who had the account', async () => {
  const { accountId } = await fleet.account('mina', MEMBER);
  const { token } = await fleet.signIn('mina');
  const { invites, sessions } = fleet.people;
  const [first, second] = [await invites.makeAgain(accountId, 'test'), await invites.makeAgain(accountId, 'test')];
  expect(await refusalOf(use(codeIn(first.inviteUrl)))).toBe('invite-invalid');
  expect(await sessions.of(token)).not.toBeNull();
  await use(codeIn(second.inviteUrl));
  expect(await sessions.of(token)).toBeNull();
  expect(await refusalOf(fleet.signIn('mina', PASSWORD))).toBe('credentials-invalid');
});

test('a link ends after 72 hours, and the list shows until when it waits', async () => {
  const { accountId, inviteUrl } = await make();
  const isInvited = async () => (await fleet.people.list.one(accountId)).isInvited;
  expect(await isInvited()).toBe(true);
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + 72 * 3_600_000 - 1_000);
  expect(await isInvited()).toBe(true);
  vi.setSystemTime(Date.now() + 2_000);
  expect(await isInvited()).toBe(false);
  expect(await refusalOf(use(codeIn(inviteUrl)))).toBe('invite-invalid');
});

test('the store has no code of a link; a network that guesses runs dry, and who has a good one does not', async () => {
  const code = codeIn((await make()).inviteUrl);
  const stored = JSON.stringify(await fleet.store.read.selectFrom('accountInvite').selectAll().execute());
  expect(stored).toContain(hashOf(code));
  expect(stored).not.toContain(code);
  let last: unknown;
  for (let i = 0; i < 21; i += 1) last = await refusalOf(use(`made up ${i}`));
  expect(last).toBe('too-many-attempts');
  expect(await refusalOf(use('made up', 'another long one', 'elsewhere'))).toBe('invite-invalid');
  expect(await refusalOf(use(code))).toBe('not refused');
});

test('a link is mailed where mail is sent and an address is known', async () => {
  fleet.sendsMail = true;
  const { inviteUrl, isMailed } = await make('mina', 'mina@example.org');
  expect(isMailed).toBe(true);
  expect(fleet.mails).toMatchObject([{ email: 'mina@example.org', displayName: 'Mina', inviteUrl }]);
  expect((await make('joon')).isMailed).toBe(false);
});
