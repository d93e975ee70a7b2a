/**
 * A meeting room whose fleet server dies in the middle of a call: the call goes on, a phone comes in over the office's
 * network by the code on the TV, ends it and begins another on the media node; then the fleet is back, takes the call up
 * and hears what happened. The room has a certificate of the office's CA, which the phone trusts; no flag forgives one.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { pagePaths } from '#contract/http/page-paths.ts';
import type { RoomEvent } from '#contract/room-events.ts';
import { eventually } from '../simulators/eventually.ts';
import { enterAsGuest } from '../simulators/participants/participants.ts';
import { type Office, openOffice } from './office.ts';
import { type Guest, PhonePage, type Tv } from './personas/roles.ts';
import { Administrator } from './product/administrator.ts';
import { Scene, TV_NUMBER } from './scene.ts';
import { expectQr, readTvCode } from './tv-code.ts';

const HOST = 'room-a.office.test';
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

describe('a room without its fleet server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'maru-lan-e2e-'));
  const closers: (() => unknown)[] = [];
  let office: Office;
  let scene: Scene;
  let tv: Tv;
  let phone: PhonePage;
  let lanPhone: PhonePage;
  let guest: Guest;
  let roomName: string;
  let firstCallId: string;
  let secondCallId: string;
  let admin: Administrator;

  beforeAll(async () => {
    office = await openOffice(HOST, folder);
    closers.push(() => office.close());
    const settingsFile = join(folder, 'settings.json');
    writeFileSync(settingsFile, JSON.stringify({ lan: office.lan }));
    scene = await Scene.start(['--kiosk-settings', settingsFile]);
    closers.push(() => scene.close());
    tv = await scene.tv();
    roomName = await tv.roomName();
    admin = await Administrator.signIn(scene.product.addresses);
    // asks the fleet where the node is, once
    await scene.mediaMetrics();
  });
  afterEach(({ task }) => {
    if (task.result?.state !== 'fail') return;
    console.error(scene?.troubles(), lanPhone?.troubles.slice(-8));
    console.error(scene?.product.log('kiosk').slice(-4_000));
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
    rmSync(folder, { recursive: true, force: true });
  });

  const inCall = async (): Promise<string> => {
    const { callId } = await enterAsGuest({ joinUrl: scene.product.addresses.joinUrl });
    return callId;
  };
  const storeOfKiosk = <Row>(sql: string): Row[] => {
    const database = new Database(join(scene.product.folder, 'kiosk', 'room.sqlite'), { readonly: true });
    try {
      return database.prepare(sql).all() as Row[];
    } finally {
      database.close();
    }
  };

  test('a call as every day: a phone starts it, a guest is in', async () => {
    phone = await scene.phone();
    await phone.start();
    await tv.stage.waitFor();
    guest = await scene.guest(1);
    await guest.join('Mina');
    await tv.expectToSee('Mina', 1);
    firstCallId = await inCall();
  });

  test('the fleet server dies and stays away: the call goes on, and the TV sends phones to the kiosk itself', async () => {
    scene.product.takeAwayFleetServer();
    const code = await readTvCode(tv);
    await expectQr(tv, `${office.lanAddress}#code=${code.replace(' ', '')}`, 20_000);
    await guest.expectToSee(roomName, TV_NUMBER);
    await guest.expectToHear([TV_NUMBER]);
    await tv.expectToHear([1]);
  });

  test('a phone in the office pairs by that code, mutes the room and opens the microphone again', async () => {
    const code = (await readTvCode(tv)).replace(' ', '');
    lanPhone = await PhonePage.open({
      browser: office.browser,
      address: `${office.lanAddress}#code=${code}`,
      number: 8,
      context: PHONE,
    });
    await lanPhone.button('Mute microphone').click();
    await lanPhone.button('Unmute microphone').waitFor();
    await guest.expectToHear([]);
    await lanPhone.button('Unmute microphone').click();
    await guest.expectToHear([TV_NUMBER]);
    expect(new URL(lanPhone.page.url()).hash, 'the code is not left in the address').toBe('');
    // single use: the TV shows another
    await readTvCode(tv, [code]);
  });

  test('it ends the meeting for all, and begins another, which the node carries on the room’s delegation', async () => {
    await lanPhone.endForAll();
    await guest.page.getByText('The meeting has ended').waitFor();
    await tv.expectIdle(roomName, 25_000);
    await lanPhone.button('Start meeting').click({ timeout: 20_000 });
    await tv.stage.waitFor();
    await lanPhone.button('End meeting for all').waitFor();
    await eventually(
      'one call on the node',
      () => scene.mediaMetrics(),
      (held) => held['carried calls'] === 1 && held['carried peers'] === 1,
    );
  });

  test('the fleet comes back and takes that call up: a guest and a phone of the fleet’s are in it', async () => {
    scene.product.bringBackFleetServer();
    const code = () => readTvCode(tv);
    await eventually(
      'the fleet',
      async () => (await fetch(new URL(pagePaths.health, scene.product.addresses.fleetUrl))).ok,
      (isThere) => isThere,
      { timeoutMs: 30_000 },
    );
    await expectQr(
      tv,
      // the room is alone in a call: its code leads to a choice
      `${scene.product.addresses.fleetUrl}${pagePaths.controller}#code=${(await code()).replace(' ', '')}&join=`,
      20_000,
    );
    guest = await scene.guest(2);
    await guest.join('Jonas Weber');
    await guest.expectInCall();
    await tv.expectToSee('Jonas Weber', 2);
    await guest.expectToSee(roomName, TV_NUMBER);
    secondCallId = await inCall();
    expect(secondCallId).not.toBe(firstCallId);
    await phone.button('End meeting for all').waitFor({ timeout: 30_000 });
    expect((await scene.mediaMetrics())['carried calls']).toBe(1);
    for (const persona of [tv, lanPhone]) await persona.expectSamePage();
  });

  test('what happened meanwhile is delivered: each event once, in the kiosk’s own order', async () => {
    const { roomId } = scene.product.addresses;
    const told = await eventually(
      'all events',
      () => admin.roomEvents(roomId),
      (events) => events.length > 0 && storeOfKiosk('select sequence from room_event').length === 0,
      { timeoutMs: 20_000, everyMs: 500 },
    );
    const [{ value }] = storeOfKiosk<{ value: string }>(
      "select value from kept_value where key = 'last-event-sequence'",
    ) as [{ value: string }];
    expect(told.map(({ sequence }) => sequence)).toEqual(Array.from({ length: Number(value) }, (_, n) => n + 1));
    expect(new Set(told.map(({ eventId }) => eventId)).size).toBe(told.length);
    expect(told.map(wordsOf)).toEqual([
      'agent-started',
      'screen-started',
      `call-joined ${firstCallId}`,
      'lan-command set-microphone',
      'lan-command set-microphone',
      'lan-command end-call',
      `call-left ${firstCallId} ended-by-room`,
      'lan-command join-call',
      `call-joined ${secondCallId}`,
    ]);
  });
});

function wordsOf(event: RoomEvent): string {
  const { name, callId, reason, command } = event as RoomEvent & Record<'callId' | 'reason' | 'command', string>;
  return [name, callId, command, reason].filter((part) => part !== undefined).join(' ');
}
