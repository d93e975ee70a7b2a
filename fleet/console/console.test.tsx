// @vitest-environment happy-dom
/** Who is signed in decides what is shown, the address which page; the list and a room follow the stream of changes. */
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { showLanguage } from '#ui/words/words.ts';
import { Console } from './console.tsx';
import { refusal } from '#ui/page-under-test.tsx';
import { accountOf, ConsoleUnderTest, idOf, offline, roomOf, ServerUnderTest } from './console-under-test.tsx';

let server: ServerUnderTest;
let page: ConsoleUnderTest;
beforeEach(() => {
  location.hash = '';
  server = new ServerUnderTest();
  server.install();
  page = new ConsoleUnderTest();
});
afterEach(() => page.end());

async function show(hash = ''): Promise<void> {
  location.hash = hash;
  await page.show(<Console />);
}
const stream = () => server.streams.findLast(({ url }) => url.includes('room-changes'))!;
const say = (name: string, data: object) => act(async () => stream().say(name, data));
/** As the server notifies of it. */
const change = async (n: number, over: object): Promise<void> => {
  server.rooms = server.rooms.map((room) => (room.roomId === idOf(n) ? { ...room, ...over } : room));
  const rows = server.rooms.filter(({ roomId }) => roomId === idOf(n));
  await say('changed', { rows, removedRoomIds: [], counts: server.counts });
};

describe('who is signed in', () => {
  it('sees the door without a session, and the rooms with one', async () => {
    server.account = null;
    await show();
    await page.until(() => page.text.includes('Sign in'));
    expect(server.streams).toEqual([]);
    server.account = accountOf('operator');
    server.answers.signIn = () => ({ body: { account: server.account } });
    await page.type('input[autocomplete=username]', 'mina');
    await page.type('input[type=password]', 'correct horse');
    await page.press('Sign in');
    await page.until(() => page.text.includes('No rooms yet'));
    expect(page.text).not.toContain('Add room');
  });

  it('changes a one-time password first', async () => {
    server.account = { ...accountOf('administrator'), mustChangePassword: true };
    await show();
    await page.until(() => page.text.includes('Choose your password'));
    expect(server.askedFor('listRooms')).toBe(0);
  });

  it('is shown the door when the session ends, by the stream or by an answer', async () => {
    server.rooms = [roomOf(1)];
    await show();
    await page.until(() => page.listed.length === 1);
    await say('refused', { error: { code: 'not-signed-in', message: '' } });
    await page.until(() => page.text.includes('User name'));
    expect(stream().readyState).toBe(2);
  });
});

describe('the rooms', () => {
  it('says that there are none, that they are being fetched, and that no server answers', async () => {
    await show();
    await page.until(() => page.text.includes('No rooms yet'));
    page.end();
    server = new ServerUnderTest();
    server.answers.listRooms = () => 'no-answer';
    server.install();
    await show();
    await page.until(() => page.text.includes('The server does not answer'));
    server.rooms = [roomOf(1)];
    delete server.answers.listRooms;
    await act(async () => stream().open());
    await say('ready', { counts: server.counts });
    await page.until(() => page.listed.length === 1);
    expect(page.text).not.toContain('does not answer');
  });

  it('lists those in trouble with the reason and what to do, and all of them with their counts, in both languages', async () => {
    server.rooms = [
      roomOf(1),
      roomOf(2, offline),
      roomOf(3, { health: 'in-call', call: { meetingTitle: 'Weekly', participantCount: 4 } }),
    ];
    await show();
    await page.until(() => page.listed.length === 3);
    expect(page.listed).toEqual(['Room 2', 'Room 3', 'Room 1']);
    expect(page.text).toContain('1 room can’t hold a meeting');
    expect(page.text).toContain('The kiosk does not answerCheck its power and network');
    expect(page.text).toContain('Weekly · 4 people');
    await act(async () => showLanguage('ko'));
    await page.until(() => page.text.includes('회의실 1곳에서 회의할 수 없습니다'));
    expect(page.text).toContain('회의실 단말이 응답하지 않습니다');
  });

  it('keeps every room where a newer server has reasons, states and notices that it does not know', async () => {
    const unknownWords = { health: 'haunted', reasons: [{ kind: 'weather', wind: 'north' }] } as never;
    const unknownNotice = { health: 'trouble', reasons: [{ kind: 'notice', notice: 'lens-dirty' }] } as never;
    const answer = () => ({
      body: {
        rows: [roomOf(1), roomOf(2, unknownWords), roomOf(3, unknownNotice)],
        nextCursor: null,
        total: 3,
        counts: { trouble: 1, limited: 0, 'in-call': 0, starting: 0, ready: 1, haunted: 1 },
      },
    });
    server.answers.listRooms = answer;
    await show();
    await page.until(() => page.listed.length === 3);
    expect(page.listed).toEqual(['Room 1', 'Room 2', 'Room 3']);
    expect(page.text).toContain('A reason that this page does not know');
  });

  it('names the side that is too old, with both numbers', async () => {
    const protocol = { kind: 'protocol', tooOld: 'kiosk', kioskProtocol: 1, serverProtocol: 2 } as const;
    server.rooms = [roomOf(1, { online: false, health: 'trouble', reasons: [protocol] })];
    await show();
    await page.until(() => page.listed.length === 1);
    expect(page.text).toContain('too old for this server (kiosk: protocol 1, server: 2)Update the kiosk');
  });

  it('shows a change at once where it stands, and in its order after a fetch', async () => {
    server.rooms = [roomOf(1), roomOf(2)];
    await show();
    await page.until(() => page.listed.length === 2);
    await change(2, { reasons: [{ kind: 'notice', notice: 'camera-missing' }] });
    expect(page.text).toContain('camera');
    const fetched = server.askedFor('listRooms');
    await change(2, offline);
    await page.until(() => page.listed[0] === 'Room 2');
    expect(server.askedFor('listRooms')).toBeGreaterThan(fetched);
    expect(page.text).toContain('1 room can’t hold a meeting');
  });

  it('fetches each list at most twice a second, however fast the rooms change', async () => {
    server.rooms = [roomOf(1), roomOf(2)];
    await show();
    await page.until(() => page.listed.length === 2);
    const fetched = server.askedFor('listRooms');
    const startedAtMs = performance.now();
    for (let i = 0; i < 40; i += 1) {
      await change(2, i % 2 === 0 ? offline : { ...roomOf(2) });
      await act(async () => new Promise((resolve) => setTimeout(resolve, 10)));
    }
    const mostOfEach = Math.ceil((performance.now() - startedAtMs) / 500) + 1;
    const lists = 2;
    expect(mostOfEach).toBeLessThan(20);
    expect(server.askedFor('listRooms') - fetched).toBeLessThanOrEqual(lists * mostOfEach);
  });

  it('shows the next part of a long list, and finds a room by its name', async () => {
    server.rooms = Array.from({ length: 120 }, (_, n) => roomOf(n + 1));
    await show();
    await page.until(() => page.listed.length === 50);
    expect(page.text).toContain('50 of 120');
    await page.press('Show more');
    await page.until(() => page.listed.length === 100);
    await page.type('input[type=search]', 'room 11');
    await page.until(() => page.listed.length === 11);
    await page.type('input[type=search]', 'cellar');
    await page.until(() => page.text.includes('No room has this in its name'));
  });

  it('keeps what it shows while the server is silent, and says from when it is', async () => {
    server.rooms = [roomOf(1)];
    await show();
    await act(async () => stream().open());
    await page.until(() => page.listed.length === 1 && page.text.includes('As of'));
    await act(async () => stream().fail());
    expect(page.text).toContain('The server does not answer. What you see is from');
    expect(page.listed).toEqual(['Room 1']);
    await act(async () => stream().open());
    expect(page.text).not.toContain('does not answer');
  });

  it('says of a name that is typed whether another room has it', async () => {
    server.rooms = [roomOf(1)];
    await show();
    await page.until(() => page.listed.length === 1);
    await page.press('Add room');
    await page.type('[role=dialog] input', 'ROOM 1');
    await page.until(() => page.text.includes('Another room has this name already'));
    await page.type('[role=dialog] input', 'Room 12');
    await page.until(() => !page.text.includes('Another room has this name already'));
  });
});

