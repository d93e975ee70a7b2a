/** The remote in real Chromium, with a room played into its link: what a tap, a key and a finger ask of the room. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RoomCommand } from '#contract/room-command.ts';
import { CAMERA_STEER_MS } from '#contract/limits.ts';
import { afternoon, agenda, booking, due, equipment, HDMI_KEY, missed, weeklyPlan } from '../screens/rooms-day.ts';
import { inCall, paired, person, roomState } from '../screens/scenes/remote.ts';
import { ORIGIN, servePages } from '../screens/static-pages.ts';
import { launchChromium } from '../simulators/chromium.ts';
import { builtPage } from './built-pages.ts';

const calling = roomState({ phase: inCall([person(0, 'Maple 3F', { peerKind: 'room' }), person(1, 'Mina')]) });

let browser: Browser;
let page: Page;
let heard: RoomCommand[];

beforeAll(async () => {
  builtPage('control');
  browser = await launchChromium({ role: 'person' });
});
afterAll(() => browser?.close());
beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
  heard = [];
});
afterEach(() => page.close());

async function open(link: Parameters<typeof paired>[1], path = '/control'): Promise<void> {
  await servePages(page);
  await paired(page, { time: '10:02', heard: (command) => heard.push(command), ...link });
  await page.goto(`${ORIGIN}${path}`);
}
const button = (name: string) => page.getByRole('button', { name, exact: true });
const tab = (name: string) => page.getByRole('tab', { name }).click();
const said = (name: RoomCommand['name']) => heard.filter((command) => command.name === name);
const toHear = (command: RoomCommand) => expect.poll(() => said(command.name)).toEqual([command]);
const plan = weeklyPlan();

describe('an idle room', () => {
  it('joins what is due with the large button, and starts its own meeting with the other', async () => {
    await open({ agenda: agenda([weeklyPlan(due), ...afternoon]) });
    await button('Join 10:00 Weekly plan').click();
    await toHear({ name: 'join-call', bookingId: plan.bookingId });
    // one start at a time: the other button is off soon (a tap before that is dropped, which a test must not try)
    await button('Start meeting').and(page.locator(':disabled')).waitFor();
    // the room said yes and does not start: the button is let go, and the other one is free again
    await expect.poll(() => button('Start meeting').isEnabled(), { timeout: 4_000 }).toBe(true);
    await button('Start meeting').click();
    await expect.poll(() => said('join-call').at(-1)).toEqual({ name: 'join-call' });
  });

  it('says that it does not join another system’s meeting, and has no button for it', async () => {
    await open({ agenda: agenda([weeklyPlan({ ...due, link: 'foreign' })]) });
    await page.getByText('is a meeting of another system').waitFor();
    expect(await page.getByRole('button', { name: /^Join/ }).count()).toBe(0);
    await button('Start meeting').click();
    await toHear({ name: 'join-call' });
  });

  it('checks in, takes a release back, extends, and asks once before it ends a booking', async () => {
    await open({ agenda: agenda([weeklyPlan(due)]) });
    await button('Check in for Weekly plan').click();
    await toHear({ name: 'check-in', bookingId: plan.bookingId });
    await page.close();

    page = await browser.newPage({ locale: 'en-US' });
    const tea = booking('12:00', '12:30', 'Tea', missed);
    await open({ time: '10:20', agenda: agenda([weeklyPlan({ state: 'in-use' }), tea]) });
    await button('+30 min for Weekly plan').click();
    await toHear({ name: 'extend-booking', bookingId: plan.bookingId, minutes: 30 });
    await button('Restore Tea').click();
    await toHear({ name: 'restore-booking', bookingId: tea.bookingId });
    await button('End early: Weekly plan').click();
    expect(said('end-booking')).toEqual([]);
    await page.getByRole('alertdialog').getByRole('button', { name: 'End booking' }).click();
    await toHear({ name: 'end-booking', bookingId: plan.bookingId });
  });

  it('runs the self-test and chooses devices', async () => {
    await open({ equipment: equipment() });
    await tab('Devices');
    await button('Run the test').click();
    await toHear({ name: 'run-self-test' });
    await page.getByRole('radiogroup', { name: 'Microphone' }).getByText('PTZ Camera 4K').click();
    await toHear({ name: 'choose-device', kind: 'microphone', deviceKey: 'microphone:PTZ Camera 4K' });
    expect(await page.getByRole('button', { name: /HDMI/ }).count()).toBe(0);
  });

  it('advises to update the firmware of a speakerphone that the kiosk does not support', async () => {
    const speakerphone = { name: 'Speak 510', state: 'faulty', code: 'device-unsupported' } as const;
    await open({ equipment: equipment({ speakerphone }) });
    await tab('Devices');
    await page.getByText('IT should update its firmware').waitFor();
    expect(await page.getByText('Use the device’s own buttons').count()).toBe(0);
  });

  it('says why, where the room does not answer in time', async () => {
    await open({ agenda: agenda([weeklyPlan(due)]), commands: 'never' });
    await button('Check in for Weekly plan').click();
    await page.getByRole('alert').getByText('The room does not answer').waitFor({ timeout: 8_000 });
  });
});

describe('the camera', () => {
  const camera = async (over: Parameters<typeof equipment>[0] = {}) => {
    await open({ state: calling, equipment: equipment(over) });
    await tab('Camera');
    await button('Turn left').waitFor();
  };
  const directions = () => said('steer-camera').map((command) => 'pan' in command && [command.pan, command.tilt]);

  it('turns while an arrow key is held on any of its buttons, and stops when it is let go', async () => {
    await camera();
    await button('Tilt up').focus();
    await page.keyboard.down('ArrowLeft');
    await page.waitForTimeout(2 * CAMERA_STEER_MS);
    await page.keyboard.down('ArrowUp');
    await page.waitForTimeout(CAMERA_STEER_MS);
    await page.keyboard.up('ArrowLeft');
    await page.keyboard.up('ArrowUp');
    await expect.poll(() => directions().at(-1)).toEqual([0, 0]);
    const all = directions();
    expect(all[0]).toEqual([-1, 0]);
    // each in time before the room would stop by itself
    expect(all.length).toBeGreaterThanOrEqual(6);
    expect(all).toContainEqual([-1, 1]);
    const count = all.length;
    await page.waitForTimeout(CAMERA_STEER_MS);
    expect(directions().length).toBe(count);
  });

  it('turns while an arrow is pressed, and follows the knob', async () => {
    await camera();
    await button('Turn right').hover();
    await page.mouse.down();
    await expect.poll(() => directions().length).toBeGreaterThan(1);
    expect(directions()[0]).toEqual([1, 0]);
    await page.mouse.up();
    await expect.poll(() => directions().at(-1)).toEqual([0, 0]);

    heard.length = 0;
    const knob = (await page.getByTestId('joystick-knob').boundingBox())!;
    const middle = { x: knob.x + knob.width / 2, y: knob.y + knob.height / 2 };
    await page.mouse.move(middle.x, middle.y);
    await page.mouse.down();
    await page.mouse.move(middle.x, middle.y + 200);
    await expect.poll(() => directions().at(-1)).toEqual([0, -1]);
    await page.mouse.up();
    await expect.poll(() => directions().at(-1)).toEqual([0, 0]);
  });

  it('zooms while held, goes to a saved view, and saves one under a name', async () => {
    await camera();
    await button('Zoom in').focus();
    await page.keyboard.down('Enter');
    await expect.poll(() => said('steer-camera')[0]).toMatchObject({ pan: 0, tilt: 0, zoom: 1 });
    await page.keyboard.up('Enter');
    await expect.poll(() => said('steer-camera').at(-1)).toMatchObject({ zoom: 0 });
    await button('Go to Whole table').click();
    await toHear({ name: 'recall-preset', presetId: 1 });
    await button('Save this view').click();
    await button('Save').click();
    await page.getByText('Give the view a name.').waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill('  Speaker ');
    await button('Save').click();
    await toHear({ name: 'save-preset', presetId: 3, presetName: 'Speaker' });
  });

  it('says once that it was refused, and stops when the page is left', async () => {
    await open({ state: calling, equipment: equipment(), commands: 'device-unsupported' });
    await tab('Camera');
    await button('Turn left').focus();
    await page.keyboard.down('ArrowLeft');
    await page.getByRole('alert').getByText('The device cannot do this').waitFor();
    await page.waitForTimeout(CAMERA_STEER_MS);
    // and one more for "still" at most
    expect(directions().length).toBeLessThanOrEqual(2);
  });

  it('lets nobody press what its motors cannot do', async () => {
    await camera({ camera: null });
    await page.getByText('This camera has no motors').waitFor();
    for (const name of ['Turn left', 'Zoom in', 'Save this view', 'Go to Whole table'])
      expect(await button(name).isDisabled(), name).toBe(true);
  });
});

describe('a call', () => {
  it('puts the HDMI input on the stage, and offers more time when the booking ends', async () => {
    const phase = { ...calling.phase, bookingId: plan.bookingId } as typeof calling.phase;
    await open({
      time: '10:57',
      state: { ...calling, phase },
      agenda: agenda([weeklyPlan({ state: 'in-use' })]),
      equipment: equipment(),
    });
    await page.getByText('The booking ends in 3 min, at 11:00').waitFor();
    await button('+15 min for Weekly plan').click();
    await toHear({ name: 'extend-booking', bookingId: plan.bookingId, minutes: 15 });
    await tab('Today');
    // the room is not given away from under a call
    expect(await page.getByRole('button', { name: /early/ }).count()).toBe(0);
    await tab('Devices');
    await button('Show on the TV: HDMI capture 1').click();
    await toHear({ name: 'show-input', deviceKey: HDMI_KEY });
    expect(await page.getByRole('button', { name: /test/i }).count()).toBe(0);
  });
});

describe('a tablet', () => {
  it('takes its token out of the address, keeps it, and knows itself as the room’s', async () => {
    await servePages(page);
    const hello = new Promise<string>((told) => {
      void page.routeWebSocket(/\/room-link$/, (socket) => socket.onMessage((data) => told(String(data))));
    });
    await page.goto(`${ORIGIN}/control?lang=en#tablet-token=secret-of-a-tablet`);
    expect(JSON.parse(await hello)).toMatchObject({ type: 'hello', token: 'secret-of-a-tablet' });
    expect(page.url()).toBe(`${ORIGIN}/control?lang=en`);
    await button('More').click();
    await button('Disconnect this tablet').click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Not now' }).click();
    await page.reload();
    await button('More').waitFor();
  });

  it('goes on at the kiosk that its room names', async () => {
    await servePages(page);
    await page.route('**/api/v1/pairings', (route) =>
      route.fulfill({
        json: {
          controllerToken: 'tablet token',
          roomId: '0193a0b0-0000-7000-8000-000000000001',
          roomName: 'Maple 3F',
          kind: 'tablet',
          lanUrl: 'https://maple.example:7430/control',
        },
      }),
    );
    const arrived = new Promise<string>((at) => {
      void page.route('https://maple.example:7430/**', (route) => {
        at(route.request().url());
        return route.fulfill({ contentType: 'text/html', body: '<p>the kiosk</p>' });
      });
    });
    await page.goto(`${ORIGIN}/control#code=K7PW3MXD`);
    await arrived;
    await page.waitForURL(/maple/);
    expect(page.url()).toBe('https://maple.example:7430/control#tablet-token=tablet+token');
  });

  it('hangs at the door, lets people check in, and comes down again', async () => {
    await open({ time: '10:04', kind: 'tablet', agenda: agenda([weeklyPlan(due), ...afternoon]) }, '/control?door');
    await page.getByText('Booked since 10:00').waitFor();
    await button('Check in for Weekly plan').click();
    await toHear({ name: 'check-in', bookingId: plan.bookingId });
    await button('Options of this sign').click();
    await button('Show the controls instead').click();
    await button('Join 10:00 Weekly plan').waitFor();
    expect(page.url()).toBe(`${ORIGIN}/control`);
    await button('More').click();
    await button('Show as a door sign').click();
    await page.reload();
    await page.getByText('Booked since 10:00').waitFor();
  });
});
