// @vitest-environment happy-dom
/** The use of rooms: its period stands in the address, its lines are sorted by any column, and the file is the same. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PlaceUsage, RoomUsage } from '#contract/http/fleet-api.ts';
import { Console } from './console.tsx';
import { ConsoleUnderTest, idOf, ServerUnderTest } from './console-under-test.tsx';

let server: ServerUnderTest;
let page: ConsoleUnderTest;
beforeEach(() => {
  server = new ServerUnderTest();
  server.answers.usage = () => ({ body: { rooms, places } });
  server.install();
  page = new ConsoleUnderTest();
});
afterEach(() => {
  page.end();
  location.hash = '';
});

const HOUR_MS = 3_600_000;
const nothing = { callCount: 0, callMs: 0, bookedMs: 0, noShowCount: 0, faultMs: 0 };
const rooms: RoomUsage[] = [
  { ...nothing, roomId: idOf(1), roomName: 'Room 10', placeId: idOf(70), callCount: 3, callMs: 2 * HOUR_MS },
  { ...nothing, roomId: idOf(2), roomName: 'Room 9', placeId: null, callCount: 7, callMs: 1_980_000 },
  { ...nothing, roomId: idOf(3), roomName: 'Atrium', placeId: idOf(70), noShowCount: 4 },
];
const places: PlaceUsage[] = [
  {
    ...nothing,
    placeId: idOf(70),
    placeName: 'Tower',
    path: 'Seoul / Tower',
    roomCount: 2,
    callCount: 3,
    callMs: 2 * HOUR_MS,
  },
];
async function show(hash: string): Promise<void> {
  location.hash = hash;
  await page.show(<Console />);
}
const names = () => [...document.querySelectorAll('tbody th')].map((each) => each.textContent);
const cells = (row: number) =>
  [...document.querySelectorAll('tbody tr')[row]!.querySelectorAll('td')].map((each) => each.textContent);
const file = () => document.querySelector<HTMLAnchorElement>('a[download]');

it('has a line for each room with its place and the sum, by name as people read it', async () => {
  await show('/usage?from=2026-11-01&to=2026-11-07');
  await page.until(() => names().length === 3);
  const { searchParams } = server.asked.findLast(({ name }) => name === 'usage')!.url;
  expect(Object.fromEntries(searchParams)).toEqual({
    fromMs: String(Date.UTC(2026, 10, 1)),
    toMs: String(Date.UTC(2026, 10, 8)),
  });
  expect(names()).toEqual(['Atrium', 'Room 9', 'Room 10']);
  expect(cells(2)).toEqual(['Seoul / Tower', '3', '2 h', '0 h', '0', '0 h']);
  expect(document.querySelector('tfoot')?.textContent).toBe('All together102.6 h0 h40 h');
  const address = new URL(file()!.href, 'http://maru.example');
  expect(address.pathname).toBe('/api/v1/usage.csv');
  expect(Object.fromEntries(address.searchParams)).toEqual({ ...Object.fromEntries(searchParams), by: 'room' });
});

it('is sorted by the column that is pressed, numbers with the most first, and says so', async () => {
  await show('/usage');
  await page.until(() => names().length === 3);
  await page.press('Sort by Meetings');
  await page.until(() => names()[0] === 'Room 9');
  expect(location.hash).toBe('#/usage?sort=-callCount');
  expect(document.querySelector('[aria-sort=descending]')?.textContent).toBe('Meetings');
  await page.press('Sort by Meetings');
  await page.until(() => names()[0] === 'Atrium');
  expect(names()).toEqual(['Atrium', 'Room 10', 'Room 9']);
});

it('has a line for each place instead', async () => {
  await show('/usage?by=place');
  await page.until(() => names().length === 1);
  expect(names()).toEqual(['Seoul / Tower']);
  expect(cells(0).slice(0, 2)).toEqual(['2', '3']);
  expect(file()!.href).toContain('by=place');
});

it('asks for no period that is too long or turned round, and offers no file of it', async () => {
  await show('/usage?from=2026-01-01&to=2026-11-07');
  await page.until(() => page.text.includes('At most 92 days'));
  expect(server.askedFor('usage')).toBe(0);
  expect(file()).toBeNull();
  await act(async () => {
    location.hash = '/usage?from=2026-11-08&to=2026-11-07&x';
  });
  await act(async () => new Promise((resolve) => setTimeout(resolve, 20)));
  expect(server.askedFor('usage')).toBe(0);
});
