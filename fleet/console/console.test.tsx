// @vitest-environment happy-dom
/** Who is signed in decides what is shown, the address which page; the list and a room follow the stream of changes. */
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

  it('asks again while no server answers, and signs nobody out', async () => {
    server.answers.currentSession = () => 'no-answer';
    await show();
    await page.until(() => page.text.includes('The server does not answer'));
    delete server.answers.currentSession;
    await page.until(() => page.text.includes('No rooms yet'), 5_000);
  });

  it('is shown the door when the session ends, by the stream or by an answer', async () => {
    server.rooms = [roomOf(1)];
    await show();
    await page.until(() => page.text.includes('Every room can hold a meeting'));
    await say('refused', { error: { code: 'not-signed-in', message: '' } });
    await page.until(() => page.text.includes('User name'));
    expect(stream().readyState).toBe(2);
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
