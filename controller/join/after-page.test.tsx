// @vitest-environment happy-dom
/** A guest comes back to the link of a meeting that is over: what is shown, when the check before a call, and when why nothing is. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MaruError, ProtocolError, UserError } from '#contract/error-codes.ts';
import type { GuestRecord } from '#contract/http/guest-record-api.ts';
import { pollUnderTest } from '#contract/poll-under-test.ts';
import { PageUnderTest } from '#ui/page-under-test.tsx';
import errorsEn from '#ui/words/en/errors.ts';
import joinEn from '#ui/words/en/join.ts';
import meetingEn from '#ui/words/en/meeting.ts';
import pollsEn from '#ui/words/en/polls.ts';
import joinKo from '#ui/words/ko/join.ts';
import meetingKo from '#ui/words/ko/meeting.ts';
import pollsKo from '#ui/words/ko/polls.ts';
import { Guest } from './guest.ts';
import { JoinPage } from './join-page.tsx';
import type { KnownEntry, WayIn } from './way-in.ts';

const ID = '0193a0b0-0000-7000-8000-000000000001';
const heading = { meetingId: ID, meetingTitle: 'Dealer meeting', hostName: 'Mina', displayName: null };
const HELD_MS = new Date(2031, 2, 3, 10).getTime();
const record: GuestRecord = {
  ...{ meetingTitle: 'Dealer meeting', hostName: 'Mina', agenda: 'Prices\nNext steps', isDeleted: false },
  ...{ heldFromMs: HELD_MS, heldUntilMs: HELD_MS + 1_800_000, untilMs: HELD_MS + 7 * 86_400_000 },
  minutes: [{ minutesId: ID, startedAtMs: HELD_MS, endedAtMs: HELD_MS, text: '# Decisions\n- Prices stay\n' }],
};
let page: PageUnderTest;
beforeEach(() => {
  // there is no device, and no node
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  Object.defineProperty(navigator, 'mediaDevices', { value: undefined, configurable: true });
  page = new PageUnderTest({
    join: { en: joinEn, ko: joinKo },
    meeting: { en: meetingEn, ko: meetingKo },
    polls: { en: pollsEn, ko: pollsKo },
  });
});
afterEach(() => {
  page.end();
  vi.restoreAllMocks();
});

type Answers = {
  entry: KnownEntry | MaruError;
  record?: GuestRecord | MaruError;
  pdf?: Blob | MaruError;
  page?: Blob | MaruError;
};
const orThrow = <T,>(answer: T | MaruError): T => {
  if (answer instanceof MaruError) throw answer;
  return answer;
};
/** @returns how often the record was asked for, and which pages */
async function open({
  entry,
  record: answer = new UserError('not-admitted'),
  pdf,
  page: picture,
}: Answers): Promise<{ reads: number; pages: string[] }> {
  const asked = { reads: 0, pages: [] as string[] };
  const way = {
    kind: 'invite',
    ticket: null,
    takeSocket: () => null,
    enter: async () => orThrow(entry),
    readRecord: async () => {
      asked.reads += 1;
      return orThrow(answer);
    },
    minutesPdf: async () => orThrow(pdf ?? new UserError('too-many-attempts')),
    documentPage: async (documentId: string, number: number) => {
      asked.pages.push(`${documentId} ${number}`);
      return orThrow(picture ?? new ProtocolError('not-found', 'no such page'));
    },
  };
  const guest = new Guest(way as unknown as WayIn);
  guest.start();
  await page.show(<JoinPage guest={guest} />);
  return asked;
}
const ended = new UserError('invite-expired');
const knock = (more: object = {}): KnownEntry => ({ kind: 'knock', ...heading, ...more });

it('shows agenda and minutes of a meeting that nobody enters any more, without devices', async () => {
  await open({ entry: ended, record });
  await page.until(() => page.text.includes('Prices stay'));
  expect(document.title).toBe('Dealer meeting · Maru');
  expect(page.text).toContain('Next steps');
  expect(page.text).toContain('until 10 Mar 2031');
  expect(page.buttons(joinEn.after.join)).toEqual([]);
  expect(page.text).not.toContain(joinEn.after.chat);
});

it('shows chat and polls where policy allows; a recalled message has no words', async () => {
  const result = { endedAtMs: HELD_MS, rightChoice: null, answers: null };
  const poll = pollUnderTest({ pollId: ID, counts: [2, 1], answeredCount: 3, peopleCount: 4, isSecret: true, result });
  const post = { displayName: 'Jonas', isGuest: true, atMs: HELD_MS };
  const chat = [
    { ...post, text: 'hello <b>all</b>' },
    { ...post, text: '' },
  ];
  await open({ entry: ended, record: { ...record, minutes: [], polls: [poll], chat } });
  await page.until(() => page.text.includes('hello <b>all</b>'));
  expect(page.text).toContain(joinEn.after.notSent);
  expect(page.text).toContain('Where do we meet?');
  expect(page.text).toContain(meetingEn.chat.recalled);
});

