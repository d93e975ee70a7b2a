// @vitest-environment happy-dom
/** Polls on a meeting's page: what went wrong with one that a host prepares. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type PageUnderTest, refusal } from '#ui/page-under-test.tsx';
import { takeArrival } from '#ui/sign-in/arrival.ts';
import { Staff } from './staff.tsx';
import { detailOf, idOf, StaffServerUnderTest, staffPage } from './staff-under-test.tsx';

let server: StaffServerUnderTest;
let page: PageUnderTest;
beforeEach(() => {
  server = new StaffServerUnderTest();
  server.install();
  server.meetings = [detailOf(3)];
  page = staffPage();
});
afterEach(() => page.end());

async function prepare(): Promise<void> {
  location.hash = `#/meetings/${idOf(103)}`;
  await page.show(<Staff arrival={takeArrival()} />);
  await page.until(() => page.buttons('Prepare a poll').length === 1);
  await page.press('Prepare a poll');
  await page.fill('Question', 'Where next?');
  await page.fill('Choice 1', 'Seoul');
  await page.fill('Choice 2', 'Busan');
  await page.press('Keep poll');
  await page.until(() => server.askedFor('preparePoll') === 1);
}

it('a lost line is no fault of the server', async () => {
  server.answers.preparePoll = () => 'no-answer';
  await prepare();
  await page.until(() => page.text.includes('The server does not answer'));
  expect(page.text).not.toContain('Code for IT: internal');
});

it('a refusal has its words and its code, until the poll is asked for again', async () => {
  server.answers.preparePoll = () => refusal(409, 'not-possible-now');
  await prepare();
  await page.until(() => page.text.includes('Code for IT: not-possible-now'));
  server.answers.preparePoll = (_url, draft) => ({
    body: { preparedPoll: { preparedPollId: idOf(5), preparedAtMs: 1, draft } },
  });
  await act(async () => page.button('Keep poll').click());
  await page.until(() => page.buttons('Keep poll').length === 0);
  expect(page.text).not.toContain('Code for IT');
});
