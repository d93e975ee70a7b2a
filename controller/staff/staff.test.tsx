// @vitest-environment happy-dom
/** The staff page in its states: who is signed in, what runs, a meeting that is made, looked at, changed and cancelled, the account. */
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pollUnderTest } from '#contract/poll-under-test.ts';
import { type PageUnderTest, refusal } from '#ui/page-under-test.tsx';
import staffEn from '#ui/words/en/staff.ts';
import { takeArrival } from '#ui/sign-in/arrival.ts';
import { Staff } from './staff.tsx';
import { detailOf, freeRoom, idOf, meetingOf, mina, StaffServerUnderTest, staffPage } from './staff-under-test.tsx';

let server: StaffServerUnderTest;
let page: PageUnderTest;
const assign = vi.fn();
beforeEach(() => {
  location.hash = '';
  vi.spyOn(location, 'assign').mockImplementation(assign);
  server = new StaffServerUnderTest();
  server.install();
  page = staffPage();
});
afterEach(() => {
  page.end();
  vi.restoreAllMocks();
  assign.mockClear();
});

async function show(hash = ''): Promise<void> {
  location.hash = hash;
  await page.show(<Staff arrival={takeArrival()} />);
}
const home = (of: Parameters<StaffServerUnderTest['home']>[0] = {}) => act(async () => server.home(of));

describe('the door', () => {
  it('takes a user name and a password, and says what is wrong', async () => {
    server.account = null;
    await show();
    await page.until(() => page.buttons('Sign in').length === 1);
    server.answers.signIn = () => refusal(401, 'credentials-invalid');
    await page.press('Sign in');
    expect(server.askedFor('signIn')).toBe(0);
    await page.fill('User name', ' mina ');
    await page.fill('Password', 'wrong horse');
    await page.press('Sign in');
    await page.until(() => page.text.includes('Code for IT: credentials-invalid'));
    server.answers.signIn = () => ({ body: { account: mina } });
    await page.press('Sign in');
    await page.until(() => server.streams.length === 1);
    expect(server.bodyOf('signIn')).toEqual({ userName: 'mina', password: 'wrong horse' });
  });

  it('offers the organisation’s sign-in where there is one, and says why that sent somebody back', async () => {
    server.account = null;
    server.answers.signInWays = () => ({ body: { openid: { label: 'Example Corp' } } });
    await show('#sign-in=openid-refused');
    await page.until(() => page.buttons('Sign in with Example Corp').length === 1);
    expect(page.text).toContain('Signing in did not work');
    await page.press('Sign in with Example Corp');
    expect(assign).toHaveBeenCalledWith('/openid/start?to=staff');
  });

  it('lets a one-time link choose a password, which is nowhere in the address after', async () => {
    server.answers.useAccountInvite = () => ({ body: { account: mina } });
    await show('#invite=once%2Bonly');
    expect(location.href).not.toContain('once');
    await page.fill('New password', 'correct horse');
    await page.fill('New password again', 'correct house');
    await page.press('Save and continue');
    expect(server.askedFor('useAccountInvite')).toBe(0);
    await page.fill('New password again', 'correct horse');
    await page.press('Save and continue');
    await page.until(() => server.streams.length === 1);
    expect(server.bodyOf('useAccountInvite')).toEqual({ code: 'once+only', newPassword: 'correct horse' });
  });

  it('has a one-time password changed first', async () => {
    server.account = { ...mina, mustChangePassword: true };
    await show();
    await page.until(() => page.text.includes('Choose your password'));
    expect(server.streams).toEqual([]);
  });

  it('tries again by itself while no server answers', async () => {
    server.answers.currentSession = () => 'no-answer';
    await show();
    await page.until(() => page.text.includes('The server does not answer'));
    delete server.answers.currentSession;
    await page.until(() => server.streams.length === 1, 5_000);
  });

  it('is shown again when the session ends', async () => {
    await show();
    await page.until(() => server.streams.length === 1);
    await act(async () =>
      server.stream('staff-home').say('refused', { error: { code: 'not-signed-in', message: '' } }),
    );
    await page.until(() => page.buttons('Sign in').length === 1);
  });

  it('tells an account that makes no meetings so', async () => {
    server.account = { ...mina, grants: [{ role: 'installer', scope: { kind: 'organisation' } }] };
    await show();
    await page.until(() => page.text.includes('This account cannot make meetings'));
    expect(server.streams).toEqual([]);
  });
});