describe('a room', () => {
  const path = `/rooms/${idOf(1)}`;

  it('is shown by its address, and follows its changes', async () => {
    server.rooms = [roomOf(1), roomOf(2)];
    await show(path);
    await page.until(() => document.querySelector('h1')?.textContent === 'Room 1');
    expect(server.askedFor('listRooms')).toBe(0);
    const fetched = server.askedFor('room');
    await change(2, offline);
    await act(async () => new Promise((resolve) => setTimeout(resolve, 50)));
    expect(server.askedFor('room')).toBe(fetched);
    await change(1, { roomName: 'Maple', ...offline });
    await page.until(() => document.querySelector('h1')?.textContent === 'Maple');
    expect(page.text).toContain('The kiosk does not answer');
  });

  it('says that there is none, also when it is removed meanwhile', async () => {
    server.rooms = [roomOf(1)];
    await show(path);
    await page.until(() => page.text.includes('Room 1'));
    server.rooms = [];
    await say('changed', { rows: [], removedRoomIds: [idOf(1)], counts: server.counts });
    await page.until(() => page.text.includes('This room does not exist, or was removed'));
    expect(server.askedFor('room')).toBe(2);
  });

  it('is tried again where no server answers', async () => {
    server.answers.room = () => 'no-answer';
    server.rooms = [roomOf(1)];
    await show(path);
    await page.until(() => page.text.includes('The server does not answer'));
    delete server.answers.room;
    await page.until(() => page.text.includes('Room 1'), 6_000);
  });

  it.each([
    ['an operator', accountOf('operator'), false],
    ['an administrator of this room', accountOf('administrator', idOf(1)), true],
    [
      'an administrator of another room',
      {
        ...accountOf('operator'),
        grants: [...accountOf('operator').grants, ...accountOf('administrator', idOf(2)).grants],
      },
      false,
    ],
  ])('shows its kiosk and name to those who may change them: %s', async (_, account, may) => {
    server.account = account;
    server.rooms = [roomOf(1), roomOf(2)];
    await show(path);
    await page.until(() => page.text.includes('Guest links'));
    expect(page.text.includes('Revoke the kiosk')).toBe(may);
    expect(page.text.includes('Rename')).toBe(may);
  });

  it('shows the server’s refusal of an act in words', async () => {
    server.answers.revokePairings = () => refusal(403, 'forbidden');
    server.rooms = [roomOf(1)];
    await show(path);
    await page.until(() => page.text.includes('Disconnect all phones'));
    await page.press('Disconnect all phones');
    await page.press('Disconnect all');
    await page.until(() => page.text.includes('You may not do this'));
  });
});
