/** Whose password is replaced, and what ends with it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyAudit } from '../../audit/index.ts';
import { ADMINISTRATOR, MEMBER, PASSWORD, PeopleUnderTest, refusalOf } from '../people-under-test.ts';
import { resetAdministratorPassword } from './password-reset.ts';

let under: PeopleUnderTest;
beforeEach(async () => {
  under = new PeopleUnderTest();
  await under.start();
});
afterEach(() => under.stop());

const reset = (userName: string | null = null) =>
  resetAdministratorPassword(under.store, { userName, startedBy: 'root' });

test('the former password, the sessions and a link that is out end; the new one asks for another', async () => {
  const { accountId } = await under.account('mina', ADMINISTRATOR);
  const { token } = await under.signIn('mina');
  const { inviteUrl } = await under.people.invites.makeAgain(accountId, 'fleet');
  const { userName, oneTimePassword, endedSessionCount } = await reset();
  expect([userName, endedSessionCount]).toEqual(['mina', 1]);
  expect(await under.people.sessions.of(token)).toBeNull();
  expect(await refusalOf(under.signIn('mina', PASSWORD))).toBe('credentials-invalid');
  const code = inviteUrl.split(/[#=]/).at(-1)!;
  const by = { browser: 'a browser', network: 'office' };
  expect(await refusalOf(under.people.invites.use(code, 'another good one', by))).toBe('invite-invalid');
  await under.signIn('mina', oneTimePassword);
  expect((await under.people.accounts.byId(accountId))?.mustChangePassword).toBe(true);
});

test('the audit log says who did it on which machine’s account, and nothing of the password', async () => {
  const { accountId } = await under.account('mina', ADMINISTRATOR);
  const { oneTimePassword } = await reset('MINA');
  const row = await under.store.read
    .selectFrom('audit')
    .selectAll()
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  expect(row).toMatchObject({ kind: 'password-reset', actor: 'fleet', subject: `account:${accountId}` });
  expect(JSON.parse(row.details)).toEqual({ startedBy: 'root', count: 0 });
  expect(JSON.stringify(row)).not.toContain(oneTimePassword);
  expect(await verifyAudit(under.store)).toMatchObject({ intact: true });
});

test('of several administrators one is named; nobody else’s password is replaced', async () => {
  await under.account('mina', ADMINISTRATOR);
  await under.account('joon', ADMINISTRATOR);
  await under.account('sora', MEMBER);
  await expect(reset()).rejects.toThrow('--user NAME, one of: joon, mina');
  await expect(reset('sora')).rejects.toThrow('"sora" is no local administrator');
  await expect(reset('nobody')).rejects.toThrow('There is: joon, mina');
  await under.signIn('sora');
});
