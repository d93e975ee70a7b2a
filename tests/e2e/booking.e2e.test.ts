/**
 * A day of a room with a calendar: the booking stands on TV and phone, one touch joins the meeting that it links to, the
 * fleet server goes, a phone in the office ends the call, and the fleet hears of all of it once when it is back. The
 * calendar is a real CalDAV server; the room has a certificate of the office's CA, which the phone trusts.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hasRadicale, RadicaleUnderTest } from '../../kiosk/agent/calendar/radicale-under-test.ts';
import { eventually } from '../simulators/eventually.ts';
import { type Office, openOffice } from './office.ts';
import { type Guest, PhonePage, type Tv } from './personas/roles.ts';
import { Administrator } from './product/administrator.ts';
import { Scene, TV_NUMBER } from './scene.ts';
import { expectQr, readTvCode } from './tv-code.ts';

const HOST = 'room-b.office.test';
const TITLE = '분기 검토: Quarterly review';
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const MINUTE_MS = 60_000;

describe('a booking', () => {
  const folder = mkdtempSync(join(tmpdir(), 'maru-booking-e2e-'));
  const closers: (() => unknown)[] = [];
  let calendar: RadicaleUnderTest;
  let office: Office;
  let scene: Scene;
  let tv: Tv;
  let phone: PhonePage;
  let guest: Guest;
  let admin: Administrator;
  let roomName: string;

  beforeAll(async () => {
    if (!hasRadicale) return;
    calendar = new RadicaleUnderTest();
    await calendar.start();
    closers.push(() => calendar.stop());
    office = await openOffice(HOST, folder);
    closers.push(() => office.close());
    const settingsFile = join(folder, 'settings.json');
    const { url, userName, passwordFile } = calendar;
    writeFileSync(
      settingsFile,
      JSON.stringify({
        lan: office.lan,
        calendar: { kind: 'caldav', url, userName, passwordFile, refreshSeconds: 15, timeZone: 'Asia/Seoul' },
      }),
    );
    scene = await Scene.start(['--kiosk-settings', settingsFile]);
    closers.push(() => scene.close());
    tv = await scene.tv();
    roomName = await tv.roomName();
    admin = await Administrator.signIn(scene.product.addresses);
    // asks the fleet where the node is, once
    await scene.mediaMetrics();
    const nowMs = Date.now();
    await calendar.put(
      'review.ics',
      `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//office//EN
BEGIN:VEVENT
UID:review
DTSTAMP:${utc(nowMs)}
DTSTART:${utc(nowMs + 2 * MINUTE_MS)}
DTEND:${utc(nowMs + 62 * MINUTE_MS)}
SUMMARY:${TITLE}
ORGANIZER;CN=Mina Kim:mailto:mina@example.com
DESCRIPTION:Join: ${scene.product.addresses.joinUrl}
END:VEVENT
END:VCALENDAR
`,
    );
  });
  afterEach(({ task }) => {
    if (task.result?.state !== 'fail') return;
    console.error(scene?.troubles());
    console.error(scene?.product.log('kiosk').slice(-4_000));
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
    rmSync(folder, { recursive: true, force: true });
  });

  const eventsTold = async (): Promise<string[]> => {
    const events = await admin.roomEvents(scene.product.addresses.roomId);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, at) => at + 1));
    return events.map((event) => ('by' in event ? `${event.name} ${event.by}` : event.name));
  };

  test('stands on the TV and on the phone, with whoever booked it', async (context) => {
    context.skip(!hasRadicale, 'radicale is not installed here');
    await tv.page.getByText(TITLE).first().waitFor({ timeout: 40_000 });
    phone = await scene.phone();
    await phone.page.getByText(TITLE).first().waitFor();
    await phone.page.getByText('Mina Kim').first().waitFor();
    // the room's phone is somebody in the room
    await eventually('the check-in', eventsTold, (told) => told.includes('booking-checked-in presence'));
  });

  test('one touch joins the meeting that it links to, where its guest waits', async (context) => {
    context.skip(!hasRadicale, 'radicale is not installed here');
    guest = await scene.guest(1);
    await guest.join('Mina');
    await guest.expectInCall();
    await phone.page.getByRole('button', { name: /^Join \d/ }).click();
    await tv.stage.waitFor();
    await tv.expectToSee('Mina', 1);
    await guest.expectToSee(roomName, TV_NUMBER);
    expect((await scene.mediaMetrics())['carried calls']).toBe(1);
  });

  test('a phone in the office ends the call while the fleet server is gone', async (context) => {
    context.skip(!hasRadicale, 'radicale is not installed here');
    scene.product.takeAwayFleetServer();
    const code = (await readTvCode(tv)).replace(' ', '');
    await expectQr(tv, `${office.lanAddress}#code=${code}`, 20_000);
    const lanPhone = await PhonePage.open({
      browser: office.browser,
      address: `${office.lanAddress}#code=${code}`,
      number: 8,
      context: PHONE,
    });
    await lanPhone.endForAll();
    await guest.page.getByText('The meeting has ended').waitFor();
    await tv.expectIdle(roomName, 25_000);
  });

  test('the fleet hears of it once, when it is back', async (context) => {
    context.skip(!hasRadicale, 'radicale is not installed here');
    scene.product.bringBackFleetServer();
    const told = await eventually(
      'all events',
      () => eventsTold().catch((): string[] => []),
      (names) => names.includes('call-left'),
      { timeoutMs: 40_000, everyMs: 500 },
    );
    // the self-test before the booking takes as long as its media ports do
    expect(told.filter((name) => name === 'self-test-done')).toHaveLength(1);
    expect(told.filter((name) => name !== 'self-test-done')).toEqual([
      'agent-started',
      'screen-started',
      'booking-checked-in presence',
      'call-joined',
      'lan-command',
      'call-left',
    ]);
    await tv.expectSamePage();
  });
});

/** As iCalendar writes it. */
const utc = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '');
