// @vitest-environment happy-dom
/** People in the console: found, added, changed, disabled, signed out, imported; each act asks for a fresh sign-in where one is needed. */
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AccountRow } from '#contract/http/people-api.ts';
import { refusal } from '#ui/page-under-test.tsx';
import { Console } from './console.tsx';
import { accountOf, ConsoleUnderTest, idOf, ServerUnderTest } from './console-under-test.tsx';

const personOf = (n: number, over: Partial<AccountRow> = {}): AccountRow => ({
  ...accountOf('member'),
  accountId: idOf(n),
  userName: `user-${n}`,
  displayName: `Person ${n}`,
  isDisabled: false,
  isInvited: false,
  lastSignedInAtMs: null,
  ...over,
});

let server: ServerUnderTest;
let page: ConsoleUnderTest;
let people: AccountRow[];
/** Acts are refused as not fresh until the password was entered again. */
let isFresh: boolean;
const freshly = (body: object) => (isFresh ? { body } : refusal(401, 'sign-in-not-fresh'));
beforeEach(() => {
  people = [personOf(1), personOf(2, { isDisabled: true }), personOf(3, { isInvited: true })];
  isFresh = true;
  server = new ServerUnderTest();
  Object.assign(server.answers, {
    listAccounts: ({ searchParams }) => {
      const rows = people.filter(({ displayName }) => displayName.includes(searchParams.get('text') ?? ''));
      return { body: { rows, nextCursor: null, total: rows.length, counts: { all: people.length, disabled: 1 } } };
    },
    account: ({ pathname }) => {
      const account = people.find(({ accountId }) => pathname.endsWith(accountId));
      return account ? { body: { account } } : refusal(404, 'not-found');
    },
    changeAccount: (_, body) => {
      if (isFresh) Object.assign(people[0]!, body);
      return freshly({ account: people[0] });
    },
    createAccount: () =>
      freshly({ account: personOf(4), inviteUrl: 'https://maru.example/staff#invite=x', isMailed: false }),
    confirmSession: (_, body) => {
      if ((body as { password: string }).password !== 'right one') return refusal(401, 'credentials-invalid');
      isFresh = true;
      return { body: {} };
    },
    listPlaces: () => ({ body: { places: [], organisation: { meetingPolicy: null, allowedRanges: [] } } }),
    listAccountSessions: () => ({
      body: {
        sessions: [
          {
            sessionId: idOf(50),
            method: 'password',
            createdAtMs: 1,
            lastUsedAtMs: Date.now(),
            browser: 'Firefox',
            network: '192.0.2.1',
            isCurrent: false,
          },
        ],
      },
    }),
    listAccountTokens: () => ({ body: { tokens: [] } }),
    endAccountSessions: () => freshly({ endedCount: 1 }),
  } satisfies typeof server.answers);
  server.install();
  page = new ConsoleUnderTest();
});
afterEach(() => {
  page.end();
  location.hash = '';
});

async function show(hash: string): Promise<void> {
  location.hash = hash;
  await page.show(<Console />);
}
const showPerson = async (n: number) => {
  await show(`/people/${idOf(n)}`);
  await page.until(() => document.querySelector('h1')?.textContent === `Person ${n}`);
};

describe('the list', () => {
  it('shows each with its state, and finds by what is in the address', async () => {
    await show('/people');
    await page.until(() => page.listed.length === 3);
    expect(page.text).toContain('3 accounts, 1 disabled');
    expect(page.text).toContain('Disabled');
    expect(page.text).toContain('Link not used yet');
    await page.type('input[type=search]', 'Person 2');
    await page.until(() => page.listed.length === 1);
    expect(location.hash).toBe('#/people?text=Person+2');
    await page.type('input[type=search]', 'Nobody');
    await page.until(() => page.text.includes('Nobody matches this'));
  });

  it('is for who may see it, and what they may not do is not offered', async () => {
    server.account = accountOf('operator');
    await showPerson(1);
    expect(page.buttons('Save')).toEqual([]);
    expect(page.text).not.toContain('Disable account');
    page.end();
    server.install();
    server.account = accountOf('viewer');
    await show('/people');
    await page.until(() => page.text.includes('No rooms yet'));
    expect(page.text).not.toContain('People');
  });
});

