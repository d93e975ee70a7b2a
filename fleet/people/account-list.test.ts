import { afterEach, beforeEach, expect, test } from 'vitest';
import { peopleApi } from '#contract/http/people-api.ts';
import { MEMBER, PeopleUnderTest } from './people-under-test.ts';

let fleet: PeopleUnderTest;
beforeEach(async () => {
  fleet = new PeopleUnderTest();
  await fleet.start();
});
afterEach(() => fleet.stop());

const page = (query: object) => fleet.people.list.page(peopleApi.listAccounts.query.parse(query));
const make = (userName: string, displayName: string, email: string | null = null) =>
  fleet.people.changes.create({ userName, displayName, email, grants: [MEMBER] }, 'test');

test('accounts are listed by name, each once, page by page, also where names are the same', async () => {
  for (let i = 0; i < 7; i += 1) await make(`user-${i}`, i % 2 === 0 ? '김민아' : 'Mina');
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const answer = await page({ limit: 2, ...(cursor && { cursor }) });
    expect(answer).toMatchObject({ total: 7, counts: { all: 7, disabled: 0 } });
    names.push(...answer.rows.map(({ userName }) => userName));
    cursor = answer.nextCursor ?? undefined;
  } while (cursor);
  expect(names).toEqual(['user-1', 'user-3', 'user-5', 'user-0', 'user-2', 'user-4', 'user-6']);
});

test('an account is found by a part of its name, user name or address; what people type is no pattern', async () => {
  await make('mina', 'Mina Kim', 'm.kim@example.org');
  await make('joon', '박준', 'joon_100%@example.org');
  await make('hana', '100 Hana');
  const found = async (text: string) => (await page({ text })).rows.map(({ userName }) => userName);
  expect(await found('KIM')).toEqual(['mina']);
  expect(await found(' 준 ')).toEqual(['joon']);
  expect(await found('joo')).toEqual(['joon']);
  expect(await found('100%')).toEqual(['joon']);
  expect(await found('_')).toEqual(['joon']);
  expect(await found("' or 1=1 --")).toEqual([]);
  expect((await page({ text: 'example.org' })).total).toBe(2);
});

test('a row shows roles, whether its person was invited or is disabled, and when they signed in last', async () => {
  await fleet.account('mina', MEMBER);
  await fleet.signIn('mina');
  const { accountId } = await make('new', 'New');
  const { changes, list } = fleet.people;
  const [fresh, mina] = [await list.one(accountId), (await page({ text: 'mina' })).rows[0]!];
  expect(fresh).toMatchObject({ isInvited: true, isDisabled: false, lastSignedInAtMs: null, grants: [MEMBER] });
  expect(mina).toMatchObject({ isInvited: false, lastSignedInAtMs: expect.any(Number) });
  await changes.change(
    accountId,
    { displayName: 'New', email: null, placeId: null, grants: [], isDisabled: true },
    't',
  );
  expect(await page({ text: 'new' })).toMatchObject({
    rows: [{ isInvited: false, isDisabled: true, grants: [] }],
    counts: { all: 2, disabled: 1 },
  });
});
