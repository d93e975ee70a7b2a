// @vitest-environment happy-dom
/** A kiosk is found by its code, compared, and claimed; one in a room is replaced on purpose; one that slept is let back. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { WaitingKiosk } from '#contract/waiting-kiosk.ts';
import { refusal } from '#ui/page-under-test.tsx';
import { Console } from './console.tsx';
import { ConsoleUnderTest, idOf, roomOf, ServerUnderTest } from './console-under-test.tsx';

const KEY = '3f9ac1d27b8e4410'.repeat(4);
const waiting = (over: Partial<WaitingKiosk> = {}): WaitingKiosk => ({
  waitingId: idOf(70),
  sheet: { hostName: 'box-7', model: 'ASUS NUC 14', serialNumber: null, version: '0.1.0', addresses: [] },
  keySha256: KEY,
  network: '192.0.2.7',
  sinceMs: 1,
  formerRoom: null,
  ...over,
});
let server: ServerUnderTest;
let page: ConsoleUnderTest;
beforeEach(() => {
  server = new ServerUnderTest();
  server.rooms = [roomOf(1, { enrolled: false }), roomOf(2)];
  server.answers.lookUpWaitingKiosk = () => ({ body: waiting() });
  server.answers.claimKiosk = () => ({ body: {} });
  server.install();
  page = new ConsoleUnderTest();
});
afterEach(() => {
  page.end();
  location.hash = '';
});
async function openRoom(n: number): Promise<void> {
  location.hash = `/rooms/${idOf(n)}`;
  await page.show(<Console />);
  await page.until(() => page.text.includes(`Room ${n}`));
}

it('finds the kiosk by its code, shows its fingerprint, and claims that very one', async () => {
  await openRoom(1);
  await page.press('Claim a kiosk');
  await page.fill('Claim code', 'kx7p');
  await page.press('Find the kiosk');
  expect(page.text).toContain('eight letters and digits');
  expect(server.askedFor('lookUpWaitingKiosk')).toBe(0);
  await page.fill('Claim code', 'kx7p-4qwn');
  await page.press('Find the kiosk');
  await page.until(() => page.text.includes('3f9a c1d2 7b8e 4410'));
  expect(page.text).toContain('ASUS NUC 14');
  expect(server.askedFor('claimKiosk')).toBe(0);
  await page.press('Yes, claim it');
  await page.until(() => page.text.includes('comes online in a moment'));
  expect(server.bodyOf('claimKiosk')).toEqual({ claimCode: 'KX7P4QWN', keySha256: KEY, replaces: false });
});

it('says what a code that nobody shows means', async () => {
  server.answers.lookUpWaitingKiosk = () => refusal(403, 'claim-code-invalid');
  await openRoom(1);
  await page.press('Claim a kiosk');
  await page.fill('Claim code', 'KX7P4QWN');
  await page.press('Find the kiosk');
  await page.until(() => page.text.includes('The claim of this kiosk does not work'));
});

it('replaces the kiosk of a room only by that name', async () => {
  await openRoom(2);
  await page.press('Replace the kiosk');
  await page.fill('Claim code', 'KX7P4QWN');
  await page.press('Find the kiosk');
  await page.until(() => page.text.includes('takes this room over'));
  await page.press('Yes, replace it');
  await page.until(() => server.askedFor('claimKiosk') === 1);
  expect(server.bodyOf('claimKiosk')).toMatchObject({ replaces: true });
});

it('lists a kiosk that asks to come back, and lets it', async () => {
  server.answers.letKioskReturn = () => ({ body: {} });
  await page.show(<Console />);
  await page.until(() => page.text.includes('Every room can hold a meeting'));
  const formerRoom = { roomId: idOf(2), roomName: 'Room 2', endedAtMs: Date.UTC(2026, 0, 5) };
  const kiosks = [waiting({ formerRoom }), waiting({ waitingId: idOf(71) })];
  await act(async () => server.stream('waiting-kiosk-changes').say('kiosks', { kiosks, caSha256: KEY }));
  expect(page.text).toContain('The kiosk of Room 2 was off until its certificate ended');
  expect(page.text).toContain('One kiosk waits to be claimed');
  await page.press('Let it back');
  await page.until(() => server.askedFor('letKioskReturn') === 1);
  expect(server.bodyOf('letKioskReturn')).toEqual({ waitingId: idOf(70), keySha256: KEY });
});
