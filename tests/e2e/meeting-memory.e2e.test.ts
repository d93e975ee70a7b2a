/**
 * What an executive meeting leaves behind, from its invitation to the minutes in the mail: made at the staff page, started by one tap
 * in the room, with chat, recall, a poll on the TV, notes of two at once, a task from the phone, a document and a late guest. The
 * minutes are compared with what happened, line by line.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { pdfDocument } from '../../fleet/documents/converter/testing/small-documents.ts';
import { eventually } from '../simulators/eventually.ts';
import { linkIn, openMail, type SceneMail } from './mail-of-a-scene.ts';
import type { Guest, Member, PhonePage, Tv } from './personas/roles.ts';
import { Administrator } from './product/administrator.ts';
import { Scene } from './scene.ts';

const TITLE = 'Executive meeting: spring prices';
const AGENDA = ['Prices for spring', 'Dealers in the south'];
const MINA = { name: 'Mina Kim', email: 'mina.kim@steel.example' };
const JOON = { name: 'Joon Park', email: 'joon.park@steel.example' };
const ANA = { name: 'Ana Ruiz', email: 'ana@dealer.example' };
/** One picture is enough for what is shown here, and all pages share the processors. */
const NO_CAMERA = { camera: 'missing' } as const;
const PASSWORD = 'correct horse battery';
const BEFORE = 'The list of prices is in the post.';
const ANSWER = 'I have read it on the train.';
const IN_CALL = 'We begin with the south.';
const RECALLED = 'The margin is eleven per cent.';
const QUESTION = 'Do prices stay until June?';
const DECISION = 'Prices stay until June.';
const TASK = { text: 'Write to the dealers', person: 'Joon Park', dueOn: '2026-12-24' };
const SHOWN = { name: 'Prices.pdf', mimeType: 'application/pdf', buffer: pdfDocument(['List of prices', 'The south']) };
/** The first after a start waits for the converter. */
const FIRST_PAGE_MS = 90_000;
/** A page that is gone sooner was leafed over, and is in no minutes. */
const READ_MS = 3_000;
const MINUTES_AFTER_S = 1;