it('makes links of addresses in the agenda, as before the call', async () => {
  const agenda = 'Prices: https://dealer.example/list\n<b>Next</b> steps';
  await open({ entry: ended, record: { ...record, agenda } });
  await page.until(() => page.text.includes('Prices stay'));
  const links = [...document.querySelectorAll<HTMLAnchorElement>('li a')];
  expect(links.map(({ href, rel }) => [href, rel])).toEqual([['https://dealer.example/list', 'noopener noreferrer']]);
  expect(page.text).toContain('<b>Next</b> steps');
});

it('makes links of addresses in the chat, as in the call', async () => {
  const text = 'The list: https://dealer.example/list, from today';
  const chat = [{ displayName: 'Jonas', isGuest: true, atMs: HELD_MS, text }];
  await open({ entry: ended, record: { ...record, chat } });
  await page.until(() => page.text.includes(text));
  const link = document.querySelector<HTMLAnchorElement>('a[href="https://dealer.example/list"]');
  expect(link).toMatchObject({ target: '_blank', rel: 'noopener noreferrer' });
});

it('says that a record was deleted', async () => {
  await open({ entry: ended, record: { ...record, minutes: [], isDeleted: true } });
  await page.until(() => page.text.includes(joinEn.after.deleted));
  expect(page.text).not.toContain(joinEn.after.notSent);
});

it.each(['guest-record-over', 'record-not-for-guests'] as const)('says why nothing is shown: %s', async (code) => {
  await open({ entry: ended, record: new UserError(code) });
  await page.until(() => page.text.includes(errorsEn[code].what));
});

it('keeps the former words for somebody who was never let in', async () => {
  await open({ entry: ended });
  await page.until(() => page.text.includes(errorsEn['invite-expired'].what));
});

it('offers the call again where it may be entered, and then asks for no record', async () => {
  const asked = await open({ entry: knock({ isAfter: true }), record });
  await page.until(() => page.text.includes('Prices stay'));
  await page.press(joinEn.after.join);
  await page.until(() => page.buttons(joinEn.check.ask).length === 1);
  expect(asked.reads).toBe(1);
});

it('asks for no record before a meeting, and goes on where none is shown', async () => {
  const before = await open({ entry: knock() });
  await page.until(() => page.buttons(joinEn.check.ask).length === 1);
  expect(before.reads).toBe(0);
  page.end();
  const after = await open({ entry: knock({ isAfter: true }), record: new UserError('guest-record-over') });
  await page.until(() => page.buttons(joinEn.check.ask).length === 1);
  expect(after.reads).toBe(1);
});

it('is asked for by no other refusal', async () => {
  const asked = await open({ entry: new UserError('removed-from-call'), record });
  await page.until(() => page.text.includes(errorsEn['removed-from-call'].what));
  expect(asked.reads).toBe(0);
});

it('gives the minutes as files; why there is no PDF stands beside them', async () => {
  const files: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    files.push(this.download);
  });
  await open({ entry: ended, record, pdf: new ProtocolError('not-found') });
  await page.until(() => page.text.includes('Prices stay'));
  await page.press(joinEn.after.markdown);
  expect(files).toEqual(['maru-minutes-2031-03-03.md']);
  await page.press('PDF');
  await page.until(() => page.text.includes(errorsEn['not-found'].what));
  expect(files).toHaveLength(1);
});

it('opens a document that was kept page by page, and saves the page', async () => {
  const files: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    files.push(this.download);
  });
  const documents = [{ documentId: ID, title: 'Prices.pdf', pageCount: 2 }];
  const asked = await open({ entry: ended, record: { ...record, documents }, page: new Blob(['a picture']) });
  await page.until(() => page.text.includes('2 pages'));
  // nothing is fetched before it is asked for
  expect(asked.pages).toEqual([]);
  await page.press('Open Prices.pdf');
  const shown = (number: number) => document.querySelector(`img[alt="Prices.pdf, page ${number} of 2"]`) !== null;
  await page.until(() => shown(1));
  expect(page.button(joinEn.after.previous).disabled).toBe(true);
  await page.press(joinEn.after.next);
  await page.until(() => shown(2));
  expect(page.button(joinEn.after.next).disabled).toBe(true);
  await page.press(joinEn.after.savePage);
  expect(files).toEqual(['Prices.pdf 2.webp']);
  expect(asked.pages).toEqual([`${ID} 1`, `${ID} 2`]);
  await page.press('Close Prices.pdf');
  expect(shown(2)).toBe(false);
});

it('says why a page is not shown', async () => {
  const documents = [{ documentId: ID, title: 'Prices.pdf', pageCount: 2 }];
  await open({ entry: ended, record: { ...record, documents }, page: new UserError('guest-record-over') });
  await page.until(() => page.text.includes('2 pages'));
  await page.press('Open Prices.pdf');
  await page.until(() => page.text.includes(errorsEn['guest-record-over'].what));
});
