// @vitest-environment happy-dom
/** A host directs the broadcast from the call's own page, by the same controls as on the staff page. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { airUnderTest, deskUnderTest } from '#contract/air-under-test.ts';
import type { MeetingAir } from '#contract/broadcast.ts';
import { PageUnderTest, PlayedServer, refusal } from '#ui/page-under-test.tsx';
import broadcastEn from '#ui/words/en/broadcast.ts';
import broadcastKo from '#ui/words/ko/broadcast.ts';
import { HostBroadcast } from './host-broadcast.tsx';

const meetingId = '0193a0b0-0000-7000-8000-000000000101';
let server: PlayedServer;
let page: PageUnderTest;
beforeEach(() => {
  server = new PlayedServer();
  server.install();
  page = new PageUnderTest({ broadcast: { en: broadcastEn, ko: broadcastKo } });
});
afterEach(() => {
  page.end();
  vi.restoreAllMocks();
});
const say = (air: MeetingAir) => act(async () => server.stream('/air').say('air', air));
const hall = { peerId: '0193a0b0-0000-7000-8000-000000000010', displayName: 'Hall' };

it('is offered once the server says that this account may', async () => {
  await page.show(<HostBroadcast meetingId={meetingId} />);
  expect(page.buttons(broadcastEn.title)).toEqual([]);
  await say(airUnderTest({ mayBroadcast: false, mayRecord: false }));
  expect(page.buttons(broadcastEn.title)).toEqual([]);
  await say(airUnderTest());
  expect(page.buttons(broadcastEn.title)).toHaveLength(1);
});

it('goes live, shows one person alone, and ends, without leaving the call', async () => {
  const live = deskUnderTest({ phase: 'live', liveAtMs: Date.now(), watching: 3 });
  server.answers.directBroadcast = () => ({ body: { air: airUnderTest({ broadcast: deskUnderTest() }) } });
  await page.show(<HostBroadcast meetingId={meetingId} />);
  await say(airUnderTest());
  await page.press(broadcastEn.title);
  await page.press('Go live');
  await page.until(() => page.buttons('Start broadcast').length === 1);
  server.answers.directBroadcast = () => ({ body: { air: airUnderTest({ broadcast: live, people: [hall] }) } });
  await page.press('Start broadcast');
  await page.until(() => page.buttons('End broadcast').length === 1);
  await page.press('One person');
  const person = [...document.querySelectorAll<HTMLInputElement>('input[type="radio"]')].at(-1)!;
  await act(async () => person.click());
  expect(server.bodyOf('directBroadcast')).toEqual({ name: 'set-stage', stage: { kind: 'one', peerId: hall.peerId } });
  server.answers.directBroadcast = () => refusal(409, 'not-possible-now');
  await page.press('End broadcast');
  await page.press('End it for everyone');
  expect(server.bodyOf('directBroadcast')).toEqual({ name: 'end' });
  await page.until(() => page.text.includes('Code for IT: not-possible-now'));
});