describe('home', () => {
  it('has one way into each meeting, and numbers two of one title', async () => {
    const atNoon = new Date().setHours(12, 0, 0, 0);
    await show();
    await page.until(() => server.streams.length === 1);
    expect(page.text).toContain('One moment');
    await home({
      running: [meetingOf(1, { title: 'Weekly plan', participantCount: 3 })],
      meetings: [
        meetingOf(1, { title: 'Weekly plan', participantCount: 3 }),
        meetingOf(2, { title: 'Review', startsAtMs: atNoon, waitingCount: 2 }),
        meetingOf(3, { title: 'Review', startsAtMs: atNoon }),
        meetingOf(4, { title: 'Next month', startsAtMs: atNoon + 30 * 86_400_000 }),
        meetingOf(5, { title: 'Called off', startsAtMs: atNoon, isCancelled: true }),
      ],
      rooms: [freeRoom(1), freeRoom(2, { isFree: false })],
    });
    const joins = [...document.querySelectorAll('button')]
      .map((each) => each.getAttribute('aria-label') ?? each.textContent)
      .filter((name) => name?.startsWith('Join '));
    expect(joins).toEqual(['Join Weekly plan', 'Join Review 1', 'Join Review 2']);
    expect(page.text).toContain('2 waiting');
    expect(page.text).toContain('Room 1');
    expect(page.text).not.toContain('Room 2');
    await page.press('Join Weekly plan');
    expect(assign).toHaveBeenCalledWith(`/join?meeting=${idOf(101)}`);
  });

  it('has one row for meetings that repeat, which opens to the rest', async () => {
    const atNoon = new Date().setHours(12, 0, 0, 0);
    const repetition = { repetitionId: idOf(900), every: 'week' as const };
    await show();
    await page.until(() => server.streams.length === 1);
    await home({
      meetings: [7, 14, 21].map((day) =>
        meetingOf(day, { title: 'Standup', startsAtMs: atNoon + day * 86_400_000, repetition }),
      ),
    });
    const links = () => document.querySelectorAll('a[href^="#/meetings/"]').length;
    expect(links()).toBe(1);
    expect(page.text).toContain('Every week, 2 more');
    await page.press('Standup: Every week, 2 more');
    expect(links()).toBe(3);
    await page.press('Standup: Every week, 2 more');
    expect(links()).toBe(1);
  });

  it('says where one was mentioned, by whom and how often, until it is read', async () => {
    await show();
    await page.until(() => server.streams.length > 0);
    expect(server.stream('staff-home').url).toContain('language=en');
    const mentions = [{ meetingId: idOf(101), title: 'Weekly plan', names: ['Joon Lee', 'Lena'], count: 3 }];
    await home({ mentions });
    const link = document.querySelector<HTMLAnchorElement>(`a[href="#/meetings/${idOf(101)}"]`)!;
    expect(link.textContent).toBe('You were mentioned in Weekly planJoon Lee, Lena · 3 messages');
    await home();
    expect(page.text).not.toContain('mentioned');
  });

  it('says that there is nothing, and that what it shows is old', async () => {
    await show();
    await page.until(() => server.streams.length === 1);
    await home();
    expect(page.text).toContain('No meetings yet');
    await act(async () => server.stream('staff-home').fail());
    expect(page.text).toContain('What you see may be old');
    await act(async () => server.stream('staff-home').open());
    expect(page.text).not.toContain('may be old');
  });
});

/** A switch or a choice, by words of its line. */
const choose = (words: string) =>
  act(async () => {
    const lines = [...document.querySelectorAll('label')].filter((label) => label.textContent.includes(words));
    lines
      .find((label) => label.querySelector('input'))!
      .querySelector('input')!
      .click();
  });

