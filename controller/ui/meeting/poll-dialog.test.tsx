// @vitest-environment happy-dom
/** A new poll: what was prepared fills the form, and never replaces what is typed without a question. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PreparedPoll } from '#contract/http/polls-api.ts';
import { PageUnderTest } from '../page-under-test.tsx';
import en from '../words/en/polls.ts';
import ko from '../words/ko/polls.ts';
import { PollDialog } from './poll-dialog.tsx';
import { PollForm } from './poll-form.tsx';

const draftOf = (question: string) => ({
  ...{ question, choices: ['Yes', 'No'], isMultiple: false, isSecret: false },
  rightChoice: null,
});
const prepared: PreparedPoll[] = ['Do we go?', 'Do we stay?'].map((question, at) => ({
  preparedPollId: `0193a0b0-0000-7000-8000-00000000096${at}`,
  preparedAtMs: 1_000,
  draft: draftOf(question),
}));

let page: PageUnderTest;
beforeEach(() => {
  page = new PageUnderTest({ polls: { en, ko } });
});
afterEach(() => page.end());
const question = (): HTMLInputElement => document.querySelector('form input')!;

const show = () => page.show(<PollDialog isOpen prepared={prepared} onStart={async () => {}} onClose={() => {}} />);

it('an empty form begins at the question, and a filled one leaves the focus', async () => {
  for (const initial of [undefined, draftOf('Do we go?')]) {
    await page.show(<PollForm initial={initial} action="Start" isPending={false} failed={null} onSubmit={() => {}} />);
    expect(document.activeElement === question()).toBe(initial === undefined);
    page.end();
  }
});

it('a prepared poll fills the form, and another one replaces it', async () => {
  await show();
  await page.press('Do we go?');
  expect(question().value).toBe('Do we go?');
  await page.press('Do we stay?');
  expect([question().value, page.text.includes('Replace what you typed?')]).toEqual(['Do we stay?', false]);
});

it('a prepared poll is started under its own id, one made on the spot under a new one', async () => {
  const started: string[] = [];
  const dialog = (
    <PollDialog isOpen prepared={prepared} onStart={async (id) => void started.push(id)} onClose={() => {}} />
  );
  await page.show(dialog);
  await page.press('Do we go?');
  await page.press('Start poll');
  page.end();
  await page.show(dialog);
  await page.fill('Question', 'Where do we eat?');
  await page.fill('Choice 1', 'Here');
  await page.fill('Choice 2', 'There');
  await page.press('Start poll');
  expect(started).toEqual([prepared[0]!.preparedPollId, expect.not.stringMatching(/96[01]$/)]);
});

it('asks before it replaces what is typed', async () => {
  await show();
  await page.fill('Question', 'Where do we eat?');
  await page.press('Do we go?');
  expect(question().value).toBe('Where do we eat?');
  await page.press('Not now');
  expect(question().value).toBe('Where do we eat?');
  await page.press('Do we go?');
  await page.press('Replace');
  expect(question().value).toBe('Do we go?');
  // and what was changed of a prepared one
  await page.fill('Question', 'Do we go today?');
  await page.press('Do we go?');
  await page.press('Replace');
  expect(question().value).toBe('Do we go?');
});