describe('an account', () => {
  it('is made with what was typed, and its link is shown; wrong fields are named and not sent', async () => {
    await show('/people');
    await page.until(() => page.listed.length === 3);
    await page.press('Add person');
    await page.fill('User name', 'a b');
    await page.press('Add');
    await page.until(() => page.text.includes('no spaces'));
    expect(server.askedFor('createAccount')).toBe(0);
    await page.fill('User name', 'hana');
    await page.fill('Name', 'Hana');
    await page.press('Add');
    await page.until(() => page.text.includes('https://maru.example/staff#invite=x'));
    expect(server.bodyOf('createAccount')).toEqual({
      userName: 'hana',
      displayName: 'Hana',
      email: null,
      placeId: null,
      grants: [{ role: 'member', scope: { kind: 'organisation' } }],
    });
  });

  it('is changed after the password was entered again, once, and a wrong one says so', async () => {
    isFresh = false;
    await showPerson(1);
    await page.fill('Name', 'Renamed');
    await page.press('Save');
    await page.until(() => page.text.includes('Confirm that it is you'));
    await page.fill('Your password', 'wrong one');
    await page.press('Confirm');
    await page.until(() => server.askedFor('confirmSession') === 1 && page.buttons('Confirm').length === 1);
    expect(people[0]!.displayName).toBe('Person 1');
    await page.fill('Your password', 'right one');
    await page.press('Confirm');
    await page.until(() => document.querySelector('h1')?.textContent === 'Renamed');
    expect(server.askedFor('changeAccount')).toBe(2);
    expect(page.text).not.toContain('Confirm that it is you');
  });

  it('of a directory is asked to sign in there again', async () => {
    isFresh = false;
    server.account = { ...accountOf('administrator'), issuer: 'https://login.example' };
    await showPerson(1);
    await page.press('Sign out everywhere');
    await act(async () => page.buttons('Sign out everywhere').at(-1)!.click());
    await page.until(() => page.text.includes('Sign in again'));
    expect(document.querySelector('input[type=password]')).toBeNull();
  });

  it('is disabled and enabled, with all else as it was', async () => {
    await showPerson(1);
    await page.press('Disable account');
    await act(async () => page.buttons('Disable account').at(-1)!.click());
    await page.until(() => page.buttons('Enable account').length === 1);
    expect(server.bodyOf('changeAccount')).toMatchObject({ displayName: 'Person 1', isDisabled: true });
    await page.press('Enable account');
    await page.until(() => page.buttons('Disable account').length === 1);
  });

  it('is saved as a file after a fresh sign-in, and forgotten once that is confirmed', async () => {
    isFresh = false;
    const saved: Blob[] = [];
    vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
      saved.push(blob as Blob);
      return 'blob:x';
    });
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {});
    server.answers.exportPerson = () => freshly({ text: '{"chat":[]}' });
    server.answers.forgetPerson = () => {
      Object.assign(people[0]!, { displayName: 'A former member', isDisabled: true, isForgotten: true });
      return freshly({});
    };
    await showPerson(1);
    await page.press('Save as file (JSON)');
    await page.until(() => page.text.includes('Confirm that it is you'));
    await page.type('input[type=password]', 'right one');
    await page.press('Confirm');
    await page.until(() => saved.length === 1);
    expect(await saved[0]!.text()).toBe('{"chat":[]}');
    await page.press('Forget this person');
    await page.until(() => page.text.includes('Forget Person 1?'));
    expect(server.askedFor('forgetPerson')).toBe(0);
    await act(async () => page.buttons('Forget this person').at(-1)!.click());
    await page.until(() => document.querySelector('h1')?.textContent === 'A former member');
    expect(server.bodyOf('forgetPerson')).toEqual({ language: 'en' });
    // nothing of it can be changed any more
    expect(page.text).toContain('This person asked to be forgotten');
    for (const name of ['Save', 'Enable account', 'Disable account', 'Forget this person'])
      expect(page.buttons(name)).toEqual([]);
    vi.restoreAllMocks();
  });

  it('that there is not is said to be none', async () => {
    await show(`/people/${idOf(99)}`);
    await page.until(() => page.text.includes('There is no such account'));
  });
});

it('a list is looked through before it is imported: its bad lines are named', async () => {
  const bad = [{ line: 3, userName: 'x y', problems: ['user-name-invalid', 'place-unknown'] }];
  const counts = { created: 2, changed: 0, unchanged: 1, bad };
  server.answers.previewAccountImport = () => ({ body: counts });
  const invites = [{ userName: 'new', displayName: 'New', inviteUrl: 'https://maru.example/staff#invite=n' }];
  server.answers.importAccounts = () => freshly({ ...counts, invites });
  await show('/people');
  await page.until(() => page.listed.length === 3);
  await page.press('Import list');
  const input = document.querySelector<HTMLInputElement>('input[type=file]')!;
  Object.defineProperty(input, 'files', { value: [new File(['user name\nnew'], 'people.csv')] });
  Object.defineProperty(input, 'value', { value: '', writable: true });
  await act(async () => input.dispatchEvent(new Event('change', { bubbles: true })));
  await page.until(() => page.text.includes('2 new, 0 changed, 1 as they are'));
  expect(page.text).toContain('Line 3 x y: user name is not possible, no such place');
  expect(server.askedFor('importAccounts')).toBe(0);
  await page.press('Import');
  await page.until(() => page.text.includes('https://maru.example/staff#invite=n'));
});
