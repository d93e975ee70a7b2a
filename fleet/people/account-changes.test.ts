import { afterEach, beforeEach, expect, test } from 'vitest';
import { newId } from '../store/index.ts';
import type { AccountChange } from './account-changes.ts';
import { ADMINISTRATOR, MEMBER, PeopleUnderTest, refusalOf } from './people-under-test.ts';

let fleet: PeopleUnderTest;
beforeEach(async () => {
  fleet = new PeopleUnderTest();
  await fleet.start();
});
afterEach(() => fleet.stop());

const to = (change: Partial<AccountChange>): AccountChange => ({
  displayName: 'Somebody',
  email: null,
  placeId: null,
  grants: [MEMBER],
  isDisabled: false,
  ...change,
});

test('an account that is disabled is signed out, its tokens and links end for good, and it looks like none', async () => {
  await fleet.account('admin', ADMINISTRATOR);
  const mina = await fleet.account('mina', MEMBER);
  const { changes, sessions, apiTokens, invites } = fleet.people;
  const { token } = await fleet.signIn('mina');
  const made = await apiTokens.create(mina, {
    tokenName: 'Script',
    permissions: ['meetings.create'],
    scope: { kind: 'organisation' },
    expiresInDays: 1,
  });
  const { inviteUrl } = await invites.makeAgain(mina.accountId, 'test');
  const shutOut: string[] = [];
  changes.onShutOut((accountId) => shutOut.push(accountId));
  await changes.change(mina.accountId, to({ isDisabled: true }), 'account:admin');
  expect(shutOut).toEqual([mina.accountId]);
  expect(await sessions.of(token)).toBeNull();
  expect(await refusalOf(fleet.signIn('mina'))).toBe(await refusalOf(fleet.signIn('made up')));
  expect(await refusalOf(invites.makeAgain(mina.accountId, 'test'))).toBe('not-possible-now');
  await changes.change(mina.accountId, to({ isDisabled: false }), 'account:admin');
  expect(await sessions.of(token)).toBeNull();
  expect(await refusalOf(apiTokens.of(made.secret))).toBe('token-invalid');
  const code = new URL(inviteUrl).hash.replace('#invite=', '');
  expect(await refusalOf(invites.use(code, 'another long one', { network: 'n', browser: '' }))).toBe('invite-invalid');
  await fleet.signIn('mina');
  const kinds = await fleet.audit(`account:${mina.accountId}`);
  expect(kinds).toEqual([
    'account-created',
    'account-invited',
    'account-changed',
    'account-disabled',
    'account-enabled',
  ]);
});

test('the last local administrator who can sign in stays one: not disabled, not without the role', async () => {
  const admin = await fleet.account('admin', ADMINISTRATOR);
  const { changes } = fleet.people;
  const refused = async (change: Partial<AccountChange>) =>
    expect(await refusalOf(changes.change(admin.accountId, to(change), 'test'))).toBe('last-administrator');
  await refused({ grants: [ADMINISTRATOR], isDisabled: true });
  await refused({ grants: [MEMBER] });
  await refused({ grants: [{ role: 'administrator', scope: { kind: 'room', roomId: await fleet.room('Maple') } }] });
  // nobody signs in by these: one has chosen no password yet, one is a directory's
  await changes.create({ userName: 'invited', grants: [ADMINISTRATOR] }, 'test');
  await refused({ grants: [MEMBER] });
  const other = await fleet.account('other', ADMINISTRATOR);
  await fleet.store.write((trx) =>
    trx.updateTable('account').set({ issuer: 'https://id.example' }).where('accountId', '=', other.accountId).execute(),
  );
  await refused({ grants: [MEMBER] });
  expect((await fleet.people.accounts.byId(admin.accountId))!.grants).toEqual([ADMINISTRATOR]);
  await fleet.account('second', ADMINISTRATOR);
  await changes.change(admin.accountId, to({ grants: [MEMBER] }), 'test');
  expect((await fleet.people.accounts.byId(admin.accountId))!.grants).toEqual([MEMBER]);
});

test('of two administrators who remove each other at the same instant one stays', async () => {
  const { changes } = fleet.people;
  const [one, two] = [await fleet.account('one', ADMINISTRATOR), await fleet.account('two', ADMINISTRATOR)];
  const outcomes = await Promise.all([
    refusalOf(changes.change(one.accountId, to({ grants: [ADMINISTRATOR], isDisabled: true }), 'two')),
    refusalOf(changes.change(two.accountId, to({ grants: [MEMBER] }), 'one')),
  ]);
  expect(outcomes).toEqual(['not refused', 'last-administrator']);
});

test('roles are granted and revoked one by one in the audit; one in a place or room that there is not is refused', async () => {
  await fleet.account('admin', ADMINISTRATOR);
  const mina = await fleet.account('mina', MEMBER);
  const { changes, accounts } = fleet.people;
  const roomId = await fleet.room('Maple');
  const operator = { role: 'operator', scope: { kind: 'room', roomId } } as const;
  await changes.change(mina.accountId, to({ grants: [operator, operator] }), 'test');
  expect((await accounts.byId(mina.accountId))!.grants).toEqual([operator]);
  expect((await fleet.audit(`account:${mina.accountId}`)).slice(2)).toEqual(['role-revoked', 'role-granted']);
  for (const change of [
    { placeId: newId() },
    { grants: [{ role: 'operator', scope: { kind: 'place', placeId: newId() } } as const] },
    { grants: [{ role: 'operator', scope: { kind: 'room', roomId: newId() } } as const] },
  ])
    expect(await refusalOf(changes.change(mina.accountId, to(change), 'test'))).toBe('not-found');
  expect(await refusalOf(changes.change(newId(), to({}), 'test'))).toBe('not-found');
});

test('a user name is taken once among local accounts, however it is written, also at the same instant', async () => {
  const { changes } = fleet.people;
  const make = (userName: string) => refusalOf(changes.create({ userName, grants: [] }, 'test'));
  expect(await Promise.all([make('mina'), make('Mina')])).toEqual(['not refused', 'user-name-taken']);
});

test('an account is signed out everywhere, or in one place', async () => {
  const mina = await fleet.account('mina', MEMBER);
  const other = await fleet.account('other', MEMBER);
  const { changes, sessions } = fleet.people;
  const [first, second] = [await fleet.session('mina'), await fleet.session('mina')];
  const listed = await sessions.listOf(mina.accountId, second.sessionId);
  expect(
    listed.map(({ sessionId, isCurrent, method, browser, network }) => [
      sessionId,
      isCurrent,
      method,
      browser,
      network,
    ]),
  ).toEqual(
    expect.arrayContaining([
      [first.sessionId, false, 'password', 'a browser', 'office'],
      [second.sessionId, true, 'password', 'a browser', 'office'],
    ]),
  );
  let ended = 0;
  sessions.onEnded(() => {
    ended += 1;
  });
  expect(await sessions.end(first.sessionId, other.accountId, 'account:other')).toBe(false);
  expect(ended).toBe(0);
  expect(await sessions.end(first.sessionId, mina.accountId, 'account:admin')).toBe(true);
  expect(ended).toBe(1);
  expect(await sessions.end(first.sessionId, mina.accountId, 'account:admin')).toBe(false);
  expect(ended).toBe(1);
  expect(await changes.endSessions(mina.accountId, 'account:admin')).toBe(1);
  expect(await sessions.listOf(mina.accountId, null)).toEqual([]);
  const lines = (await fleet.audit(`account:${mina.accountId}`)).filter((kind) => kind === 'session-ended');
  expect(lines).toHaveLength(2);
});
