// @vitest-environment happy-dom
/** The list of rooms: its filters stand in the address, it follows changes, and acts on several show what came of each. */
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ShownAction } from '#contract/room-action.ts';
import { Console } from './console.tsx';
import { accountOf, ConsoleUnderTest, idOf, offline, roomOf, ServerUnderTest } from './console-under-test.tsx';

let server: ServerUnderTest;
let page: ConsoleUnderTest;
beforeEach(() => {
  server = new ServerUnderTest();
  server.install();
  page = new ConsoleUnderTest();
});
afterEach(() => {
  page.end();
  location.hash = '';
});

async function show(hash = '/rooms'): Promise<void> {
  location.hash = hash;
  await page.show(<Console />);
}
const change = async (n: number, over: object): Promise<void> => {
  server.rooms = server.rooms.map((room) => (room.roomId === idOf(n) ? { ...room, ...over } : room));
  const rows = server.rooms.filter(({ roomId }) => roomId === idOf(n));
  const stream = server.stream('room-changes');
  await act(async () => stream.say('changed', { rows, removedRoomIds: [], counts: server.counts }));
};
const asked = () =>
  Object.fromEntries(server.asked.findLast(({ name }) => name === 'listRooms')?.url.searchParams ?? []);
const choose = async (label: string, value: string): Promise<void> => {
  const found = [...document.querySelectorAll('label')].find((each) => each.textContent === label)!;
  const select = document.getElementById(found.htmlFor) as HTMLSelectElement;
  await act(async () => {
    select.value = value;
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
};
const tick = async (label: string): Promise<void> => {
  await act(async () => document.querySelector<HTMLInputElement>(`input[aria-label="${label}"]`)!.click());
};

describe('the list', () => {
  it('is sorted by state, with what each room says', async () => {
    server.rooms = [
      roomOf(1),
      roomOf(2, offline),
      roomOf(3, { health: 'in-call', call: { meetingTitle: 'Weekly', participantCount: 4 } }),
    ];
    await show();
    await page.until(() => page.listed.length === 3);
    expect(page.listed).toEqual(['Room 2', 'Room 3', 'Room 1']);
    expect(page.text).toContain('3 rooms');
    expect(page.text).toContain('Weekly · 4 people');
  });

  it('keeps every room where a newer server has reasons, states and notices that it does not know', async () => {
    const unknownWords = { health: 'haunted', reasons: [{ kind: 'weather', wind: 'north' }] } as never;
    const unknownNotice = { health: 'trouble', reasons: [{ kind: 'notice', notice: 'lens-dirty' }] } as never;
    server.answers.listRooms = () => ({
      body: {
        rows: [roomOf(1), roomOf(2, unknownWords), roomOf(3, unknownNotice)],
        nextCursor: null,
        total: 3,
        counts: { ...server.counts, haunted: 1 },
      },
    });
    await show();
    await page.until(() => page.listed.length === 3);
    expect(page.listed).toEqual(['Room 1', 'Room 2', 'Room 3']);
    expect(page.text).toContain('A reason that this page does not know');
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
    expect(location.hash).toBe('#/rooms?text=room+11');
    await page.type('input[type=search]', 'cellar');
    await page.until(() => page.text.includes('No room is like this'));
  });

  it('is what a room leads back to, also where a change was drawn between the click and its event', async () => {
    server.rooms = [roomOf(1), roomOf(2)];
    await show('/rooms?text=room');
    await page.until(() => page.listed.length === 2);
    // as a browser does: the address changes with the click, and its event follows later
    history.replaceState(null, '', `#/rooms/${idOf(1)}`);
    await change(2, { reasons: [{ kind: 'notice', notice: 'camera-missing' }] });
    await act(async () => dispatchEvent(new Event('hashchange')));
    await page.until(() => document.querySelector('h1')?.textContent === 'Room 1');
    const back = [...document.querySelectorAll('a')].find((each) => each.textContent === 'All rooms')!;
    expect(back.getAttribute('href')).toBe('#/rooms?text=room');
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

describe('its filters', () => {
  it('are taken from the address, and what is no choice there is ignored', async () => {
    server.rooms = [roomOf(1), roomOf(2, offline)];
    await show(`/rooms?health=trouble&service=in-service&signal=disk-low&version=1.2&model=NUC&place=${idOf(7)}`);
    await page.until(() => server.askedFor('listRooms') > 0);
    expect(asked()).toMatchObject({
      health: 'trouble',
      service: 'in-service',
      signal: 'disk-low',
      version: '1.2',
      model: 'NUC',
      placeId: idOf(7),
    });
    page.end();
    server.install();
    await show('/rooms?health=haunted&signal=weather');
    await page.until(() => page.listed.length === 2);
    expect(asked()).not.toHaveProperty('health');
    expect(asked()).not.toHaveProperty('signal');
  });

  it('go into the address as they are chosen, each a step that Back undoes, and offer what there is', async () => {
    server.rooms = [roomOf(1), roomOf(2, offline)];
    server.answers.roomFacets = () => ({
      body: { versions: [{ value: '1.2.0', count: 2 }], models: [], signals: [{ value: 'disk-low', count: 1 }] },
    });
    await show();
    await page.until(() => page.listed.length === 2 && page.text.includes('1.2.0 (2)'));
    expect(page.text).toContain('(1)');
    const steps = history.length;
    await choose('State', 'silent');
    await page.until(() => page.listed.length === 1);
    expect(location.hash).toBe('#/rooms?health=silent');
    expect(asked()).toMatchObject({ answering: 'false' });
    expect(history.length).toBe(steps + 1);
    await choose('Version of Maru', '1.2.0');
    await page.until(() => location.hash === '#/rooms?health=silent&version=1.2.0');
    await page.press('Clear the filters');
    await page.until(() => page.listed.length === 2);
    expect(location.hash).toBe('#/rooms');
  });

  it('are kept for the way back from a room', async () => {
    server.rooms = [roomOf(1), roomOf(2, offline)];
    await show('/rooms?health=trouble');
    await page.until(() => page.listed.length === 1);
    await act(async () => {
      location.hash = `/rooms/${idOf(2)}`;
    });
    await page.until(() => document.querySelector('h1')?.textContent === 'Room 2');
    const back = [...document.querySelectorAll('a')].find((link) => link.textContent === 'All rooms')!;
    expect(back.getAttribute('href')).toBe('#/rooms?health=trouble');
  });
});

describe('acts on several rooms', () => {
  it('put them out of service, and show of each that is refused why', async () => {
    server.rooms = [roomOf(1), roomOf(2), roomOf(3)];
    server.answers.setServiceOfRooms = () => ({
      body: { changed: [idOf(1)], refused: [{ roomId: idOf(3), code: 'forbidden' }] },
    });
    await show();
    await page.until(() => page.listed.length === 3);
    expect(page.text).not.toContain('selected');
    await tick('Select Room 1');
    await tick('Select Room 3');
    await page.until(() => page.text.includes('2 rooms selected'));
    await page.press('Service…');
    await act(async () => document.querySelector<HTMLInputElement>('[role=dialog] input[value=maintenance]')!.click());
    await choose('It ends', 'hour');
    await page.fill('Reason', ' new cables ');
    await page.press('Save');
    await page.until(() => page.text.includes('What came of it'));
    expect(server.bodyOf('setServiceOfRooms')).toMatchObject({
      roomIds: [idOf(1), idOf(3)],
      state: 'maintenance',
      reason: 'new cables',
    });
    const { untilMs } = server.bodyOf('setServiceOfRooms') as { untilMs: number };
    expect(Math.abs(untilMs - Date.now() - 3_600_000)).toBeLessThan(10_000);
    expect(page.text).toContain('1 room: done');
    expect(page.text).toContain('1 room: not done');
    expect(document.querySelector('[role=dialog] li')?.textContent).toMatch(/^Room 3You may not do this/);
  });

  it('refuse an end that is not a time to come', async () => {
    server.rooms = [roomOf(1)];
    await show();
    await page.until(() => page.listed.length === 1);
    await tick('Select all shown');
    await page.press('Service…');
    await act(async () => document.querySelector<HTMLInputElement>('[role=dialog] input[value=maintenance]')!.click());
    await choose('It ends', 'at');
    await page.press('Save');
    expect(page.text).toContain('A time that is to come');
    expect(server.askedFor('setServiceOfRooms')).toBe(0);
  });

  it('restart them, and follow each until it is over', async () => {
    server.rooms = [roomOf(1), roomOf(2, offline), roomOf(3)];
    const action = (n: number, over: Partial<ShownAction> = {}): ShownAction => ({
      actionId: idOf(800 + n),
      roomId: idOf(n),
      action: { name: 'restart-screen' },
      state: 'pending',
      code: null,
      result: null,
      askedBy: 'Mina',
      askedAtMs: Date.now(),
      begunAtMs: null,
      endedAtMs: null,
      endsBeforeMs: Date.now() + 30_000,
      hasFile: false,
      ...over,
    });
    server.answers.askActionOfRooms = () => ({
      body: { begun: [action(1), action(3)], refused: [{ roomId: idOf(2), code: 'room-not-answering' }] },
    });
    server.answers.actionsSince = () => ({
      body: { actions: [action(1, { state: 'done' }), action(3, { state: 'expired', code: 'room-not-answering' })] },
    });
    await show();
    await page.until(() => page.listed.length === 3);
    await tick('Select all shown');
    await page.press('Restart…');
    await page.press('Restart');
    await page.until(() => page.text.includes('2 rooms are at it'));
    expect(server.bodyOf('askActionOfRooms')).toMatchObject({ action: { name: 'restart-screen' } });
    await page.until(() => page.text.includes('1 room: done') && page.text.includes('2 rooms: not done'), 6_000);
    expect(page.text).not.toContain('are at it');
    expect(page.text).toContain('Not in time');
  });

  it('are offered to those who may do them somewhere', async () => {
    server.account = accountOf('viewer');
    server.rooms = [roomOf(1)];
    await show();
    await page.until(() => page.listed.length === 1);
    await tick('Select Room 1');
    await page.until(() => page.text.includes('1 room selected'));
    for (const words of ['Service…', 'Restart…', 'Move…']) expect(page.buttons(words)).toEqual([]);
  });

  it('take all that were found, page by page', async () => {
    server.rooms = Array.from({ length: 230 }, (_, n) => roomOf(n + 1));
    await show();
    await page.until(() => page.listed.length === 50);
    await tick('Select Room 1');
    await page.press('Select all 230 found');
    await page.until(() => page.text.includes('230 rooms selected'));
  });
});
