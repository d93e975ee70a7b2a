// @vitest-environment happy-dom
/** A host's broadcast on the staff page: who may, planning, changing, cancelling, and directing it by the routes. */
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { airUnderTest, deskUnderTest } from '#contract/air-under-test.ts';
import type { MeetingAir } from '#contract/broadcast.ts';
import type { PlannedBroadcast } from '#contract/http/broadcasts-api.ts';
import { type PageUnderTest, refusal } from '#ui/page-under-test.tsx';
import { takeArrival } from '#ui/sign-in/arrival.ts';
import { Staff } from './staff.tsx';
import { detailOf, idOf, StaffServerUnderTest, staffPage } from './staff-under-test.tsx';

let server: StaffServerUnderTest;
let page: PageUnderTest;
beforeEach(() => {
  server = new StaffServerUnderTest();
  server.install();
  page = staffPage();
});
afterEach(() => {
  page.end();
  vi.restoreAllMocks();
  location.hash = '';
});

const planned = (of: Partial<PlannedBroadcast> = {}): PlannedBroadcast => ({
  broadcastId: deskUnderTest().broadcastId,
  title: 'Meeting 1',
  phase: 'planned',
  startsAtMs: null,
  audience: { placeIds: [], groups: [], allowedRanges: [] },
  quality: { height: 720, partMs: 500 },
  watchUrl: 'https://maru.example/watch/1',
  ...of,
});
async function show(air: MeetingAir | null, role: 'host' | 'member' = 'host'): Promise<void> {
  server.meetings = [detailOf(1, { role, title: 'Meeting 1' })];
  server.answers.plannedBroadcasts = () => ({ body: { broadcasts: [planned()] } });
  location.hash = `#/meetings/${idOf(101)}`;
  await page.show(<Staff arrival={takeArrival()} />);
  await page.until(() => page.text.includes('Host: '));
  if (air !== null) await say(air);
}
const say = (air: MeetingAir) => act(async () => server.stream('/air').say('air', air));

describe('who directs', () => {
  it('is no member', async () => {
    await show(null, 'member');
    expect(server.streams.some(({ url }) => url.endsWith('/air'))).toBe(false);
    expect(page.buttons('Go live')).toEqual([]);
  });

  it('is no host without the right', async () => {
    await show(airUnderTest({ mayBroadcast: false, mayRecord: false }));
    expect([...page.buttons('Go live'), ...page.buttons('Plan a broadcast'), ...page.buttons('Record')]).toEqual([]);
    await say(airUnderTest({ mayBroadcast: false }));
    expect(page.buttons('Record')).toHaveLength(1);
    expect([...page.buttons('Go live'), ...page.buttons('Plan a broadcast')]).toEqual([]);
  });
});

describe('a plan', () => {
  it('is made with a time, an audience and a picture', async () => {
    server.answers.audienceChoices = () => ({
      body: { places: [{ placeId: idOf(301), placeName: 'Seoul / Tower' }], groups: ['Sales', 'Plant'] },
    });
    server.answers.planBroadcast = () => ({ body: { broadcast: planned() } });
    await show(airUnderTest());
    await page.press('Plan a broadcast');
    await page.fill('Title', ' Results ');
    await page.press('At a set time');
    await page.fill('Date', '2001-01-01');
    await page.fill('Time', '14:00');
    await page.press('Some of the staff');
    await page.until(() => page.text.includes('Seoul / Tower'));
    const boxes = [...document.querySelectorAll<HTMLInputElement>('input[type="checkbox"]')];
    const box = (value: string) => boxes.find((each) => each.value === value)!;
    await act(async () => box(idOf(301)).click());
    await act(async () => box('Plant').click());
    await page.fill('Only from these addresses', '10.20.0.0/16, kitchen');
    const submit = () =>
      act(async () => {
        document
          .querySelector('[role="dialog"] form')!
          .dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
      });
    await submit();
    expect(page.text).toContain('This time is over');
    expect(page.text).toContain('This is not a range of addresses: kitchen');
    expect(server.askedFor('planBroadcast')).toBe(0);
    await page.fill('Date', '2031-05-06');
    await page.fill('Only from these addresses', '10.20.0.0/16,');
    await page.press('1080p, sharper documents');
    await submit();
    expect(server.bodyOf('planBroadcast')).toEqual({
      title: 'Results',
      startsAtMs: new Date('2031-05-06T14:00').getTime(),
      audience: { placeIds: [idOf(301)], groups: ['Plant'], allowedRanges: ['10.20.0.0/16'] },
      quality: { height: 1080, partMs: 500 },
    });
    await page.until(() => document.querySelector('[role="dialog"] form') === null);
  });

  it('is shown with the address for viewers, changed, and cancelled once asked', async () => {
    server.answers.changeBroadcast = () => ({ body: { broadcast: planned({ title: 'Other' }) } });
    server.answers.cancelBroadcast = () => refusal(409, 'not-possible-now');
    await show(airUnderTest({ broadcast: deskUnderTest({ phase: 'planned' }) }));
    await page.until(() => page.text.includes('https://maru.example/watch/1'));
    expect(page.buttons('Plan a broadcast')).toEqual([]);
    await page.press('Change the plan');
    await page.fill('Title', 'Other');
    await act(async () => {
      document
        .querySelector('[role="dialog"] form')!
        .dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
    });
    expect(server.bodyOf('changeBroadcast')).toMatchObject({ title: 'Other', startsAtMs: null });
    await page.until(() => page.text.includes('Other'));
    await page.press('Cancel the broadcast');
    expect(server.askedFor('cancelBroadcast')).toBe(0);
    await act(async () => page.buttons('Cancel the broadcast').at(-1)!.click());
    await page.until(() => page.text.includes('Code for IT: not-possible-now'));
  });

  it('changes no more than title and audience while it runs', async () => {
    server.answers.changeBroadcast = () => ({ body: { broadcast: planned() } });
    await show(airUnderTest({ broadcast: deskUnderTest({ phase: 'live', liveAtMs: Date.now() }) }));
    await page.until(() => page.buttons('Change the plan').length === 1);
    await page.press('Change the plan');
    expect(page.buttons('At a set time')).toEqual([]);
    await act(async () => {
      document
        .querySelector('[role="dialog"] form')!
        .dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
    });
    expect(server.bodyOf('changeBroadcast')).toEqual({
      title: 'Meeting 1',
      audience: { placeIds: [], groups: [], allowedRanges: [] },
    });
  });
});