describe('an executive meeting', () => {
  let mail: SceneMail;
  let scene: Scene;
  let tv: Tv;
  let phone: PhonePage;
  let roomName: string;
  let mina: Member;
  let joon: Member;
  let ana: Guest;
  /** the meeting's page, which stays open beside the call */
  let minasPage: Page;
  let joonsPage: Page;
  /** by this machine's clock, which is the server's: the minutes name these times */
  const happened: Record<string, Happened> = {};

  const began = async (name: string, act: () => Promise<unknown>): Promise<void> => {
    const fromMs = Date.now();
    await act();
    happened[name] = { began: [fromMs, Date.now()], ended: [0, 0] };
  };
  const ended = async (name: string, act: () => Promise<unknown>): Promise<void> => {
    const fromMs = Date.now();
    await act();
    happened[name]!.ended = [fromMs, Date.now()];
  };
  const everybody = (): Page[] => [tv.page, phone.page, mina.page, joon.page, minasPage, joonsPage];

  beforeAll(async () => {
    mail = await openMail();
    scene = await Scene.start([...mail.args, '--minutes-after-s', String(MINUTES_AFTER_S)]);
    const admin = await Administrator.signIn(scene.product.addresses);
    for (const { name, email } of [MINA, JOON]) await admin.createMember(name, email);
    await admin.permitGuestRecords({ shows: 'chat-and-polls', days: 7 });
    [tv, phone] = await Promise.all([scene.tv(), scene.phone()]);
    roomName = await tv.roomName();
    await phone.button('Start meeting').waitFor();
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.error(scene?.troubles());
  });
  afterAll(async () => {
    await scene?.close();
    await mail?.close();
  });

  const cameByMail = async ({ email }: { email: string }, number: number, camera = {}): Promise<Member> => {
    const member = await scene.member(number, camera, linkIn(await mail.arrived(email, 'Maru'), '#invite='));
    await member.choosePassword(PASSWORD);
    await member.button('New meeting').waitFor();
    return member;
  };

  test('its people sign in by the link of their mail, and the host makes it in the form', async () => {
    [mina, joon] = await Promise.all([cameByMail(MINA, 1), cameByMail(JOON, 2, NO_CAMERA)]);
    const members = [{ find: 'Park', name: JOON.name }];
    await mina.planMeeting({ title: TITLE, agenda: AGENDA, members, guest: ANA, roomName });
    const agenda = mina.page.getByRole('region', { name: 'Agenda' }).getByRole('listitem');
    expect(await agenda.allTextContents()).toEqual(AGENDA);
  });

  test('the invited get the mail, with the way to the meeting', async () => {
    const [toJoon, toAna] = [await mail.arrived(JOON.email, TITLE), await mail.arrived(ANA.email, TITLE)];
    for (const { from, event } of [toJoon, toAna]) {
      expect(from.name).toBe(MINA.name);
      expect(event).toMatchObject({ method: 'REQUEST', summary: TITLE, location: roomName });
    }
    await joon.page.getByRole('link', { name: TITLE }).first().click();
    await joon.button(`Join ${TITLE}`).waitFor();
    for (const { page } of [mina, joon])
      for (const name of ['Notes', 'Chat', 'Minutes', 'Attendance'])
        await page.getByRole('heading', { name, exact: true }).waitFor();
  });

  test('it is written in before it begins', async () => {
    await mina.write(BEFORE);
    await messageOn(joon.page, BEFORE).waitFor();
    await joon.write(ANSWER);
    await messageOn(mina.page, ANSWER).waitFor();
    await mina.button('Read by 1').first().click();
    const read = chatOn(mina.page).getByRole('button', { name: 'Read by 1', expanded: true }).locator('xpath=..');
    await read.getByText(JOON.name).waitFor();
  });

  test('one tap in the room, and the TV is in it; host and member come in from the staff page', async () => {
    await began(roomName, async () => {
      await phone.page.getByRole('button', { name: /^Join \d.*Executive meeting/ }).click();
      await tv.stage.waitFor();
    });
    const meetingsPage = mina.page.url();
    await began(MINA.name, () => mina.join(TITLE));
    await began(JOON.name, () => joon.join(TITLE));
    [minasPage, joonsPage] = await Promise.all([mina.openTab(meetingsPage), joon.openTab(meetingsPage)]);
    await tv.expectToSee(MINA.name, 1);
    await tv.expectToHear([1, 2]);
  });

  test('the talk goes on in the call, and a recalled message loses its words everywhere', async () => {
    await mina.button('Chat').click();
    await messageOn(mina.page, ANSWER).waitFor();
    await mina.write(IN_CALL);
    await joon.button('Chat, 1 new message').click();
    for (const page of [joon.page, phone.page, minasPage, joonsPage]) await messageOn(page, IN_CALL).waitFor();
    await mina.write(RECALLED);
    for (const page of [joon.page, phone.page, minasPage, joonsPage]) await messageOn(page, RECALLED).waitFor();
    await mina.button(`Recall the message of ${MINA.name} (you)`).last().click();
    await mina.page.getByRole('alertdialog').getByRole('button', { name: 'Recall' }).click();
    for (const page of [mina.page, joon.page, phone.page, minasPage, joonsPage])
      await page.getByText('This message was recalled.').waitFor();
    for (const page of everybody()) await page.getByText(RECALLED).waitFor({ state: 'detached' });
  });

  test('a poll is answered once, whatever is reloaded, and its numbers are live on the TV', async () => {
    await mina.button('New poll').click();
    const form = mina.page.getByRole('dialog', { name: 'New poll' });
    await form.getByRole('textbox', { name: 'Question' }).fill(QUESTION);
    await form.getByRole('textbox', { name: 'Choice 1' }).fill('They stay');
    await form.getByRole('textbox', { name: 'Choice 2' }).fill('They rise');
    await form.getByRole('button', { name: 'Start poll' }).click();
    await tv.poll.getByText(QUESTION).waitFor();
    await tv.expectPoll(['They stay: 0', 'They rise: 0'], '0 of 3 answered');
    await joon.poll.getByRole('button', { name: 'They rise' }).click();
    await tv.expectPoll(['They stay: 0', 'They rise: 1'], '1 of 3 answered');
    await joon.reload();
    await joon.button('Join').click();
    const own = joon.poll.getByRole('button', { name: 'They rise', pressed: true });
    await own.waitFor();
    await tv.expectPoll(['They stay: 0', 'They rise: 1'], '1 of 3 answered');
    // another answer takes the place of the first
    await joon.poll.getByRole('button', { name: 'They stay' }).click();
    await tv.expectPoll(['They stay: 1', 'They rise: 0'], '1 of 3 answered');
    await mina.poll.getByRole('button', { name: 'They stay' }).click();
    await tv.expectPoll(['They stay: 2', 'They rise: 0'], '2 of 3 answered');
  });

  test('a late guest by a link sees the poll and the talk of the call, and answers', async () => {
    ana = await scene.guest(3, NO_CAMERA, linkIn(await mail.arrived(ANA.email, TITLE), '/join#'));
    await began(ANA.name, async () => {
      await ana.button('Join').click();
      await ana.expectInCall();
    });
    await ana.poll.getByText(QUESTION).waitFor();
    await ana.poll.getByRole('button', { name: 'They rise' }).click();
    await tv.expectPoll(['They stay: 2', 'They rise: 1'], '3 of 4 answered');
    await ana.page.getByRole('button', { name: /^Chat/ }).click();
    await messageOn(ana.page, IN_CALL).waitFor();
    await ana.page.getByText('This message was recalled.').waitFor();
    // what was written before the call is its people's, and the words that were recalled are nobody's
    for (const words of [BEFORE, ANSWER, RECALLED]) expect(await ana.page.getByText(words).count(), words).toBe(0);
    await mina.poll.getByRole('button', { name: 'End poll' }).click();
    await tv.expectPoll(['They stay: 2', 'They rise: 1'], '3 of 4 answered · Ended');
  });

  test('two write the notes at once, and the phone adds a task with its person and day', async () => {
    const editors = await Promise.all([minasPage, joonsPage].map(openNotes));
    const [minas, joons] = editors as [Locator, Locator];
    await minas.click();
    await minasPage.keyboard.type(DECISION);
    await minasPage.getByRole('button', { name: 'Decision', exact: true }).click();
    await joons.getByText(DECISION).waitFor();
    await joons.click();
    await joonsPage.keyboard.press('Control+End');
    await joonsPage.keyboard.press('Enter');
    await joonsPage.keyboard.press('Enter');
    await Promise.all([
      joonsPage.keyboard.type('The south asks for a month.', { delay: 20 }),
      (async () => {
        await minas.getByText(DECISION).click();
        await minasPage.keyboard.press('End');
        await minasPage.keyboard.type(' All agreed.', { delay: 20 });
      })(),
    ]);
    await phone.button('Add a note').click();
    const sheet = phone.page.getByRole('dialog', { name: 'Add a note' });
    await sheet.getByText('Task', { exact: true }).click();
    await sheet.getByRole('textbox', { name: 'What is to be done' }).fill(TASK.text);
    await sheet.getByRole('textbox', { name: 'Who does it' }).fill(TASK.person);
    await sheet.getByLabel('Until when').fill(TASK.dueOn);
    await sheet.getByRole('button', { name: 'Add', exact: true }).click();
    for (const editor of editors) {
      await editor.getByText(`${DECISION} All agreed.`).waitFor();
      await editor.getByText('The south asks for a month.').waitFor();
      await editor.locator(`li[data-person="${TASK.person}"][data-dueon="${TASK.dueOn}"]`).waitFor();
    }
    await minasPage.getByText('Saved. Everybody').waitFor();
  });

  test('a document is shown on the TV and at the guest, and its page is turned', async () => {
    await phone.button('Share a document').click();
    await phone.page.setInputFiles('input[type=file]', SHOWN);
    const seen = async (number: number) => {
      for (const viewer of [tv, ana]) await pageOn(viewer, number).waitFor({ timeout: FIRST_PAGE_MS });
    };
    const read = (name: string) =>
      eventually(
        `${name} is read`,
        () => Date.now(),
        (nowMs) => nowMs > happened[name]!.began[1] + READ_MS,
      );
    await began('page 1', () => seen(1));
    await read('page 1');
    await began('page 2', () =>
      ended('page 1', async () => {
        await phone.button('Next document page').click();
        await seen(2);
      }),
    );
    await read('page 2');
    await ended('page 2', async () => {
      await phone.button('Stop sharing the document').click();
      await pageOn(tv, 2).waitFor({ state: 'detached' });
    });
  });

  test('everybody leaves, and the minutes are there by themselves, for the host alone', async () => {
    const leaves = async (persona: Member | Guest) => {
      await persona.button('Leave').click();
      await persona.page.getByText('You left the meeting').waitFor();
    };
    await ended(ANA.name, () => leaves(ana));
    await ended(JOON.name, () => leaves(joon));
    await ended(MINA.name, () => leaves(mina));
    await ended(roomName, async () => {
      await phone.endForAll();
      await tv.expectIdle(roomName);
    });
    happened.meeting = happened[roomName]!;
    await minasPage.getByRole('region', { name: /^Draft of / }).waitFor();
    await joonsPage.getByText('No minutes have been sent yet.').waitFor();
  });

  test('the host corrects a sentence and sends them; the mail has what happened, line by line', async () => {
    await minasPage.getByRole('button', { name: 'Correct the text' }).click();
    const draft = minasPage.getByRole('textbox', { name: /^Draft of / });
    const written = await draft.inputValue();
    const corrected = written.replace('The south asks for a month.', 'The south asks for a month more.');
    expect(corrected).not.toBe(written);
    await draft.fill(corrected);
    await minasPage.getByRole('button', { name: 'Send the minutes' }).click();
    await minasPage.getByRole('alertdialog').getByRole('button', { name: 'Send the minutes' }).click();
    const texts: string[] = [];
    const pdfs: Buffer[] = [];
    for (const { email } of [MINA, JOON, ANA]) {
      const { parts } = await mail.arrived(email, `Minutes: ${TITLE}`);
      texts.push(parts.find(({ type }) => type === 'text/markdown')!.text.replaceAll('\r\n', '\n'));
      pdfs.push(Buffer.from(parts.find(({ type }) => type === 'application/pdf')!.base64, 'base64'));
      expect(JSON.stringify(parts)).not.toContain(RECALLED);
    }
    expect(new Set(texts).size).toBe(1);
    expect(new Set(pdfs.map(wordsOfPdf))).toEqual(new Set([wordsOf(texts[0]!)]));
    const { lines, times } = apart(texts[0]!);
    expect(lines).toEqual(
      `# Minutes: ${TITLE}

- When: DAY (TIMES)
- Host: ${MINA.name}
- Rooms: ${roomName}

## Attendees

- ${roomName} (room), TIMES (LENGTH)
- ${MINA.name}, TIMES (LENGTH)
- ${JOON.name}, TIMES (LENGTH)
- ${ANA.name} (guest), TIMES (LENGTH)

## Agenda

1. ${AGENDA[0]}
2. ${AGENDA[1]}

## Decisions

- ${DECISION} All agreed.

## Tasks

- [ ] ${TASK.text} (${TASK.person}, by ${TASK.dueOn})

## Polls

- ${QUESTION} (open, 3 answered)
  - They stay: 2 (67 %)
  - They rise: 1 (33 %)

## Documents shown

- ${SHOWN.name}: page 1 TIMES, page 2 TIMES

## Notes

> **→** ${DECISION} All agreed.

The south asks for a month more.

- [ ] ${TASK.text} (${TASK.person}, ${TASK.dueOn})
`.split('\n'),
    );
    const named = ['meeting', roomName, MINA.name, JOON.name, ANA.name, 'page 1', 'page 2'] as const;
    expect(times).toHaveLength(named.length);
    for (const [at, name] of named.entries()) expect(times[at], name).toSatisfy(within(happened[name]!));
  });

  test('attendance has each of them once, on the page and in its file', async () => {
    const attendance = minasPage.getByRole('region', { name: 'Attendance' });
    const names = [roomName, MINA.name, JOON.name, ANA.name];
    const rows = attendance.getByRole('listitem');
    await expect.poll(() => rows.locator('bdi').allTextContents()).toEqual(names);
    const downloading = minasPage.waitForEvent('download');
    await attendance.getByRole('link', { name: 'CSV' }).click();
    const [heading, ...lines] = readFileSync(await (await downloading).path(), 'utf8')
      .replace(/^\uFEFF/, '')
      .trim()
      .split('\r\n');
    expect(heading).toBe('call,name,kind,joined,left,minutes present');
    expect(lines.map((line) => line.split(',')[1])).toEqual(names);
  });

  test('the words that were recalled are in nothing that the meeting has left behind', async () => {
    const downloading = minasPage.waitForEvent('download');
    await minasPage.getByRole('link', { name: 'Everything (JSON)' }).click();
    const whole = readFileSync(await (await downloading).path(), 'utf8');
    expect(whole).toContain(IN_CALL);
    expect(whole).not.toContain(RECALLED);
    for (const page of everybody()) expect(await page.getByText(RECALLED).count()).toBe(0);
    for (const persona of [tv, phone, ana]) await persona.expectSamePage();
  });

  test('the guest opens the link again and reads what policy allows, until the host ends it', async () => {
    await ana.reload();
    await ana.page.getByRole('heading', { name: TITLE, level: 1 }).waitFor();
    const minutes = ana.page.getByRole('region', { name: 'Minutes' });
    await minutes.getByText('The south asks for a month more.').waitFor();
    expect(await ana.page.getByRole('region', { name: 'Agenda' }).getByRole('listitem').allTextContents()).toEqual(
      AGENDA,
    );
    await ana.page.getByRole('region', { name: 'Polls' }).getByText(QUESTION).waitFor();
    const chat = ana.page.getByRole('region', { name: 'Chat' });
    await chat.getByText(IN_CALL).waitFor();
    await chat.getByText('This message was recalled.').waitFor();
    const shown = await ana.page.locator('main').textContent();
    for (const words of [BEFORE, ANSWER, RECALLED, '@']) expect(shown).not.toContain(words);
    const downloading = ana.page.waitForEvent('download');
    await minutes.getByRole('button', { name: 'PDF' }).click();
    const pdf = readFileSync(await (await downloading).path());
    expect(wordsOfPdf(pdf)).toContain('The south asks for a month more');
    const keeping = minasPage.getByRole('region', { name: 'How long it is kept' });
    await keeping.getByRole('radio', { name: 'Nothing' }).click();
    await keeping.getByRole('radio', { name: 'Nothing', checked: true }).waitFor();
    // the call may be entered again, as before
    await ana.reload();
    await ana.button('Join').waitFor();
    expect(await ana.page.getByText('The south asks for a month more.').count()).toBe(0);
  });
});

