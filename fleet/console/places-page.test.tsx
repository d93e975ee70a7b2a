// @vitest-environment happy-dom
/** Places in the console: the tree as it stands, added to, renamed, emptied; what a place sets for its meetings; where a room is. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PlaceRow } from '#contract/http/places-api.ts';
import { refusal } from '#ui/page-under-test.tsx';
import { Console } from './console.tsx';
import { accountOf, ConsoleUnderTest, idOf, roomOf, ServerUnderTest } from './console-under-test.tsx';

let server: ServerUnderTest;
let page: ConsoleUnderTest;
let places: PlaceRow[];
const place = (n: number, parent: number | null, kind: PlaceRow['kind'], placeName: string): PlaceRow => ({
  placeId: idOf(n),
  parentId: parent === null ? null : idOf(parent),
  kind,
  placeName,
  defaults: { meetingPolicy: null, allowedRanges: [] },
  roomCount: 2,
  accountCount: 0,
});
beforeEach(() => {
  places = [
    place(3, 2, 'floor', '3F'),
    place(2, 1, 'building', 'Tower'),
    place(4, null, 'site', 'Busan'),
    place(1, null, 'site', 'Seoul'),
  ];
  server = new ServerUnderTest();
  server.answers.listPlaces = () => ({ body: { places, organisation: { meetingPolicy: null, allowedRanges: [] } } });
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
const names = () => [...document.querySelectorAll('main li span.font-semibold')].map(({ textContent }) => textContent);

it('shows each place behind the one that it stands in, and adds below it what can stand there', async () => {
  server.answers.createPlace = () => {
    places.push(place(5, 2, 'floor', '4F'));
    return { body: { placeId: idOf(5) } };
  };
  await show('/places');
  await page.until(() => names().length === 5);
  expect(names()).toEqual(['Whole organisation', 'Busan', 'Seoul', 'Tower', '3F']);
  expect(page.buttons('Add inside 3F')).toEqual([]);
  await page.press('Add inside Tower');
  await page.fill('Name', '4F');
  await page.press('Add');
  await page.until(() => names().length === 6);
  expect(server.bodyOf('createPlace')).toEqual({ parentId: idOf(2), kind: 'floor', placeName: '4F' });
});

it('renames in place, and says why a place that is not empty stays', async () => {
  server.answers.changePlace = () => {
    places[3]!.placeName = 'Seoul HQ';
    return { body: {} };
  };
  server.answers.removePlace = () => refusal(409, 'place-not-empty');
  await show('/places');
  await page.until(() => names().length === 5);
  await page.press('Rename Seoul');
  await page.fill('Name', 'Seoul HQ');
  await page.press('Save');
  await page.until(() => names().includes('Seoul HQ'));
  expect(server.bodyOf('changePlace')).toEqual({ parentId: null, placeName: 'Seoul HQ' });
  await page.press('Remove Tower');
  await page.press('Remove');
  await page.until(() => document.querySelector('main [role=alert]')!.textContent !== '');
  expect(names()).toContain('Tower');
});

it('moves a place to where it can stand, with its name, and offers nothing where there is no other such place', async () => {
  places.push(place(6, 4, 'building', 'Harbour'));
  server.answers.changePlace = () => {
    places[0]!.parentId = idOf(6);
    return { body: {} };
  };
  await show('/places');
  await page.until(() => names().length === 6);
  expect(page.buttons('Move Seoul')).toEqual([]);
  await page.press('Move 3F');
  const select = document.querySelector('select')!;
  expect([...select.options].map(({ textContent }) => textContent)).toEqual(['Busan', 'Busan / Harbour', 'Seoul']);
  await act(async () => {
    select.value = idOf(6);
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await page.press('Move');
  await page.until(() => names().join() === 'Whole organisation,Busan,Harbour,3F,Seoul,Tower');
  expect(server.bodyOf('changePlace')).toEqual({ parentId: idOf(6), placeName: '3F' });
  // a building moves between sites alone
  await page.press('Move Tower');
  const sites = [...document.querySelectorAll('option')].map(({ textContent }) => textContent);
  expect(sites).toEqual(['Busan']);
});

it('sets who comes in and from where; an address that is none is named and not sent', async () => {
  server.answers.setPlaceDefaults = () => ({ body: {} });
  await show('/places');
  await page.until(() => names().length === 5);
  await page.press('Meeting rules of Busan');
  const select = document.querySelector('select')!;
  await act(async () => {
    select.value = 'all-wait';
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await page.fill('Only from these addresses', '203.0.113.0/24, office');
  await page.press('Save');
  await page.until(() => page.text.includes('Not an address range: office'));
  expect(server.askedFor('setPlaceDefaults')).toBe(0);
  await page.fill('Only from these addresses', '203.0.113.0/24 2001:db8::/32');
  await page.press('Save');
  await page.until(() => document.querySelector('[role=dialog]') === null);
  expect(server.bodyOf('setPlaceDefaults')).toEqual({
    meetingPolicy: {
      admission: 'all-wait',
      joinBeforeHost: true,
      guestsAllowed: true,
      allowedRanges: [],
      transcript: false,
      guestRecord: { shows: 'nothing', days: 7 },
    },
    allowedRanges: ['203.0.113.0/24', '2001:db8::/32'],
  });
});

it('shortens how long records are kept, and offers nothing longer than above', async () => {
  const none = { chat: null, notes: null, polls: null, attendance: null, transcript: null, minutes: null };
  const kept = { organisation: { ...none, chat: 365 }, places: [{ placeId: idOf(1), policy: { ...none, chat: 90 } }] };
  server.answers.recordPolicies = () => ({ body: kept });
  server.answers.setPlaceDefaults = () => ({ body: {} });
  server.answers.setPlaceRecordPolicy = () => ({ body: {} });
  await show('/places');
  await page.until(() => names().length === 5);
  await page.press('Meeting rules of Tower');
  const select = (name: string) => {
    const label = [...document.querySelectorAll('label')].find(({ textContent }) => textContent === name)!;
    return document.getElementById(label.htmlFor) as HTMLSelectElement;
  };
  const choices = (name: string) => [...select(name).options].map(({ textContent }) => textContent);
  expect(choices('Chat')).toEqual(['As above: 90 days', '1 day', '7 days', '30 days']);
  expect(choices('Notes').slice(0, 2)).toEqual(['As above: For good', '1 day']);
  await act(async () => {
    select('Chat').value = '30';
    select('Chat').dispatchEvent(new Event('change', { bubbles: true }));
  });
  await page.press('Save');
  await page.until(() => document.querySelector('[role=dialog]') === null);
  expect(server.bodyOf('setPlaceRecordPolicy')).toEqual({ ...none, chat: 30 });
});

it('moves a room where it is chosen, for those who may', async () => {
  server.answers.setRoomPlace = () => ({ body: {} });
  server.rooms = [roomOf(1, { placeIds: [idOf(3), idOf(2), idOf(1)] })];
  await show(`/rooms/${idOf(1)}`);
  await page.until(() => page.text.includes('Where this room is'));
  const label = [...document.querySelectorAll('label')].find(
    ({ textContent }) => textContent === 'Where this room is',
  )!;
  const select = document.getElementById(label.htmlFor) as HTMLSelectElement;
  expect(select.selectedOptions[0]!.textContent).toBe('Seoul / Tower / 3F');
  await act(async () => {
    select.value = idOf(4);
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await page.until(() => server.askedFor('setRoomPlace') === 1);
  expect(server.bodyOf('setRoomPlace')).toEqual({ placeId: idOf(4) });
});

it('is not offered to who may not manage places', async () => {
  server.account = accountOf('operator');
  await show('/places');
  await page.until(() => page.text.includes('No rooms yet'));
  expect(page.text).not.toContain('Places');
});