describe('directing', () => {
  const greenRoom = airUnderTest({ broadcast: deskUnderTest() });
  const live = airUnderTest({ broadcast: deskUnderTest({ phase: 'live', liveAtMs: Date.now(), watching: 4_012 }) });

  it('goes live from the green room with its picture, and ends', async () => {
    server.answers.directBroadcast = (_, body) => ({
      body: { air: (body as { name: string }).name === 'start' ? live : greenRoom },
    });
    await show(airUnderTest());
    await page.press('Go live');
    await page.until(() => page.buttons('Start broadcast').length === 1);
    const { broadcastId } = deskUnderTest();
    await act(async () => server.stream('/air').say('preview', { broadcastId, jpeg: '/9j/AAA=' }));
    expect(document.querySelector('[role="dialog"] img')?.getAttribute('src')).toBe('data:image/jpeg;base64,/9j/AAA=');
    await page.press('Start broadcast');
    await page.until(() => document.querySelector('[aria-label="On air"]') !== null);
    expect(document.querySelector('[aria-label="On air"]')?.textContent).toContain('4,012 watching');
    expect(page.buttons('Start broadcast')).toEqual([]);
    server.answers.directBroadcast = () => ({ body: { air: airUnderTest() } });
    await page.press('End broadcast');
    await page.press('End it for everyone');
    expect(server.bodyOf('directBroadcast')).toEqual({ name: 'end' });
    await page.until(() => page.buttons('Go live').length === 1);
  });

  it('shows one person alone, of those who are in the call', async () => {
    const hall = { peerId: idOf(10), displayName: 'Hall' };
    server.answers.directBroadcast = () => ({ body: { air: { ...live, people: [hall] } } });
    await show({ ...live, people: [hall, { peerId: idOf(11), displayName: 'Ana' }] });
    await page.press('One person');
    const [, second] = [...document.querySelectorAll<HTMLInputElement>('input[type="radio"]')].slice(-2);
    await act(async () => second!.click());
    expect(server.bodyOf('directBroadcast')).toEqual({ name: 'set-stage', stage: { kind: 'one', peerId: idOf(11) } });
  });

  it('records, and says why it cannot', async () => {
    server.answers.startRecording = () => refusal(503, 'program-unavailable');
    await show(airUnderTest());
    await page.press('Record');
    await page.until(() => page.text.includes('Code for IT: program-unavailable'));
    const recording = deskUnderTest({ kind: 'recording', phase: 'live' });
    server.answers.startRecording = () => ({ body: { air: airUnderTest({ recording }) } });
    server.answers.stopRecording = () => ({ body: { air: airUnderTest() } });
    await page.press('Record');
    await page.until(() => page.buttons('Stop recording').length === 1);
    await page.press('Stop recording');
    await page.until(() => page.buttons('Record').length === 1);
  });
});
