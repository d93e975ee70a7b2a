import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ImportProblem } from '#contract/http/people-api.ts';
import { ADMINISTRATOR, MEMBER, PeopleUnderTest, refusalOf } from './people-under-test.ts';

let fleet: PeopleUnderTest;
beforeEach(async () => {
  fleet = new PeopleUnderTest();
  await fleet.start();
});
afterEach(() => fleet.stop());

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const preview = (text: string) => fleet.people.imports.preview(bytes(text));
const run = (text: string) => fleet.people.imports.run(bytes(text), 'account:admin');
const place = (placeName: string, parentId: string | null = null) =>
  fleet.people.placeChanges.create({ parentId, kind: parentId ? 'building' : 'site', placeName }, 'test');
const byName = async (userName: string) =>
  (await fleet.people.accounts.byId((await fleet.people.accounts.idOf(userName))!))!;

/** What is wrong with a line, as people get it wrong. */
const wrongLines: [string, ImportProblem][] = [
  [',Nobody,n@example.org,Seoul,member', 'user-name-missing'],
  ['a b,Blank,b@example.org,Seoul,member', 'user-name-invalid'],
  ['x,Short,s@example.org,Seoul,member', 'user-name-invalid'],
  ['first,Twice,t@example.org,Seoul,member', 'user-name-twice'],
  ['FIRST,Twice,t@example.org,Seoul,member', 'user-name-twice'],
  ['noname,,n@example.org,Seoul,member', 'name-invalid'],
  ['hidden,\u200b,n@example.org,Seoul,member', 'name-invalid'],
  ['nomail,No Mail,not an address,Seoul,member', 'email-invalid'],
  ['far,Far Away,f@example.org,Atlantis,member', 'place-unknown'],
  ['tower,Tower,f@example.org,Tower,member', 'place-ambiguous'],
  ['king,King,k@example.org,Seoul,king', 'role-unknown'],
  ['boss,Boss,b@example.org,Seoul,관리자', 'role-not-imported'],
  ['more,More,m@example.org,Seoul,member,and more', 'too-many-fields'],
  ['open,"Open,o@example.org,Seoul,member', 'line-unreadable'],
  ['beside,"Beside" it,o@example.org,Seoul,member', 'line-unreadable'],
];

test('of 5,000 lines each of 37 wrong ones is named by its line and problem, and none of the others', async () => {
  const [seoul, busan] = [await place('Seoul'), await place('Busan')];
  await place('Tower', seoul);
  await place('Tower', busan);
  const lines = Array.from(
    { length: 5_000 },
    (_, i) => `user${i},"Kim, ""${i}""",u${i}@example.org,Seoul / Tower,member`,
  );
  lines[0] = 'first,First,first@example.org,,';
  const wrong = Array.from({ length: 37 }, (_, i) => ({ at: 7 + i * 131, case: wrongLines[i % wrongLines.length]! }));
  // each but the repeated user name is another person's
  for (const {
    at,
    case: [line],
  } of wrong)
    lines[at] = line.replace(/^(?!first|FIRST)(\w{2,})/, `$1${at}`);
  const text = `\ufeffUser name,Name,E-mail,Place,Role\r\n${lines.join('\r\n')}\r\n`;
  const expected = wrong.map(({ at, case: [, problem] }) => [at + 2, [problem]]);
  const seen = await preview(text);
  expect(seen.bad.map(({ line, problems }) => [line, problems])).toEqual(expected);
  expect(seen).toMatchObject({ created: 4_963, changed: 0, unchanged: 0 });
  expect((await fleet.people.list.page({ sort: 'name', limit: 1 })).total).toBe(0);
}, 60_000);