/** each from when to when it can have been */
type Happened = { began: [number, number]; ended: [number, number] };

const chatOn = (page: Page): Locator => page.getByRole('log', { name: 'Messages' });
const messageOn = (page: Page, words: string): Locator => chatOn(page).getByText(words, { exact: true });

async function openNotes(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Open the notes' }).click();
  const editor = page.getByRole('textbox', { name: 'Notes of the meeting' });
  await editor.waitFor();
  return editor;
}

const pageOn = ({ page }: Tv | Guest, number: number): Locator =>
  page.getByRole('img', { name: `${SHOWN.name}, document page ${number} of 2`, exact: true });

/** By poppler, which is another program than the one that has printed it. */
const wordsOfPdf = (pdf: Buffer): string =>
  wordsOf(execFileSync('pdftotext', ['-raw', '-', '-'], { input: pdf, encoding: 'utf8' }));

/** Letters and digits in their order: marks, bullets and numbers of pages and lists are drawn differently. */
const wordsOf = (text: string): string =>
  text
    .replace(/^\s*\d+ ?\/ ?\d+\s*$/gm, '')
    .replace(/^\s*\d+\. /gm, '')
    .replace(/\[[ x]\]|\\/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** As the minutes write it, in the time zone of the server's machine. */
const clockOf = (ms: number): string =>
  new Date(ms).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });

/** Whether the minutes' times are of these moments, to the minute. */
const within =
  ({ began, ended }: Happened) =>
  ({ from, until }: { from: string; until: string }): boolean =>
    minutesOf(began).includes(from) && minutesOf(ended).includes(until);

function minutesOf([fromMs, untilMs]: [number, number]): string[] {
  const clocks = [clockOf(untilMs)];
  for (let ms = fromMs; ms < untilMs; ms += 1_000) clocks.push(clockOf(ms));
  return clocks;
}

const TIMES = /(\d\d:\d\d)–(\d\d:\d\d)/g;

/** Its lines with what the clock has given named, and the times in their order. */
function apart(text: string): { lines: string[]; times: { from: string; until: string }[] } {
  const times = [...text.matchAll(TIMES)].map(([, from, until]) => ({ from: from!, until: until! }));
  const lines = text
    .replace(TIMES, 'TIMES')
    .replace(/^(- When: ).* \(TIMES\)$/m, '$1DAY (TIMES)')
    .replace(/\((under 1 min|\d+ min)\)$/gm, '(LENGTH)')
    .split('\n');
  return { lines, times };
}