describe('a new meeting', () => {
  it('names what keeps it from being made, counts a title instead of cutting it, and has its date in words', async () => {
    await show('#/new');
    await page.until(() => page.buttons('Make meeting').length === 1);
    await page.fill('Date', '2027-03-04');
    expect(page.text).toContain('4 March 2027');
    await page.fill('Title', 'x'.repeat(95));
    expect(page.text).toContain('5 letters left');
    await page.fill('Title', '가'.repeat(83));
    await page.fill('Agenda', 'x'.repeat(201));
    await page.press('Make meeting');
    expect(page.text).toContain('Too long by 3 letters');
    expect(page.text).toContain('Please check: Title, Agenda');
    expect(server.askedFor('createMeeting')).toBe(0);
  });

  it('is sent as it was filled in, and its page is shown', async () => {
    server.rooms = [freeRoom(1), freeRoom(2, { isFree: false, untilMs: Date.now() })];
    server.answers.findPeople = () => ({
      body: { people: [{ accountId: idOf(2), displayName: 'Joon Lee', placeName: 'Seoul' }] },
    });
    server.meetings = [detailOf(7, { title: 'Price talks' })];
    server.answers.createMeeting = () => ({ body: { meeting: server.meetings[0] } });
    await show();
    await page.until(() => server.streams.length === 1);
    await home();
    await page.press('New meeting');
    await page.until(() => page.buttons('Make meeting').length === 1);
    await page.press('Make meeting');
    expect(page.text).toContain('Please give the meeting a title.');
    expect(server.askedFor('createMeeting')).toBe(0);
    await page.fill('Title', ' Price talks ');
    await page.fill('Date', '2027-03-04');
    await page.fill('Time', '14:30');
    await page.fill('Duration in minutes', '45');
    await page.fill('Agenda', `${'x'.repeat(201)}`);
    await page.press('Make meeting');
    expect(page.text).toContain('At most 20 lines of 200 letters.');
    await page.fill('Agenda', ' Prices\n\nNext steps ');
    await page.fill('Find people', 'jo');
    await page.until(() => page.buttons('Add Joon Lee').length === 1);
    await page.press('Add Joon Lee');
    await page.fill('Name of the guest', 'Dealer East');
    await page.fill('Email (optional)', 'not a mail');
    await page.press('Add guest');
    expect(page.text).toContain('This is not an email address.');
    await page.fill('Email (optional)', 'east@example.com');
    await page.press('Add guest');
    await page.until(() => page.text.includes('Room 1'));
    await choose('Room 1');
    await page.press('Make meeting');
    await page.until(() => page.buttons('Join Price talks').length === 1);
    expect(server.bodyOf('createMeeting')).toEqual({
      title: 'Price talks',
      startsAtMs: new Date('2027-03-04T14:30').getTime(),
      durationMinutes: 45,
      people: [
        { accountId: idOf(2), role: 'member' },
        { displayName: 'Dealer East', email: 'east@example.com' },
      ],
      roomIds: [idOf(201)],
      agenda: 'Prices\nNext steps',
      language: 'en',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const asked = server.asked.findLast(({ name }) => name === 'findRooms')!.url.searchParams;
    expect(asked.get('startsAtMs')).toBe(String(new Date('2027-03-04T14:30').getTime()));
  });

  it('repeats as it was chosen, and says what comes of it', async () => {
    server.meetings = [detailOf(7, { title: 'Price talks' })];
    server.answers.createMeeting = () => ({ body: { meeting: server.meetings[0] } });
    await show('#/new');
    await page.until(() => page.buttons('Make meeting').length === 1);
    await page.fill('Title', 'Price talks');
    await page.fill('Date', '2027-01-29');
    await page.fill('Time', '14:30');
    await choose('Repeats');
    await page.fill('Number of meetings', '4');
    expect(page.text).toContain('4 meetings, from 29 January 2027 to 19 February 2027.');
    await choose('Every month, on the same day');
    expect(page.text).toContain(
      '4 meetings, from 29 January 2027 to 29 May 2027. Months without this day are left out.',
    );
    await page.fill('Number of meetings', '53');
    await page.press('Make meeting');
    expect(page.text).toContain('From 2 to 52 meetings within three years, with 1,500 invitations in all.');
    expect(server.askedFor('createMeeting')).toBe(0);
    await page.press('On a day');
    await page.fill('Last day', '2027-06-30');
    await page.press('Make meeting');
    await page.until(() => server.askedFor('createMeeting') === 1);
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    expect(server.bodyOf('createMeeting')).toMatchObject({
      startsAtMs: new Date('2027-01-29T14:30').getTime(),
      repeats: { every: 'month', timeZone, ends: { untilDay: '2027-06-30' } },
    });
  });

  it('is sent again with the same id where the answer was lost, and with another once it was changed', async () => {
    server.answers.createMeeting = () => refusal(503, 'storage-failing');
    await show('#/new');
    await page.until(() => page.buttons('Make meeting').length === 1);
    await page.fill('Title', 'Price talks');
    const ids: unknown[] = [];
    const send = async () => {
      const before = server.askedFor('createMeeting');
      await page.press('Make meeting');
      await page.until(
        () => server.askedFor('createMeeting') === before + 1 && page.buttons('Make meeting').length === 1,
      );
      ids.push((server.bodyOf('createMeeting') as { requestId: string }).requestId);
    };
    await send();
    await send();
    await page.fill('Title', 'Price talks 2');
    await send();
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('keeps what was typed where the server refuses it', async () => {
    server.answers.createMeeting = () => refusal(403, 'forbidden');
    await show('#/new');
    await page.until(() => page.buttons('Make meeting').length === 1);
    await page.fill('Title', 'Price talks');
    await page.press('Make meeting');
    await page.until(() => page.text.includes('You may not do this'));
    expect(document.querySelector('input')!.value).toBe('Price talks');
    expect(location.hash).toBe('#/new');
  });
});

const guestEast = {
  personId: idOf(300),
  displayName: 'Dealer East',
  email: 'east@example.com',
  accountId: null,
  role: 'guest',
  mail: 'failed',
  inviteId: idOf(400),
} as const;
const waitingList = (...names: string[]) => ({
  meetingId: idOf(107),
  count: names.length,
  waiting: names.map((displayName, n) => ({
    ticketId: idOf(500 + n),
    displayName,
    organisation: null,
    isKnown: false,
    sinceMs: Date.now(),
  })),
});

describe('a meeting', () => {
  const open = async (over: Parameters<typeof detailOf>[1] = {}) => {
    server.meetings = [detailOf(7, { title: 'Price talks', people: [guestEast], ...over })];
    await show(`#/meetings/${idOf(107)}`);
    await page.until(() => page.text.includes('Price talks'));
  };

  it('shows its host who waits, each told apart, and sends what is decided', async () => {
    server.answers.decideWaiting = () => ({ body: {} });
    await open();
    expect(document.querySelector('section[aria-label=Waiting]')).toBeNull();
    // nobody waits: no connection is held for it
    expect(server.streams.some(({ url }) => url.endsWith('/waiting'))).toBe(false);
    server.meetings = [detailOf(7, { title: 'Price talks', people: [guestEast], waitingCount: 3 })];
    await act(async () => server.home({ meetings: [meetingOf(7, { waitingCount: 3 })] }));
    await page.until(() => server.streams.some(({ url }) => url.endsWith('/waiting')));
    await act(async () => server.stream('/waiting').say('waiting', waitingList('Jonas', 'Jonas', 'Ana')));
    expect(document.querySelector('section[aria-label=Waiting]')?.textContent).toContain('3 people are waiting');
    await page.press('Admit Jonas 2');
    expect(server.bodyOf('decideWaiting')).toEqual({ name: 'admit', ticketId: idOf(501) });
    await page.press('Decline Ana');
    expect(server.bodyOf('decideWaiting')).toEqual({ name: 'decline', ticketId: idOf(502) });
    await page.press('Admit all');
    expect(server.bodyOf('decideWaiting')).toEqual({ name: 'admit-all' });
    await act(async () => server.stream('/waiting').say('waiting', waitingList()));
    expect(document.querySelector('section[aria-label=Waiting]')).toBeNull();
  });

  it('shows the polls of its calls to everybody, and to hosts what is prepared', async () => {
    const poll = pollUnderTest({
      pollId: idOf(601),
      counts: [2, 1],
      answeredCount: 3,
      peopleCount: 4,
      result: { endedAtMs: 5, rightChoice: null, answers: [{ displayName: 'Ana', choices: [1] }] },
    });
    const lost = { ...poll, pollId: idOf(602), question: 'Cut off', result: null };
    const draft = { question: 'Later?', choices: ['Yes', 'No'], isMultiple: false, isSecret: true, rightChoice: null };
    let prepared = [{ preparedPollId: idOf(603), preparedAtMs: 5, draft }];
    server.answers.meetingPolls = () => ({
      body: {
        polls: [
          { poll, isLost: false },
          { poll: lost, isLost: true },
        ],
      },
    });
    server.answers.preparedPolls = () => ({ body: { preparedPolls: prepared } });
    server.answers.removePreparedPoll = () => ({ body: {} });
    await open();
    const section = () => document.querySelector('section[aria-label=Polls]')?.textContent;
    await page.until(() => section() !== undefined);
    expect(section()).toContain('2 people, 67%');
    expect(section()).toContain('Ana');
    expect(section()).toContain('No result');
    expect(section()).toContain('Later?');
    prepared = [];
    await page.press('Remove “Later?”');
    await page.until(() => !section()?.includes('Later?'));
    expect(server.askedFor('removePreparedPoll')).toBe(1);
  });

  it('shows a member neither who waits nor what a host may do', async () => {
    await open({ role: 'member' });
    expect(server.streams.some(({ url }) => url.endsWith('/waiting'))).toBe(false);
    for (const name of ['Invite', 'Change', 'Cancel meeting']) expect(page.buttons(name), name).toEqual([]);
    expect(page.text).toContain('Guests wait to be let in');
    expect(page.text).not.toContain('Guest links');
    expect(server.askedFor('listInvites')).toBe(0);
  });

  it('names what a room is busy with, who came, and a mail that failed; sends it again and shows the link', async () => {
    server.answers.resendInvite = () => ({ body: {} });
    server.answers.inviteLink = () => ({ body: { joinUrl: 'https://maru.example/join#of-east' } });
    await open({
      rooms: [{ roomId: idOf(201), roomName: 'Maple' }],
      conflicts: [{ roomId: idOf(201), roomName: 'Maple', title: 'Board' }],
    });
    expect(page.text).toContain('Busy at that time: Board');
    expect(page.text).toContain('mail failed');
    await page.press('Send the mail to Dealer East again');
    await page.until(() => page.text.includes('is on its way again'));
    await page.press('Link of Dealer East');
    await page.until(() => page.text.includes('https://maru.example/join#of-east'));
  });

  it('follows a mail that is sent again', async () => {
    const become = (mail: 'queued' | 'sent') => {
      server.meetings = [detailOf(7, { title: 'Price talks', people: [{ ...guestEast, mail }] })];
    };
    server.answers.resendInvite = () => {
      become('queued');
      return { body: {} };
    };
    await open();
    expect(page.text).toContain('mail failed');
    await page.press('Send the mail to Dealer East again');
    await page.until(() => page.text.includes('mail is being sent'));
    become('sent');
    await page.until(() => page.text.includes('mail sent'), 6_000);
  });

  it('copies the link that is good still, and makes one where none is', async () => {
    const invite = {
      inviteId: idOf(401),
      meetingId: idOf(107),
      displayName: null,
      seats: 50,
      expiresAtMs: Date.now() + 86_400_000,
      revokedAtMs: null,
      closedAtMs: null,
      usedAtMs: null,
    };
    server.answers.listInvites = () => ({ body: { invites: [{ ...invite, revokedAtMs: 1 }] } });
    server.answers.createInvite = () => ({ body: { invite, joinUrl: 'https://maru.example/join#new' } });
    server.answers.inviteLink = () => ({ body: { joinUrl: 'https://maru.example/join#kept' } });
    await open();
    await page.press('Invite');
    await page.until(() => page.text.includes('https://maru.example/join#new'));
    await page.press('Close');
    server.answers.listInvites = () => ({ body: { invites: [invite] } });
    await page.press('Invite');
    await page.until(() => page.text.includes('https://maru.example/join#kept'));
    expect(server.askedFor('createInvite')).toBe(1);
    // its code is fetched once it is needed
    await page.until(() => document.querySelector('svg[aria-label="Scan to ask to join"]') !== null);
  });

  it('lists its links with their use, and revokes one once that is confirmed', async () => {
    const invite = {
      inviteId: idOf(401),
      meetingId: idOf(107),
      displayName: 'Dealer East' as string | null,
      seats: 1,
      expiresAtMs: Date.now() + 86_400_000,
      revokedAtMs: null as number | null,
      closedAtMs: null,
      usedAtMs: new Date('2027-03-04T14:30').getTime() as number | null,
    };
    const link = { ...invite, inviteId: idOf(402), displayName: null, seats: 50, usedAtMs: null };
    let invites = [invite, link];
    server.answers.listInvites = () => ({ body: { invites } });
    server.answers.revokeInvite = () => {
      invites = [{ ...invite, revokedAtMs: 1 }, link];
      return { body: {} };
    };
    await open();
    await page.until(() => page.text.includes('Anyone with the link'));
    expect(page.text).toContain('Not used yet');
    expect(page.text).toMatch(/Last used .*14:30/);
    await page.press('Revoke the link of Dealer East');
    expect(server.askedFor('revokeInvite')).toBe(0);
    await act(async () => page.buttons('Revoke').at(-1)!.click());
    await page.until(() => page.text.includes('Revoked'));
    expect(server.asked.find(({ name }) => name === 'revokeInvite')!.url.pathname).toContain(idOf(401));
    expect(page.buttons('Revoke the link of Dealer East')).toEqual([]);
  });

  const HOUR_MS = 3_600_000;
  const parts = (): string[] =>
    [...document.querySelectorAll('main section[aria-label] h2')].map(({ textContent }) => textContent ?? '');

  it('begins with what it is about while it is ahead, and shows no empty parts of afterwards', async () => {
    const startsAtMs = Date.now() + HOUR_MS;
    await open({ startsAtMs, endsAtMs: startsAtMs + HOUR_MS, agenda: 'Prices' });
    await page.until(() => parts().includes('Polls') && parts().includes('Chat'));
    expect(parts().slice(0, 4)).toEqual(['Agenda', 'Notes', 'Chat', 'Polls']);
    for (const name of ['Minutes', 'Attendance']) expect(parts()).not.toContain(name);
    expect(page.text).not.toContain('Over');
  });

  it('begins with its minutes once it is over', async () => {
    const endsAtMs = Date.now() - HOUR_MS;
    await open({ startsAtMs: endsAtMs - HOUR_MS, endsAtMs, agenda: 'Prices' });
    await page.until(() => parts().includes('Polls') && parts().includes('Chat'));
    expect(parts().slice(0, 6)).toEqual(['Minutes', 'Notes', 'Chat', 'Polls', 'Attendance', 'Agenda']);
    expect(page.text).toContain('Over');
  });

  it('begins with the minutes of one without a time once there are some, unless it runs again', async () => {
    const minutes = {
      minutesId: idOf(5),
      startedAtMs: 1,
      endedAtMs: 2,
      language: 'en',
      revision: 1,
      sentAtMs: 3,
      text: 'x',
    };
    server.answers.minutes = () => ({ body: { minutes: [minutes] } });
    await open({ agenda: 'Prices' });
    await page.until(() => parts()[0] === 'Minutes');
    server.meetings = [detailOf(7, { title: 'Price talks', agenda: 'Prices', participantCount: 2 })];
    await act(async () => server.home({ meetings: [meetingOf(7, { participantCount: 2 })] }));
    await page.until(() => parts()[0] === 'Agenda');
    expect(page.text).toContain('Runs now with 2 people');
  });

  it('names the first of many people, and all of them on demand', async () => {
    const people = Array.from({ length: 12 }, (_, n) => ({
      ...{ personId: idOf(310 + n), displayName: `Person ${n + 1}.`, email: null, accountId: idOf(330 + n) },
      ...{ role: 'member', mail: null, inviteId: null },
    }));
    await open({ people: people as never });
    expect(page.text).toContain('Person 8.');
    expect(page.text).not.toContain('Person 9.');
    await page.press('Show all 12');
    expect(page.text).toContain('Person 12.');
    expect(page.buttons('Show all 12')).toEqual([]);
  });

  it('is cancelled once that is confirmed', async () => {
    server.answers.cancelMeeting = () => {
      server.meetings = [detailOf(7, { title: 'Price talks', isCancelled: true })];
      return { body: {} };
    };
    await open();
    await page.press('Cancel meeting');
    expect(server.askedFor('cancelMeeting')).toBe(0);
    await act(async () => page.buttons('Cancel meeting').at(-1)!.click());
    await page.until(() => page.text.includes('This meeting was cancelled.'));
    expect(page.buttons('Join Price talks')).toEqual([]);
  });

  it('of a room’s calendar is changed in all but what its calendar has, and not cancelled here', async () => {
    const startsAtMs = new Date('2027-03-04T14:30').getTime();
    server.answers.changeMeeting = () => ({ body: { meeting: server.meetings[0] } });
    server.rooms = [freeRoom(1), freeRoom(2)];
    await open({ startsAtMs, endsAtMs: startsAtMs + 45 * 60_000, rooms: [freeRoom(1)], isOfCalendar: true });
    expect(page.buttons('Cancel meeting')).toEqual([]);
    await page.press('Change');
    await page.until(() => page.buttons('Save changes').length === 1);
    const labels = [...document.querySelectorAll('label')].map(({ textContent }) => textContent);
    for (const label of ['Title', 'Date', 'Time']) expect(labels).not.toContain(label);
    expect(page.text).toContain(staffEn.form.ofCalendar);
    expect(document.querySelector('form')!.textContent).toContain('Price talks');
    expect(server.askedFor('findRooms')).toBe(0);
    await page.fill('Agenda', 'Prices');
    await page.press('Save changes');
    await page.until(() => server.askedFor('changeMeeting') === 1);
    expect(server.bodyOf('changeMeeting')).toMatchObject({ title: 'Price talks', agenda: 'Prices', sequence: 3 });
    expect(page.text).not.toContain(staffEn.form.check.split('{')[0]);
  });

  it('is changed from what it is now', async () => {
    const startsAtMs = new Date('2027-03-04T14:30').getTime();
    server.answers.changeMeeting = () => ({ body: { meeting: server.meetings[0] } });
    await open({ startsAtMs, endsAtMs: startsAtMs + 45 * 60_000 });
    await page.press('Change');
    await page.until(() => page.buttons('Save changes').length === 1);
    await page.fill('Time', '15:00');
    await page.press('Save changes');
    await page.until(() => server.askedFor('changeMeeting') === 1);
    expect(server.bodyOf('changeMeeting')).toMatchObject({
      title: 'Price talks',
      startsAtMs: startsAtMs + 30 * 60_000,
      durationMinutes: 45,
      people: [{ displayName: 'Dealer East', email: 'east@example.com' }],
      policy: { admission: 'links-wait' },
      sequence: 3,
    });
  });
});

describe('one of meetings that repeat', () => {
  const startsAtMs = new Date('2027-03-04T14:30').getTime();
  const repeats = { every: 'week' as const, laterCount: 3 };
  const open = async (over: Parameters<typeof detailOf>[1] = {}) => {
    const times = { startsAtMs, endsAtMs: startsAtMs + 45 * 60_000 };
    const of = { title: 'Price talks', hostAccountId: mina.accountId, repeats, ...times, ...over };
    server.meetings = [detailOf(7, of)];
    server.answers.changeMeeting = () => ({ body: { meeting: server.meetings[0] } });
    server.answers.changeFollowing = () => ({ body: { meeting: server.meetings[0], conflicts: [] } });
    await show(`#/meetings/${idOf(107)}/change`);
    await page.until(() => page.buttons('Save changes').length === 1);
  };
  const FOLLOWING = 'This and all that follow: 3 later ones';

  it('is changed alone unless somebody chooses', async () => {
    await open();
    expect(page.text).toContain(FOLLOWING);
    await page.fill('Title', 'Sync');
    await page.press('Save changes');
    await page.until(() => server.askedFor('changeMeeting') === 1);
    expect(server.askedFor('changeFollowing')).toBe(0);
  });

  it('is changed with those that follow, and the day moves theirs', async () => {
    await open();
    await choose(FOLLOWING);
    expect(page.text).not.toContain('The later ones move');
    await page.fill('Date', '2027-03-05');
    expect(page.text).toContain('The later ones move by the same number of days.');
    await page.press('Save changes');
    await page.until(() => server.askedFor('changeFollowing') === 1);
    expect(server.askedFor('changeMeeting')).toBe(0);
    const requestId = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(server.bodyOf('changeFollowing')).toMatchObject({ title: 'Price talks', sequence: 3, requestId });
    await page.until(() => location.hash === `#/meetings/${idOf(107)}`);
  });

  it('stays on its weekday', async () => {
    await open({ repeats: { every: 'weekday', laterCount: 3 } });
    await choose(FOLLOWING);
    await page.fill('Date', '2027-03-05');
    expect(page.text).toContain('the later ones stay on their weekdays');
  });

  it('names the dates on which rooms are busy, and keeps what was typed', async () => {
    await open();
    const conflicts = [7, 14].map((days) => ({
      ...{ startsAtMs: startsAtMs + days * 86_400_000, roomName: 'Oak' },
      title: days === 7 ? 'Board' : '',
    }));
    server.answers.changeFollowing = () => ({ body: { meeting: server.meetings[0], conflicts } });
    await page.fill('Title', 'Sync');
    await choose(FOLLOWING);
    await page.press('Save changes');
    await page.until(() => page.text.includes('Nothing was changed: rooms are busy.'));
    expect(page.text).toMatch(/11 Mar 2027.*Oak · Board/s);
    expect(page.text).toMatch(/18 Mar 2027.*Oak/s);
    expect(location.hash).toBe(`#/meetings/${idOf(107)}/change`);
    server.answers.changeFollowing = () => ({ body: { meeting: server.meetings[0], conflicts: [] } });
    await page.press('Save changes');
    await page.until(() => location.hash === `#/meetings/${idOf(107)}`);
    expect(server.bodyOf('changeFollowing')).toMatchObject({ title: 'Sync' });
  });

  it('is not changed with more invitations than one change bears', async () => {
    const person = {
      personId: idOf(1),
      email: null,
      accountId: null,
      role: 'guest' as const,
      inviteId: null,
      mail: null,
    };
    const people = Array.from({ length: 30 }, (_, n) => ({ ...person, displayName: `Guest ${n}` }));
    await open({ people, repeats: { every: 'week', laterCount: 51 } });
    await choose('This and all that follow: 51 later ones');
    await page.press('Save changes');
    expect(page.text).toContain('Please check: What to change');
    expect(page.text).toContain('more than 1,500 invitations');
    expect(server.askedFor('changeFollowing')).toBe(0);
  });

  it.each([
    ['a room’s calendar has it', { isOfCalendar: true as const }],
    ['none follows', { repeats: { every: 'week' as const, laterCount: 0 } }],
    ['it has no time', { startsAtMs: null, endsAtMs: null }],
    ['it is somebody else’s', { hostAccountId: idOf(2) }],
  ])('is offered alone where %s', async (_, over) => {
    await open(over);
    expect(page.text).not.toContain('This meeting only');
  });
});

describe('the account', () => {
  it('lists where it is signed in, ends one, and signs out', async () => {
    const session = {
      sessionId: idOf(600),
      method: 'password',
      createdAtMs: 1,
      lastUsedAtMs: 1,
      browser: 'Firefox on Linux',
      network: '10.0.0.0/24',
      isCurrent: false,
    };
    server.answers.listSessions = () => ({
      body: { sessions: [session, { ...session, sessionId: idOf(601), browser: 'This one', isCurrent: true }] },
    });
    server.answers.endSession = () => ({ body: {} });
    await show('#/account');
    await page.until(() => page.text.includes('Firefox on Linux'));
    await page.press('Sign out: Firefox on Linux');
    await page.until(() => server.askedFor('listSessions') === 2);
    expect(server.asked.find(({ name }) => name === 'endSession')!.url.pathname).toContain(idOf(600));
    await page.press('Sign out');
    await page.until(() => page.buttons('Sign in').length === 1);
  });
});

describe('broadcasts', () => {
  const broadcast = (n: number, over: object) => ({
    broadcastId: idOf(900 + n),
    kind: 'broadcast',
    title: `Broadcast ${n}`,
    presenterName: 'Joon Lee',
    phase: 'planned',
    startsAtMs: Date.now() + 3_600_000,
    liveAtMs: null,
    endedAtMs: null,
    recording: 'none',
    durationMs: null,
    watching: 0,
    deletedAtMs: null,
    mayDownload: false,
    mayDelete: false,
    ...over,
  });
  const link = (name: string) =>
    [...document.querySelectorAll('a')].find((each) =>
      (each.getAttribute('aria-label') ?? each.textContent)?.includes(name),
    );

  it('that are live or come are links to the watch page, and there is no card for none', async () => {
    await show();
    await page.until(() => server.streams.length === 1);
    await home();
    await page.until(() => server.streams.length === 2);
    const list = (live: object[], coming: object[]) =>
      act(async () => server.stream('watch-home').say('home', { live, coming, replays: [] }));
    await list([], []);
    expect(page.text).not.toContain('All broadcasts');
    await list(
      [broadcast(1, { phase: 'live', liveAtMs: Date.now(), watching: 12 })],
      [broadcast(2, {}), broadcast(3, {}), broadcast(4, {}), broadcast(5, {})],
    );
    expect(link('Broadcast 1')?.getAttribute('href')).toBe(`/watch/${idOf(901)}`);
    expect(page.text).toContain('12 watching');
    expect(link('Broadcast 4')?.getAttribute('href')).toBe(`/watch/${idOf(904)}`);
    expect(link('Broadcast 5')).toBeUndefined();
    expect(link('All broadcasts')?.getAttribute('href')).toBe('/watch#all');
  });
});