test('an import makes the accounts of good lines, each with its link; the same list again changes nothing', async () => {
  const seoul = await place('Seoul');
  await fleet.account('admin', ADMINISTRATOR);
  const text = [
    'User name,Name,E-mail,Place,Role,Department',
    'mina,Mina Kim,mina@example.org,Seoul,,Sales',
    'joon,Joon Park,,Seoul,Operator,IT',
    'x,Too short,,,,',
    'admin,The Admin,,,member,',
  ].join('\n');
  const first = await run(text);
  expect(first).toMatchObject({ created: 2, changed: 1, unchanged: 0, bad: [{ line: 4, userName: 'x' }] });
  expect(first.invites.map(({ userName }) => userName)).toEqual(['mina', 'joon']);
  const [mina, joon, admin] = [await byName('mina'), await byName('joon'), await byName('admin')];
  expect(mina).toMatchObject({ displayName: 'Mina Kim', email: 'mina@example.org', placeId: seoul, grants: [MEMBER] });
  expect(joon.grants).toEqual([{ role: 'operator', scope: { kind: 'place', placeId: seoul } }]);
  // an account that was there keeps its roles
  expect(admin).toMatchObject({ displayName: 'The Admin', grants: [ADMINISTRATOR] });
  const before = await fleet.store.read.selectFrom('account').selectAll().orderBy('accountId').execute();
  expect(await run(text)).toMatchObject({ created: 0, changed: 0, unchanged: 3, invites: [] });
  expect(await fleet.store.read.selectFrom('account').selectAll().orderBy('accountId').execute()).toEqual(before);
  const code = new URL(first.invites[0]!.inviteUrl).hash.replace('#invite=', '');
  await fleet.people.invites.use(code, 'another long one', { network: 'n', browser: '' });
});

test('two imports of one list at the same instant make each account once', async () => {
  const text = `아이디,이름\n${Array.from({ length: 120 }, (_, i) => `user${i},사람 ${i}`).join('\n')}`;
  const [one, two] = await Promise.all([run(text), run(text)]);
  expect(one.invites.length + two.invites.length).toBe(120);
  expect((await fleet.people.list.page({ sort: 'name', limit: 1 })).total).toBe(120);
});

test('what Excel in Korea saves is read: CP949, with syllables that EUC-KR has not, and headings in Korean', async () => {
  await place('본사');
  const saved =
    'bec6c0ccb5f02cc0ccb8a72cc0ccb8dec0cf2cc0e5bcd22cbfaac7d20d0a6d696e612cb1e8b9cebec62c6d696e61406578616d706c652e6f72672cbabbbbe72c' +
    'b1b8bcbabff80d0a6a6f6f6e2cb9da8c63b9e62c2cbabbbbe72cbfeebfb5c0da0d0a';
  const { created, bad } = await fleet.people.imports.run(Buffer.from(saved, 'hex'), 'test');
  expect({ created, bad }).toEqual({ created: 2, bad: [] });
  expect(await byName('mina')).toMatchObject({ displayName: '김민아', grants: [MEMBER] });
  expect(await byName('joon')).toMatchObject({ displayName: '박똠방', email: null, grants: [{ role: 'operator' }] });
});

test('other spreadsheets: semicolons, tabs, UTF-16, lines of old Macs, blank lines, addresses for user names', async () => {
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('user name\tname\nmina\tMina', 'utf16le')]);
  expect(await fleet.people.imports.preview(utf16)).toMatchObject({ created: 1, bad: [] });
  expect(await preview('Login;Full name\rmina;"Kim; Mina"\r\r')).toMatchObject({ created: 1, bad: [] });
  expect(await preview('E-Mail,Name\nMina@Example.org,Mina\n,Nobody')).toMatchObject({
    created: 1,
    bad: [{ line: 3, problems: ['user-name-missing'] }],
  });
});

test.each([
  ['nothing', ''],
  ['no heading', 'mina,Mina\njoon,Joon'],
  ['two columns of one kind', 'user name,login\nmina,mina'],
  ['a workbook', 'PK\u0003\u0004\0\0\0user name'],
  ['neither UTF-8 nor CP949', Buffer.from([0x75, 0x73, 0x65, 0x72, 0x0a, 0xff, 0xff, 0x80])],
  ['too many lines', `user name\n${'mina\n'.repeat(20_001)}`],
])('a list that cannot be read is refused: %s', async (_, list) => {
  const refused = fleet.people.imports.preview(typeof list === 'string' ? bytes(list) : list);
  expect(await refusalOf(refused)).toBe('list-unreadable');
});

test('a line that is made to cost time is refused at once', async () => {
  const startMs = performance.now();
  const { bad } = await preview(`user name,name\nmina,${' '.repeat(1_000_000)}"\njoon,${' '.repeat(3_900)}"x`);
  expect(bad.map(({ problems }) => problems)).toEqual([['line-unreadable'], ['line-unreadable']]);
  expect(performance.now() - startMs).toBeLessThan(2_000);
});
