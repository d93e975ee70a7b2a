// @vitest-environment happy-dom
/** How long a meeting's record is kept, on its page: in words for its people, shortened by its hosts once that is confirmed. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import { DEFAULT_MEETING_POLICY } from '#contract/meeting-policy.ts';
import { type PageUnderTest, refusal } from '#ui/page-under-test.tsx';
import { takeArrival } from '#ui/sign-in/arrival.ts';
import { Staff } from './staff.tsx';
import { detailOf, idOf, StaffServerUnderTest, staffPage } from './staff-under-test.tsx';

const DAY_MS = 86_400_000;
let server: StaffServerUnderTest;
let page: PageUnderTest;
beforeEach(() => {
  server = new StaffServerUnderTest();
  server.install();
  page = staffPage();
  server.meetings = [detailOf(3)];
});
afterEach(() => page.end());

async function show(): Promise<void> {
  location.hash = `#/meetings/${idOf(103)}`;
  await page.show(<Staff arrival={takeArrival()} />);
  await page.until(() => server.streams.length > 0);
  await act(async () => server.home());
}
const card = () => document.querySelector('section[aria-label="How long it is kept"]');
const lines = () => [...card()!.querySelectorAll('dl > div')].map(({ textContent }) => textContent);

it('says what goes when, and nothing more where nothing goes', async () => {
  await show();
  await page.until(() => card()?.textContent?.includes('Everything stays until a host deletes it.') ?? false);
  server.kept = [
    { kind: 'chat', days: 30, dueAtMs: new Date(2031, 2, 3, 12).getTime() },
    { kind: 'notes', days: 1, dueAtMs: Date.now() - DAY_MS },
    { kind: 'polls', days: 90, dueAtMs: null },
    { kind: 'attendance', days: null, dueAtMs: null },
  ];
  server.meetings = [detailOf(3, { sequence: 4 })];
  await act(async () => server.home({ rooms: [] }));
  await page.until(() => lines().length === 4);
  expect(lines()).toEqual([
    expect.stringMatching(/^Chat30 days · the first goes on .*2031/),
    'Notes1 day · the first goes within the hour',
    'Polls90 days',
    'Attendance and pages shownuntil a host deletes it',
  ]);
});

it('is shortened by a host once that is confirmed, lengthened at once, and not by a member', async () => {
  const sent: unknown[] = [];
  server.answers.recordKeeping = () => ({
    body: { ownDays: (sent.at(-1) as { days: number } | undefined)?.days ?? null, kinds: server.kept },
  });
  server.answers.setRecordKeeping = (_, body) => {
    sent.push(body);
    return { body: {} };
  };
  await show();
  await page.until(() => page.buttons('30 days').length === 1);
  await page.press('30 days');
  await page.until(() => page.text.includes('Keep what this meeting leaves behind for 30 days?'));
  expect(sent).toEqual([]);
  await page.press('Keep no longer');
  await page.until(() => page.buttons('30 days')[0]?.getAttribute('aria-checked') === 'true');
  await page.press('As usual');
  await page.until(() => page.buttons('As usual')[0]?.getAttribute('aria-checked') === 'true');
  expect(sent).toEqual([{ days: 30 }, { days: null }]);
  server.meetings = [detailOf(3, { role: 'member' })];
  await act(async () => server.home({ rooms: [] }));
  await page.until(() => page.buttons('As usual').length === 0);
  expect(card()).not.toBeNull();
});

it('is not shown to somebody who is not one of the meeting’s people', async () => {
  server.answers.recordKeeping = () => refusal(403, 'forbidden');
  await show();
  await page.until(() => server.askedFor('recordKeeping') > 0 && card() === null);
});

it('says what guests see afterwards where the place permits any, and a host shows less', async () => {
  const sent: unknown[] = [];
  const ofPlace = { shows: 'chat-and-polls', days: 14 } as const;
  const meeting = (guestRecord: MeetingDetail['policy']['guestRecord'], over: Partial<MeetingDetail> = {}) =>
    detailOf(3, {
      ...{ hostAccountId: idOf(1), guestRecordOfPlace: ofPlace },
      policy: { ...DEFAULT_MEETING_POLICY, guestRecord },
      ...over,
    });
  server.answers.setMeetingPolicy = (_, body) => {
    const { guestRecord } = body as MeetingDetail['policy'];
    sent.push(guestRecord);
    server.meetings = [meeting(guestRecord)];
    return { body: {} };
  };
  await show();
  await page.until(() => page.buttons('30 days').length === 1);
  expect(card()!.textContent).not.toContain('What guests see afterwards');
  server.meetings = [meeting({ shows: 'chat-and-polls', days: 3_650 })];
  await act(async () => server.home({ rooms: [] }));
  await page.until(() => card()!.textContent.includes('Agenda, sent minutes, chat and polls · 14 days'));
  await page.press('Nothing');
  await page.until(() => sent.length === 1);
  expect(sent).toEqual([{ shows: 'nothing', days: 3_650 }]);
  // a meeting that is over is not at home, where its change would be seen
  await page.until(() => page.button('Nothing').getAttribute('aria-checked') === 'true');
  server.meetings = [meeting({ shows: 'minutes', days: 7 }, { role: 'member' })];
  await act(async () => server.home());
  await page.until(() => card()!.textContent.includes('Agenda and sent minutes · 7 days'));
  expect(page.buttons('Nothing')).toEqual([]);
});
